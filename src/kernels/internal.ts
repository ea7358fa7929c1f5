/**
 * What other rooms use and is not published.
 *
 * @module
 */
export * from "./cell_scanner.ts";
export { type RowHashes, rowHashes } from "./row_hashes.ts";
export { plainHashes, spread } from "./js/columns.ts";
