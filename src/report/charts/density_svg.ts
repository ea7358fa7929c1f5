import * as Plot from "npm:@observablehq/plot@0.6.17";
import type { DensityReport } from "../spectrum.ts";
import { svgDocument, svgFile } from "./_svg_document.ts";

/** Densities below this share of the largest are drawn at it: the axis is logarithmic. */
const FLOOR = 1e-6;

/**
 * The density of a spectrum with its error band, on a logarithmic axis; the exact extremes over (w, V) marked.
 *
 * @param density The density.
 * @param head The extremes over (w, V).
 * @param title What it shows.
 * @returns A file in SVG.
 * @example The mean and the extremes are there in words too
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const density = {
 *   at: [0, 1, 2], density: [0.1, 0.8, 0.1], low: [0, 0.7, 0], high: [0.2, 0.9, 0.2], width: 0.5, integral: 1, mean: 1, meanError: 0.1,
 * };
 * const svg = densitySvg(density, { lambdaMin: -0.25, lambdaMax: 1.5 }, "Hessian");
 * assertStringIncludes(svg, "Eigenvalues from 0.00 to 2.00, mean 1.00; over (w, V) from -0.250 to 1.50.");
 * ```
 */
export function densitySvg(
  { at, density, low, high, mean }: DensityReport,
  head: { readonly lambdaMin: number; readonly lambdaMax: number },
  title: string,
): string {
  const floor = FLOOR * Math.max(...density);
  const rows = at.map((value, i) => ({
    value,
    density: Math.max(density[i], floor),
    low: Math.max(low[i], floor),
    high: Math.max(high[i], floor),
  }));
  const drawing = Plot.plot({
    document: svgDocument(),
    width: 720,
    height: 400,
    marginLeft: 60,
    marginTop: 48,
    x: { label: "eigenvalue", labelAnchor: "center" },
    y: { type: "log", label: "density", labelAnchor: "center", grid: true, ticks: 6, tickFormat: "~e" },
    marks: [
      Plot.areaY(rows, { x: "value", y1: "low", y2: "high", fill: "#1b6ca8", fillOpacity: 0.2 }),
      Plot.line(rows, { x: "value", y: "density", stroke: "#1b6ca8", strokeWidth: 1.6 }),
      Plot.ruleX([head.lambdaMin, head.lambdaMax], { stroke: "#c21807", strokeDasharray: "4 3" }),
      Plot.text([title], { frameAnchor: "top-left", dy: -38, fontSize: 14 }),
      Plot.text(["line: density over all parameters, band: two standard errors; dashed: exact extremes over (w, V)"], {
        frameAnchor: "top-left",
        dy: -20,
      }),
    ],
  });
  const words =
    `Eigenvalues from ${at[0].toPrecision(3)} to ${at[at.length - 1].toPrecision(3)}, mean ${mean.toPrecision(3)}; ` +
    `over (w, V) from ${head.lambdaMin.toPrecision(3)} to ${head.lambdaMax.toPrecision(3)}.`;
  return svgFile(drawing, title, words);
}
