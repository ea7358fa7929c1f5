import { formatValue } from "./format.ts";
import { type Html, htmlLines, markup } from "./html.ts";

/** A row of a table with bars. */
export interface Bar {
  /** What it is of. */
  readonly name: string;
  /** The value; null or not finite for none. */
  readonly value: number | null;
  /** The spread that is shown beside it (default none). */
  readonly spread?: number;
}

/** Rows that are shown. */
const MOST_ROWS = 25;

/**
 * A table of values with a bar each: to the right of a common place for values above 0, to its left for values below.
 * The largest come first; of many the rest is counted.
 *
 * @param header What the names are, and the values.
 * @param bars The values.
 * @returns HTML.
 * @example One above 0 and one below
 * ```ts
 * import { assert } from "@std/assert";
 * const table = String(barsHtml(["column", "weight"], [{ name: "a", value: 0.5 }, { name: "b", value: -2 }]));
 * assert(table.indexOf(">b<") < table.indexOf(">a<"));
 * ```
 */
export function barsHtml(header: readonly [string, string], bars: readonly Bar[]): Html {
  const size = ({ value }: Bar) => value === null || !Number.isFinite(value) ? 0 : Math.abs(value);
  const sorted = [...bars].sort((a, b) => size(b) - size(a));
  const shown = sorted.slice(0, MOST_ROWS);
  const isBelow = ({ value }: Bar) => value !== null && value < 0;
  const [below, above] = [true, false].map((side) =>
    Math.max(0, ...shown.filter((bar) => isBelow(bar) === side).map(size))
  );
  // 0 lies where the longest bars of both sides just fit.
  const whole = below / 2 + above / 2 || 1;
  const percent = (part: number) => Math.round(500 * part / whole) / 10;
  const rows = shown.map((bar) => {
    const { name, value, spread } = bar;
    const share = percent(size(bar));
    const start = percent(below) - (isBelow(bar) ? share : 0);
    const text = formatValue(value, 3) + (spread === undefined ? "" : ` ± ${formatValue(spread, 2)}`);
    return markup`<tr><td class="text">${name}</td><td>${text}</td><td class="bar"><i style="margin-left:${
      Math.round(start * 10) / 10
    }%;width:${share}%"></i></td></tr>`;
  });
  const rest = sorted.length - shown.length;
  const more = rest > 0 ? markup`\n<p>${rest} more, each smaller, are in <code>verdict.json</code>.</p>` : "";
  const [name, value] = header;
  return markup`<div class="scroll" tabindex="0"><table class="bars"><thead><tr><th class="text" scope="col">${name}</th><th scope="col">${value}</th><th class="bar"></th></tr></thead><tbody>
${htmlLines(rows)}
</tbody></table></div>${more}`;
}
