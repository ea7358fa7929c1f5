import * as Plot from "npm:@observablehq/plot@0.6.17";
import type { Chart } from "../../paper/mod.ts";
import { svgDocument, svgFile } from "./_svg_document.ts";

/**
 * Curves over logarithmic axes, each named at its right end, with bands behind them; points that are not above 0 are left out.
 *
 * @param chart What to draw.
 * @returns A file in SVG.
 * @example The ends of a curve are there in words too
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const bound = { name: "bound", points: [[1, 8], [100, 2]] } as const;
 * const svg = logLogSvg({ title: "Excess", x: "steps", y: "excess", series: [bound] });
 * assertStringIncludes(svg, "bound: from 8.00 at 1 to 2.00 at 100.");
 * ```
 */
export function logLogSvg({ title, x, y, series, bands = [] }: Chart): string {
  const points = series.flatMap(({ name, points }) =>
    points.filter(([at, value]) => at > 0 && value > 0).map(([at, value]) => ({ name, at, value }))
  );
  const areas = bands.flatMap(({ name, points }) =>
    points.filter(([at, low]) => at > 0 && low > 0).map(([at, low, high]) => ({ name, at, low, high }))
  );
  const ends = series.map(({ name }) => points.filter((point) => point.name === name))
    .filter((own) => own.length > 0)
    .map((own) => own.reduce((most, point) => point.at > most.at ? point : most));
  const drawing = Plot.plot({
    document: svgDocument(),
    width: 720,
    height: 440,
    marginLeft: 70,
    marginTop: 44,
    marginRight: 200,
    x: { type: "log", label: x, labelAnchor: "center", nice: true, grid: true, tickFormat: "~e", ticks: 6 },
    y: { type: "log", label: y, labelAnchor: "center", nice: true, grid: true, tickFormat: "~e", ticks: 6 },
    color: { domain: series.map(({ name }) => name), range: ["#c21807", "#1b6ca8", "#2e9e6b", "#7a4fa3"] },
    marks: [
      Plot.areaY(areas, { x: "at", y1: "low", y2: "high", z: "name", fill: "name", fillOpacity: 0.18 }),
      Plot.line(points, { x: "at", y: "value", z: "name", stroke: "name", strokeWidth: 1.8 }),
      Plot.dot(points, { x: "at", y: "value", fill: "name", r: 2.5 }),
      Plot.text(ends, {
        x: "at",
        y: "value",
        text: "name",
        fill: "name",
        textAnchor: "start",
        dx: 8,
        fontWeight: "bold",
      }),
      Plot.text([title], { frameAnchor: "top-left", dy: -34, fontSize: 14 }),
    ],
  });
  const words = series.map(({ name, points: all }) => {
    const [first, last] = [all[0], all[all.length - 1]];
    return first
      ? `${name}: from ${first[1].toPrecision(3)} at ${first[0]} to ${last[1].toPrecision(3)} at ${last[0]}`
      : name;
  });
  return svgFile(drawing, title, `${words.join("; ")}.`);
}
