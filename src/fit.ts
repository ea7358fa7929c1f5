import { examplesOf, type TableOptions } from "./examples.ts";
import { finish } from "./tensor/internal.ts";
import { findBestLinear, type LinearBaseline } from "./baseline/mod.ts";
import { type Dataset, encodeWith, type Table } from "./data/mod.ts";
import { type Kernels, loadKernels } from "./kernels/mod.ts";
import { calibrate, computeMetrics, type Metrics, type Model, type Predictions, predictTable } from "./model/mod.ts";
import { feedForward, type FeedForwardOptions, type Layer, network } from "./nn/mod.ts";
import { createLinearObjective, predictRows } from "./objective/mod.ts";
import { alignColumns, counted, formatValue, layerText } from "./report/mod.ts";
import {
  type Advance,
  type CertifiedPoint,
  certifyPoint,
  crossValidateRidge,
  type EpochRecord,
  FIT_DEFAULTS,
  type FitEvent,
  type FitSettings,
  fitWithRidge,
  type RidgeChoice,
  ridgeFolds,
  type Strengths,
  takeExamples,
} from "./train/mod.ts";

/** The settings of {@linkcode fit}; all but the target have defaults. */
export interface FitOptions extends TableOptions, FeedForwardOptions, Partial<Omit<FitSettings, "patience">> {
  /** The layer tree f, which reads the encoded inputs, the intercept first (default: {@linkcode feedForward} of the options). */
  readonly body?: (d: number) => Layer;
  /**
   * The ridge on w and V'w: chosen by cross-validation ("auto", the default), "none", or two strengths, that on V'w null for a linear model.
   */
  readonly regularise?: "auto" | "none" | Strengths;
  /** The kernels to compute with (default: the fastest that the runtime has). */
  readonly kernels?: Kernels;
  /** Called after each piece of work with the share of it that is done, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Figures of merit of the network and of the best linear predictor on the same rows, in the unit of the target. */
export interface Score {
  /** The best linear predictor on the training rows. */
  readonly linear: Metrics;
  /** The network. */
  readonly network: Metrics;
}

/** A trained network with its certificate. */
export interface Fit {
  /** The network with all that it takes to apply it to a table; `encodeModel` makes a file of it. */
  readonly model: Model;
  /** The best linear predictor on the training rows, without a ridge. */
  readonly linear: LinearBaseline;
  /** How the ridge was chosen; null where it was given, or there is none. */
  readonly choice: RidgeChoice | null;
  /** What is proved of the network on the training rows. */
  readonly certificate: CertifiedPoint;
  /** The epochs of SGD. */
  readonly history: readonly EpochRecord[];
  /**
   * Predicts the rows of a table, in the unit of the target.
   * @throws {InputError} If the table lacks a column, or a value does not fit it.
   */
  predict(table: Table): Predictions;
  /**
   * Figures of merit on the rows of a table, such as rows that were not trained on.
   * @throws {InputError} If the table lacks a column, or a value does not fit it.
   */
  score(table: Table): Score;
  /** What was trained, linear against network on the training rows, and the certificate in a few sentences. */
  toString(): string;
}

/**
 * Trains a model on a table, worth using on rows that it has not seen, and certifies it: columns are encoded; a ridge on w and V'w, and whether a
 * network is worth its while, are chosen by cross-validation; SGD trains `p = W (x + V f(x))`, (W, V) is solved for at the trained features, and the
 * certificate holds it to the best linear predictor under the same ridge. For control over every step use `fitWithRidge` of `@resland/resland/train`.
 *
 * @param table The table, such as `parseTable` gives.
 * @param options The target; all else has defaults.
 * @returns The trained network, with its certificate.
 * @throws {InputError} If the table does not hold what the options name.
 * @throws {RangeError} If a setting is out of range.
 * @example A table of six rows
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { parseTable } from "@resland/resland";
 * const table = parseTable("size,price\n1,1\n2,4\n3,9\n4,16\n5,25\n6,36\n", { file: "houses.csv" });
 * const houses = await fit(table, { target: "price", width: 4 });
 * assertEquals(houses.certificate.verdict, "holds");
 * assert(houses.score(table).network.rmse <= houses.score(table).linear.rmse);
 * assertEquals(houses.predict(table).values.rows, 6);
 * ```
 */
export async function fit(table: Table, options: FitOptions): Promise<Fit> {
  const kernels = options.kernels ?? await loadKernels();
  const { regularise = "auto" } = options;
  const start = regularise === "none" ? "linear" : FIT_DEFAULTS.start;
  const settings = { ...FIT_DEFAULTS, start, ...given(options) };
  const { data, loss } = examplesOf(table, options);
  const { body = (d: number) => feedForward(d, options) } = options;
  const tried = network(data.x.cols, body(data.x.cols), { outputs: data.outputs });
  const linear = finish(findBestLinear(kernels, loss, data, { radius: settings.radius }));
  const task = { net: tried, loss, training: data, heldOut: null, settings };
  const progress = (from: number, to: number) => (event: FitEvent | Advance<"validate">) => {
    options.onProgress?.(from + (to - from) * event.share);
  };
  const folds = ridgeFolds(loss, data, settings.seed);
  const choice = regularise !== "auto" ? null : finish(
    crossValidateRidge(kernels, task, data.intercept, folds),
    progress(0, 0.9),
  );
  const strengths = choice?.chosen ?? (typeof regularise === "string" ? null : regularise);
  const { net, result: { params, featureOptimum, history }, ridge, comparator } = finish(
    fitWithRidge(kernels, task, strengths, data.intercept, linear),
    progress(choice ? 0.9 : 0, 1),
  );
  const { epsilon, radius } = settings;
  const fitted = { net, loss, params, examples: data };
  const certificate = certifyPoint(kernels, fitted, { epsilon, radius, linear: comparator, featureOptimum, ridge });
  options.onProgress?.(1);
  const { y, weights } = takeExamples(data, folds.predicted);
  const calibration = choice && calibrate(loss, data, {
    on: folds.rows.length > 1 ? "cross-validated rows" : "held-out rows",
    predictions: choice.predictions.chosen[0],
    y,
    folds: folds.places[0],
    ...weights && { weights },
  });
  const model: Model = {
    ...encodingOf(data),
    net,
    params,
    loss,
    ...ridge && { ridge: { x: ridge.x, f: strengths?.f ?? null } },
    ...calibration && { calibration },
  };
  const score = (rows: Dataset) => scoreOn(kernels, model, linear, rows);
  return Object.freeze({
    model,
    linear,
    choice,
    certificate,
    history,
    predict: (rows: Table) => predictTable(kernels, model, rows),
    score: (rows: Table) => score(encodeWith(rows, model)),
    toString: () => text(data, model, score(data), certificate),
  });
}

/** The settings that were given. */
function given(options: FitOptions): Partial<FitSettings> {
  const names = Object.keys(FIT_DEFAULTS) as (keyof FitSettings)[];
  return Object.fromEntries(
    names.flatMap((name) => name !== "patience" && options[name] !== undefined ? [[name, options[name]]] : []),
  );
}

/** How a table becomes inputs and targets. */
function encodingOf(
  { features, columns, missing, reading, weighting, targets, intercept, classes, standardisation }: Dataset,
): Omit<Model, "net" | "params" | "loss" | "split"> {
  return {
    ...{ features, columns, missing, targets, intercept, classes, standardisation },
    ...reading && { reading },
    ...weighting && { weighting },
  };
}

function scoreOn(kernels: Kernels, { net, params, loss }: Model, { weights }: LinearBaseline, data: Dataset): Score {
  using linear = createLinearObjective(kernels, loss, data);
  return Object.freeze({
    linear: computeMetrics(data, loss, linear.project(weights), data.y),
    network: computeMetrics(data, loss, predictRows(kernels, net, params, data.x).data, data.y),
  });
}

function text(
  { source, x, targets }: Dataset,
  { net, loss }: Model,
  score: Score,
  { sentence }: CertifiedPoint,
): string {
  const figures = Object.keys(score.linear).map((name) => [
    name,
    formatValue(score.linear[name], 5),
    formatValue(score.network[name], 5),
  ]);
  return [
    `${source}: ${counted(x.rows, "row")}, target ${targets.join(", ")}, ${loss.name} loss`,
    `network: p = ${net.outputs === 1 ? "w'" : "W"}(x + V f(x)), f = ${layerText(net.body.toJson())}`,
    "",
    ...alignColumns(["training rows", "linear", "network"], figures, new Set([0])),
    "",
    sentence,
  ].join("\n");
}
