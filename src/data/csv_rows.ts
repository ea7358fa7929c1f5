import { stringify } from "@std/csv/stringify";

/**
 * Rows as CSV text: cells are quoted where they must be, and every line ends in a line feed, also inside a cell.
 *
 * @param rows The cells.
 * @returns The text; "" when there are no rows.
 * @example A separator inside a cell
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(csvRows([["a", 1], ["b, c", 2]]), 'a,1\n"b, c",2\n');
 * ```
 */
export function csvRows(rows: readonly (readonly (string | number)[])[]): string {
  // The library ends lines in CR LF, and does not quote a carriage return on its own.
  const cells = rows.map((row) =>
    row.map((cell) => typeof cell === "string" && cell.includes("\r") ? cell.replace(/\r\n?/g, "\n") : cell)
  );
  return stringify(cells, { headers: false }).replaceAll("\r\n", "\n");
}
