/**
 * CSV text to data sets: parsed, checked cell by cell, encoded and standardised. What is wrong with a file is told in
 * one sentence that names the file, the line, the column and the repair.
 *
 * @module
 */
export { type Column, columnOf, dropBlanks, type Missing, textsOf } from "./columns.ts";
export * from "./csv_rows.ts";
export * from "./encode_inputs.ts";
export * from "./encode_table.ts";
export * from "./encode_with.ts";
export { type Cells, collectFrame, type Frame, frameOf, type KeepColumn, type TablePiece, takeRows } from "./frame.ts";
export * from "./infer_target_kind.ts";
export * from "./input_error.ts";
export * from "./parse_table.ts";
export * from "./stream_table.ts";
export * from "./types.ts";
export type { Matrix, Vector } from "../tensor/mod.ts";
