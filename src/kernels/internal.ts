/**
 * What other rooms use and is not published.
 *
 * @module
 */
export * from "./cell_scanner.ts";
