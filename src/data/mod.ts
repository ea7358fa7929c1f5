/**
 * CSV text to data sets: read once into typed columns, checked cell by cell, encoded and standardised. Bad input is reported as
 * an error with file, line, column and repair.
 *
 * @module
 */
export { collectTable, type TablePiece } from "./collect_table.ts";
export type { Column, MixedColumn, NumberColumn, TextColumn } from "./column.ts";
export { type ColumnEncoding, inputNames, type Missing, type Unknown } from "./column_encoding.ts";
export { csvPieces } from "./csv_pieces.ts";
export * from "./csv_rows.ts";
export * from "./encode_inputs.ts";
export * from "./encode_table.ts";
export * from "./encode_with.ts";
export * from "./fingerprint.ts";
export * from "./infer_target_kind.ts";
export * from "./input_error.ts";
export { parquetPieces } from "./parquet_pieces.ts";
export * from "./parse_table.ts";
export * from "./read_table.ts";
export * from "./reading.ts";
export * from "./settle_table.ts";
export * from "./split.ts";
export * from "./split_by_column.ts";
export * from "./split_by_group.ts";
export * from "./split_by_time.ts";
export * from "./spreadsheet_text.ts";
export * from "./summarise_columns.ts";
export { columnIndex, dropMissingRows, lostTexts, placeOf, type Table, takeRows, textsOf } from "./table.ts";
export * from "./table_bytes.ts";
export * from "./table_pieces.ts";
export * from "./target_transform.ts";
export * from "./types.ts";
export { balancedWeights, dropWeightlessRows, type Weighting } from "./weighting.ts";
export type { Matrix, Vector } from "../tensor/mod.ts";
