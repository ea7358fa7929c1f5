import * as Plot from "npm:@observablehq/plot@0.6.17";
import { svgDocument, svgFile } from "./_svg_document.ts";

/** A dot with its interval. */
export interface IntervalRow {
  /** What it is of. */
  readonly name: string;
  /** The dot; null where there is none. */
  readonly estimate: number | null;
  /** The lower end of the interval; null where there is none. */
  readonly lower: number | null;
  /** The upper end; null where there is none. */
  readonly upper: number | null;
  /** Whether it is drawn with emphasis. */
  readonly chosen: boolean;
}

/** An interval that reaches further than so many times the middle one's reach leaves the picture. */
const REACH = 6;

/**
 * Dots with intervals, a row each, beside the line at 0; an interval that is far wider than the others is cut off at the frame. Where something
 * is cut off, the numbers at the right still say it.
 *
 * @param rows The rows, from the top.
 * @param options The title, the name of the axis, and the name of the line at 0.
 * @returns A file in SVG.
 * @example The numbers are there in words too
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const row = { name: "tanh 8", estimate: -12, lower: -19, upper: -4, chosen: true };
 * const svg = intervalsSvg([row], { title: "Models", x: "change of RMSE, %", zero: "linear" });
 * assertStringIncludes(svg, "tanh 8 (chosen): -12.0, from -19.0 to -4.00.");
 * ```
 */
export function intervalsSvg(
  rows: readonly IntervalRow[],
  { title, x, zero }: { readonly title: string; readonly x: string; readonly zero: string },
): string {
  const known = rows.filter(({ estimate, lower, upper }) => estimate !== null && lower !== null && upper !== null);
  const domain = domainOf(known);
  const [colour, plainColour] = ["#b3261e", "#1b6ca8"];
  const stroke = ({ chosen }: IntervalRow) => chosen ? colour : plainColour;
  const drawing = Plot.plot({
    document: svgDocument(),
    width: 720,
    height: 90 + 26 * rows.length,
    marginLeft: 130,
    marginTop: 44,
    marginRight: 190,
    x: { domain, label: x, labelAnchor: "center", labelArrow: "none", grid: true, clamp: true, ticks: 6 },
    y: { type: "band", domain: rows.map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      Plot.ruleX([0], { stroke: "#444444", strokeDasharray: "5 3", strokeWidth: 1.5 }),
      Plot.ruleY(known, { y: "name", x1: "lower", x2: "upper", stroke, strokeWidth: 2 }),
      Plot.dot(known, { y: "name", x: "estimate", fill: stroke, r: 4.5 }),
      ...[true, false].map((bold) =>
        Plot.text(rows.filter(({ chosen }) => chosen === bold), {
          y: "name",
          text: (row: IntervalRow) => inFigures(row, " (", ")"),
          frameAnchor: "right",
          textAnchor: "start",
          dx: 8,
          fontWeight: bold ? "bold" : "normal",
        })
      ),
      Plot.text([zero], { x: [0], frameAnchor: "top", dy: -10, fill: "#444444" }),
      Plot.text([title], { frameAnchor: "top-left", dy: -34, dx: -124, fontSize: 14 }),
    ],
  });
  const words = rows.map((row) => `${row.name}${row.chosen ? " (chosen)" : ""}: ${inFigures(row, ", from ", "")}`);
  return svgFile(drawing, title, `${words.join("; ")}.`);
}

/** `-12.0 (-19.0 to -4.0)`, or with other words around the interval. */
function inFigures({ estimate, lower, upper }: IntervalRow, before: string, after: string): string {
  if (estimate === null) return "no figure";
  const shown = (value: number) =>
    Math.abs(value) >= 1e4 ? value.toExponential(1) : value === 0 ? "0" : value.toPrecision(3);
  if (estimate === lower && estimate === upper) return shown(estimate);
  if (lower === null || upper === null) return `${shown(estimate)}, no interval`;
  return `${shown(estimate)}${before}${shown(lower)} to ${shown(upper)}${after}`;
}

/** What is shown of the axis: all intervals and 0, but for those far wider than the middle one. */
function domainOf(rows: readonly IntervalRow[]): readonly [number, number] {
  const ends = rows.flatMap(({ lower, upper }) => [lower!, upper!]);
  if (ends.length === 0) return [-1, 1];
  const sizes = rows.map(({ lower, upper }) => Math.max(Math.abs(lower!), Math.abs(upper!))).sort((a, b) => a - b);
  const most = REACH * sizes[Math.floor((sizes.length - 1) / 2)] || Math.max(...sizes) || 1;
  const [low, high] = [Math.max(-most, Math.min(0, ...ends)), Math.min(most, Math.max(0, ...ends))];
  const room = 0.05 * (high - low) || 1;
  return [low - room, high + room];
}
