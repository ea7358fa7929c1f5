/**
 * What other rooms use and is not published.
 *
 * @module
 */
export * from "./cell_scanner.ts";
export { type RowHashes, rowHashes } from "./row_hashes.ts";
export { type ColumnSums, sumColumns } from "./column_sums.ts";
export { type ColumnSurvey, plainHashes, spread, sumMoments, surveyColumn } from "./js/columns.ts";
