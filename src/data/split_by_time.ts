import { quoted } from "./_wording.ts";
import { textAt } from "./column.ts";
import { InputError } from "./input_error.ts";
import type { RowSplit } from "./split.ts";
import { columnAt, columnIndex, placeOf, refuseMissing, type Table } from "./table.ts";

/** A date as ISO 8601 has it, or a time with or without its zone; slashes and a space are read too. */
const DATE = /^(\d{4})(?:[-/](\d{2})(?:[-/](\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/**
 * When each row was: the numbers of a column, or its dates and times as milliseconds since 1970; a time without a zone is read as UTC.
 *
 * @param table The table.
 * @param name The column: numbers, or dates such as 2024-01-31 or 2024-01-31T12:00.
 * @returns A number a row, later ones larger.
 * @throws {InputError} If there is no such column, a value is missing, or it is no date.
 * @example A day apart
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const [first, second] = timesOf(parseTable("day\n2024-02-28\n2024-02-29\n", { file: "a.csv" }), "day");
 * assertEquals(second - first, 24 * 60 * 60 * 1000);
 * ```
 */
export function timesOf(table: Table, name: string): Float64Array {
  const at = columnIndex(table, name, "column of the time");
  refuseMissing(table, at, "split");
  const column = columnAt(table, at);
  if (column.kind === "number") return column.numbers.slice();
  return Float64Array.from({ length: table.rows }, (_, row) => {
    const text = textAt(column, row);
    const time = timeOf(text);
    if (time !== null) return time;
    const readable = table.spellings[at].refused?.option === "dates";
    const problem = `${quoted(text)} is not a date; write it as 2024-01-31, or 2024-01-31T12:00, or ${
      readable ? "read dates as numbers" : "use numbers"
    }`;
    throw new InputError(problem, {
      ...placeOf(table, row),
      column: name,
      remedy: readable ? { option: "dates" } : null,
    });
  });
}

/** Milliseconds since 1970, or null. */
function timeOf(text: string): number | null {
  const [found, year, month = "01", day = "01", time = "00:00", zone = "Z"] = DATE.exec(text) ?? [];
  if (found === undefined) return null;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const parsed = Date.parse(`${year}-${month}-${day}T${time}${zone}`);
  // A 30th of February is read as the 1st of March by some.
  const exists = Date.UTC(Number(year), Number(month), 0) >= date && Number(month) >= 1 && Number(day) >= 1;
  return exists && !Number.isNaN(parsed) ? parsed : null;
}

/**
 * Holds out the last rows in time, about a share of them; rows of the same time stay on one side, the side that is nearer to the share.
 *
 * @param times When each row was, such as {@linkcode timesOf} gives; for the order of the file the lines of the table.
 * @param share The share to hold out, above 0 and below 1.
 * @returns The rows to train on and the held-out rows, ascending; none to train on is as late as any that is held out.
 * @throws {RangeError} If the share is not between 0 and 1, a time is not finite, or no such split leaves 2 rows to train on.
 * @example The later half
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(holdOutLast([2021, 2024, 2022, 2023], 0.5), { training: [0, 2], heldOut: [1, 3] });
 * ```
 */
export function holdOutLast(times: ArrayLike<number>, share: number): RowSplit {
  const rows = times.length;
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot hold out the last share of ${share} of ${rows} rows: ${why}`);
  };
  if (!(share > 0 && share < 1)) refuse("it must be above 0 and below 1");
  const sorted = Float64Array.from(times).sort();
  if (!sorted.every(Number.isFinite)) refuse("a time is not finite");
  const wanted = rows - share * rows;
  let best = -1;
  // Where the first row held out is later than the last one before it.
  for (let cut = 2; cut < rows; cut++) {
    if (sorted[cut] > sorted[cut - 1] && (best < 0 || Math.abs(cut - wanted) < Math.abs(best - wanted))) best = cut;
  }
  if (best < 0) refuse("too few of them have different times");
  const all = Array.from({ length: rows }, (_, row) => row);
  const isHeld = (row: number) => times[row] >= sorted[best];
  return { training: all.filter((row) => !isHeld(row)), heldOut: all.filter(isHeld) };
}
