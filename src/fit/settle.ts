import { findBestLinear, type LinearBaseline } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { createHeadObjective, descend, type Evaluation, type Head, headWith, lambdaMin } from "../landscape/mod.ts";
import { joinParts, partsOf } from "../nn/mod.ts";
import { type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import type { HeadSource } from "./head_source.ts";
import type { FittedNetwork } from "./types.ts";

/** (W, V) settled at a theta. */
export interface Settled {
  /** The parameters, in the network's layout. */
  readonly point: Vector;
  /** The best predictor on `[x f]`: min H. */
  readonly featureOptimum: LinearBaseline;
  /** Steps that it took: of Newton's method for min H, and of a descent where (W, V) cannot express its solution. */
  readonly steps: number;
}

/** Gradients of (W, V) are those of H times its size: how often the convex problem is gone on with until they are small too. */
const ROUNDS = 4;

/** Steps of the descent where the optimum of H cannot be written as (W, W V). */
const MOST_STEPS = 300;

/**
 * Brings (W, V) to the best value that these features allow, theta fixed: `F_theta(W, V) = H(W, W V)` with H convex, so one convex
 * problem gives the optimum (A, C), and `W = A`, `V = V0 + A⁺(C - A V0)` has it, the nearest V to the old one. There the gradient is 0, no
 * curvature is negative, and F = min H is at or below the best linear predictor. Where A cannot carry C (more outputs than inputs, A of
 * too low a rank) a descent over (W, V) goes as far as it can. The result is never above the point that it starts from.
 *
 * Source: docs/mathematics.md, section 13.
 *
 * @param kernels The kernels to compute with.
 * @param fitted The network, where it stands, and the data.
 * @param rows Its rows of `[x f]`, from {@linkcode headSource}.
 * @param options `epsilon`: where H has no minimum, the gradient norm to stop at.
 * @returns A generator that yields as it works, and returns the parameters reached.
 * @example Down to a stationary point
 * ```ts
 * import { assert } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const fitted = { net: network(2, dense(2, 1)), point: new Float64Array(7).fill(0.3), loss: squared, examples };
 * using rows = headSource(kernels, fitted);
 * const steps = settle(kernels, fitted, rows, { epsilon: 1e-6 });
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assert(step.value.featureOptimum.attained);
 * ```
 */
export function* settle(
  kernels: Kernels,
  fitted: FittedNetwork,
  { source, d }: HeadSource,
  { epsilon }: { readonly epsilon: number },
): Generator<number, Settled> {
  const { net, loss, point, examples: { y } } = fitted;
  const { k, outputs: m } = net;
  const { w, V, theta } = partsOf(net, point);
  using objective = createHeadObjective(kernels, { source, d, y, loss });
  const start = objective.at({ W: matrix(m, d, w), V: matrix(d, k, V) });
  let best: Evaluation = start;
  let [target, steps] = [epsilon / 4, 0];
  let optimum: LinearBaseline | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    const from: Vector = optimum?.weights ?? predictorOf(start);
    optimum = yield* findBestLinear(kernels, loss, { source, y }, { start: from, radius: Infinity, gradient: target });
    steps += optimum.iterations;
    const [A, C] = split(optimum.weights, m, d, k);
    const head = headWith(start, A, C);
    if (head === null) break;
    const reached = objective.at(head);
    if (reached.value <= best.value || !Number.isFinite(best.value)) best = reached;
    if (optimum.attained || reached.gradientNorm <= epsilon) break;
    // Where H has no minimum its gradient is only as small as was asked for, and that of (W, V) is larger by the size of V.
    target *= Math.min(0.1, epsilon / (2 * reached.gradientNorm));
  }
  if (best === start && optimum!.value < start.value || m >= d && !isSettled(objective, best, epsilon)) {
    const state = descend(objective, best, { iterations: MOST_STEPS });
    yield state.iterations;
    steps += state.iterations;
    if (state.point.value <= best.value) best = state.point;
  }
  return { point: joinParts(net, { w: best.W.data, V: best.V.data, theta }), featureOptimum: optimum!, steps };
}

const isSettled = (
  objective: ReturnType<typeof createHeadObjective>,
  at: Evaluation,
  epsilon: number,
): boolean => at.gradientNorm <= epsilon && lambdaMin(objective, at).lower >= -Math.sqrt(epsilon);

/** `[W, W V]` [m, d + k]: the predictor on `[x f]` that a head is. */
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

/** The weights of x and those of f. */
export function split(weights: Vector, m: number, d: number, k: number): readonly [A: Matrix, C: Matrix] {
  const [a, c] = [new Float64Array(m * d), new Float64Array(m * k)];
  for (let i = 0; i < m; i++) {
    a.set(weights.subarray(i * (d + k), i * (d + k) + d), i * d);
    c.set(weights.subarray(i * (d + k) + d, (i + 1) * (d + k)), i * k);
  }
  return [matrix(m, d, a), matrix(m, k, c)];
}
