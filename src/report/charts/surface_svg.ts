import * as Plot from "npm:@observablehq/plot@0.6.17";
import type { Grid, PathPoint } from "../../surface/mod.ts";
import { svgDocument, svgFile } from "./_svg_document.ts";

/** Contours of the loss, evenly spaced in its logarithm above the lowest value. */
const LEVELS = 16;

/**
 * A slice of a loss surface as filled contours: the level of the best linear predictor drawn thick, points above it in warm
 * colours, points below in cool ones, cells that were not computed left white, the model in the middle marked.
 *
 * @param grid The grid.
 * @param linear The loss of the best linear predictor.
 * @param title What it shows.
 * @param path The path of training in the plane, drawn on it (default none).
 * @returns A file in SVG.
 * @example Five of nine points are at or below linear
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { axis } from "@resland/resland/surface";
 * const across = axis(3, [-1, 1]);
 * const grid = { alphas: across, betas: across, values: Float64Array.of(2, 1, 2, 1, 0, 1, 2, 1, 2) };
 * assertStringIncludes(surfaceSvg(grid, 1, "A bowl"), "55.6 % of the points are at or below it.");
 * ```
 */
export function surfaceSvg(
  { alphas, betas, values }: Grid,
  linear: number,
  title: string,
  path: readonly PathPoint[] = [],
): string {
  const known = [...values].filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  // Larger losses than this would leave no contour near the model.
  const top = Math.min(high, Math.max(linear, low) + 8 * Math.max(Math.abs(linear - low), 1e-3 * Math.abs(linear)));
  const base = Math.max((top - low) * 1e-4, Number.MIN_VALUE);
  const levels = Array.from(
    { length: LEVELS },
    (_, i) => low + base * (((top - low) / base + 1) ** ((i + 1) / LEVELS) - 1),
  );
  // The linear level among them: no band of one colour lies on both sides of it.
  const thresholds = [...new Set([...levels, linear])].sort((a, b) => a - b);
  const [width, height] = [alphas.length, betas.length];
  const shown = Float64Array.from(values, (value) => Number.isNaN(value) ? NaN : Math.min(value, 2 * top - low));
  const field = { width, height, x1: alphas[0], x2: alphas[width - 1], y1: betas[0], y2: betas[height - 1] };
  const missing = values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  const drawing = Plot.plot({
    document: svgDocument(),
    width: 620,
    height: 600,
    marginTop: 48,
    marginRight: 20,
    marginLeft: 64,
    x: { label: "first direction", labelAnchor: "center", domain: inside(alphas) },
    y: { label: "second direction", labelAnchor: "center", domain: inside(betas) },
    color: {
      type: "diverging",
      symmetric: false,
      pivot: linear,
      domain: [low, top],
      scheme: "RdBu",
      reverse: true,
      clamp: true,
    },
    marks: [
      Plot.contour(
        shown,
        { ...field, fill: Plot.identity, thresholds, clip: true, stroke: "#444", strokeWidth: 0.3 } as never,
      ),
      Plot.contour(
        shown,
        { ...field, thresholds: [linear], stroke: "black", strokeWidth: 2.5, clip: true, fill: "none" } as never,
      ),
      Plot.line(path, { x: "alpha", y: "beta", stroke: "#ffd400", strokeWidth: 2 }),
      Plot.dot(path, { x: "alpha", y: "beta", r: 1.5, fill: "black" }),
      Plot.dot([[0, 0]], { r: 5, fill: "black", stroke: "white", strokeWidth: 1.5 }),
      Plot.text([title], { frameAnchor: "top-left", dy: -38, fontSize: 14 }),
      Plot.text(["thick line: the level of the best linear predictor; blue below it, red above; dot: the model"], {
        frameAnchor: "top-left",
        dy: -20,
      }),
    ],
  });
  const words =
    `Losses from ${low.toPrecision(4)} to ${high.toPrecision(4)}; the best linear predictor has ${
      linear.toPrecision(4)
    }; ` +
    `${
      (100 * known.filter((value) => value <= linear).length / known.length).toFixed(1)
    } % of the points are at or below it` +
    (path.length > 0
      ? `; the path of training is drawn on it, up to ${
        Math.max(...path.map(({ drift }) => drift)).toPrecision(3)
      } away from the plane`
      : "") +
    (missing > 0 ? `; ${missing} cells are not computed and left white.` : ".");
  return svgFile(drawing, title, words);
}

/** An axis less half a cell at either end: contours close along the edge of the grid, where no level is. */
function inside(axis: Float64Array): [number, number] {
  const [first, last] = [axis[0], axis[axis.length - 1]];
  const half = (last - first) / (axis.length - 1) / 2;
  return [first + half, last - half];
}
