import type { Address, Kernels } from "../kernels/mod.ts";
import { type AnyLoss, isJoint, type JointLoss } from "../loss/mod.ts";
import { type Matrix, norm, ShapeError, type Vector } from "../tensor/mod.ts";
import { createRowWindow } from "./_row_window.ts";
import type { Examples } from "./objective.ts";

/** Inputs and targets of linear predictors. */
export interface LinearExamples extends Examples {
  /** More inputs, to the right of x: the predictor sees `[x beside]`. */
  readonly beside?: Matrix;
}

/** What one pass over the data tells at a weight vector. */
export interface LinearSums {
  /** `E[l(w'x; y)]`. */
  readonly value: number;
  /** `E[l' x']` [m, d], row after row. */
  readonly gradient: Vector;
  /** The predictions `W x` [n, m], row after row. */
  readonly predictions: Vector;
}

/**
 * The mean loss of linear predictors `p = W x` with m outputs (one: `w'x`); f64. Data that are small stay in kernel memory, large
 * ones pass through it. Dispose it to free that memory.
 */
export interface LinearObjective extends Disposable {
  /** The kernels that compute it. */
  readonly kernels: Kernels;
  /** Inputs and targets. */
  readonly examples: LinearExamples;
  /** n. */
  readonly rows: number;
  /** d, the inputs beside x included. */
  readonly inputs: number;
  /** The loss; a scalar one is summed over the outputs. */
  readonly loss: AnyLoss;
  /** m. */
  readonly outputs: number;
  /** Value, gradient and predictions at `W` [m, d]. Cost: one pass over the data. */
  at(w: Vector): LinearSums;
  /** `X directionᵀ` [n, m]. */
  project(direction: Vector): Vector;
  /** `sum_i weights[i] x_i x_i'` [d, d]. Cost: `2 n d²` flops. */
  gram(weights: Vector): Matrix;
  /** The Hessian over W [m d, m d] at given predictions. Cost: m (m + 1) / 2 grams for a joint loss, else m. */
  hessian(predictions: Vector): Matrix;
  /** A lower bound (as matrices go) on the Hessians of all W' with `||W' - W|| <= radius`, W being where the predictions come from. */
  hessianFloor(predictions: Vector, radius: number): Matrix;
}

/**
 * `F(W) = E[l(W x; y)]`, convex in W for a convex loss; m is the number of targets per row. Everything that a certificate sums over the data goes through it:
 * the best linear predictor, and the network at a fixed theta, which is linear in `[x f]` with weights `[w; V'w]`.
 *
 * @param kernels The kernels to compute with.
 * @param loss The loss.
 * @param examples Inputs [n, d] and targets [n, m].
 * @returns Pure functions of a weight vector.
 * @throws {ShapeError} If the number of targets is not a multiple of the number of rows, or there are no rows.
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
export function createLinearObjective(kernels: Kernels, loss: AnyLoss, examples: LinearExamples): LinearObjective {
  const { x, y, beside } = examples;
  const [n, d] = [x.rows, x.cols + (beside?.cols ?? 0)];
  if (beside && beside.rows !== n) {
    throw new ShapeError("put inputs side by side", `[${n}, any]`, `[${beside.rows}, ${beside.cols}]`);
  }
  if (n < 1) throw new ShapeError("average over the rows", "[1 or more, d]", `[0, ${d}]`);
  const m = y.length / n;
  if (!Number.isSafeInteger(m) || m < 1) throw new ShapeError("pair inputs with targets", `[${n}]`, `[${y.length}]`);
  const { memory, f64: set, work } = kernels;
  const blocks: Address[] = [];
  const buffer = (values: ArrayLike<number> | number): Address => {
    const length = typeof values === "number" ? values : values.length;
    const at = memory.allocate(length * 8);
    blocks.push(at);
    if (typeof values !== "number") memory.view("f64", at, length).set(values);
    return at;
  };
  const window = createRowWindow(memory, buffer, x, beside);
  const targets = buffer(y);
  const [predictions, slopes, head, sums, square] = [n * m, n * m, m * d, m * d, d * d].map(buffer);
  let weighted: Address = 0;
  let rowWeights: Address = 0;
  const copyOut = (at: Address, length: number) => memory.view("f64", at, length).slice() as Vector;

  const setHead = (w: Vector) => {
    if (w.length !== m * d) throw new ShapeError("predict linearly", `[${m * d}]`, `[${w.length}]`);
    memory.view("f64", head, m * d).set(w);
  };
  const predict = (inputs: Address, from: number, count: number) => {
    const out = predictions + from * m * 8;
    if (m === 1) set.gemvN(count, d, inputs, d, head, out, 0);
    else set.gemmNT(count, m, d, inputs, d, head, d, out, m, 0, work);
  };
  const gram = (weights: Vector): Matrix => {
    if (weights.length !== n) throw new ShapeError("weight the rows", `[${n}]`, `[${weights.length}]`);
    const even = weights.every((weight) => weight === weights[0]);
    if (!even) {
      weighted ||= buffer(window.rows * d);
      memory.view("f64", rowWeights ||= buffer(n), n).set(weights);
    }
    window.each((inputs, from, count) => {
      if (!even) set.scaleRows(count, d, rowWeights + from * 8, inputs, weighted);
      symmetricProduct(count, even ? inputs : weighted, inputs, from > 0 ? 1 : 0);
    });
    if (even) set.scale(d * d, weights[0], square);
    const data = copyOut(square, d * d);
    for (let i = 0; i < d; i++) for (let j = i + 1; j < d; j++) data[i * d + j] = data[j * d + i];
    return Object.freeze({ rows: d, cols: d, data });
  };
  return {
    kernels,
    examples,
    loss,
    rows: n,
    inputs: d,
    outputs: m,
    at(w) {
      setHead(w);
      let value = 0;
      window.each((inputs, from, count) => {
        predict(inputs, from, count);
        value += lossSum(from, count) / n;
        const slope = slopes + from * m * 8;
        const further = from > 0 ? 1 : 0;
        if (m === 1) set.gemvT(count, d, inputs, d, slope, sums, further);
        else set.gemmTN(m, d, count, slope, m, inputs, d, sums, d, further, work);
      });
      return { value, gradient: copyOut(sums, m * d), predictions: copyOut(predictions, n * m) };
    },
    project(direction) {
      setHead(direction);
      window.each(predict);
      return copyOut(predictions, n * m);
    },
    gram,
    hessian(p) {
      if (isJoint(loss)) return blockMatrix(gram, m, jointCurvatures(loss, p, () => 1 / n));
      return blockMatrix(gram, m, columnsOf(p.map((value, at) => loss.curvature(value, y[at]) / n), m));
    },
    hessianFloor(p, radius) {
      const reach = (i: number) => radius * rowNorm(i);
      if (isJoint(loss)) {
        return blockMatrix(gram, m, jointCurvatures(loss, p, (i) => loss.curvatureShare(reach(i)) / n));
      }
      const least = p.map((value, at) => loss.curvatureFloor(value, y[at], reach(Math.floor(at / m))) / n);
      return blockMatrix(gram, m, columnsOf(least, m));
    },
    [Symbol.dispose]() {
      for (const block of blocks.splice(0)) memory.free(block);
    },
  };

  /** The entry (a, b) of every row's l'', times a factor of the row. */
  function jointCurvatures(loss: JointLoss, p: Vector, factor: (row: number) => number): Entries {
    const own = Array.from({ length: n }, (_, i) => {
      const [from, to] = [i * m, (i + 1) * m];
      const share = factor(i);
      return loss.curvature(p.subarray(from, to), y.subarray(from, to)).map((entry) => share * entry);
    });
    return (a, b) => Float64Array.from(own, (entries) => entries[a * m + b]);
  }

  /** `||[x beside]_i||`. */
  function rowNorm(i: number): number {
    const own = (a: Matrix) => norm(a.data.subarray(i * a.cols, (i + 1) * a.cols) as Vector);
    return beside ? Math.hypot(own(x), own(beside)) : own(x);
  }

  /** Adds the lower triangle of `aᵀ inputs`, known to be symmetric: the block above the diagonal, a quarter of the work, is left out. */
  function symmetricProduct(count: number, a: Address, inputs: Address, further: 0 | 1): void {
    const half = d >> 1;
    const rest = d - half;
    set.gemmTN(half, half, count, a, d, inputs, d, square, d, further, work);
    set.gemmTN(rest, d, count, a + half * 8, d, inputs, d, square + half * d * 8, d, further, work);
  }

  /** The sum of the losses at the predictions of some rows; writes their `l' / n`. */
  function lossSum(from: number, count: number): number {
    const [first, length] = [from * m, count * m];
    const [pAt, slopeAt] = [predictions + first * 8, slopes + first * 8];
    const [p, slope] = [pAt, slopeAt].map((at) => memory.view("f64", at, length));
    const own = y.subarray(first, first + length) as Vector;
    if (isJoint(loss)) return loss.evaluate({ n: count, m, p, y: own }, 1 / n, slope);
    if (loss.code !== null) {
      return set.loss(loss.code, loss.parameter, length, 1 / n, pAt, targets + first * 8, slopeAt, 0);
    }
    let sum = 0;
    for (let i = 0; i < length; i++) {
      sum += loss.value(p[i], own[i]);
      slope[i] = loss.slope(p[i], own[i]) / n;
    }
    return sum;
  }
}

/** The entries (a, b) of every row's curvature [n]; null where they are 0 for all rows. */
type Entries = (a: number, b: number) => Vector | null;

/** Curvatures [n, m] of a loss that is summed over the outputs. */
function columnsOf(curvatures: Vector, m: number): Entries {
  if (m === 1) return () => curvatures;
  const n = curvatures.length / m;
  return (a, b) => a === b ? Float64Array.from({ length: n }, (_, i) => curvatures[i * m + a]) : null;
}

/** The matrix [m d, m d] of the blocks `sum_i entries(a, b)_i x_i x_i'`, symmetric in a and b. */
function blockMatrix(gram: (weights: Vector) => Matrix, m: number, entries: Entries): Matrix {
  if (m === 1) return gram(entries(0, 0)!);
  let data = new Float64Array(0);
  let [d, size] = [0, 0];
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      const weights = entries(a, b);
      if (weights === null) continue;
      const block = gram(weights);
      if (size === 0) {
        [d, size] = [block.rows, m * block.rows];
        data = new Float64Array(size * size);
      }
      for (let i = 0; i < d; i++) {
        const row = block.data.subarray(i * d, (i + 1) * d);
        data.set(row, (a * d + i) * size + b * d);
        if (a !== b) data.set(row, (b * d + i) * size + a * d);
      }
    }
  }
  return Object.freeze({ rows: size, cols: size, data });
}
