import type { Address, Kernels } from "../kernels/mod.ts";
import type { Loss } from "../loss/mod.ts";
import { type Matrix, ShapeError, type Vector } from "../tensor/mod.ts";
import type { Examples } from "./objective.ts";

/** What one pass over the data tells at a weight vector. */
export interface LinearSums {
  /** `E[l(w'x; y)]`. */
  readonly value: number;
  /** `E[l' x]` [d]. */
  readonly gradient: Vector;
  /** The predictions `w'x` [n]. */
  readonly predictions: Vector;
}

/** The mean loss of linear predictors `p = w'x` on data that stay resident in kernel memory; f64. Dispose it to free them. */
export interface LinearObjective extends Disposable {
  /** The kernels that compute it. */
  readonly kernels: Kernels;
  /** Inputs and targets. */
  readonly examples: Examples;
  /** The loss. */
  readonly loss: Loss;
  /** Value, gradient and predictions at `w` [d]. Cost: two passes over the data. */
  at(w: Vector): LinearSums;
  /** `X direction` [n]. */
  project(direction: Vector): Vector;
  /** `sum_i weights[i] x_i x_i'` [d, d]. Cost: `2 n d²` flops. */
  gram(weights: Vector): Matrix;
  /** `l''(p_i; y_i) / n` for each row: the weights that make {@linkcode LinearObjective.gram} the Hessian. */
  curvatures(predictions: Vector): Vector;
}

/**
 * `F(w) = E[l(w'x; y)]`, convex in w for a convex loss. Everything that a certificate sums over the data goes through it:
 * the best linear predictor, and the network at a fixed theta, which is linear in `[x f]` with weights `[w; V'w]`.
 *
 * @param kernels The kernels to compute with.
 * @param loss The loss.
 * @param examples Inputs [n, d] and targets [n].
 * @returns Pure functions of a weight vector.
 * @throws {ShapeError} If the number of targets is not the number of rows, or there are no rows.
 * @example The mean squared error of a constant
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const examples = { x: matrix(2, 1, [1, 1]), y: Float64Array.of(0, 2) };
 * using objective = createLinearObjective(await loadKernels("simd"), squared, examples);
 * const { value, gradient } = objective.at(Float64Array.of(1));
 * assertEquals([value, gradient[0]], [0.5, 0]);
 * ```
 */
export function createLinearObjective(kernels: Kernels, loss: Loss, examples: Examples): LinearObjective {
  const { x, y } = examples;
  const [n, d] = [x.rows, x.cols];
  if (y.length !== n) throw new ShapeError("pair inputs with targets", `[${n}]`, `[${y.length}]`);
  if (n < 1) throw new ShapeError("average over the rows", "[1 or more, d]", `[0, ${d}]`);
  const { memory, f64: set, work } = kernels;
  const blocks: Address[] = [];
  const buffer = (values: ArrayLike<number> | number): Address => {
    const length = typeof values === "number" ? values : values.length;
    const at = memory.allocate(length * 8);
    blocks.push(at);
    if (typeof values !== "number") memory.view("f64", at, length).set(values);
    return at;
  };
  const [inputs, targets] = [buffer(x.data), buffer(y)];
  const [predictions, slopes, head, sums, square] = [buffer(n), buffer(n), buffer(d), buffer(d), buffer(d * d)];
  let weighted: Address = 0;
  let rowWeights: Address = 0;
  const copyOut = (at: Address, length: number) => memory.view("f64", at, length).slice() as Vector;

  const predict = (w: Vector) => {
    if (w.length !== d) throw new ShapeError("predict linearly", `[${d}]`, `[${w.length}]`);
    memory.view("f64", head, d).set(w);
    set.gemvN(n, d, inputs, d, head, predictions, 0);
  };
  return {
    kernels,
    examples,
    loss,
    at(w) {
      predict(w);
      const value = lossSum() / n;
      set.gemvT(n, d, inputs, d, slopes, sums, 0);
      return { value, gradient: copyOut(sums, d), predictions: copyOut(predictions, n) };
    },
    project(direction) {
      predict(direction);
      return copyOut(predictions, n);
    },
    gram(weights) {
      if (weights.length !== n) throw new ShapeError("weight the rows", `[${n}]`, `[${weights.length}]`);
      const even = weights.every((weight) => weight === weights[0]);
      if (!even) {
        weighted ||= buffer(n * d);
        memory.view("f64", rowWeights ||= buffer(n), n).set(weights);
        set.scaleRows(n, d, rowWeights, inputs, weighted);
      }
      symmetricProduct(even ? inputs : weighted);
      if (even) set.scale(d * d, weights[0], square);
      const data = copyOut(square, d * d);
      for (let i = 0; i < d; i++) for (let j = i + 1; j < d; j++) data[i * d + j] = data[j * d + i];
      return Object.freeze({ rows: d, cols: d, data });
    },
    curvatures: (p) => p.map((value, i) => loss.curvature(value, y[i]) / n),
    [Symbol.dispose]() {
      for (const block of blocks.splice(0)) memory.free(block);
    },
  };

  /** The lower triangle of `aᵀ inputs`, known to be symmetric: the block above the diagonal, a quarter of the work, is left out. */
  function symmetricProduct(a: Address): void {
    const half = d >> 1;
    const rest = d - half;
    set.gemmTN(half, half, n, a, d, inputs, d, square, d, 0, work);
    set.gemmTN(rest, d, n, a + half * 8, d, inputs, d, square + half * d * 8, d, 0, work);
  }

  /** The sum of the losses at the predictions; writes `l' / n`. */
  function lossSum(): number {
    if (loss.code !== null) return set.loss(loss.code, loss.parameter, n, 1 / n, predictions, targets, slopes, 0);
    const p = memory.view("f64", predictions, n);
    const slope = memory.view("f64", slopes, n);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      sum += loss.value(p[i], y[i]);
      slope[i] = loss.slope(p[i], y[i]) / n;
    }
    return sum;
  }
}
