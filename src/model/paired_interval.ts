import { weightsOfMeanOne } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { studentQuantile } from "./_student.ts";

/** An estimate with the interval around it. */
export interface Interval {
  /** The estimate. */
  readonly estimate: number;
  /** The lower end. */
  readonly lower: number;
  /** The upper end. */
  readonly upper: number;
}

/** What was found of a model beside its reference. */
export type Outcome = "better" | "worse" | "undecided" | "same" | "unknown";

/** The losses of two models on the same rows, and how sure their difference is. */
export interface PairedInterval {
  /** How the intervals were made: by Student's t over rows (or groups of rows), or by the corrected t over the folds of a cross-validation. */
  readonly method: "paired-t" | "corrected-t";
  /** The chance with which the intervals should cover the truth. */
  readonly level: number;
  /** How many rows were compared. */
  readonly rows: number;
  /** The mean loss of the model. */
  readonly model: number;
  /** The mean loss of the reference. */
  readonly reference: number;
  /** `model - reference`, below 0 where the model is better; null where no interval can be given. */
  readonly difference: Interval | null;
  /** The share of the reference's loss that the model saves, above 0 where the model is better; null where no interval can be given. */
  readonly improvement: Interval | null;
  /** Whether the interval lies on one side of 0; "same" where every row has the same loss to a millionth, "unknown" where there is no interval. */
  readonly outcome: Outcome;
  /** Why an interval is null; null where none is. */
  readonly reason: string | null;
}

/** Options of {@linkcode pairedInterval} and of {@linkcode crossValidatedInterval}. */
export interface IntervalOptions {
  /** The chance with which the interval should cover the truth, above 0 and below 1 (default 0.95). */
  readonly level?: number;
  /** Whether the losses are squared errors, which are read as the root of their mean: then the improvement is that of the root (default false). */
  readonly root?: boolean;
  /** The weight of each row [rows], above 0: means are weighted by them (default: equal ones). */
  readonly weights?: Vector;
}

/**
 * How much better a model is than a reference on rows that neither was fitted on, by Student's t over the paired differences of the
 * rows' losses: `mean ± t_(n - 1) s / sqrt(n)`. The interval of the ratio of the means is Fieller's for the same variances, the ratios rho
 * that a t-test of `model - rho reference` does not reject, so it excludes 1 exactly where that of the
 * difference excludes 0 (E. C. Fieller, "Some problems in interval estimation", JRSS B 16, 1954). Rows of one group are not
 * independent; with groups the t is over groups, and the variance that of a ratio of their sums. By t and not by a bootstrap, since in simulations its
 * coverage was nearer to the level than that of percentile and studentised bootstraps with 20 to 200 rows; all are too narrow
 * where few rows decide the difference. Cost: a few passes.
 *
 * @param model The losses of the model [rows].
 * @param reference The losses of the reference on the same rows [rows].
 * @param options `level` (default 0.95), `root` (default false), `weights` of the rows (default: equal ones), `groups`: a text per row, such as a patient (default: each row by itself).
 * @returns The means, both intervals and the outcome.
 * @throws {RangeError} If there are no rows, not as many of each, or the level is not between 0 and 1.
 * @example Differences of -1, -2 and -3
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * const { difference, outcome } = pairedInterval(Float64Array.of(2, 2, 2), Float64Array.of(3, 4, 5));
 * assertAlmostEquals(difference!.lower, -2 - 4.302653 / Math.sqrt(3), 1e-6);
 * assertEquals(outcome, "undecided");
 * ```
 */
export function pairedInterval(
  model: Vector,
  reference: Vector,
  options: IntervalOptions & { readonly groups?: readonly string[] } = {},
): PairedInterval {
  const { level = 0.95, root = false, groups } = options;
  checkPair(model, reference, level);
  const rows = model.length;
  const weights = weightsOfMeanOne(options.weights, rows) ?? new Float64Array(rows).fill(1);
  if (groups !== undefined && groups.length !== rows) {
    throw new RangeError(`Cannot compare two models: a group for each of ${rows} rows, got ${groups.length}`);
  }
  const [own, other] = [model, reference].map((losses) => meanOf(losses, weights));
  const known: Means = { method: "paired-t", level, rows, model: own, reference: other };
  const units = groups === undefined ? rows : new Set(groups).size;
  const few = `an interval needs 2 held-out ${groups === undefined ? "rows" : "groups"} or more`;
  const early = withoutInterval(known, model, reference) ?? (units < 2 ? unknown(known, few) : null);
  if (early !== null) return early;
  const unitOf = numbered(groups ?? Array.from(model, (_, row) => String(row)));
  // How far each unit pulls the mean, times the number of units: the linearised ratio of sums.
  const pulls = ([[model, known.model], [reference, known.reference]] as const).map(([losses, centre]) => {
    const sums = new Float64Array(units);
    losses.forEach((loss, row) => sums[unitOf[row]] += weights[row] * (loss - centre) * units / rows);
    return sums;
  });
  const spread = { a: pulls[0], b: pulls[1], factor: 1 / units };
  return withIntervals(known, spread, { root, problem: whyNoRatio(model, reference), same: areSame(model, reference) });
}

/**
 * How much better a model is than a reference under cross-validation, by the corrected resampled t over the means of the folds. The models
 * of two folds share most of their training rows, so the variance of a mean of J fold means is taken as `(1 / J + n2 / n1) s^2`, with
 * n2 rows of a fold, n1 rows to train on and s^2 the variance of the fold means; t has J - 1 degrees of freedom. Source: C. Nadeau,
 * Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003). The interval of the ratio is Fieller's, as
 * in {@linkcode pairedInterval}.
 *
 * @param model The losses of the model [rows], each by the model of a fold that was not fitted on the row.
 * @param reference Those of the reference on the same rows [rows].
 * @param folds The rows of each fold; for repeated cross-validation the folds of every repeat, by positions in the losses.
 * @param options `level` (default 0.95), `root` (default false), `weights` of the rows (default: equal ones), `trainingRows`: how many rows the model of a fold was fitted on (default: all
 * rows outside of it, which is right for one cross-validation).
 * @returns The means (of the folds' means), both intervals and the outcome.
 * @throws {RangeError} If there are fewer than 2 folds, no rows, not as many of each, or the level is not between 0 and 1.
 * @example Three folds with differences of -1, -2 and -3
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * const [model, linear] = [Float64Array.of(2, 2, 2), Float64Array.of(3, 4, 5)];
 * const { difference, outcome } = crossValidatedInterval(model, linear, [[0], [1], [2]]);
 * assertAlmostEquals(difference!.lower, -2 - 4.302653 * Math.sqrt(1 / 3 + 1 / 2), 1e-6);
 * assertEquals(outcome, "undecided");
 * ```
 */
export function crossValidatedInterval(
  model: Vector,
  reference: Vector,
  folds: readonly ArrayLike<number>[],
  options: IntervalOptions & { readonly trainingRows?: number } = {},
): PairedInterval {
  const { level = 0.95, root = false, trainingRows } = options;
  checkPair(model, reference, level);
  if (folds.length < 2) throw new RangeError(`Cannot compare two models: 2 folds or more, got ${folds.length}`);
  const weights = weightsOfMeanOne(options.weights, model.length) ?? new Float64Array(model.length).fill(1);
  const [a, b] = [model, reference].map((losses) =>
    Float64Array.from(folds, (rows) => meanOver(losses, weights, rows))
  );
  const known: Means = { method: "corrected-t", level, rows: model.length, model: mean(a), reference: mean(b) };
  const early = withoutInterval(known, model, reference);
  if (early !== null) return early;
  const tested = folds.reduce((sum, rows) => sum + rows.length, 0) / folds.length;
  const factor = 1 / folds.length + tested / (trainingRows ?? model.length - tested);
  return withIntervals(known, { a, b, factor }, {
    root,
    problem: whyNoRatio(model, reference),
    same: areSame(model, reference),
  });
}

/** A comparison without its intervals. */
type Means = Pick<PairedInterval, "method" | "level" | "rows" | "model" | "reference">;

/** The variance of both means: `factor` times that of `a` and of `b`. */
interface Spread {
  readonly a: Vector;
  readonly b: Vector;
  readonly factor: number;
}

function withIntervals(
  known: Means,
  { a, b, factor }: Spread,
  { root, problem, same }: { readonly root: boolean; readonly problem: string | null; readonly same: boolean },
): PairedInterval {
  const t = studentQuantile(known.level, a.length - 1);
  const half = t * Math.sqrt(factor * covariance(...twice(a.map((value, at) => value - b[at]))));
  const estimate = known.model - known.reference;
  const difference = { estimate, lower: estimate - half, upper: estimate + half };
  const [aa, bb, ab] = [twice(a), twice(b), [a, b] as const].map((pair) => t * t * factor * covariance(...pair));
  const ratio = fieller({ a: known.model, b: known.reference, aa, bb, ab });
  const reason = problem ?? (ratio === null ? "the reference's loss is too uncertain for a ratio" : null);
  const improvement = reason === null ? improvementOf(known, ratio!, root) : null;
  const outcome = same ? "same" : difference.upper < 0 ? "better" : difference.lower > 0 ? "worse" : "undecided";
  return { ...known, difference, improvement, outcome, reason };
}

/** The ratios rho at which `(a - rho b)^2 <= aa - 2 rho ab + rho^2 bb`; null where they are no interval. */
function fieller(
  { a, b, aa, bb, ab }: Readonly<Record<"a" | "b" | "aa" | "bb" | "ab", number>>,
): { readonly lower: number; readonly upper: number } | null {
  const square = b * b - bb;
  if (!(square > 0)) return null;
  const middle = (a * b - ab) / square;
  const half = Math.sqrt(Math.max(0, middle * middle - (a * a - aa) / square));
  return { lower: middle - half, upper: middle + half };
}

/** `1 - ratio`, or of the ratio's root; no model saves more than all of the loss. */
function improvementOf(
  { model, reference }: Means,
  { lower, upper }: { readonly lower: number; readonly upper: number },
  root: boolean,
): Interval {
  const saved = (ratio: number) => 1 - (root ? Math.sqrt(Math.max(0, ratio)) : Math.max(0, ratio));
  return { estimate: saved(model / reference), lower: saved(upper), upper: saved(lower) };
}

function checkPair(model: Vector, reference: Vector, level: number): void {
  if (model.length === 0 || model.length !== reference.length) {
    const got = `${model.length} and ${reference.length}`;
    throw new RangeError(`Cannot compare two models: as many rows of each, and one or more, got ${got}`);
  }
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`Cannot make an interval: the level must be between 0 and 1, got ${level}`);
  }
}

/** What is known where there is no interval, since losses are not finite. */
function withoutInterval(known: Means, model: Vector, reference: Vector): PairedInterval | null {
  const [ours, theirs] = [model, reference].map((losses) => losses.every(Number.isFinite));
  if (!ours || !theirs) {
    const whose = ours ? "the reference's loss is" : theirs ? "the model's loss is" : "both losses are";
    return unknown(known, `${whose} not finite`);
  }
  return null;
}

/** Losses as near to each other as this, relative to their mean, are those of one model that was solved for twice. */
const SAME = 1e-6;

const areSame = (model: Vector, reference: Vector): boolean => {
  const size = mean(reference.map(Math.abs));
  return model.every((loss, row) => Math.abs(loss - reference[row]) <= SAME * (size + Math.abs(loss)));
};

const unknown = (known: Means, reason: string): PairedInterval => ({
  ...known,
  difference: null,
  improvement: null,
  outcome: "unknown",
  reason,
});

function whyNoRatio(model: Vector, reference: Vector): string | null {
  const negative = [model, reference].some((losses) => losses.some((loss) => loss < 0));
  if (negative) return "the loss can be negative, so that a share of it means nothing";
  return mean(reference) > 0 ? null : "the reference's loss is 0";
}

/** The number of each text, in the order in which they come. */
function numbered(texts: readonly string[]): Uint32Array {
  const known = new Map<string, number>();
  for (const text of texts) if (!known.has(text)) known.set(text, known.size);
  return Uint32Array.from(texts, (text) => known.get(text)!);
}

const mean = (values: Vector): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of values whose weights have the mean 1. */
const meanOf = (values: Vector, weights: Vector): number =>
  values.reduce((sum, value, row) => sum + weights[row] * value, 0) / values.length;

function meanOver(values: Vector, weights: Vector, rows: ArrayLike<number>): number {
  let [sum, size] = [0, 0];
  for (let at = 0; at < rows.length; at++) {
    sum += weights[rows[at]] * values[rows[at]];
    size += weights[rows[at]];
  }
  return sum / size;
}

function covariance(a: Vector, b: Vector): number {
  const [ma, mb] = [mean(a), mean(b)];
  return a.reduce((sum, value, at) => sum + (value - ma) * (b[at] - mb), 0) / (a.length - 1);
}

const twice = (a: Vector): readonly [Vector, Vector] => [a, a];
