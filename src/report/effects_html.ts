import { barsHtml } from "./bars_html.ts";
import { type Chart, type ChartColour, type ChartCurve, chartHtml } from "./chart_html.ts";
import type { DependenceReport, EffectsReport } from "./effects.ts";
import { counted } from "./format.ts";
import { type Html, htmlLines, markup } from "./html.ts";
import type { ProblemReport } from "./problem.ts";

/** Categories, and outputs, that a chart shows. */
const [MOST_CATEGORIES, MOST_OUTPUTS] = [6, 5];

/** Letters of a category below an axis. */
const MOST_LETTERS = 7;

/**
 * What the model reads of which column, as HTML: permutation importance as bars, and a chart of partial dependence for each of the most important columns, with the
 * linear model beside. All charts have one scale, so that a flat curve is a small effect.
 *
 * @param effects Importance and dependence.
 * @param problem What is predicted.
 * @returns HTML.
 * @example One column
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const dependence = [{ name: "age", values: [1, 2], model: [[3], [5]], linear: null }];
 * const effects = { on: "held-out rows", rows: 9, importance: [{ name: "age", increase: 2, standardDeviation: 0.1 }], dependence } as const;
 * const shown = effectsHtml(effects, { targets: ["price"], classes: null, outputs: 1, loss: "squared" });
 * assertStringIncludes(String(shown), "<desc>model: from 3 at 1 to 5 at 2.</desc>");
 * ```
 */
export function effectsHtml(
  { on, rows, importance, dependence }: EffectsReport,
  problem: Pick<ProblemReport, "targets" | "classes" | "outputs" | "loss">,
): Html {
  const where = `${counted(rows, on.slice(0, -1))}`;
  const bars = importance.map(({ name, increase, standardDeviation }) => ({
    name,
    value: increase,
    spread: standardDeviation,
  }));
  const all = dependence.flatMap(({ model, linear }) => [...model, ...linear ?? []].flat());
  const range = all.filter((value): value is number => value !== null && Number.isFinite(value));
  const charts = dependence.map((one) => chartHtml(dependenceChart(one, range, problem)));
  const pictures = charts.length === 0 ? "" : markup`
<p>Partial dependence: the mean prediction on the same rows when one column has the same value in each, for the columns with the largest
importance${
    problem.outputs > 1 && dependence[0].linear !== null ? "; dotted: of the linear model" : ""
  }. Where columns go together, some of these rows could not occur.</p>
<div class="charts">
${htmlLines(charts)}
</div>`;
  return markup`<p>Permutation importance: how much the mean loss on ${where} grows when one column is permuted, with the standard deviation over
permutations. Columns that say the same share it.</p>
${barsHtml(["column", "increase of the loss"], bars)}${pictures}`;
}

function dependenceChart(
  { name, values, model, linear }: DependenceReport,
  range: readonly number[],
  { targets, classes, outputs, loss }: Pick<ProblemReport, "targets" | "classes" | "outputs" | "loss">,
): Chart {
  const isNumber = typeof values[0] !== "string";
  const shown = isNumber ? values.map((_, at) => at) : extremes(model);
  const place = (at: number, order: number) => isNumber ? Number(values[at]) : order;
  const curve = (means: DependenceReport["model"], output: number, colour: ChartColour, label: string) => ({
    name: label,
    colour,
    points: shown.map((at, order) => [place(at, order), means[at]?.[output] ?? NaN] as const),
  });
  const names = classes !== null && outputs > 1 ? classes : targets;
  const drawn = outputs === 1 ? [0] : widest(model, outputs);
  const curves = drawn.flatMap((output, order): readonly ChartCurve[] => {
    const colour = ([1, 2, 3, 4, 5] as const)[order % 5];
    const as = isNumber ? "line" : "dots";
    if (outputs > 1) {
      const label = names[output] ?? `output ${output + 1}`;
      return [
        ...linear ? [{ ...curve(linear, output, colour, label), as: "link" as const }] : [],
        { ...curve(model, output, colour, label), as },
      ];
    }
    return [
      ...linear ? [{ ...curve(linear, output, 2, "linear"), as: isNumber ? "level" as const : "dots" as const }] : [],
      { ...curve(model, output, 1, "model"), as },
    ];
  });
  const notes = [
    ...shown.length < values.length
      ? [`${shown.length} of ${values.length} categories: the lowest and the highest.`]
      : [],
    ...drawn.length < outputs ? [`${drawn.length} of ${outputs}: those that change most.`] : [],
  ];
  return {
    title: name,
    x: {
      label: "",
      ...!isNumber && { ticks: shown.map((at, order) => ({ at: order, text: shorten(String(values[at])) })) },
    },
    y: {
      label: loss === "logistic"
        ? `probability of ${classes?.[1] ?? "1"}`
        : loss === "softmax"
        ? "probability"
        : classes === null && outputs === 1
        ? `mean ${targets[0]}`
        : "mean prediction",
      covers: range,
    },
    curves,
    ...notes.length > 0 && { note: notes.join(" ") },
  };
}

const shorten = (text: string): string =>
  [...text].length > MOST_LETTERS ? `${[...text].slice(0, MOST_LETTERS - 1).join("")}…` : text;

/** The positions of categories in order; of many those with the lowest and the highest first means. */
function extremes(model: DependenceReport["model"]): readonly number[] {
  const all = model.map((_, at) => at);
  if (all.length <= MOST_CATEGORIES) return all;
  const order = all.toSorted((a, b) => (model[a][0] ?? 0) - (model[b][0] ?? 0));
  return [...order.slice(0, MOST_CATEGORIES / 2), ...order.slice(-MOST_CATEGORIES / 2)];
}

/** The outputs that change most, in their order. */
function widest(model: DependenceReport["model"], outputs: number): readonly number[] {
  const spread = Array.from({ length: outputs }, (_, output) => {
    const means = model.map((row) => row[output] ?? 0);
    return Math.max(...means) - Math.min(...means);
  });
  const order = spread.map((_, output) => output).sort((a, b) => spread[b] - spread[a]);
  return order.slice(0, MOST_OUTPUTS).sort((a, b) => a - b);
}
