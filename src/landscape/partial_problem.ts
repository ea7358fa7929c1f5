import type { Kernels } from "../kernels/mod.ts";
import type { Loss } from "../loss/mod.ts";
import { createLinearObjective } from "../objective/mod.ts";
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

/** The sums over the data from which every certificate at a point follows. */
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
  /** `E[|l'| ||f||]` at a point: what the rounding of `r` is measured by. */
  slopeSize(point: PointSums): number;
  /** `E[l'' (u'z + w'D f)²] + 2 u'D r` with `z = x + V f`: the second derivative along (u, D), summed over the rows directly. */
  curvatureAlong(point: PointSums, u: Vector, D: Matrix): number;
}

/**
 * Freezes theta. The predictions are then linear in `[x f]` with weights `[w; V'w]`, so the convex objective over those
 * weights does the sums, in f64, and the chain rule turns its gradient (s, r) into that over (w, V).
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
  const [d, k] = [x.cols, f.cols];
  const linear = createLinearObjective(kernels, loss, { x, beside: f, y });
  let norms: Vector | null = null;
  let gram: Matrix | null = null;
  return {
    ...data,
    kernels,
    at({ w, V }) {
      if (w.length !== d || V.rows !== d || V.cols !== k) {
        throw new ShapeError(
          "evaluate at (w, V)",
          `[${d}] and [${d}, ${k}]`,
          `[${w.length}] and [${V.rows}, ${V.cols}]`,
        );
      }
      const { value, gradient, predictions } = linear.at(concatenate(w, transposeTimes(V, w)));
      const [s, r] = [gradient.slice(0, d), gradient.slice(d)];
      const gradientW = times(V, r).map((entry, i) => entry + s[i]);
      return {
        w,
        V,
        value,
        predictions,
        s,
        r,
        gradientW,
        gradientNorm: Math.hypot(norm(gradientW), norm(w) * norm(r)),
      };
    },
    // l'' of the squared loss is 1 everywhere: one Gram matrix serves every point.
    gram: (point) =>
      loss.name === "squared" ? gram ??= linear.hessian(point.predictions) : linear.hessian(point.predictions),
    slopeSize({ predictions }) {
      norms ??= Float64Array.from(y, (_, i) => norm(f.data.subarray(i * k, (i + 1) * k) as Vector));
      return norms.reduce((sum, size, i) => sum + Math.abs(loss.slope(predictions[i], y[i])) * size, 0) / y.length;
    },
    curvatureAlong(point, u, D) {
      // u'z + w'D f = u'x + (V'u + D'w)'f.
      const fromD = transposeTimes(D, point.w);
      const change = linear.project(concatenate(u, transposeTimes(point.V, u).map((entry, i) => entry + fromD[i])));
      const bend = change.reduce(
        (sum, value, i) => sum + loss.curvature(point.predictions[i], y[i]) / y.length * value * value,
        0,
      );
      return bend + 2 * dot(u, times(D, point.r));
    },
    [Symbol.dispose]: () => linear[Symbol.dispose](),
  };
}

function concatenate(a: Vector, b: Vector): Vector {
  const out = new Float64Array(a.length + b.length);
  out.set(a, 0);
  out.set(b, a.length);
  return out;
}
