import type { Address, Kernels } from "../kernels/mod.ts";
import { type AnyLoss, isJoint, weightedLoss, weightsOfMeanOne } from "../loss/mod.ts";
import {
  dot,
  letGo,
  type Matrix,
  matrixRows,
  type RowSource,
  ShapeError,
  sideBySide,
  type Vector,
} from "../tensor/mod.ts";
import { blockDiagonal, blockMatrix } from "./_block_matrix.ts";
import { type RowHessians, rowHessians } from "./_row_hessians.ts";
import { createRowWindow } from "./_row_window.ts";
import { createSingleProducts, type SingleProducts } from "./_single_products.ts";
import type { Examples } from "./objective.ts";

/** Inputs and targets of linear predictors. */
export interface LinearExamples extends Examples {
  /** More inputs, to the right of x: the predictor sees `[x beside]`. */
  readonly beside?: Matrix;
}

/** The same where the inputs are not held anywhere, but written piece by piece. */
export interface LinearRows {
  /** The inputs [n, d]. */
  readonly source: RowSource;
  /** The targets [n, m], row after row. */
  readonly y: Vector;
  /** The weight of each row, above 0 [n]; only their ratios count (default: equal ones). */
  readonly weights?: Vector;
}

/** The result of one pass over the data at a weight vector. */
export interface LinearSums {
  /** `E[l(W x; y)]`. */
  readonly value: number;
  /** `E[l' x']` [m, d], row after row. */
  readonly gradient: Vector;
  /** The predictions `W x` [n, m], row after row. */
  readonly predictions: Vector;
  /** `l'(W x; y)` [n, m], row after row; times the weight of the row where rows are weighted. */
  readonly slopes: Vector;
}

/** The second derivative of `E[l(W x; y)]` in W, at given predictions, as an operator. Its numbers are as many as the predictions: it can be disposed. */
export interface SecondDerivative extends Disposable {
  /** `E[(l'' D x) x']` [m, d] for a direction D [m, d]. Cost: two products with the data. */
  apply(direction: Vector): Vector;
  /** The same in single precision, off by about 1e-6 of the size of its terms; null where that was not asked for, or the loss has no kernel for it. */
  readonly applySingle: ((direction: Vector) => Vector) | null;
  /** `l'' c` for a change of the predictions c [n, m], row after row. */
  bend(change: Vector): Vector;
  /** `E[l''_aa x x']` [d, d] of each output: its diagonal blocks. Cost: m grams. */
  blocks(): readonly Matrix[];
  /** `E[l''_aa]` [m]: what its diagonal is about, where the inputs have mean square 1. */
  means(): Vector;
  /** `tr l''` of every row [n]. */
  traces(): Vector;
  /** `sum_i weights[i] l''_i` [m, m]. */
  weighted(weights: Vector): Matrix;
}

/**
 * The mean loss of linear predictors `p = W x` with m outputs (one: `w'x`); f64. Data that are small stay in kernel memory, large
 * ones pass through it. Dispose it to free that memory.
 */
export interface LinearObjective extends Disposable {
  /** The kernels that compute it. */
  readonly kernels: Kernels;
  /** The targets [n, m]. */
  readonly y: Vector;
  /** Row weights of mean 1 [n], which the loss of each row and its derivatives are multiplied by; null where all are equal. */
  readonly weights: Vector | null;
  /** n. */
  readonly rows: number;
  /** d, the inputs beside x included. */
  readonly inputs: number;
  /** The loss; a scalar one is summed over the outputs. */
  readonly loss: AnyLoss;
  /** m. */
  readonly outputs: number;
  /** Value, gradient, predictions and slopes at `W` [m, d]. Cost: one pass over the data. */
  at(w: Vector): LinearSums;
  /** `X directionsᵀ` [n, p], row after row, for any number p of directions [p, d]. Cost: one pass over the data. */
  project(directions: Vector): Vector;
  /** `E[c x']` [m, d] for numbers c [n, m]: what the slopes c would have as a gradient. */
  correlate(c: Vector): Vector;
  /** The second derivative at given predictions. */
  second(predictions: Vector): SecondDerivative;
  /** `sum_i weights[i] x_i x_i'` [d, d]. Cost: `2 n d²` flops. */
  gram(weights: Vector): Matrix;
  /** The Hessian over W [m d, m d] at given predictions. Cost: m (m + 1) / 2 grams for a joint loss, else m. */
  hessian(predictions: Vector): Matrix;
}

/**
 * `F(W) = E[l(W x; y)]`, convex in W for a convex loss; m is the number of targets per row. Everything that a certificate sums
 * over the data goes through it: the best linear predictor, in coordinates in which its inputs are orthonormal, and the network
 * at a fixed theta, which is linear in `[x f]` with weights `[W, W V]`.
 *
 * @param kernels The kernels to compute with.
 * @param loss The loss.
 * @param examples Inputs [n, d] and targets [n, m].
 * @param options `resident`: bytes of inputs up to which they stay in kernel memory (default 4 MiB). `single`: second derivatives offer
 * products in single precision, from a copy of the inputs in f32 (default false).
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
export function createLinearObjective(
  kernels: Kernels,
  loss: AnyLoss,
  examples: LinearExamples | LinearRows,
  options: { readonly resident?: number; readonly single?: boolean } = {},
): LinearObjective {
  const { y } = examples;
  const { memory, f64: set, work } = kernels;
  const source = sourceOf(kernels, examples);
  const { rows: n, cols: d } = source;
  if (n < 1) throw new ShapeError("average over the rows", "[1 or more, d]", `[0, ${d}]`);
  const m = y.length / n;
  if (!Number.isSafeInteger(m) || m < 1) throw new ShapeError("pair inputs with targets", `[${n}]`, `[${y.length}]`);
  const omega = weightsOfMeanOne(examples.weights, n);
  const blocks: Address[] = [];
  const reserve = (bytes: number): Address => {
    const at = memory.allocate(bytes);
    blocks.push(at);
    return at;
  };
  const buffer = (elements: number): Address => reserve(elements * 8);
  const window = createRowWindow(buffer, source, options.resident);
  const [inP, inSlopes, inTargets] = [window.rows * m, window.rows * m, window.rows * m].map(buffer);
  const [head, sums] = [m * d, m * d].map(buffer);
  const copyOut = (at: Address, length: number) => memory.view("f64", at, length).slice() as Vector;

  let constant: Matrix | null = null;
  const setHead = (w: Vector) => {
    if (w.length !== m * d) throw new ShapeError("predict linearly", `[${m * d}]`, `[${w.length}]`);
    memory.view("f64", head, m * d).set(w);
  };
  const setNumbers = (c: Vector): void => {
    if (c.length !== n * m) throw new ShapeError("sum over the rows", `[${n}, ${m}]`, `[${c.length}]`);
  };
  /** `rows weightsᵀ` [count, p] for weights [p, d]. */
  const multiplyRows = (count: number, p: number, inputs: Address, weights: Address, to: Address) => {
    if (p === 1) set.gemvN(count, d, inputs, d, weights, to, 0);
    else set.gemmNT(count, p, d, inputs, d, weights, d, to, p, 0, work);
  };
  /** The predictions of some rows, in `inP`. */
  const predict = (inputs: Address, count: number) => multiplyRows(count, m, inputs, head, inP);
  /** Adds `sum c x'` over some rows to `sums`, c at `inSlopes`. */
  const add = (inputs: Address, count: number, further: 0 | 1) => {
    if (m === 1) set.gemvT(count, d, inputs, d, inSlopes, sums, further);
    else set.gemmTN(m, d, count, inSlopes, m, inputs, d, sums, d, further, work);
  };
  const mean = (): Vector => {
    set.scale(m * d, 1 / n, sums);
    return copyOut(sums, m * d);
  };
  /** The sum of the losses of some rows at the predictions in `inP`; their slopes are left in `inSlopes`. */
  const lossSum = (from: number, count: number): number => {
    const length = count * m;
    const own = y.subarray(from * m, from * m + length) as Vector;
    if (omega === null && !isJoint(loss) && loss.code !== null) {
      memory.view("f64", inTargets, length).set(own);
      return set.loss(loss.code, loss.parameter, length, 1, inP, inTargets, inSlopes, 0);
    }
    const [p, slope] = [inP, inSlopes].map((at) => memory.view("f64", at, length) as Vector);
    if (omega !== null) {
      return weightedLoss(loss, { n: count, m, p, y: own }, omega.subarray(from, from + count), 1, slope);
    }
    if (isJoint(loss)) return loss.evaluate({ n: count, m, p, y: own }, 1, slope);
    let sum = 0;
    for (let i = 0; i < length; i++) {
      sum += loss.value(p[i], own[i]);
      slope[i] = loss.d1(p[i], own[i]);
    }
    return sum;
  };

  let [weighted, square, rowWeights]: [Address, Address, Address] = [0, 0, 0];
  const gram = (weights: Vector): Matrix => {
    if (weights.length !== n) throw new ShapeError("weight the rows", `[${n}]`, `[${weights.length}]`);
    square ||= buffer(d * d);
    const even = weights.every((weight) => weight === weights[0]);
    if (!even) {
      weighted ||= buffer(window.rows * d);
      rowWeights ||= buffer(window.rows);
    }
    window.each((inputs, from, count) => {
      if (!even) {
        memory.view("f64", rowWeights, count).set(weights.subarray(from, from + count));
        set.scaleRows(count, d, rowWeights, inputs, weighted);
      }
      symmetricProduct(count, even ? inputs : weighted, inputs, from > 0 ? 1 : 0);
    });
    if (even) set.scale(d * d, weights[0], square);
    const data = copyOut(square, d * d);
    for (let i = 0; i < d; i++) for (let j = i + 1; j < d; j++) data[i * d + j] = data[j * d + i];
    return Object.freeze({ rows: d, cols: d, data });
  };
  /** Adds the lower triangle of `aᵀ inputs`, known to be symmetric: the block above the diagonal, a quarter of the work, is left out. */
  const symmetricProduct = (count: number, a: Address, inputs: Address, further: 0 | 1): void => {
    const half = d >> 1;
    const rest = d - half;
    set.gemmTN(half, half, count, a, d, inputs, d, square, d, further, work);
    set.gemmTN(rest, d, count, a + half * 8, d, inputs, d, square + half * d * 8, d, further, work);
  };

  let singles: SingleProducts | null = null;
  /** The point whose weights are in kernel memory. */
  let [held, inWeights]: [RowHessians | null, Address] = [null, 0];
  const second = (predictions: Vector): SecondDerivative => {
    setNumbers(predictions);
    const hessians = rowHessians(loss, { n, m, p: predictions, y }, omega);
    const { weights, categorical } = hessians;
    return {
      apply(direction) {
        setHead(direction);
        if (weights !== null && held !== hessians) {
          memory.view("f64", inWeights ||= buffer(n * m), n * m).set(weights);
          held = hessians;
        }
        window.each((inputs, from, count) => {
          predict(inputs, count);
          const own = inWeights + from * m * 8;
          if (weights !== null && categorical) set.centreRows(count, m, 1, own, inP, inSlopes);
          else if (weights !== null) set.mul(count * m, own, inP, inSlopes);
          else {
            const [p, c] = [inP, inSlopes].map((at) => memory.view("f64", at, count * m) as Vector);
            hessians.apply(from, count, p, c);
          }
          add(inputs, count, from > 0 ? 1 : 0);
        });
        return mean();
      },
      applySingle: options.single && weights !== null
        ? (direction) => {
          singles ??= createSingleProducts(kernels, window, { n, m, d }, reserve);
          return singles.apply(weights, categorical, direction);
        }
        : null,
      bend(change) {
        setNumbers(change);
        const out = new Float64Array(n * m);
        hessians.apply(0, n, change, out);
        return out;
      },
      blocks: () =>
        Array.from({ length: m }, (_, a) => {
          const weights = hessians.entries(a, a)!;
          const block = gram(weights);
          letGo(weights);
          return block;
        }),
      means() {
        const out = new Float64Array(m);
        const diagonal = hessians.diagonal();
        for (let i = 0; i < n; i++) for (let a = 0; a < m; a++) out[a] += diagonal[i * m + a] / n;
        return out;
      },
      traces() {
        const [out, diagonal] = [new Float64Array(n), hessians.diagonal()];
        for (let i = 0; i < n; i++) for (let at = i * m; at < (i + 1) * m; at++) out[i] += diagonal[at];
        return out;
      },
      weighted(weights) {
        const data = new Float64Array(m * m);
        for (let a = 0; a < m; a++) {
          for (let b = 0; b <= a; b++) {
            const shares = hessians.entries(a, b);
            if (shares === null) continue;
            data[a * m + b] = data[b * m + a] = n * dot(weights, shares);
            letGo(shares);
          }
        }
        return Object.freeze({ rows: m, cols: m, data });
      },
      [Symbol.dispose]: hessians.letGo,
    };
  };

  return {
    kernels,
    y,
    weights: omega,
    loss,
    rows: n,
    inputs: d,
    outputs: m,
    at(w) {
      setHead(w);
      const [predictions, slopes] = [new Float64Array(n * m), new Float64Array(n * m)];
      let value = 0;
      window.each((inputs, from, count) => {
        predict(inputs, count);
        value += lossSum(from, count);
        add(inputs, count, from > 0 ? 1 : 0);
        predictions.set(memory.view("f64", inP, count * m), from * m);
        slopes.set(memory.view("f64", inSlopes, count * m), from * m);
      });
      return { value: value / n, gradient: mean(), predictions, slopes };
    },
    project(directions) {
      const count = directions.length / d;
      if (!Number.isSafeInteger(count)) {
        throw new ShapeError("project the rows", `[any, ${d}]`, `[${directions.length}]`);
      }
      const out = new Float64Array(n * count);
      const [to, weights] = [window.rows * count, count * d].map((elements) => memory.allocate(elements * 8));
      try {
        memory.view("f64", weights, count * d).set(directions);
        window.each((inputs, from, rows) => {
          multiplyRows(rows, count, inputs, weights, to);
          out.set(memory.view("f64", to, rows * count), from * count);
        });
      } finally {
        memory.free(weights);
        memory.free(to);
      }
      return out;
    },
    correlate(c) {
      setNumbers(c);
      window.each((inputs, from, count) => {
        memory.view("f64", inSlopes, count * m).set(c.subarray(from * m, (from + count) * m));
        add(inputs, count, from > 0 ? 1 : 0);
      });
      return mean();
    },
    second,
    gram,
    hessian(predictions) {
      // One matrix serves every point.
      if (omega === null && !isJoint(loss) && loss.secondDerivative === "constant") {
        return constant ??= blockDiagonal(gram(new Float64Array(n).fill(loss.d2(0, y[0]) / n)), m);
      }
      const hessians = rowHessians(loss, { n, m, p: predictions, y }, omega);
      const hessian = blockMatrix(gram, m, (a, b) => hessians.entries(a, b));
      hessians.letGo();
      return hessian;
    },
    [Symbol.dispose]() {
      for (const block of blocks.splice(0)) memory.free(block);
    },
  };
}

function sourceOf({ memory }: Kernels, examples: LinearExamples | LinearRows): RowSource {
  if (!("x" in examples)) return examples.source;
  const { x, beside } = examples;
  return beside ? sideBySide(matrixRows(memory, x), matrixRows(memory, beside)) : matrixRows(memory, x);
}
