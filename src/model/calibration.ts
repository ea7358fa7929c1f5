import { type AnyLoss, isJoint, rowLosses } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { inUnits, type Targets } from "./metrics.ts";
import { fitTemperature } from "./temperature.ts";

/** What the rows that a model was not fitted on say of its predictions: kept in the model file, for intervals and probabilities of new rows. */
export interface Calibration {
  /** Which rows: held out, or predicted fold by fold while the model was chosen. */
  readonly on: "held-out rows" | "cross-validated rows";
  /** How many. */
  readonly rows: number;
  /**
   * For each target, absolute errors in ascending order, as the target is encoded: all of them, or of more than 1,000 the 1,000 at equal steps of
   * rank, the largest last; of weighted rows at equal steps of weight. Null for classes.
   */
  readonly errors: readonly (readonly number[])[] | null;
  /** What scores are divided by so that probabilities are calibrated; null where that was not shown to lower the log-loss, or for numbers. */
  readonly temperature: number | null;
}

/** Predictions of rows that their models were not fitted on. */
export interface LeftOut {
  /** Which rows. */
  readonly on: Calibration["on"];
  /** Raw predictions [rows, outputs]. */
  readonly predictions: Vector;
  /** Encoded targets [rows, outputs]. */
  readonly y: Vector;
  /** Positions of rows that one model predicted, for each model; one list where a single one predicted all. */
  readonly folds: readonly (readonly number[])[];
  /** The weight of each row, above 0 (default: equal ones). Errors count with it; of weighted classes no temperature is made. */
  readonly weights?: Vector;
}

/** Errors that are kept of each target. */
const KEPT = 1000;

/** Parts of the rows when one model predicted them all. */
const PARTS = 5;

/**
 * The calibration of a model: the absolute errors on rows that it was not fitted on, for intervals by split conformal prediction; of classes the
 * temperature of the log-odds, kept where it lowers the log-loss of rows that it was not fitted on (fold by fold) by more than one standard error.
 *
 * @param loss The loss.
 * @param data How targets were encoded.
 * @param leftOut What was predicted.
 * @returns The calibration.
 * @throws {RangeError} If there are not as many predictions as targets.
 * @example Three errors
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "@resland/resland";
 * const data = { targets: ["y"], classes: null, outputs: 1, standardisation: { x: { mean: [], scale: [] }, y: null } };
 * const leftOut = { on: "held-out rows", predictions: Float64Array.of(3, 1, 2), y: new Float64Array(3), folds: [[0, 1, 2]] } as const;
 * assertEquals(calibrate(squared, data, leftOut), { on: "held-out rows", rows: 3, errors: [[1, 2, 3]], temperature: null });
 * ```
 */
export function calibrate(loss: AnyLoss, data: Targets, leftOut: LeftOut): Calibration {
  const { on, predictions, y, folds, weights } = leftOut;
  if (predictions.length !== y.length) {
    throw new RangeError(`Cannot calibrate: ${predictions.length} predictions of ${y.length} targets`);
  }
  const rows = y.length / data.outputs;
  if (data.classes !== null) {
    return { on, rows, errors: null, temperature: usefulTemperature(loss, data, leftOut, folds) };
  }
  const told = scaled(loss, predictions);
  const errors = Array.from({ length: data.outputs }, (_, output) => {
    const own = Float64Array.from(
      { length: rows },
      (_, row) => Math.abs(told[row * data.outputs + output] - y[row * data.outputs + output]),
    );
    return weights === undefined ? thinned(own.sort()) : thinnedByWeight(own, weights);
  });
  return { on, rows, errors: errors.every((own) => own.every(Number.isFinite)) ? errors : null, temperature: null };
}

/** Predictions on the scale of the encoded target. */
const scaled = (loss: AnyLoss, p: Vector): Vector =>
  isJoint(loss) || loss.link === null ? p : p.map((value) => (loss.link as (p: number) => number)(value));

/** Every error, or at equal steps of rank the one whose rank is the next whole number. */
function thinned(errors: Float64Array): readonly number[] {
  const count = Math.min(errors.length, KEPT);
  return Array.from({ length: count }, (_, at) => errors[Math.ceil((at + 1) * errors.length / count) - 1]);
}

/** Errors at equal steps of weight: as many as there are, or {@linkcode KEPT}, the largest last. */
function thinnedByWeight(errors: Vector, weights: Vector): readonly number[] {
  const order = Array.from(errors.keys()).sort((a, b) => errors[a] - errors[b]);
  const count = Math.min(errors.length, KEPT);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [at, reached] = [0, weights[order[0]]];
  return Array.from({ length: count }, (_, step) => {
    // Sums of weights that are whole steps may be below them by a rounding.
    const wanted = (step + 1) / count * total * (1 - 1e-12);
    while (reached < wanted && at + 1 < order.length) reached += weights[order[++at]];
    return errors[order[at]];
  });
}

/** The temperature of all rows, where temperatures of the other folds lower the log-loss of a fold; null where they do not. */
function usefulTemperature(
  loss: AnyLoss,
  { outputs: m }: Targets,
  { predictions, y, weights }: LeftOut,
  folds: readonly (readonly number[])[],
): number | null {
  // Scores that are no log-odds, or of classes that were weighted, have no probabilities to be calibrated.
  if (!isJoint(loss) && loss.name !== "logistic" || weights !== undefined) return null;
  if (!predictions.every(Number.isFinite)) return null;
  const classOf = (row: number) => m === 1 ? Number(y[row] > 0) : y.subarray(row * m, (row + 1) * m).indexOf(1);
  const scoresOf = (rows: readonly number[]) =>
    Float64Array.from(rows.flatMap((row) => [...predictions.subarray(row * m, (row + 1) * m)]));
  const fitOn = (rows: readonly number[]) => fitTemperature(scoresOf(rows), rows.map(classOf), m).temperature;
  const all = folds.flat();
  const parts = folds.length > 1
    ? folds
    : Array.from({ length: PARTS }, (_, part) => all.filter((_, at) => at % PARTS === part));
  const gains: number[] = [];
  for (const part of parts) {
    const inside = new Set(part);
    const others = all.filter((row) => !inside.has(row));
    if (part.length === 0 || others.length === 0) return null;
    const temperature = fitOn(others);
    const own = scoresOf(part);
    const targets = Float64Array.from(part.flatMap((row) => [...y.subarray(row * m, (row + 1) * m)]));
    const [before, after] = [own, own.map((score) => score / temperature)].map((p) => rowLosses(loss, p, targets, m));
    before.forEach((one, row) => gains.push(one - after[row]));
  }
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  const isUseful = mean > Math.sqrt(squares / (gains.length - 1) / gains.length);
  return isUseful ? fitOn(all) : null;
}

/**
 * Scores divided by the temperature of a model's calibration: their probabilities are calibrated.
 *
 * @param model Whatever may have a calibration.
 * @param scores Raw predictions [rows, outputs].
 * @returns The scores themselves where there is no temperature.
 * @example A temperature of 2
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const calibration = { on: "held-out rows", rows: 9, errors: null, temperature: 2 } as const;
 * assertEquals(calibratedScores({ calibration }, Float64Array.of(3)), Float64Array.of(1.5));
 * assertEquals(calibratedScores({}, Float64Array.of(3)), Float64Array.of(3));
 * ```
 */
export function calibratedScores({ calibration }: { readonly calibration?: Calibration }, scores: Vector): Vector {
  const temperature = calibration?.temperature ?? 1;
  return temperature === 1 ? scores : scores.map((score) => score / temperature);
}

/** The ends of prediction intervals [rows, outputs], in the target's unit. */
export interface PredictionIntervals {
  /** The lower ends. */
  readonly lower: Vector;
  /** The upper ends. */
  readonly upper: Vector;
}

/**
 * Intervals around predictions by split conformal prediction ({@linkcode conformalWidths}): on the scale that was learned the prediction plus and minus
 * the `ceil((n + 1) coverage)`-th smallest of n errors on rows left out, each end then in the target's unit. A new row that is exchangeable with those
 * is covered with that chance, on average over rows. Of thinned errors the next larger one is taken.
 *
 * @param model How targets were encoded, the loss, and the calibration.
 * @param predictions Raw predictions [rows, outputs].
 * @param coverage The chance, above 0 and below 1.
 * @returns Both ends.
 * @throws {RangeError} If the model has no errors of rows left out, or too few for this coverage; the message says how many it takes.
 * @example Four errors, of which the fourth covers 80 %
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "@resland/resland";
 * const calibration = { on: "held-out rows", rows: 4, errors: [[1, 2, 3, 4]], temperature: null } as const;
 * const model = { targets: ["y"], classes: null, outputs: 1, standardisation: { x: { mean: [], scale: [] }, y: null }, loss: squared, calibration };
 * assertEquals(predictionIntervals(model, Float64Array.of(10), 0.8), { lower: Float64Array.of(6), upper: Float64Array.of(14) });
 * ```
 */
export function predictionIntervals(
  model: Targets & { readonly loss: AnyLoss; readonly calibration?: Calibration },
  predictions: Vector,
  coverage: number,
): PredictionIntervals {
  const { loss, calibration, outputs: m } = model;
  if (!calibration?.errors) {
    throw new RangeError("Cannot make intervals: the model has no errors of rows that it was not fitted on");
  }
  const { rows, errors } = calibration;
  // A product such as 10 * 0.9 may be above the whole number by a rounding.
  const rank = Math.ceil((rows + 1) * coverage * (1 - 4 * Number.EPSILON));
  if (rank > rows) {
    const least = Math.ceil(coverage / (1 - coverage) * (1 - 1e-12));
    throw new RangeError(
      `Cannot make intervals of ${
        100 * coverage
      } %: they take errors of ${least} rows or more that the model was not fitted on, got ${rows}`,
    );
  }
  const widths = errors.map((own) => own[Math.ceil(rank * own.length / rows) - 1]);
  const told = scaled(loss, predictions);
  const end = (sign: number) => told.map((value, at) => value + sign * widths[at % m]);
  const [lower, upper] = [inUnits(model, end(-1)), inUnits(model, end(1))];
  // Rates are not negative.
  return { lower: !isJoint(loss) && loss.name === "poisson" ? lower.map((value) => Math.max(0, value)) : lower, upper };
}
