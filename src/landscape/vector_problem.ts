import type { Kernels } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import { createLinearObjective } from "../objective/mod.ts";
import {
  eigen,
  joinColumns,
  type Matrix,
  multiply,
  norm,
  productTransposed,
  ShapeError,
  times,
  transpose,
  type Vector,
} from "../tensor/mod.ts";

/** F_theta with m outputs: `p = W (x + V f)`, a function of (W, V) alone. */
export interface VectorData {
  /** Inputs [n, d]. */
  readonly x: Matrix;
  /** f_theta(x) [n, k]. */
  readonly f: Matrix;
  /** Targets [n, m], row after row. */
  readonly y: Vector;
  /** The loss; a scalar one is summed over the outputs. */
  readonly loss: AnyLoss;
}

/** A point (W, V). */
export interface VectorHead {
  /** W [m, d]. */
  readonly W: Matrix;
  /** V [d, k]. */
  readonly V: Matrix;
}

/** The sums over the data from which every certificate at a point follows. */
export interface VectorSums extends VectorHead {
  /** `F_theta(W, V)`. */
  readonly value: number;
  /** The predictions [n, m], row after row. */
  readonly predictions: Vector;
  /** `S = E[l' x']` [m, d]. */
  readonly S: Matrix;
  /** `R = E[l' f']` [m, k]. */
  readonly R: Matrix;
  /** `grad_W F = S + R V'` [m, d]. */
  readonly gradientW: Matrix;
  /** `grad_V F = W' R` [d, k]. */
  readonly gradientV: Matrix;
  /** `||grad F_theta||` over (W, V). */
  readonly gradientNorm: number;
}

/** F_theta with its data resident in kernel memory. Dispose it to free that memory. */
export interface VectorProblem extends Disposable, VectorData {
  /** The kernels that compute it. */
  readonly kernels: Kernels;
  /** m. */
  readonly outputs: number;
  /** Value and gradient at a point. Cost: two passes over the data. */
  at(head: VectorHead): VectorSums;
  /** The Hessian of `H(A, C) = E[l(A x + C f)]` over [A C] [m (d + k), m (d + k)] at a point's predictions. */
  hessian(point: VectorSums): Matrix;
}

/**
 * Freezes theta. The predictions are linear in `[x f]` with weights `[W, W V]`, so the convex objective over those does the
 * sums, in f64, and the chain rule turns its gradient (S, R) into that over (W, V).
 *
 * @param kernels The kernels to compute with.
 * @param data Inputs, features, targets and loss.
 * @returns The problem in (W, V).
 * @throws {ShapeError} If the numbers of rows do not fit each other.
 * @example Two outputs at the origin
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * const data = { x: one, f: one, y: Float64Array.of(1, -2), loss: squared };
 * using problem = createVectorProblem(await loadKernels("simd"), data);
 * const { value, S } = problem.at({ W: matrix(2, 1, [0, 0]), V: matrix(1, 1, [0]) });
 * assertEquals([value, ...S.data], [2.5, -1, 2]);
 * ```
 */
export function createVectorProblem(kernels: Kernels, data: VectorData): VectorProblem {
  const { x, f, y, loss } = data;
  const [d, k] = [x.cols, f.cols];
  const linear = createLinearObjective(kernels, loss, { x, beside: f, y });
  const m = linear.outputs;
  return {
    ...data,
    kernels,
    outputs: m,
    at({ W, V }) {
      if (W.rows !== m || W.cols !== d || V.rows !== d || V.cols !== k) {
        const shapes = `[${W.rows}, ${W.cols}] and [${V.rows}, ${V.cols}]`;
        throw new ShapeError("evaluate at (W, V)", `[${m}, ${d}] and [${d}, ${k}]`, shapes);
      }
      const { value, gradient, predictions } = linear.at(joinColumns(W, multiply(W, V)).data);
      const [S, R] = splitColumns({ rows: m, cols: d + k, data: gradient }, d);
      const inW = multiply(R, transpose(V));
      const gradientW = { ...S, data: S.data.map((entry, at) => entry + inW.data[at]) };
      const gradientV = multiply(transpose(W), R);
      const gradientNorm = Math.hypot(norm(gradientW.data), norm(gradientV.data));
      return { W, V, value, predictions, S, R, gradientW, gradientV, gradientNorm };
    },
    hessian: ({ predictions }) => linear.hessian(predictions),
    [Symbol.dispose]: () => linear[Symbol.dispose](),
  };
}

/** The first columns of a matrix, and the rest. */
function splitColumns({ rows, cols, data }: Matrix, first: number): readonly [Matrix, Matrix] {
  const rest = cols - first;
  const [a, b] = [new Float64Array(rows * first), new Float64Array(rows * rest)];
  for (let i = 0; i < rows; i++) {
    a.set(data.subarray(i * cols, i * cols + first), i * first);
    b.set(data.subarray(i * cols + first, (i + 1) * cols), i * rest);
  }
  return [Object.freeze({ rows, cols: first, data: a }), Object.freeze({ rows, cols: rest, data: b })];
}

/** The exact spectrum of the Hessian over (W, V). */
export interface VectorSpectrum {
  /** Eigenvalues of the small matrix, ascending; the full Hessian has these and `zeros` more zeros. */
  readonly values: Vector;
  /** How many further eigenvalues of the full Hessian are exactly 0. */
  readonly zeros: number;
  /** The smallest eigenvalue of the full Hessian. */
  readonly lambdaMin: number;
  /** The largest. */
  readonly lambdaMax: number;
  /** The eigenvectors, as rows, in the coordinates of `directions`. */
  readonly vectors: Matrix;
  /** The orthonormal directions in which the Hessian acts: every entry of W, then these in V. */
  readonly directions: readonly Matrix[];
}

/** A direction that a matrix shrinks to this share of its norm is in its null space. */
const NOTHING = 1e-14;

/**
 * The exact (W, V) spectrum at a point. The second derivative along (D, E) is `E[dp' l'' dp] + 2 <D E, R>` with
 * `dp = D (x + V f) + W E f`. Split E by the row space of W, of rank q, and its complement: in the complement only `<D E, R>`
 * sees E, and only along the row space of R. So the Hessian acts on `m d + q k + (d - q) rank R` dimensions, in which
 * it is one symmetric eigenproblem; all other eigenvalues are 0. With m = 1 this is the small matrix of one output.
 *
 * @param problem F_theta.
 * @param point The sums at the point.
 * @returns Every eigenvalue, and the eigenvectors.
 * @throws {RangeError} If the point has NaN or infinite entries.
 * @example Example 1 of the paper: a saddle with lambda_min = -1
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * const data = { x: one, f: one, y: Float64Array.of(1), loss: squared };
 * using problem = createVectorProblem(await loadKernels("simd"), data);
 * const { lambdaMin } = vectorSpectrum(problem, problem.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1]) }));
 * assertAlmostEquals(lambdaMin, -1, 1e-15);
 * ```
 */
export function vectorSpectrum(problem: VectorProblem, point: VectorSums): VectorSpectrum {
  const { kernels } = problem;
  const { W, V, R } = point;
  const [m, d, k] = [W.rows, W.cols, V.cols];
  const inV = directionsInV(problem, point);
  const order = m * d + inV.length;
  // How [A C] = [W, W V] moves along each direction, as rows [order, m (d + k)].
  const moves = new Float64Array(order * m * (d + k));
  const width = m * (d + k);
  for (let a = 0; a < m; a++) {
    for (let j = 0; j < d; j++) {
      const at = (a * d + j) * width + a * (d + k);
      moves[at + j] = 1;
      moves.set(V.data.subarray(j * k, (j + 1) * k), at + d);
    }
  }
  inV.forEach((E, index) => {
    const inC = multiply(W, E);
    for (let a = 0; a < m; a++) {
      moves.set(inC.data.subarray(a * k, (a + 1) * k), (m * d + index) * width + a * (d + k) + d);
    }
  });
  const change: Matrix = { rows: order, cols: width, data: moves };
  const small = productTransposed(kernels, productTransposed(kernels, change, problem.hessian(point)), change);
  const data = small.data.slice();
  inV.forEach((E, index) => {
    const pull = multiply(R, transpose(E)).data;
    for (let at = 0; at < m * d; at++) {
      data[at * order + m * d + index] += pull[at];
      data[(m * d + index) * order + at] += pull[at];
    }
  });
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < i; j++) {
      data[j * order + i] = data[i * order + j] = (data[i * order + j] + data[j * order + i]) / 2;
    }
  }
  const { values, vectors } = eigen(kernels, { rows: order, cols: order, data });
  const zeros = m * d + d * k - order;
  return {
    values,
    zeros,
    lambdaMin: zeros > 0 ? Math.min(0, values[0]) : values[0],
    lambdaMax: zeros > 0 ? Math.max(0, values[order - 1]) : values[order - 1],
    vectors,
    directions: inV,
  };
}

/**
 * A vector in the coordinates of a spectrum, as a direction in (W, V).
 *
 * @param spectrum The spectrum.
 * @param point The point that it is of.
 * @param coordinates The vector, such as a row of the spectrum's eigenvectors.
 * @returns The direction; its norm is that of the vector.
 * @example The lowest direction at a saddle
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels, matrix, norm, rowOf, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * const data = { x: one, f: one, y: Float64Array.of(1), loss: squared };
 * using problem = createVectorProblem(await loadKernels("simd"), data);
 * const point = problem.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1]) });
 * const spectrum = vectorSpectrum(problem, point);
 * const { W, V } = vectorDirection(spectrum, point, rowOf(spectrum.vectors, 0));
 * assertAlmostEquals(Math.hypot(W.data[0], V.data[0]), 1, 1e-14);
 * ```
 */
export function vectorDirection(
  { directions }: VectorSpectrum,
  { W, V }: VectorHead,
  coordinates: Vector,
): VectorHead {
  const inW = W.data.length;
  const E = new Float64Array(V.data.length);
  directions.forEach(({ data }, index) => {
    const share = coordinates[inW + index];
    for (let at = 0; at < E.length; at++) E[at] += share * data[at];
  });
  return { W: { ...W, data: coordinates.slice(0, inW) }, V: { ...V, data: E } };
}

/**
 * The gradient over (W, V) in the coordinates of a spectrum: `grad_W`, then the part of `grad_V` along each direction. It has
 * no part outside them.
 *
 * @param spectrum The spectrum.
 * @param point The point that it is of.
 * @returns The vector, as long as the spectrum has values.
 * @example Nothing of the gradient is lost
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { loadKernels, matrix, norm, squared } from "@resland/resland";
 * const x = matrix(3, 2, [1, -1, 1, 0, 1, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 1, 0), loss: squared };
 * using problem = createVectorProblem(await loadKernels("simd"), data);
 * const point = problem.at({ W: matrix(1, 2, [1, 2]), V: matrix(2, 1, [3, 4]) });
 * const slopes = vectorSlopes(vectorSpectrum(problem, point), point);
 * assertEquals(slopes.subarray(0, 2), point.gradientW.data);
 * assertAlmostEquals(norm(slopes), point.gradientNorm, 1e-13 * point.gradientNorm);
 * ```
 */
export function vectorSlopes({ directions }: VectorSpectrum, { gradientW, gradientV }: VectorSums): Vector {
  return Float64Array.of(
    ...gradientW.data,
    ...directions.map(({ data }) => data.reduce((sum, entry, at) => sum + entry * gradientV.data[at], 0)),
  );
}

/** An orthonormal basis of the directions in V that the Hessian sees: row space of W times all of R^k, its complement times the row space of R. */
function directionsInV({ kernels }: VectorProblem, { W, V, R }: VectorSums): readonly Matrix[] {
  const [d, k] = [W.cols, V.cols];
  const inW = rowSpaces(kernels, W);
  const inR = rowSpaces(kernels, R);
  const outer = (a: Vector, b: Vector): Matrix => ({
    rows: d,
    cols: k,
    data: Float64Array.from({ length: d * k }, (_, at) => a[Math.floor(at / k)] * b[at % k]),
  });
  const units = Array.from({ length: k }, (_, u) => Float64Array.from({ length: k }, (_, at) => at === u ? 1 : 0));
  return [
    ...inW.within.flatMap((a) => units.map((b) => outer(a, b))),
    ...inW.beyond.flatMap((a) => inR.within.map((b) => outer(a, b))),
  ];
}

/** Orthonormal bases of the row space of a matrix and of its complement. */
function rowSpaces(
  kernels: Kernels,
  a: Matrix,
): { readonly within: readonly Vector[]; readonly beyond: readonly Vector[] } {
  const { vectors } = eigen(kernels, multiply(transpose(a), a));
  const n = a.cols;
  const rows = Array.from({ length: n }, (_, i) => vectors.data.slice(i * n, (i + 1) * n));
  // Counting a direction as within is always exact, only dearer; one is beyond when nothing but rounding is left of it.
  const floor = NOTHING * norm(a.data);
  const inside = (i: number) => norm(times(a, rows[i])) > floor;
  return { within: rows.filter((_, i) => inside(i)), beyond: rows.filter((_, i) => !inside(i)) };
}
