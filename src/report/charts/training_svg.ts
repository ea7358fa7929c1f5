import * as Plot from "npm:@observablehq/plot@0.6.17";
import { svgDocument, svgFile } from "./_svg_document.ts";

/** A curve over the course of training. */
export interface TrainingCurve {
  /** What it is, such as `training`. */
  readonly name: string;
  /** Epoch or step, and the loss there. */
  readonly points: readonly (readonly [at: number, loss: number])[];
}

const COLOURS = ["#1b6ca8", "#2e9e6b", "#7a4fa3", "#b8860b", "#444444"];

/** Points up to which each is marked. */
const MOST_DOTS = 300;

/** Names up to which each stands at the end of its curve; more are listed next to the chart. */
const AT_ENDS = 2;

/**
 * Losses over training against the level of the best linear predictor; where all are above 0 the axis is logarithmic.
 *
 * @param curves The curves, each named at its end.
 * @param linear The level to draw: the loss of the best linear predictor on the training rows; null for none.
 * @param options The title, the names of the axes (default epoch and mean loss) and of the level (default best linear predictor).
 * @returns A file in SVG.
 * @example The first and the last loss are there in words too
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const curve = { name: "training", points: [[0, 1], [1, 0.5], [2, 0.25]] } as const;
 * const svg = trainingSvg([curve], 0.5, { title: "Two epochs" });
 * assertStringIncludes(svg, "best linear predictor: 0.5000. training: from 1.000 to 0.2500.");
 * ```
 */
export function trainingSvg(
  curves: readonly TrainingCurve[],
  linear: number | null,
  options: { readonly title: string; readonly x?: string; readonly y?: string; readonly level?: string },
): string {
  const { title, x = "epoch", y = "mean loss", level = "best linear predictor" } = options;
  const names = [...new Set(curves.map(({ name }) => name))];
  const points = curves.flatMap(({ name, points }, curve) => points.map(([at, loss]) => ({ name, curve, at, loss })));
  const known = points.filter(({ loss }) => Number.isFinite(loss));
  const isLog = (linear === null || linear > 0) && known.every(({ loss }) => loss > 0);
  const ends = names.map((name) => known.findLast((point) => point.name === name)).filter((end) => end !== undefined);
  const drawing = Plot.plot({
    document: svgDocument(),
    width: 720,
    height: 380,
    marginLeft: 64,
    marginTop: 44,
    marginRight: 150,
    x: { label: x, labelAnchor: "center" },
    y: {
      type: isLog ? "log" : "linear",
      label: y,
      labelAnchor: "center",
      grid: true,
      ticks: 6,
      ...isLog && { tickFormat: "~g" },
    },
    color: { domain: names, range: COLOURS },
    marks: [
      Plot.ruleY(linear === null ? [] : [linear], { stroke: "#c21807", strokeWidth: 1.5, strokeDasharray: "5 3" }),
      // A number that is not finite breaks its curve.
      Plot.line(points, { x: "at", y: "loss", z: "curve", stroke: "name", strokeWidth: 1.6 }),
      Plot.dot(points.length <= MOST_DOTS ? known : [], { x: "at", y: "loss", fill: "name", r: 1.8 }),
      ...nameMarks(names, ends),
      linear === null ? null : Plot.text([level], {
        frameAnchor: "right",
        y: [linear],
        fill: "#c21807",
        dy: -7,
        textAnchor: "end",
      }),
      Plot.text([title], { frameAnchor: "top-left", dy: -34, fontSize: 14 }),
    ],
  });
  const heading = linear === null ? "" : `${level}: ${linear.toPrecision(4)}. `;
  return svgFile(drawing, title, `${heading}${inWords(curves)}.`);
}

/** The names of the curves: at their ends, or as a list in the corner where they are many. */
function nameMarks(names: readonly string[], ends: readonly { readonly name: string }[]): readonly Plot.Markish[] {
  if (names.length <= AT_ENDS) {
    const style = { fill: "name", textAnchor: "start", dx: 8, fontWeight: "bold" } as const;
    return [Plot.text(ends, { x: "at", y: "loss", text: "name", ...style })];
  }
  return names.map((name, index) =>
    Plot.text([name], {
      frameAnchor: "top-right",
      textAnchor: "start",
      dx: 12,
      dy: 18 * index,
      fill: COLOURS[index % COLOURS.length],
      fontWeight: "bold",
    })
  );
}

/** The first and the last finite loss of the curves. */
function inWords(curves: readonly TrainingCurve[]): string {
  return curves.slice(0, 12).map(({ name, points }) => {
    const finite = points.filter(([, loss]) => Number.isFinite(loss));
    const [first, last] = [finite[0], finite[finite.length - 1]];
    return first ? `${name}: from ${first[1].toPrecision(4)} to ${last[1].toPrecision(4)}` : name;
  }).join("; ");
}
