import type { FeaturesReport, Finding, PredictorComparison, PredictorId, PredictorReport } from "./features.ts";
import { columnLines } from "./columns.ts";
import { linearNotes } from "./linear.ts";
import { alignColumns, counted, formatValue } from "./format.ts";

/** Names of units that a sentence lists. */
const MOST_NAMED = 8;

/** What each predictor is called. */
const NAMES: Readonly<Record<PredictorId, string>> = {
  constant: "best constant",
  linear: "best linear predictor",
  model: "the model",
  head: "best last layer on the features",
  skip: "the same with a skip from x (min H)",
};

/** Losses that differ by no more than this share of the best constant's count as equal: training does not get nearer. */
const SAME = 1e-6;

/** What a loss is compared with. */
const LINEAR = "that of the best linear predictor";

/** A part of the report that findings read. */
export type FeaturesBody = Omit<FeaturesReport, "findings" | "sentence">;

/**
 * What is to be said of a model, in sentences: where it stands, whether its last layer has converged, what its features carry, what a skip would
 * bring, and which features are of no use. Nothing is claimed that was not decided.
 *
 * @param report The report without them.
 * @returns The findings, the most important first.
 * @example Nothing is known but the features
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { featureFindings } from "@resland/resland/report";
 * import type { FeaturesReport } from "@resland/resland/report";
 * const one = (training: number) => ({ training, heldOut: null, metrics: {}, heldOutMetrics: null, lowerBound: training, rank: 1 });
 * const report = {
 *   predictors: { constant: one(1), linear: one(0.5), model: null, head: one(0.75), skip: one(0.25) }, lastLayer: null, comparisons: [],
 *   files: { features: "f.npy", predictions: null }, problem: { rows: 9, heldOutRows: 0 }, units: { count: 2, rank: 2, constant: [], collinear: [], rare: [], saturated: [] },
 * } as unknown as FeaturesReport;
 * assertEquals(featureFindings(report).map(({ id }) => id), ["features", "skip"]);
 * ```
 */
export function featureFindings(report: FeaturesBody): readonly Finding[] {
  const found: readonly (Finding | null)[] = [
    modelFinding(report),
    lastLayerFinding(report),
    featuresFinding(report),
    skipFinding(report),
    beyondFinding(report),
    unitsFinding(report),
  ];
  return found.filter((one) => one !== null);
}

const short = (value: number | null): string => formatValue(value, 3);

const pairOf = (
  { comparisons }: FeaturesBody,
  of: PredictorId,
  against: PredictorId,
): PredictorComparison | undefined => comparisons.find((one) => one.of === of && one.against === against);

/** The training loss, where there is one. */
const trainingOf = (one: PredictorReport | null): number | null => one?.training ?? null;

const scaleOf = ({ predictors }: FeaturesBody): number => Math.abs(predictors.constant?.training ?? 1);

/** `0.012 below the other (0.3 against 0.312)`, or `equal to the other`. */
function standing(a: number, b: number, scale: number, other: string): string {
  const by = a - b;
  if (Math.abs(by) <= SAME * scale) return `equal to ${other} (${short(b)})`;
  return `${short(Math.abs(by))} ${by < 0 ? "below" : "above"} ${other} (${short(a)} against ${short(b)})`;
}

/** What held-out rows say of a comparison. */
function heldOutClause(pair: PredictorComparison | undefined, subject: string, other: string): string {
  if (!pair?.heldOut) return "";
  const { estimate, lower, upper } = pair.heldOut;
  const interval = `95% interval ${short(lower)} to ${short(upper)}`;
  if (pair.outcome === "better" || pair.outcome === "worse") {
    const way = pair.outcome === "better" ? "lower" : "higher";
    return ` On held-out rows the loss of ${subject} is ${
      short(Math.abs(estimate))
    } ${way} than that of ${other} (${interval} of the difference).`;
  }
  return ` On held-out rows no difference between ${subject} and ${other} can be told (${
    short(estimate)
  }, ${interval}).`;
}

function modelFinding(report: FeaturesBody): Finding | null {
  const { predictors: { model, linear, constant } } = report;
  const [own, best] = [trainingOf(model), trainingOf(linear)];
  if (own === null || best === null) return null;
  const text = `The model's training loss is ${standing(own, best, scaleOf(report), LINEAR)}.`;
  const held = heldOutClause(pairOf(report, "model", "linear"), "the model", "the best linear predictor");
  const level = trainingOf(constant);
  const worse = level !== null && own > level + SAME * scaleOf(report)
    ? ` It is even above that of the best constant (${
      short(level)
    }): check that the rows are in the order of the table, and the scale of the predictions.`
    : "";
  return { id: "model", sentence: text + held + worse };
}

function lastLayerFinding(report: FeaturesBody): Finding | null {
  const { lastLayer: last, predictors: { head } } = report;
  if (last === null) return null;
  if (last.converged === null) {
    return {
      id: "last-layer",
      sentence:
        `Whether the last layer has converged cannot be told: the predictions are not a linear function of these features (${
          short(last.residual)
        } of their standard deviation is left), so that these are not what enters the last layer, or their rows are in another order.`,
    };
  }
  const gradient = `gradient ${short(last.gradientNorm)} over its weights, smallest eigenvalue ${eigenvalue(last)}`;
  if (last.converged) return { id: "last-layer", sentence: `The last layer has converged: ${gradient}.` };
  return {
    id: "last-layer",
    sentence:
      `The last layer has not converged (${gradient}): the best one on the same features has a training loss of ${
        short(head?.training ?? null)
      }, ${short(last.excess)} lower.`,
  };
}

function eigenvalue({ lambda }: NonNullable<FeaturesBody["lastLayer"]>): string {
  const { lower, upper, exact } = lambda;
  if (!exact) return `between ${short(lower)} and ${short(upper)}`;
  return lower === 0 ? "0 within rounding, so that the best one is not unique" : short(upper);
}

function featuresFinding(report: FeaturesBody): Finding | null {
  const { predictors: { head, linear }, files } = report;
  const [least, best] = [trainingOf(head), trainingOf(linear)];
  if (head === null || least === null || best === null) return null;
  const what = files.features === null ? "a linear function of the predictions" : "a last layer on these features";
  const bound = head.lowerBound;
  const above = bound !== null && bound > best + SAME * scaleOf(report);
  const proof = above
    ? `No ${what.slice(2)} can reach the best linear predictor: the least training loss is ${short(least)}, ${
      short(least - best)
    } above it (proved).`
    : `The least training loss of ${what} is ${standing(least, best, scaleOf(report), LINEAR)}.`;
  return { id: "features", sentence: proof };
}

function skipFinding(report: FeaturesBody): Finding | null {
  const { predictors: { head, skip } } = report;
  const [without, least] = [trainingOf(head), trainingOf(skip)];
  if (without === null || least === null) return null;
  const gain = without - least;
  const text = gain <= SAME * scaleOf(report)
    ? "Adding w'x to the best last layer lowers the training loss by nothing beyond rounding."
    : `Adding w'x to the best last layer lowers the training loss by ${short(gain)}, to ${short(least)}.`;
  const held = heldOutClause(pairOf(report, "skip", "head"), "the layer with w'x", "the one without");
  const where = report.problem.heldOutRows === 0
    ? " More weights never raise a training loss: name rows that were not trained on to see whether it helps there."
    : "";
  return { id: "skip", sentence: text + held + where };
}

function beyondFinding(report: FeaturesBody): Finding | null {
  const pair = pairOf(report, "skip", "linear");
  if (!pair?.heldOut) return null;
  const { outcome } = pair;
  const verdict = outcome === "better"
    ? "The features carry something that the best linear predictor lacks."
    : outcome === "worse"
    ? "With these features the best linear fit generalises worse than without them: they are fitted to the training rows."
    : "The held-out rows do not show that the features carry anything beyond the best linear predictor.";
  return {
    id: "beyond-linear",
    sentence: `${verdict}${heldOutClause(pair, "the layer with features and w'x", "the best linear predictor")}`,
  };
}

function unitsFinding({ units, files, problem }: FeaturesBody): Finding | null {
  const list = (units: readonly { readonly name: string }[]) => {
    const more = units.length - MOST_NAMED;
    return `${units.slice(0, MOST_NAMED).map(({ name }) => name).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  };
  const { constant, collinear, rare, saturated, count, rank } = units;
  const what = files.features === null ? "predictions" : "features";
  if (rank >= problem.rows - 1) {
    return {
      id: "units",
      sentence: `The ${rank} independent ${what} are as many as ${
        counted(problem.rows, "row")
      } allow: a last layer on them fits any targets there, which says nothing about other rows.`,
    };
  }
  const parts = [
    ...constant.length === 0 ? [] : [`constant: ${list(constant)}`],
    ...collinear.length === 0 ? [] : [`linear combinations of others: ${list(collinear)}`],
    ...rare.length === 0 ? [] : [`active in at most 1% of the rows: ${list(rare)}`],
    ...saturated.length === 0 ? [] : [`saturated in 99% of the rows or more: ${list(saturated)}`],
  ];
  if (parts.length === 0) return null;
  return { id: "units", sentence: `${rank} of ${count} ${what} are independent; ${parts.join("; ")}.` };
}

/**
 * The report of any model as text: a row per predictor with training and held-out losses, and the findings.
 *
 * @param report The report.
 * @returns The text, without a final line end.
 * @example The findings come last
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { featuresReport, featureFindings } from "@resland/resland/report";
 * import { encodeTable, loadKernels, parseTable, squared } from "@resland/resland";
 * import { certifyFeatures } from "@resland/resland/train";
 * const training = encodeTable(parseTable("a,y\n-1,1\n0,0\n1,1\n2,4\n", { file: "squares.csv" }), { target: "y", targetKind: "number" });
 * const features = { rows: 4, cols: 1, data: Float64Array.of(1, 0, 1, 4), precision: 2 ** -53 };
 * const part = { x: training.x, y: training.y, picked: null };
 * const steps = certifyFeatures(await loadKernels("simd"), { loss: squared, training: part, heldOut: null, features, predictions: null });
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * const context = {
 *   files: { features: "f.npy", predictions: null }, loss: squared, training, heldOut: null, names: null, predictionsAre: null, notes: [],
 *   written: null,
 * };
 * const text = featuresText(featuresReport(step.value, context, featureFindings));
 * assertStringIncludes(text, "f.npy on squares.csv: 4 rows, 1 feature, squared loss");
 * ```
 */
export function featuresText(report: FeaturesReport): string {
  const { problem, predictors, units, findings, notes, linear, written, files } = report;
  const held = problem.heldOutRows > 0;
  const figure = metricOf(report);
  const header = [
    "",
    "training",
    ...held ? ["held out"] : [],
    ...figure === null ? [] : [held ? `${figure} held out` : figure],
    "proved least",
  ];
  const rows = (Object.keys(NAMES) as readonly PredictorId[]).flatMap((id) => {
    const one = predictors[id];
    if (one === null) return [];
    const metrics = held ? one.heldOutMetrics : one.metrics;
    return [[
      NAMES[id],
      formatValue(one.training, 8),
      ...held ? [formatValue(one.heldOut, 8)] : [],
      ...figure === null ? [] : [formatValue(metrics?.[figure] ?? null, 5)],
      formatValue(one.lowerBound, 8),
    ]];
  });
  const what = files.features === null ? "" : `, ${counted(units.count, "feature")}`;
  return [
    `${
      [...new Set([files.features, files.predictions].filter((file) => file !== null))].join(" and ")
    } on ${problem.source}: ${counted(problem.rows, "row")}${
      held ? ` and ${problem.heldOutRows} held out` : ""
    }${what}, ${problem.loss} loss`,
    ...columnLines(problem.columns ?? []),
    "",
    ...alignColumns(header, rows, new Set([0])),
    "",
    ...findings.map(({ sentence }) => sentence),
    ...linearNotes(linear),
    ...notes,
    ...written === null ? [] : [`The better last layers are in ${written}.`],
  ].join("\n");
}

/** The metric that is shown beside the loss; null where several targets have one each. */
function metricOf({ predictors: { linear } }: FeaturesReport): string | null {
  return ["rmse", "accuracy"].find((name) => name in (linear?.metrics ?? {})) ?? null;
}
