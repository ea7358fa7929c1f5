import type { Dataset } from "../data/mod.ts";
import {
  computeMetrics,
  type Interval,
  type Metrics,
  type Model,
  pairedInterval,
  type PredictionScale,
} from "../model/mod.ts";
import type { BestPredictor, CertifiedFeatures, FeatureUnits, LastLayer, MeasuredPredictor } from "../train/mod.ts";
import { type LinearReport, linearReport } from "./linear.ts";
import { type Plain, plain } from "./plain.ts";
import { type ProblemReport, problemReport } from "./problem.ts";

/** A predictor of the report. */
export type PredictorId = "constant" | "linear" | "model" | "head" | "skip";

/** The losses of a predictor, and its usual metrics in the target's own unit. */
export interface PredictorReport {
  /** The mean loss on the training rows. */
  readonly training: number | null;
  /** The mean loss on the held-out rows; null without any. */
  readonly heldOut: number | null;
  /** Metrics on the training rows. */
  readonly metrics: Plain<Metrics>;
  /** Metrics on the held-out rows; null without any. */
  readonly heldOutMetrics: Plain<Metrics> | null;
  /** Proved lower bound on the training loss of every predictor of the kind; null for the model, and where nothing is proved. */
  readonly lowerBound: number | null;
  /** Independent columns that it has; null for the model. */
  readonly rank: number | null;
}

/** One predictor against another: below 0 the first has the smaller loss. */
export interface PredictorComparison {
  /** The first. */
  readonly of: PredictorId;
  /** The other. */
  readonly against: PredictorId;
  /** The difference of the mean training losses. */
  readonly training: number | null;
  /** The difference of the mean losses on the held-out rows, with a 95% interval by a paired t; null without such rows. */
  readonly heldOut: Interval | null;
  /** Whether the interval lies on one side of 0. */
  readonly outcome: "better" | "worse" | "undecided" | "same" | "unknown";
}

/** A feature that a last layer cannot use, by name. */
export interface UnitReport {
  /** Its name: `unit 3`, counted from 0, or the column of a CSV file. */
  readonly name: string;
  /** From 0. */
  readonly unit: number;
}

/** A finding in a sentence. */
export interface Finding {
  /** What it is about. */
  readonly id: "model" | "last-layer" | "features" | "skip" | "beyond-linear" | "units";
  /** The sentence, or several. */
  readonly sentence: string;
}

/** What `certify --features --json` prints: `resland/certify@1` of a model that is known by its features and predictions. */
export interface FeaturesReport {
  /** The schema's name and version. */
  readonly schema: "resland/certify@1";
  /** How the model is known. */
  readonly kind: "features";
  /** The files. */
  readonly files: { readonly features: string | null; readonly predictions: string | null };
  /** How the predictions were read; null without any. */
  readonly predictionsAre: PredictionScale | null;
  /** What was assumed, or is to be known of the files. */
  readonly notes: readonly string[];
  /** The table and its encoding. */
  readonly problem: ProblemReport;
  /** The model's training loss; null without predictions. */
  readonly value: number | null;
  /** That minus the loss of the best linear predictor. */
  readonly gap: number | null;
  /** What convexity proves of the gap; null without predictions. */
  readonly bound: number | null;
  /** The best linear predictor. */
  readonly linear: LinearReport;
  /** Every predictor; null for a model without predictions. */
  readonly predictors: Readonly<Record<PredictorId, PredictorReport | null>>;
  /** min H: the best last layer with a skip; `gap` is the model's loss minus it. */
  readonly features: { readonly value: number | null; readonly gap: number | null };
  /** Predictors against each other. */
  readonly comparisons: readonly PredictorComparison[];
  /** The last layer; null where it cannot be told. */
  readonly lastLayer: Plain<LastLayer> | null;
  /** The gradient of the weights that a skip would have, at 0; null without predictions. */
  readonly skipGradientNorm: number | null;
  /** The features. */
  readonly units: {
    readonly count: number;
    readonly rank: number;
    readonly constant: readonly (UnitReport & { readonly value: number | null })[];
    readonly collinear: readonly (UnitReport & { readonly on: readonly string[] })[];
    readonly rare: readonly (UnitReport & { readonly share: number })[];
    readonly saturated: readonly (UnitReport & { readonly share: number })[];
  };
  /** What was found, the most important first. */
  readonly findings: readonly Finding[];
  /** All findings. */
  readonly sentence: string;
  /** `holds` where the last layer has converged, else `undecided`: a model is never at fault. */
  readonly verdict: "holds" | "undecided";
  /** The file with the better last layers; null unless requested. */
  readonly written: string | null;
}

/** What a report needs beside the certificate. */
export interface FeaturesContext {
  /** The files. */
  readonly files: FeaturesReport["files"];
  /** The loss. */
  readonly loss: Model["loss"];
  /** The training rows. */
  readonly training: Dataset;
  /** The held-out rows; null for none. */
  readonly heldOut: Dataset | null;
  /** Names of the features; null where they have only numbers. */
  readonly names: readonly string[] | null;
  /** How the predictions were read; null without any. */
  readonly predictionsAre: PredictionScale | null;
  /** What was assumed. */
  readonly notes: readonly string[];
  /** The file with the better last layers. */
  readonly written: string | null;
}

/** Pairs that are compared. */
const PAIRS: readonly (readonly [PredictorId, PredictorId])[] = [
  ["model", "linear"],
  ["head", "linear"],
  ["skip", "head"],
  ["skip", "model"],
  ["skip", "linear"],
];

/**
 * The certificate of any model as plain data, with metrics, intervals and names.
 *
 * @param found What is known of the model.
 * @param context The files, the rows and the names.
 * @param findings What is to be said of it, from {@linkcode featureFindings}.
 * @returns The report, ready for `JSON.stringify`.
 * @example A feature that is the square of the input
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { featureFindings } from "@resland/resland/report";
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
 * const { verdict, units, predictors } = featuresReport(step.value, context, featureFindings);
 * assertEquals([verdict, units.rank, predictors.model, predictors.head!.training! < 1e-20], ["undecided", 1, null, true]);
 * ```
 */
export function featuresReport(
  found: CertifiedFeatures,
  context: FeaturesContext,
  findings: (report: Omit<FeaturesReport, "findings" | "sentence">) => readonly Finding[],
): FeaturesReport {
  const { model, linear, skip, lastLayer } = found;
  const { training, heldOut, loss } = context;
  const value = plain(model?.training ?? null);
  const minimum = skip.optimum.infimum ?? skip.optimum.value;
  const body = {
    schema: "resland/certify@1" as const,
    kind: "features" as const,
    files: context.files,
    predictionsAre: context.predictionsAre,
    notes: context.notes,
    problem: problemReport(training, loss.name, heldOut?.x.rows ?? 0, linear.optimum),
    value,
    gap: model === null ? null : plain(model.training - linear.training),
    bound: found.modelBound === null ? null : plain(found.modelBound),
    linear: linearReport(linear.optimum, training),
    predictors: {
      constant: predictorReport(found.constant, context),
      linear: predictorReport(linear, context),
      model: model && predictorReport(model, context),
      head: predictorReport(found.head, context),
      skip: predictorReport(skip, context),
    },
    features: { value: plain(minimum), gap: model === null ? null : plain(model.training - minimum) },
    comparisons: PAIRS.flatMap(([of, against]) => compared(found, of, against)),
    lastLayer: lastLayer && plain(lastLayer),
    skipGradientNorm: found.skipGradientNorm === null ? null : plain(found.skipGradientNorm),
    units: unitsReport(found.units, found.featuresAre, context.names),
    verdict: lastLayer?.converged ? "holds" as const : "undecided" as const,
    written: context.written,
  };
  const list = findings(body);
  return { ...body, findings: list, sentence: list.map(({ sentence }) => sentence).join(" ") };
}

function predictorReport(
  one: MeasuredPredictor | BestPredictor,
  { loss, training, heldOut }: FeaturesContext,
): PredictorReport {
  const best = "optimum" in one ? one.optimum : null;
  return {
    training: plain(one.training),
    heldOut: one.heldOut === null ? null : plain(one.heldOut),
    metrics: plain(computeMetrics(training, loss, one.values.training, training.y)),
    heldOutMetrics: heldOut && one.values.heldOut &&
      plain(computeMetrics(heldOut, loss, one.values.heldOut, heldOut.y)),
    lowerBound: best && best.lowerBound,
    rank: best && best.rank,
  };
}

function compared(found: CertifiedFeatures, of: PredictorId, against: PredictorId): readonly PredictorComparison[] {
  const [a, b] = [found[of], found[against]];
  if (a === null || b === null) return [];
  const training = plain(a.training - b.training);
  if (a.losses.heldOut === null || b.losses.heldOut === null) {
    return [{ of, against, training, heldOut: null, outcome: "unknown" }];
  }
  const { difference, outcome } = pairedInterval(a.losses.heldOut, b.losses.heldOut);
  return [{ of, against, training, heldOut: difference, outcome }];
}

function unitsReport(
  units: FeatureUnits,
  are: CertifiedFeatures["featuresAre"],
  names: readonly string[] | null,
): FeaturesReport["units"] {
  const name = (unit: number) => names?.[unit] ?? `${are === "features" ? "unit" : "prediction"} ${unit}`;
  const named = <T extends { readonly unit: number }>(list: readonly T[]) =>
    list.map((one) => ({ ...one, name: name(one.unit) }));
  return {
    count: units.count,
    rank: units.rank,
    constant: named(units.constant).map((one) => ({ ...one, value: plain(one.value) })),
    collinear: named(units.collinear).map((one) => ({ ...one, on: one.on.map(name) })),
    rare: named(units.rare),
    saturated: named(units.saturated),
  };
}
