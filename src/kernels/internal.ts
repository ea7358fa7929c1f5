/**
 * What other rooms use and is not published.
 *
 * @module
 */
export * from "./cell_scanner.ts";
export { type ColumnSums, columnSums, type RowHashes, rowHashes } from "./column_kernels.ts";
export { plainHashes, plainSums, spread } from "./js/columns.ts";
