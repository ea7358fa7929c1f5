import type { Kernels } from "../kernels/mod.ts";
import { holdOut, holdOutGroups, partsOfGroups, partsOfRows } from "../data/mod.ts";
import { type AnyLoss, isJoint } from "../loss/mod.ts";
import type { Examples } from "../objective/mod.ts";
import { fold, type Key, key } from "../random/mod.ts";
import { relay } from "../tensor/internal.ts";
import type { Vector } from "../tensor/mod.ts";
import { chooseRidge, type FoldPredictions, type RidgeChoice, strengthsToTry } from "./choose_ridge.ts";
import type { FitTask } from "./fit_types.ts";
import { FOLDS, partitionsFor } from "./fold_counts.ts";
import type { Advance } from "./task.ts";
import { linearFold, networkFold, STRENGTHS_X, takeExamples } from "./ridge_folds.ts";

/** Which rows are trained on and which are predicted, fold by fold. */
export interface FoldRows {
  /** Rows to train on, ascending. */
  readonly training: readonly number[];
  /** Rows to predict. */
  readonly validation: readonly number[];
}

/** With more rows than this, one held-out split of as many rows stands in for the folds. */
const MANY = 20_000;

/** The share of the rows that the split holds out, up to {@linkcode MANY} rows. */
const SHARE = 0.2;

/**
 * The folds by which a ridge is chosen: five, of classes each with its share, for three partitions of up to 600 rows, two of up to
 * 1,000, one of more; above 20,000 rows one held-out split
 * of a fifth of the rows, 20,000 at most, since there a single split is as sure and costs less.
 *
 * @param loss The loss, which says whether targets are classes.
 * @param examples The rows.
 * @param seed Where the randomness comes from.
 * @param groups A text per row: rows of one group are never on both sides (default null: each row by itself).
 * @returns The folds.
 * @throws {RangeError} If there are fewer than two groups.
 * @example Ten rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix, squared } from "@resland/resland";
 * const folds = ridgeFolds(squared, { x: matrix(10, 1, new Float64Array(10)), y: new Float64Array(10) }, 1);
 * assertEquals([folds.rows.length, folds.predicted.length], [15, 10]);
 * ```
 */
export function ridgeFolds(
  loss: AnyLoss,
  examples: Examples,
  seed: number,
  groups: readonly string[] | null = null,
): Folds {
  const rows = examples.x.rows;
  const from = fold(key(seed), "regularise");
  const strata = strataOf(loss, examples);
  if (rows > MANY) {
    const share = Math.min(SHARE, MANY / rows);
    const split = groups === null ? holdOut(rows, share, from, strata) : holdOutGroups(groups, share, from);
    return planFolds(rows, [[split.heldOut]]);
  }
  const partition = (from: Key) =>
    groups === null
      ? partsOfRows(rows, Math.min(FOLDS, rows), from, strata)
      : partsOfGroups(groups, Math.min(FOLDS, new Set(groups).size), from);
  return planFolds(rows, Array.from({ length: partitionsFor(rows) }, (_, at) => partition(fold(from, String(at)))));
}

/**
 * The class of each row, so that folds get their share of each; null for numbers.
 *
 * @param loss The loss, which says whether targets are classes.
 * @param examples The rows.
 * @returns A text per row.
 * @example Two classes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { logistic, matrix } from "@resland/resland";
 * assertEquals(strataOf(logistic, { x: matrix(2, 1, [0, 0]), y: Float64Array.of(1, -1) }), ["1", "-1"]);
 * ```
 */
export function strataOf(loss: AnyLoss, { x, y }: Examples): readonly string[] | null {
  if (!loss.target.startsWith("class")) return null;
  const m = y.length / x.rows;
  return Array.from(
    { length: x.rows },
    (_, i) => String(isJoint(loss) ? y.subarray(i * m, (i + 1) * m).indexOf(1) : y[i * m]),
  );
}

/** The folds of a cross-validation that may be repeated with other partitions of the rows, or one held-out split. */
export interface Folds {
  /** Each fold of each partition. */
  readonly rows: readonly FoldRows[];
  /** For each partition the positions of each fold's predicted rows among all predicted rows. */
  readonly places: readonly (readonly (readonly number[])[])[];
  /** All predicted rows, ascending; the same in every partition. */
  readonly predicted: readonly number[];
}

/**
 * Folds from the rows that each of them leaves out.
 *
 * @param rows How many rows there are.
 * @param partitions For each partition the rows that each of its folds leaves out.
 * @returns The folds.
 * @throws {RangeError} If two partitions leave out different rows.
 * @example Two halves
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(planFolds(4, [[[0, 2], [1, 3]]]).rows[0].training, [1, 3]);
 * ```
 */
export function planFolds(rows: number, partitions: readonly (readonly (readonly number[])[])[]): Folds {
  const all = Array.from({ length: rows }, (_, row) => row);
  const predicted = partitions[0].flat().sort((a, b) => a - b);
  const place = new Map(predicted.map((row, at) => [row, at]));
  for (const folds of partitions) {
    if (folds.flat().length !== predicted.length || !folds.flat().every((row) => place.has(row))) {
      throw new RangeError("Cannot average over partitions: they leave out different rows");
    }
  }
  return {
    rows: partitions.flat().map((validation) => {
      const left = new Set(validation);
      return { training: all.filter((row) => !left.has(row)), validation };
    }),
    places: partitions.map((folds) => folds.map((validation) => validation.map((row) => place.get(row)!))),
    predicted,
  };
}

/**
 * The seed of the network of a fold: that of the settings in the first partition, the next number in the next one.
 *
 * @param settings The settings.
 * @param folds The folds.
 * @param index Which fold.
 * @returns The seed.
 * @example The second partition of two into two
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const folds = planFolds(2, [[[0], [1]], [[1], [0]]]);
 * assertEquals(seedOf({ seed: 7 }, folds, 3), 8);
 * ```
 */
export function seedOf({ seed }: { readonly seed: number }, { places }: Folds, index: number): number {
  return seed + Math.floor(index / places[0].length);
}

/** What linear models predicted on every fold, and what networks are to be tried with. */
export interface LinearStage {
  /** Targets, folds and predictions. */
  readonly found: FoldPredictions;
  /** Strengths on x to try networks with. */
  readonly strengths: readonly number[];
  /** For each fold the weights [m, d] of the best of those linear models. */
  readonly weights: readonly Vector[];
}

/** Predictions of all folds as one array [rows, m] for each partition, from those of each fold. */
function merge(folds: Folds, m: number, parts: readonly Vector[]): readonly Vector[] {
  let next = 0;
  return folds.places.map((partition) => {
    const out = new Float64Array(folds.predicted.length * m);
    for (const places of partition) {
      const values = parts[next++];
      places.forEach((at, i) => out.set(values.subarray(i * m, (i + 1) * m), at * m));
    }
    return out;
  });
}

/**
 * Linear models on every fold.
 *
 * @param kernels The kernels to compute with.
 * @param loss A convex loss.
 * @param examples All rows.
 * @param intercept Whether the first column of x is the intercept.
 * @param folds The folds.
 * @returns A generator that yields as it works, and returns what they predicted.
 * @throws {ShapeError} If inputs and targets do not agree.
 * @example Predictions of four rows by two halves
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * const examples = { x: matrix(4, 2, [1, -1, 1, 0, 1, 1, 1, 2]), y: Float64Array.of(0, 1, 2, 2) };
 * const folds = planFolds(4, [[[0, 2], [1, 3]]]);
 * const steps = validateLinear(await loadKernels("simd"), squared, examples, true, folds);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals(step.value.found.linear[0][0].length, 4);
 * ```
 */
export function* validateLinear(
  kernels: Kernels,
  loss: AnyLoss,
  examples: Examples,
  intercept: boolean,
  folds: Folds,
): Generator<Advance<"validate">, LinearStage> {
  const m = examples.y.length / examples.x.rows;
  const paths: (readonly { readonly weights: Vector; readonly predictions: Vector }[])[] = [];
  for (const { training, validation } of folds.rows) {
    const fold = {
      training: takeExamples(examples, training),
      validation: takeExamples(examples, validation),
      intercept,
    };
    paths.push(yield* relay(linearFold(kernels, loss, fold), () => ({ kind: "validate", share: 0 } as const)));
  }
  const linear = STRENGTHS_X.map((_, at) => merge(folds, m, paths.map((path) => path[at].predictions)));
  const { y, weights } = takeExamples(examples, folds.predicted);
  const found = { y, ...weights && { weights }, partitions: folds.places, linear };
  const { best, tried } = strengthsToTry(loss, found);
  return { found, strengths: tried, weights: paths.map((path) => path[STRENGTHS_X.indexOf(best)].weights) };
}

/**
 * The choice from what linear models and networks predicted on every fold.
 *
 * @param loss The loss.
 * @param folds The folds.
 * @param stage What linear models predicted.
 * @param networks For each fold the predictions of {@linkcode networkFold}.
 * @returns The choice.
 * @example A network that knows the targets
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * import { STRENGTHS_F } from "@resland/resland/train";
 * const x = matrix(12, 2, Array.from({ length: 24 }, (_, at) => at % 2 === 0 ? 1 : (at - 12) / 6));
 * const examples = { x, y: Float64Array.from({ length: 12 }, (_, i) => x.data[2 * i + 1] ** 2) };
 * const folds = planFolds(12, [[[0, 2, 4, 6, 8, 10], [1, 3, 5, 7, 9, 11]]]);
 * const steps = validateLinear(await loadKernels("simd"), squared, examples, true, folds);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * const stage = step.value;
 * const networks = folds.rows.map(({ validation }) => {
 *   const predictions = Float64Array.from(validation, (row) => examples.y[row]);
 *   return stage.strengths.map(() => STRENGTHS_F.map(() => predictions));
 * });
 * assertEquals(chooseFromFolds(squared, folds, stage, networks).kind, "network");
 * ```
 */
export function chooseFromFolds(
  loss: AnyLoss,
  folds: Folds,
  { found, strengths }: LinearStage,
  networks: readonly (readonly (readonly Vector[])[])[],
): RidgeChoice {
  const m = found.y.length / folds.predicted.length;
  const merged = networks[0].map((row, i) => row.map((_, j) => merge(folds, m, networks.map((fold) => fold[i][j]))));
  return chooseRidge(loss, found, strengths, merged);
}

/**
 * Chooses the ridge by cross-validation: in each fold theta is trained anew, then (W, V) settles under each ridge, and the rows left out are
 * predicted.
 *
 * @param kernels The kernels to compute with.
 * @param task The network, the rows and the settings.
 * @param intercept Whether the first column of x is the intercept.
 * @param folds The folds.
 * @returns A generator that yields as it works, and returns the choice.
 * @example A straight line needs no network
 * ```ts
 * import { assert } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * import { FIT_DEFAULTS } from "@resland/resland/train";
 * const x = matrix(20, 2, Array.from({ length: 40 }, (_, at) => at % 2 === 0 ? 1 : (at - 20) / 10));
 * const training = { x, y: Float64Array.from({ length: 20 }, (_, i) => x.data[2 * i + 1]) };
 * const task = { net: network(2, dense(2, 2)), loss: squared, training, heldOut: null, settings: { ...FIT_DEFAULTS, epochs: 2 } };
 * const folds = planFolds(20, [[0, 1].map((part) => Array.from({ length: 10 }, (_, i) => 2 * i + part))]);
 * const steps = crossValidateRidge(await loadKernels("simd"), task, true, folds);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assert(step.value.kind === "linear");
 * ```
 */
export function* crossValidateRidge(
  kernels: Kernels,
  task: FitTask,
  intercept: boolean,
  folds: Folds,
): Generator<Advance<"validate">, RidgeChoice> {
  const { loss, training } = task;
  const stage = yield* validateLinear(kernels, loss, training, intercept, folds);
  const networks: (readonly (readonly Vector[])[])[] = [];
  for (const [index, rows] of folds.rows.entries()) {
    const fold = {
      training: takeExamples(training, rows.training),
      validation: takeExamples(training, rows.validation),
      intercept,
    };
    const settings = { ...task.settings, seed: seedOf(task.settings, folds, index) };
    const steps = networkFold(kernels, { ...task, settings }, fold, stage.strengths, { weights: stage.weights[index] });
    const predictions = yield* relay(
      steps,
      (event) => ({ kind: "validate", share: (index + event.share) / folds.rows.length } as const),
    );
    networks.push(predictions);
  }
  return chooseFromFolds(loss, folds, stage, networks);
}
