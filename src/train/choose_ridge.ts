import { rowLosses, weightRows, weightsOfMeanOne } from "../loss/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { STRENGTHS_F, STRENGTHS_X } from "./ridge_folds.ts";

/** The strengths of a ridge as they were chosen; f is null where the features are left out, so that the model is linear. */
export interface Strengths {
  /** On the weights of x. */
  readonly x: number;
  /** On the weights of f; null for infinitely strong. */
  readonly f: number | null;
}

/** A model of the family, as cross-validation saw it. */
export interface Candidate extends Strengths {
  /** Its mean loss on rows that it was not fitted on. */
  readonly loss: number;
  /** `loss` minus that of the candidate which it would replace ({@linkcode RidgeChoice.against}); null for the first. */
  readonly difference: number | null;
  /** The standard error of that difference, or of `loss` where that is smaller; each the larger of the one over rows and the one over folds. */
  readonly standardError: number | null;
}

/** Which ridge was chosen, and what from. */
export interface RidgeChoice {
  /** The strengths chosen. */
  readonly chosen: Strengths;
  /** Which model that is. */
  readonly kind: "linear" | "ridge" | "network";
  /** Which linear model would be chosen without networks. */
  readonly linearKind: "linear" | "ridge";
  /** Linear without a ridge. */
  readonly linear: Candidate;
  /** The best ridge-regularised linear model. */
  readonly ridge: Candidate;
  /** The network with the strongest ridge within one standard error of the best one. */
  readonly network: Candidate;
  /** Which linear model the network stands beside: one that it does not beat, or else the one that would be chosen. */
  readonly against: "linear" | "ridge";
  /** The mean loss of every network that was tried in all folds, and of every linear model (f null). */
  readonly path: readonly (Strengths & { readonly loss: number })[];
  /** What was predicted for the rows left out [rows, m], for each partition: by the model chosen, by linear without a ridge, and by the linear model that would be chosen. */
  readonly predictions: Readonly<Record<"chosen" | "linear" | "chosenLinear", readonly Vector[]>>;
}

/** Predictions of linear models on rows that they were not fitted on, for each partition of the rows into folds. */
export interface FoldPredictions {
  /** Targets [rows, m] of the predicted rows. */
  readonly y: Vector;
  /** The weight of each predicted row, above 0 (default: equal ones). */
  readonly weights?: Vector;
  /** For each partition the positions of each fold's rows among them. */
  readonly partitions: readonly (readonly (readonly number[])[])[];
  /** Predictions [rows, m], for each of {@linkcode STRENGTHS_X} and each partition. */
  readonly linear: readonly (readonly Vector[])[];
}

/** With fewer rows than this the linear model without a ridge is kept: cross-validation of so few says nothing. */
export const FEWEST = 10;

/** A gain of less than this share of the loss is not worth a step up, however sure it is. */
const LEAST_GAIN = 0.01;

const mean = (values: Vector): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The position of the least loss; NaN counts as infinite. */
const least = (losses: readonly number[]): number =>
  losses.reduce((best, loss, at) => loss < losses[best] || Number.isNaN(losses[best]) ? at : best, 0);

/**
 * The standard error of a mean over rows that were predicted fold by fold: the larger of the one over rows and the one over the means of folds, since
 * rows predicted by one model are not independent. The one over folds is corrected for models that share most of their training rows, by
 * `sqrt(1 + J/(J - 1))` for J folds: 1.5 for five.
 *
 * Source: C. Nadeau, Y. Bengio, "Inference for the Generalization Error", Machine Learning 52 (2003).
 *
 * @param values One per row.
 * @param partitions For each partition the rows of each fold; one fold says nothing.
 * @returns The standard error.
 * @example Rows that differ by 1 and 3, in one fold
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(standardError(Float64Array.of(1, 3), [[[0, 1]]]), 1);
 * ```
 */
export function standardError(values: Vector, partitions: FoldPredictions["partitions"]): number {
  const overFolds = partitions.map((folds) => {
    const count = folds.length;
    if (count < 2) return 0;
    const means = Float64Array.from(folds, (rows) => rows.reduce((sum, row) => sum + values[row], 0) / rows.length);
    return errorOfMean(means) * Math.sqrt(1 + count / (count - 1));
  });
  return Math.max(errorOfMean(values), overFolds.reduce((sum, error) => sum + error / overFolds.length, 0));
}

/** The loss of each row, averaged over partitions, times its weight: their mean is the weighted mean. */
function averageLosses(loss: AnyLoss, predictions: readonly Vector[], { y, weights, m }: PredictedTargets): Vector {
  const all = predictions.map((p) => rowLosses(loss, p, y, m));
  const averages = all[0].map((_, row) => all.reduce((sum, losses) => sum + losses[row] / all.length, 0));
  if (weights !== null) weightRows(weights, 1, averages);
  return averages;
}

/** Targets [rows, m] of predicted rows, and their weights of mean 1. */
interface PredictedTargets {
  readonly y: Vector;
  readonly weights: Vector | null;
  readonly m: number;
}

function predictedTargets({ y, weights, partitions }: Omit<FoldPredictions, "linear">): PredictedTargets {
  const rows = partitions[0].flat().length;
  return { y, weights: weightsOfMeanOne(weights, rows), m: y.length / rows };
}

function errorOfMean(values: Vector): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return values.length > 1 ? Math.sqrt(squares / (values.length - 1) / values.length) : Infinity;
}

/** How much less the loss is for a replacement, and how sure that is. */
interface Replacement {
  readonly difference: number;
  readonly standardError: number;
  readonly pays: boolean;
}

function replacement(
  losses: Vector,
  old: Vector,
  partitions: FoldPredictions["partitions"],
): Replacement {
  const enough = losses.length >= FEWEST;
  const differences = losses.map((loss, row) => loss - old[row]);
  const difference = mean(differences);
  // A model that fails on a few rows spreads the differences as far as their mean: then the spread of the better one's losses counts.
  const error = Math.min(
    standardError(differences, partitions),
    standardError(losses, partitions),
  );
  const least = Math.max(error, LEAST_GAIN * Math.abs(mean(old)));
  return { difference, standardError: error, pays: enough && difference < -least };
}

/** A network that was tried. */
interface Tried extends Strengths {
  readonly f: number;
  readonly losses: Vector;
  readonly loss: number;
}

/** The network with the strongest ridge, on f first, whose loss is within one standard error over rows of the least one. */
function strongest(tried: readonly Tried[]): Tried {
  const best = tried[least(tried.map(({ loss }) => loss))];
  const near = tried.filter(({ losses }) => {
    const differences = losses.map((loss, row) => loss - best.losses[row]);
    return mean(differences) <= errorOfMean(differences);
  });
  return near.reduce(
    (strong, next) => next.f > strong.f || next.f === strong.f && next.x > strong.x ? next : strong,
    best,
  );
}

/**
 * The strengths on x that networks are tried with: that of the best ridge-regularised linear model on the rows left out, which with features of no
 * weight is one of the networks, and the next weaker one.
 *
 * @param loss The loss.
 * @param predictions What linear models predicted.
 * @returns The best one, and those to try, the strongest first.
 * @example One in the middle is the best
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "@resland/resland/loss";
 * import { STRENGTHS_X } from "@resland/resland/train";
 * const linear = STRENGTHS_X.map((_, at) => [Float64Array.of(at - 4)]);
 * const { best, tried } = strengthsToTry(squared, { y: Float64Array.of(0), partitions: [[[0]]], linear });
 * assertEquals([best, tried], [STRENGTHS_X[4], STRENGTHS_X.slice(4, 6)]);
 * ```
 */
export function strengthsToTry(
  loss: AnyLoss,
  found: FoldPredictions,
): { readonly best: number; readonly tried: readonly number[] } {
  const targets = predictedTargets(found);
  const ridges = STRENGTHS_X.slice(0, -1);
  const best = least(ridges.map((_, at) => mean(averageLosses(loss, found.linear[at], targets))));
  return { best: ridges[best], tried: ridges.slice(best, best + 2) };
}

/**
 * Chooses a model of the family by its loss on rows left out, up a ladder: linear, ridge-regularised linear, network; of the networks the one with
 * the strongest ridge within one standard error of the least loss. A step up is taken only where it lowers the mean loss by more than one standard
 * error ({@linkcode standardError}) and by at least a hundredth; a network has to beat both linear models. Of fewer than {@linkcode FEWEST} rows
 * linear is kept.
 *
 * @param loss The loss.
 * @param predictions What linear models predicted.
 * @param strengths The strengths on x that networks were tried with.
 * @param networks Predictions [rows, m] of networks, for each strength on x, each of {@linkcode STRENGTHS_F} and each partition.
 * @returns The choice.
 * @example Nothing beats a perfect linear model
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "@resland/resland/loss";
 * import { STRENGTHS_F, STRENGTHS_X } from "@resland/resland/train";
 * const y = Float64Array.of(1, 2, 3, 4);
 * const predictions = { y, partitions: [[[0, 1], [2, 3]]], linear: STRENGTHS_X.map(() => [y]) };
 * const choice = chooseRidge(squared, predictions, [1], [STRENGTHS_F.map(() => [y.map((value) => value + 0.1)])]);
 * assertEquals(choice.kind, "linear");
 * ```
 */
export function chooseRidge(
  loss: AnyLoss,
  predicted: FoldPredictions,
  strengths: readonly number[],
  networks: readonly (readonly (readonly Vector[])[])[],
): RidgeChoice {
  const { partitions, linear } = predicted;
  const targets = predictedTargets(predicted);
  const lossesOf = (predictions: readonly Vector[]) => averageLosses(loss, predictions, targets);
  const onX = linear.map(lossesOf);
  const onBoth = networks.map((row) => row.map(lossesOf));
  const last = onX.length - 1;
  const best = least(onX.slice(0, last).map(mean));
  const flat = onBoth.flatMap((row, i) =>
    row.map((losses, j) => ({ x: strengths[i], f: STRENGTHS_F[j], losses, loss: mean(losses) }))
  );
  const network = strongest(flat);
  const toRidge = replacement(onX[best], onX[last], partitions);
  const base = toRidge.pays ? best : last;
  const tried = flat.indexOf(network);
  const ofNetwork = networks[Math.floor(tried / STRENGTHS_F.length)][tried % STRENGTHS_F.length];
  const opponents = toRidge.pays ? [best] : [last, best];
  const found = opponents.map((linear) => ({ linear, ...replacement(network.losses, onX[linear], partitions) }));
  const toNetwork = found.find(({ pays }) => !pays) ?? found[0];
  const linearStrengths = { x: STRENGTHS_X[last], f: null };
  const ridgeStrengths = { x: STRENGTHS_X[best], f: null };
  const kind = toNetwork.pays ? "network" : toRidge.pays ? "ridge" : "linear";
  const { x, f } = network;
  return {
    chosen: { linear: linearStrengths, ridge: ridgeStrengths, network: { x, f } }[kind],
    kind,
    linearKind: toRidge.pays ? "ridge" : "linear",
    linear: { ...linearStrengths, loss: mean(onX[last]), difference: null, standardError: null },
    ridge: { ...ridgeStrengths, loss: mean(onX[best]), ...withoutPays(toRidge) },
    network: { x, f, loss: network.loss, ...withoutPays(toNetwork) },
    against: toNetwork.linear === best ? "ridge" : "linear",
    predictions: {
      chosen: kind === "network" ? ofNetwork : linear[base],
      linear: linear[last],
      chosenLinear: linear[base],
    },
    path: [
      ...onX.map((losses, at) => ({ x: STRENGTHS_X[at], f: null, loss: mean(losses) })),
      ...flat.map((one) => ({ x: one.x, f: one.f, loss: one.loss })),
    ].filter(({ loss }) => Number.isFinite(loss)),
  };
}

const withoutPays = ({ difference, standardError }: Replacement) => ({ difference, standardError });
