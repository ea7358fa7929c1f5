import type { Address, Kernels } from "../kernels/mod.ts";
import type { Loss } from "../loss/mod.ts";
import { dot, type Matrix, norm, ShapeError, times, transposeTimes, type Vector } from "../tensor/mod.ts";

/** F_theta: the network with theta frozen, a function of (w, V) alone. */
export interface PartialData {
  /** Inputs [n, d]. */
  readonly x: Matrix;
  /** f_theta(x) [n, k]. */
  readonly f: Matrix;
  /** Targets [n]. */
  readonly y: Vector;
  /** The loss. */
  readonly loss: Loss;
}

/** A point (w, V): w [d], V [d, k]. */
export interface HeadPoint {
  /** w [d]. */
  readonly w: Vector;
  /** V [d, k]. */
  readonly V: Matrix;
}

/** The sums over the data from which every certificate at a point follows (theory: `s = E[l' x]`, `r = E[l' f]`). */
export interface PointSums extends HeadPoint {
  /** `F_theta(w, V)`. */
  readonly value: number;
  /** The predictions `p` [n]. */
  readonly predictions: Vector;
  /** `s = E[l' x]` [d]. */
  readonly s: Vector;
  /** `r = E[l' f]` [k]. */
  readonly r: Vector;
  /** `grad_w F = s + V r` [d]. */
  readonly gradientW: Vector;
  /** `||grad F_theta||` over (w, V): `sqrt(||s + V r||² + ||w||² ||r||²)`. */
  readonly gradientNorm: number;
}

/** F_theta with its data resident in kernel memory. Dispose it to free that memory. */
export interface PartialProblem extends Disposable, PartialData {
  /** The kernels that compute it. */
  readonly kernels: Kernels;
  /** Value and gradient at a point. Cost: two passes over the data. */
  at(point: HeadPoint): PointSums;
  /** `E[l'' [x; f] [x; f]']` [d + k, d + k] at a point. Cost: `2 n (d + k)²` flops. */
  gram(point: PointSums): Matrix;
  /** `E[l'' (u'z + w'D f)²] + 2 u'D r` with `z = x + V f`: the second derivative along (u, D), summed over the rows directly. */
  curvatureAlong(point: PointSums, u: Vector, D: Matrix): number;
}

/**
 * Freezes theta: keeps `[x f]` and the targets in kernel memory and computes sums over them, in f64.
 *
 * @param kernels The kernels to compute with.
 * @param data Inputs, features, targets and loss.
 * @returns The problem in (w, V).
 * @throws {ShapeError} If the numbers of rows differ.
 * @example At the origin the predictions are zero
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * const data = { x: one, f: one, y: Float64Array.of(1), loss: squared };
 * using problem = createPartialProblem(await loadKernels("simd"), data);
 * const point = problem.at({ w: Float64Array.of(0), V: matrix(1, 1, [0]) });
 * assertEquals([point.value, point.s[0]], [0.5, -1]);
 * ```
 */
export function createPartialProblem(kernels: Kernels, data: PartialData): PartialProblem {
  const { x, f, y, loss } = data;
  const [n, d, k] = [x.rows, x.cols, f.cols];
  if (f.rows !== n || y.length !== n) {
    throw new ShapeError("pair inputs, features and targets", `[${n}] rows`, `[${f.rows}] and [${y.length}]`);
  }
  const width = d + k;
  const { memory, f64: set, work } = kernels;
  const blocks: Address[] = [];
  const buffer = (elements: number) => {
    const at = memory.allocate(elements * 8);
    blocks.push(at);
    return at;
  };
  const [joined, weighted, targets] = [buffer(n * width), buffer(n * width), buffer(n)];
  const [predictions, slope, curvature] = [buffer(n), buffer(n), buffer(n)];
  const [head, sums, gramAt] = [buffer(width), buffer(width), buffer(width * width)];
  const rows = memory.view("f64", joined, n * width);
  for (let i = 0; i < n; i++) {
    rows.set(x.data.subarray(i * d, (i + 1) * d), i * width);
    rows.set(f.data.subarray(i * k, (i + 1) * k), i * width + d);
  }
  memory.view("f64", targets, n).set(y);
  const copy = (at: Address, length: number) => memory.view("f64", at, length).slice() as Vector;

  /** `out = [x f] direction`. */
  const project = (alpha: Vector, beta: Vector, out: Address) => {
    const view = memory.view("f64", head, width);
    view.set(alpha, 0);
    view.set(beta, d);
    set.gemvN(n, width, joined, width, head, out, 0);
  };
  const lossAt = (slopeAt: Address, curvatureAt: Address): number => {
    if (loss.code !== null) {
      return set.loss(loss.code, loss.parameter, n, 1 / n, predictions, targets, slopeAt, curvatureAt) / n;
    }
    const p = memory.view("f64", predictions, n);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      sum += loss.value(p[i], y[i]);
      if (slopeAt !== 0) memory.heapF64[slopeAt / 8 + i] = loss.slope(p[i], y[i]) / n;
      if (curvatureAt !== 0) memory.heapF64[curvatureAt / 8 + i] = loss.curvature(p[i], y[i]) / n;
    }
    return sum / n;
  };

  return {
    ...data,
    kernels,
    at(point) {
      const { w, V } = point;
      if (w.length !== d || V.rows !== d || V.cols !== k) {
        throw new ShapeError(
          "evaluate at (w, V)",
          `[${d}] and [${d}, ${k}]`,
          `[${w.length}] and [${V.rows}, ${V.cols}]`,
        );
      }
      project(w, transposeTimes(V, w), predictions);
      const value = lossAt(slope, 0);
      set.gemvT(n, width, joined, width, slope, sums, 0);
      const both = copy(sums, width);
      const [s, r] = [both.slice(0, d), both.slice(d)];
      const gradientW = times(V, r).map((entry, i) => entry + s[i]);
      const gradientNorm = Math.hypot(norm(gradientW), norm(w) * norm(r));
      return { w, V, value, predictions: copy(predictions, n), s, r, gradientW, gradientNorm };
    },
    gram(point) {
      memory.view("f64", predictions, n).set(point.predictions);
      lossAt(slope, curvature);
      set.copy(n * width, joined, weighted);
      const weights = copy(curvature, n);
      for (let i = 0; i < n; i++) set.scale(width, weights[i], weighted + i * width * 8);
      set.gemmTN(width, width, n, weighted, width, joined, width, gramAt, width, 0, work);
      return Object.freeze({ rows: width, cols: width, data: copy(gramAt, width * width) });
    },
    curvatureAlong(point, u, D) {
      memory.view("f64", predictions, n).set(point.predictions);
      lossAt(slope, curvature);
      // u'z + w'D f = u'x + (V'u + D'w)'f.
      const beta = transposeTimes(point.V, u).map((entry, i) => entry + transposeTimesAt(D, point.w, i));
      project(u, beta, predictions);
      const change = copy(predictions, n);
      const weights = memory.view("f64", curvature, n);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += weights[i] * change[i] * change[i];
      return sum + 2 * dot(u, times(D, point.r));
    },
    [Symbol.dispose]() {
      for (const block of blocks.splice(0)) memory.free(block);
    },
  };
}

/** Entry `column` of `Aᵀ x`. */
function transposeTimesAt(a: Matrix, x: Vector, column: number): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += a.data[i * a.cols + column] * x[i];
  return sum;
}
