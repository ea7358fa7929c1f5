/** A number for people: ten significant digits for values near 1, an exponent for the very small and large; a dash for none. */
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

/** `1 run`, `2 runs`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** The number, or null when there is none or it is not finite: what JSON can hold. */
export const finite = (value: number | null): number | null => value !== null && Number.isFinite(value) ? value : null;
