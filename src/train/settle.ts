import { findBestLinear, type LinearBaseline, type LinearOptimum } from "../baseline/mod.ts";
import { standingBeside } from "../claims/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import {
  createHeadObjective,
  descentStepInParts,
  type Evaluation,
  type Head,
  type HeadObjective,
  headWith,
  lambdaMin,
  startDescent,
} from "../landscape/mod.ts";
import { joinParts, splitParts, withoutFeatures } from "../nn/mod.ts";
import { extendFactor, extendSketch, factorRows, type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import { type HeadSource, headSource, rowsOf } from "./head_source.ts";
import type { FittedNetwork } from "./task.ts";

/** How to settle. */
export interface SettleOptions {
  /** The gradient norm over (W, V) that counts as stationary. */
  readonly epsilon: number;
  /**
   * The best linear predictor, where it is known: the result is not above it (with V = 0 it is a head of any theta), and of wide tables its
   * factor saves most of the work on `[x f]`.
   */
  readonly linear?: LinearOptimum & Partial<Pick<LinearBaseline, "factor">>;
}

/** (W, V) settled at a theta. */
export interface Settled {
  /** The parameters, in the network's layout. */
  readonly params: Vector;
  /** The sums over the rows there. */
  readonly evaluation: Evaluation;
  /** The best predictor on `[x f]`: min H, also where W leaves out columns of x that nearly repeat others. */
  readonly featureOptimum: LinearOptimum;
  /** Features that nearly repeated x and the others, and were set to 0. */
  readonly pruned: readonly number[];
  /** Steps that it took: of Newton's method for min H, and of a descent where (W, V) cannot express its solution. */
  readonly steps: number;
}

/**
 * What must be left of a feature beside x and the other features, as a share of its norm, for it to stay: as f64 allows, then ever more.
 * Features that nearly repeat others ask for weights so large that their products with a row cancel, and nothing is stationary.
 */
const SHARES = [1e-10, 1e-8, 1e-6, 1e-4, 1e-2] as const;

/** Condition of `[x f]` from which on columns of x may ask for such weights too. */
const NEAR = 1e5;

/**
 * How often the convex problem is continued until the gradient of (W, V), larger than that of H by the size of V, is small too; and the
 * gradient at which that is hopeless.
 */
const [ROUNDS, HOPELESS] = [4, 1];

/** What continuing is worth, in usual efforts, and the products with the data that one of them is about. */
const [MOST_EFFORT, PRODUCTS] = [20, 200];

/** Operations that continuing may take, and a descent where the optimum of H cannot be written as (W, W V); the fewest and the most steps of that. */
const [OPERATIONS, LEAST_STEPS, MOST_STEPS] = [5e9, 10, 300];

/** Products with the data that a step of such a descent is about. */
const IN_STEP = 10;

/** Inputs from which on the factor of x is extended by the features rather than made anew. */
const WIDE = 100;

/** The share of the effort that an optimum is worth which cannot be reached. */
const ROUGH = 0.1;

/** A relative rise of a loss by no more than this counts as none. */
const TIE = 1e-12;

/**
 * Settles (W, V) at the feature optimum, theta fixed: `F_theta(W, V) = H(W, W V)` with H convex, so one convex
 * problem gives the optimum (A, C), and `W = A`, `V = V0 + A⁺(C - A V0)` has it, the nearest V to the old one. There the gradient is 0, no
 * curvature is negative, and F = min H is at or below the best linear predictor. Features that nearly repeat others are set to 0 where the gradient
 * would not become small otherwise; where columns of x do the same, W leaves them out; where that does not help, all features are set to 0, unless the loss is higher for
 * it. Where nothing settles, the lowest loss that was seen counts, beyond rounding. Where A cannot carry C (more outputs than inputs, A
 * of too low a rank) a descent over (W, V) goes as far as it can. The result is never above the point that it starts from, nor above a linear predictor that is given.
 *
 * Source: docs/mathematics.md, section 13.
 *
 * @param kernels The kernels to compute with.
 * @param fitted The network, where it stands, and the data.
 * @param options What counts as stationary, and what the result is not to be above.
 * @returns A generator that yields as it works, and returns the parameters reached.
 * @example Down to a stationary point
 * ```ts
 * import { assert } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const fitted = { net: network(2, dense(2, 1)), params: new Float64Array(7).fill(0.3), loss: squared, examples };
 * const steps = settle(await loadKernels("simd"), fitted, { epsilon: 1e-6 });
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assert(step.value.featureOptimum.attained);
 * ```
 */
export function* settle(
  kernels: Kernels,
  fitted: FittedNetwork,
  options: SettleOptions,
): Generator<number, Settled> {
  const first = yield* settleAt(kernels, fitted, Infinity, options);
  let [best, steps]: [Reached, number] = [first, first.steps];
  /** A point that settled counts more than one that did not; of those that did not, the one that is the lowest whatever rounding does. */
  const take = (next: Reached): boolean => {
    steps += next.steps;
    if (next.at === null || !next.settled && next.upper >= best.upper) return false;
    best = next;
    return next.settled;
  };
  let pruned: readonly number[] = [];
  for (const share of first.settled || first.at === null ? [] : SHARES) {
    const features = yield* repeated(kernels, fitted, share);
    if (features.length <= pruned.length) continue;
    pruned = features;
    const next = yield* settleWithout(kernels, fitted, first.ceiling, options, features);
    if (next === null || take(next)) break;
  }
  const narrow = !best.settled && first.at !== null && first.optimum.factor.condition > NEAR;
  for (const share of narrow ? SHARES.slice(1) : []) {
    const next = yield* settleAt(kernels, fitted, first.ceiling, { ...options, share });
    if (take({ ...next, optimum: first.optimum })) break;
  }
  if (narrow && !best.settled) {
    // W may be so large that no gradient of V is resolved in f64: without features V has none. The loss must not be higher for it.
    const all = Array.from({ length: fitted.net.k }, (_, feature) => feature);
    const next = yield* settleWithout(kernels, fitted, Math.min(first.ceiling, best.upper), options, all);
    if (next?.settled) take(next);
  }
  const { params, end, optimum, pruned: none = [] } = best;
  return { params, evaluation: end, featureOptimum: optimum, pruned: none, steps };
}

/** Settles with some features set to 0; null where the network cannot do without them. */
function* settleWithout(
  kernels: Kernels,
  fitted: FittedNetwork,
  above: number,
  options: SettleOptions,
  features: readonly number[],
): Generator<number, Reached | null> {
  const params = withoutFeatures(fitted.net, fitted.params, features);
  return params && { ...yield* settleAt(kernels, { ...fitted, params }, above, options), pruned: features };
}

/** Features of which no more than a share is left beside x and the others. */
function* repeated(kernels: Kernels, fitted: FittedNetwork, share: number): Generator<number, readonly number[]> {
  using rows = headSource(kernels, fitted);
  const later = { from: rows.d, tolerance: share };
  const { dependent } = yield* factorRows(kernels, rows.source, { later });
  return dependent.flatMap(({ column }) => column < rows.d ? [] : [column - rows.d]);
}

/** The result of settling at one theta. */
interface Reached {
  readonly params: Vector;
  readonly optimum: LinearBaseline;
  /** The head made from the optimum, or where a descent ended; null where neither is better than the start. */
  readonly at: Evaluation | null;
  /** That, or the start: the sums at the point. */
  readonly end: Evaluation;
  /** Whether its gradient is at most the tolerance. */
  readonly settled: boolean;
  /** What the loss is at most, whatever rounding did to it; where it settled, the loss. */
  readonly upper: number;
  readonly steps: number;
  /** Upper bounds on the result. */
  readonly ceiling: number;
  readonly pruned?: readonly number[];
}

/**
 * Settles at a theta, not above where it starts, nor above a linear predictor or a ceiling that is given; with a share, on the columns of
 * `[x f]` of which more than that is left by the others.
 */
function* settleAt(
  kernels: Kernels,
  fitted: FittedNetwork,
  above: number,
  { epsilon, linear, share }: SettleOptions & { readonly share?: number },
): Generator<number, Reached> {
  const { net, loss, examples } = fitted;
  const { d, k, outputs: m } = net;
  using rows = headSource(kernels, fitted);
  using objective = createHeadObjective(kernels, { ...rowsOf(rows.source, examples), d, loss });
  const { w, V, theta } = splitParts(net, fitted.params);
  const trained = objective.at({ W: matrix(m, d, w), V: matrix(d, k, V) });
  const start = linear === undefined || trained.value <= linear.value
    ? trained
    : objective.at({ W: matrix(m, d, linear.weights), V: matrix(d, k, new Float64Array(d * k)) });
  // Of a point that is not the start, only W and V are read from here on.
  if (start !== trained) objective.leave(trained);
  const place: Place = { kernels, fitted, rows, objective, trained, start, ceiling: Math.min(above, start.value) };
  const { at: solved, optimum, steps: rounds } = yield* solveHead(place, { epsilon, linear, share });
  // Where W must be of full rank to carry the optimum, and is not, or where no null direction bends down, a descent does what it can.
  const descends = solved === null || m >= d && !isSettled(objective, solved, epsilon);
  const { at, steps } = descends ? yield* descendOn(place, solved, rounds) : { at: solved, steps: rounds };
  const settled = at !== null && at.gradientNorm <= epsilon;
  const end = at ?? start;
  const beside = linear ?? { value: end.value, weights: new Float64Array(0) };
  const upper = end.value + (settled ? 0 : standingBeside(objective, end, beside).tolerance);
  if (end !== start) objective.leave(start);
  const params = joinParts(net, { w: end.W.data, V: end.V.data, theta });
  return { params, end, optimum, at, settled, upper, steps, ceiling: place.ceiling };
}

/** Where (W, V) settles: the rows at a theta, and the points that are known there. */
interface Place {
  readonly kernels: Kernels;
  readonly fitted: FittedNetwork;
  readonly rows: HeadSource;
  readonly objective: HeadObjective;
  /** Where training ended; its sums are only there where it is the start. */
  readonly trained: Evaluation;
  /** That, or a linear predictor that is better. */
  readonly start: Evaluation;
  /** The result is not above this. */
  readonly ceiling: number;
}

/** What was found so far: the lowest point, null where none is below the ceiling; and the steps that it took. */
interface Found {
  readonly at: Evaluation | null;
  readonly steps: number;
}

/** Gives back the sums at points that are not the end: they are as many as the predictions, and nobody reads them any more. */
function leave({ objective, start }: Place, end: Evaluation | null, ...points: readonly (Evaluation | null)[]): void {
  for (const past of points) if (past !== null && past !== end && past !== start) objective.leave(past);
}

/** The head made from the best linear predictor on `[x f]`, which is found to a smaller gradient as long as that helps. */
function* solveHead(
  place: Place,
  { epsilon, linear, share }: SettleOptions & { readonly share?: number },
): Generator<number, Found & { readonly optimum: LinearBaseline }> {
  const { kernels, fitted: { net, loss, examples }, rows, objective, trained, start, ceiling } = place;
  const { d, k, outputs: m } = net;
  const factor = share === undefined && linear?.factor && d >= WIDE
    ? yield* (linear.factor.near === "sums" ? extendSketch : extendFactor)(
      kernels,
      linear.factor,
      rows.inputs,
      rows.features,
    )
    : null;
  // More outputs than inputs cannot carry the optimum: it is only reported.
  const later = share === undefined ? undefined : { from: 1, tolerance: share };
  const known = { radius: Infinity, later, ...factor && { factor } };
  const more = OPERATIONS / (PRODUCTS * 4 * objective.rows * m * (d + k));
  let at: Evaluation | null = null;
  let [steps, target, from] = [0, epsilon / 4, predictorOf(start)];
  let [effort, last] = [m > d ? ROUGH : 1, Infinity];
  for (let round = 0;; round++) {
    const optimum: LinearBaseline = yield* findBestLinear(kernels, loss, rowsOf(rows.source, examples), {
      ...known,
      effort,
      start: from,
      gradient: target,
    });
    steps += optimum.iterations;
    const head = headWith(trained, ...splitPredictor(optimum.weights, m, d, k));
    if (head === null) return { at, steps, optimum };
    yield steps;
    const reached = objective.at(head);
    const before: Evaluation | null = at;
    if (reached.value <= ceiling + TIE * Math.abs(ceiling)) at = reached;
    leave(place, at, before, reached);
    const { gradientNorm } = reached;
    if (gradientNorm <= epsilon || gradientNorm > HOPELESS || round + 1 === ROUNDS) return { at, steps, optimum };
    // Towards a known infimum at infinity steps always improve; elsewhere they are only worth taking when they are cheap.
    const sure = !optimum.attained && optimum.infimum !== null;
    if (!(gradientNorm < last / 2) || !sure && more < 1) return { at, steps, optimum };
    effort = Math.max(1, Math.min(MOST_EFFORT, more));
    last = gradientNorm;
    target *= Math.min(0.1, epsilon / (2 * gradientNorm));
    from = optimum.weights;
  }
}

/** A descent from the lowest point that is known. */
function* descendOn(place: Place, solved: Evaluation | null, rounds: number): Generator<number, Found> {
  const { objective, start, ceiling } = place;
  const product = 4 * objective.rows * objective.outputs * (objective.d + objective.k);
  const iterations = Math.round(Math.min(MOST_STEPS, Math.max(LEAST_STEPS, OPERATIONS / (IN_STEP * product))));
  let state = startDescent(objective, solved ?? start);
  while (!state.converged && !state.stalled && state.iterations < iterations) {
    yield state.iterations;
    const { point } = state;
    state = yield* descentStepInParts(objective, state);
    if (state.point !== point) leave(place, solved, point);
  }
  const at = state.point.value <= Math.min(ceiling, solved?.value ?? Infinity) ? state.point : solved;
  leave(place, at, solved, state.point);
  return { at, steps: rounds + state.iterations };
}

const isSettled = (objective: HeadObjective, at: Evaluation, epsilon: number): boolean =>
  at.gradientNorm <= epsilon && lambdaMin(objective, at).lower >= -Math.sqrt(epsilon);

/**
 * `[W, W V]` [m, d + k], row after row: the predictor on `[x f]` that a head is.
 *
 * @param head W [m, d] and V [d, k].
 * @returns The weights.
 * @example One input and one feature
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * assertEquals(predictorOf({ W: matrix(1, 1, [2]), V: matrix(1, 1, [3]) }), Float64Array.of(2, 6));
 * ```
 */
export function predictorOf({ W, V }: Head): Vector {
  const [m, d, k] = [W.rows, W.cols, V.cols];
  const out = new Float64Array(m * (d + k));
  for (let a = 0; a < m; a++) {
    const row = a * (d + k);
    for (let i = 0; i < d; i++) {
      const weight = W.data[a * d + i];
      out[row + i] = weight;
      for (let j = 0; j < k; j++) out[row + d + j] += weight * V.data[i * k + j];
    }
  }
  return out;
}

/**
 * The weights of x and those of f of a predictor on `[x f]`.
 *
 * @param weights Row after row [m, d + k].
 * @param m Outputs.
 * @param d Columns of x.
 * @param k Columns of f.
 * @returns A [m, d] and C [m, k].
 * @example One input and one feature
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const [A, C] = splitPredictor(Float64Array.of(2, 6), 1, 1, 1);
 * assertEquals([A.data[0], C.data[0]], [2, 6]);
 * ```
 */
export function splitPredictor(weights: Vector, m: number, d: number, k: number): readonly [A: Matrix, C: Matrix] {
  const [a, c] = [new Float64Array(m * d), new Float64Array(m * k)];
  for (let i = 0; i < m; i++) {
    a.set(weights.subarray(i * (d + k), i * (d + k) + d), i * d);
    c.set(weights.subarray(i * (d + k) + d, (i + 1) * (d + k)), i * k);
  }
  return [matrix(m, d, a), matrix(m, k, c)];
}
