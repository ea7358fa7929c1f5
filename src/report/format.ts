/**
 * A number for readers: plain from 1e-4 to below 1e7, with an exponent and up to four digits outside; a dash for none.
 *
 * @param value The number; null or not finite for none.
 * @param digits Significant digits (default 10).
 * @returns The text.
 * @example Near 1, small, and none
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([formatValue(2 / 3, 4), formatValue(1.25e-9), formatValue(NaN)], ["0.6667", "1.250e-9", "-"]);
 * ```
 */
export function formatValue(value: number | null, digits = 10): string {
  if (value === null || !Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(Math.min(3, digits - 1));
  return String(Number(value.toPrecision(digits)));
}

/**
 * Rows as aligned columns: text to the left, numbers to the right.
 *
 * @param header The titles of the columns.
 * @param rows The cells, as text.
 * @param left Which columns are text.
 * @returns One line per row, header first.
 * @example A name and a number
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const lines = alignColumns(["loss", "rows"], [["squared", "442"], ["huber", "9"]], new Set([0]));
 * assertEquals(lines, ["loss     rows", "squared   442", "huber       9"]);
 * ```
 */
export function alignColumns(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  left: ReadonlySet<number>,
): readonly string[] {
  const widths = header.map((title, j) => Math.max(...[title, ...rows.map((row) => row[j])].map(lengthOf)));
  return [header, ...rows].map((row) =>
    row.map((cell, j) => {
      const gap = " ".repeat(widths[j] - lengthOf(cell));
      return left.has(j) ? cell + gap : gap + cell;
    }).join("  ").trimEnd()
  );
}

/** Characters as a terminal shows them: code points, combining marks left out. */
function lengthOf(text: string): number {
  return [...text.normalize("NFC")].length;
}

/**
 * A whole number with its thousands set apart by commas, in any locale (and without loading what knows of locales).
 *
 * @param count The number.
 * @returns The text.
 * @example A thousand and more
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([0, 999, 1000, -1234567].map(grouped), ["0", "999", "1,000", "-1,234,567"]);
 * ```
 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * A number with its noun: `1 run`, `2 runs`.
 *
 * @param count How many.
 * @param noun One of them; more of them add an s.
 * @returns The text, thousands set apart by commas.
 * @example One, and many
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([counted(1, "row"), counted(2000, "row")], ["1 row", "2,000 rows"]);
 * ```
 */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
