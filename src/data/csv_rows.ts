// @ts-types="papaparse-types"
import Papa from "papaparse";

/**
 * Rows as CSV text, each with its line end; cells are quoted where they must be.
 *
 * @param rows The cells.
 * @returns The text.
 * @example A separator inside a cell
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(csvRows([["a", 1], ["b, c", 2]]), 'a,1\n"b, c",2\n');
 * ```
 */
export function csvRows(rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return "";
  return `${Papa.unparse(rows as (string | number)[][], { header: false, newline: "\n" })}\n`;
}
