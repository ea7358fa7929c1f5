import * as Plot from "npm:@observablehq/plot@0.6.17";
import { svgDocument, svgFile } from "./_svg_document.ts";

/** A bar of a picture of shares or of spreads: a middle, and its ends. */
export interface SpreadRow {
  /** The row that it stands in. */
  readonly name: string;
  /** Which of several series it belongs to; null where there is one. */
  readonly series: string | null;
  /** The middle. */
  readonly middle: number;
  /** The lower end. */
  readonly lower: number;
  /** The upper end. */
  readonly upper: number;
}

/** What a picture of spreads says around its rows. */
export interface SpreadOptions {
  /** The title. */
  readonly title: string;
  /** The name of the axis. */
  readonly x: string;
  /** Both ends of the axis (default: those of the rows and 0). */
  readonly domain?: readonly [number, number];
}

/** Colours of the series, told apart in grey too. */
const COLOURS = ["#1b6ca8", "#b34700"];

/**
 * Rows of dots with bars, such as shares with intervals or medians with quarters; series beside each other in a row, in colours of their own.
 *
 * @param rows The rows, from the top.
 * @param options The title and the axis.
 * @returns A file in SVG.
 * @example The numbers are there in words too
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const row = { name: "width 4", series: "plain", middle: 50, lower: 40, upper: 60 };
 * assertStringIncludes(spreadSvg([row], { title: "Shares", x: "%", domain: [0, 100] }), "width 4, plain: 50, from 40 to 60");
 * ```
 */
export function spreadSvg(rows: readonly SpreadRow[], { title, x, domain }: SpreadOptions): string {
  const names = [...new Set(rows.map(({ name }) => name))];
  const series = [...new Set(rows.flatMap((row) => row.series ?? []))];
  const ends = rows.flatMap(({ lower, upper }) => [lower, upper]);
  const shown = domain ?? [Math.min(0, ...ends), Math.max(0, ...ends)];
  const offset = (row: SpreadRow) =>
    series.length < 2 ? 0 : 7 * (2 * series.indexOf(row.series!) - series.length + 1) / 2;
  const colour = (row: SpreadRow) => COLOURS[Math.max(0, series.indexOf(row.series ?? "")) % COLOURS.length];
  const widest = Math.max(...names.map((name) => name.length), 4);
  const drawing = Plot.plot({
    document: svgDocument(),
    width: 720,
    height: 96 + 26 * names.length,
    marginLeft: Math.min(300, 30 + 7 * widest),
    marginTop: 56,
    marginRight: 30,
    x: { domain: shown, label: x, labelAnchor: "center", labelArrow: "none", grid: true, clamp: true, ticks: 6 },
    y: { type: "band", domain: names, label: null, tickSize: 0 },
    marks: [
      Plot.ruleX([0], { stroke: "#444444" }),
      ...rows.flatMap((row) => [
        Plot.ruleY([row], {
          y: "name",
          x1: "lower",
          x2: "upper",
          stroke: colour(row),
          strokeWidth: 2.5,
          dy: offset(row),
        }),
        Plot.dot([row], { y: "name", x: "middle", fill: colour(row), r: 4, dy: offset(row) }),
      ]),
      Plot.text([title], { frameAnchor: "top-left", dy: -46, dx: 0, fontSize: 14 }),
      ...series.map((name, at) =>
        Plot.text([`● ${name}`], {
          frameAnchor: "top-left",
          dy: -24,
          dx: 110 * at,
          fill: COLOURS[at % COLOURS.length],
        })
      ),
    ],
  });
  const number = (value: number) => String(Number(value.toPrecision(3)));
  const words = rows.map((row) =>
    `${row.name}${row.series === null ? "" : `, ${row.series}`}: ${number(row.middle)}, from ${number(row.lower)} to ${
      number(row.upper)
    }`
  );
  return svgFile(drawing, title, `${words.join("; ")}.`);
}
