import type { Address, Kernels } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import { dot, letGo, type Matrix, type Vector } from "../tensor/mod.ts";
import { type BentSingleRows, createBentSingleRows } from "./_bent_single_rows.ts";
import type { LinearPasses } from "./_linear_passes.ts";
import { type RowHessians, rowHessians } from "./_row_hessians.ts";
import { createSingleProducts, type SingleProducts } from "./_single_products.ts";

/** The second derivative of `E[l(W x; y)]` in W, at given predictions, as an operator. Its numbers are as many as the predictions: it can be disposed. */
export interface SecondDerivative extends Disposable {
  /** `E[(l'' D x) x']` [m, d] for a direction D [m, d]. Cost: two products with the data. */
  apply(direction: Vector): Vector;
  /** The same in single precision, off by about 1e-6 of the size of its terms; null where that was not asked for, or the loss has no kernel for it. */
  readonly applySingle: ((direction: Vector) => Vector) | null;
  /** `l'' c` for a change of the predictions c [n, m], row after row. */
  bend(change: Vector): Vector;
  /**
   * `E[l''_aa x x']` [d, d] of each output: its diagonal blocks. Cost: m grams; a generator that yields after each, so that a caller
   * can stop.
   */
  blocks(): Generator<number, readonly Matrix[]>;
  /** `l''_aa / n` of `count` rows from `from` on, 0 where l'' is below 0: the weights with which that block is a sum over the rows. */
  diagonal(a: number, from: number, count: number): Vector;
  /** `E[l''_aa]` [m]: what its diagonal is about, where the inputs have mean square 1. */
  means(): Vector;
  /** `tr l''` of every row [n]. */
  traces(): Vector;
  /** `sum_i weights[i] l''_i` [m, m]. */
  weighted(weights: Vector): Matrix;
}

/** What the second derivative is of. */
export interface WeightedLoss {
  /** The loss. */
  readonly loss: AnyLoss;
  /** The targets [n, m]. */
  readonly y: Vector;
  /** Row weights of mean 1 [n]; null where all are equal. */
  readonly omega: Vector | null;
  /** `sum_i weights[i] x_i x_i'` [d, d]. */
  readonly gram: (weights: Vector) => Matrix;
  /** Whether products in single precision are offered. */
  readonly single: boolean;
}

/**
 * `predictions -> ` the second derivative there, as an operator.
 *
 * @param kernels The kernels to compute with.
 * @param passes The rows.
 * @param of The loss.
 * @returns The function.
 */
export function createSecondDerivative(
  kernels: Kernels,
  passes: LinearPasses,
  { loss, y, omega, gram, single }: WeightedLoss,
): (predictions: Vector) => SecondDerivative {
  const { n, m, d } = passes;
  const products = createProducts(kernels, passes);
  let singles: SingleProducts | null = null;
  const chances = (p: Vector): Vector => chancesAt(kernels, passes, p);
  return (predictions) => {
    passes.checkNumbers(predictions);
    const hessians = rowHessians(loss, { n, m, p: predictions, y }, omega, chances);
    const { weights, categorical } = hessians;
    return {
      apply: (direction) => products(hessians, direction),
      applySingle: single && weights !== null
        ? (direction) => {
          singles ??= createSingleProducts(kernels, passes.window, { n, m, d }, passes.reserve);
          return singles.apply(weights, categorical, direction);
        }
        : null,
      bend(change) {
        passes.checkNumbers(change);
        const out = new Float64Array(n * m);
        hessians.apply(0, n, change, out);
        return out;
      },
      *blocks() {
        const found: Matrix[] = [];
        while (found.length < m) {
          found.push(diagonalBlock(hessians, found.length, gram));
          yield found.length;
        }
        return found;
      },
      diagonal: (a, from, count) => hessians.entries(a, a, from, count)!.map((value) => Math.max(0, value)),
      means: () => meansOf(hessians, n, m),
      traces: () => tracesOf(hessians, n, m),
      weighted: (rowWeights) => weightedSum(hessians, rowWeights, m),
      [Symbol.dispose]: hessians.letGo,
    };
  };
}

/** `X' l'' X` times a direction; the weights of the latest point stay in kernel memory. */
function createProducts(kernels: Kernels, passes: LinearPasses): (of: RowHessians, direction: Vector) => Vector {
  const { memory } = kernels;
  const { n, m, d, inP, inSlopes } = passes;
  let bent: BentSingleRows | null | undefined;
  let [held, inWeights]: [RowHessians | null, Address] = [null, 0];
  return (hessians, direction) => {
    passes.checkHead(direction);
    const { weights, categorical } = hessians;
    if (weights !== null) {
      if (held !== hessians) memory.view("f64", inWeights ||= passes.buffer(n * m), n * m).set(weights);
      held = hessians;
      if (m === 1 && !categorical && bent === undefined) {
        bent = createBentSingleRows(kernels, passes.source, passes.reserve);
      }
      memory.view("f64", (bent ?? passes.chunks()).head, m * d).set(direction);
      return bent ? bent.bend(inWeights) : passes.chunks().bend(categorical, inWeights);
    }
    passes.setHead(direction);
    passes.window.eachInParts((inputs, from, count) => {
      passes.predict(inputs, count);
      const [p, c] = [inP, inSlopes].map((at) => memory.view("f64", at, count * m) as Vector);
      hessians.apply(from, count, p, c);
      passes.add(inputs, count, from > 0 ? 1 : 0);
    });
    return passes.mean();
  };
}

/** The probabilities of the classes at some predictions. */
function chancesAt({ memory, f64: set }: Kernels, { n, m, window, inP, inSlopes }: LinearPasses, p: Vector): Vector {
  const q = new Float64Array(n * m);
  for (let from = 0; from < n; from += window.rows) {
    const count = Math.min(window.rows, n - from);
    memory.view("f64", inP, count * m).set(p.subarray(from * m, (from + count) * m));
    set.chances(count, m, inP, inSlopes);
    q.set(memory.view("f64", inSlopes, count * m), from * m);
  }
  return q;
}

/** `E[l''_aa x x']` [d, d]. */
function diagonalBlock(hessians: RowHessians, a: number, gram: (weights: Vector) => Matrix): Matrix {
  const weights = hessians.entries(a, a)!;
  const block = gram(weights);
  letGo(weights);
  return block;
}

/** `E[l''_aa]` [m]. */
function meansOf(hessians: RowHessians, n: number, m: number): Vector {
  const [out, diagonal] = [new Float64Array(m), hessians.diagonal()];
  for (let i = 0; i < n; i++) for (let a = 0; a < m; a++) out[a] += diagonal[i * m + a] / n;
  return out;
}

/** `tr l''` of every row [n]. */
function tracesOf(hessians: RowHessians, n: number, m: number): Vector {
  const [out, diagonal] = [new Float64Array(n), hessians.diagonal()];
  for (let i = 0; i < n; i++) for (let at = i * m; at < (i + 1) * m; at++) out[i] += diagonal[at];
  return out;
}

/** `sum_i weights[i] l''_i` [m, m]. */
function weightedSum(hessians: RowHessians, weights: Vector, m: number): Matrix {
  const data = new Float64Array(m * m);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      const shares = hessians.entries(a, b);
      if (shares === null) continue;
      data[a * m + b] = data[b * m + a] = weights.length * dot(weights, shares);
      letGo(shares);
    }
  }
  return Object.freeze({ rows: m, cols: m, data });
}
