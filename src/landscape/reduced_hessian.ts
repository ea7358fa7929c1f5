import { eigen, eigenvalues, type Matrix, multiply, productTransposed, transpose, type Vector } from "../tensor/mod.ts";
import { type RowSpace, rowSpace } from "./_row_space.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";

/** The Hessian over (W, V), of order m d + d k, in an orthonormal basis of the dimensions in which it acts. */
export interface ReducedHessian {
  /** The matrix; its eigenvalues are those of the Hessian, but for `zeros` further zeros. */
  readonly matrix: Matrix;
  /** How many further eigenvalues of the Hessian are exactly 0. */
  readonly zeros: number;
  /** The direction (D, E) that coordinates stand for; its norm is theirs. */
  direction(coordinates: Vector): Head;
  /** The coordinates of a direction's part in these dimensions; the gradient has no other part. */
  coordinates(direction: Head): Vector;
}

/** A direction that a matrix shrinks to this share of its norm is in its null space. */
const NOTHING = 1e-14;

/** The dimensions in which the Hessian acts: all of W; in V, row space of W times R^k, and its complement times row space of R. */
interface Basis {
  readonly inW: RowSpace;
  readonly q: number;
  readonly inR: RowSpace;
  readonly rank: number;
}

function basisAt({ W, R }: Evaluation): Basis {
  const [inW, inR] = [rowSpace(W), rowSpace(R)];
  // Counting a direction as within is always exact, only more expensive.
  return { inW, q: inW.rank(NOTHING), inR, rank: inR.rank(NOTHING) };
}

const orderOf = ({ outputs: m, d, k }: HeadObjective, { q, rank }: Basis): number => m * d + q * k + (d - q) * rank;

/**
 * The order of {@linkcode reducedHessian}: `m d + q k + (d - q) rank R`, q the rank of W.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @returns The order; 2d + k - 1 for one output with w and r not 0.
 * @example Two inputs, three features, one output
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(1, 2, [1, 2]), f: matrix(1, 3, [1, 1, 1]), y: Float64Array.of(1), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const at = objective.at({ W: matrix(1, 2, [1, 0]), V: matrix(2, 3, [0, 0, 0, 1, 0, 0]) });
 * assertEquals(reducedOrder(objective, at), 2 + 3);
 * const off = objective.at({ W: matrix(1, 2, [2, 0]), V: matrix(2, 3, [0, 0, 0, 1, 0, 0]) });
 * assertEquals(reducedOrder(objective, off), 2 * 2 + 3 - 1);
 * ```
 */
export function reducedOrder(objective: HeadObjective, evaluation: Evaluation): number {
  return orderOf(objective, basisAt(evaluation));
}

/**
 * Whether the reduced matrix, and the Hessian of H that it is made from, are of an order that is worth forming.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @param order The most.
 * @returns Whether both orders, {@linkcode reducedOrder} and `m (d + k)`, are at most that.
 * @example One input, one feature
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createHeadObjective, loadKernels, matrix, squared } from "@resland/resland";
 * const one = matrix(1, 1, [1]);
 * using objective = createHeadObjective(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const at = objective.at({ W: one, V: one });
 * assertEquals([isReducible(objective, at, 400), isReducible(objective, at, 1)], [true, false]);
 * ```
 */
export function isReducible(objective: HeadObjective, evaluation: Evaluation, order: number): boolean {
  const { outputs, d, k } = objective;
  return outputs * (d + k) <= order && reducedOrder(objective, evaluation) <= order;
}

/**
 * The Hessian over (W, V) without its zeros. The second derivative along (D, E) is `E[dp' l'' dp] + 2 <D E, R>` with
 * `dp = D (x + V f) + W E f`. Split E by the row space of W, of rank q, and its complement: in the complement only `<D E, R>`
 * sees E, and only along the row space of R. So the Hessian acts in `m d + q k + (d - q) rank R` dimensions.
 * Cost: the Hessian of H, and two products of the order with it.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @returns The matrix, and the directions that its coordinates stand for.
 * @example Example 1 of the paper at (0, -1/eps) with eps = 1: eigenvalues -1 and 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using objective = createHeadObjective(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const at = objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1]) });
 * assertEquals(reducedHessian(objective, at).matrix.data.map(Math.abs), Float64Array.of(0, 1, 1, 0));
 * ```
 */
export function reducedHessian(objective: HeadObjective, evaluation: Evaluation): ReducedHessian {
  const { d, k, outputs: m } = objective;
  const frame = frameAt(objective, evaluation);
  const { order } = frame;
  const data = new Float64Array(order * order);
  bendAlong(objective, evaluation, frame, data);
  couple(evaluation, frame, data);
  return Object.freeze({
    matrix: Object.freeze({ rows: order, cols: order, data }),
    zeros: m * d + d * k - order,
    direction: (coordinates: Vector) => directionOf(frame, coordinates),
    coordinates: (direction: Head) => coordinatesOf(frame, direction),
  });
}

/** The bases of the coordinates: of D all entries, of E its rows in the row space of W and, across it, in that of R. */
interface Frame {
  readonly m: number;
  readonly d: number;
  readonly k: number;
  readonly order: number;
  /** Rank of W. */
  readonly q: number;
  readonly rank: number;
  /** Where the coordinates of E within the row space of W begin, and those across it. */
  readonly atC: number;
  readonly atG: number;
  /** An orthonormal basis of R^d, the row space of W first: that, and the rest. */
  readonly columns: readonly Vector[];
  readonly within: readonly Vector[];
  readonly beyond: readonly Vector[];
  readonly rowsOfR: readonly Vector[];
}

function frameAt(objective: HeadObjective, evaluation: Evaluation): Frame {
  const { d, k, outputs: m } = objective;
  const basis = basisAt(evaluation);
  const { inW, q, inR, rank } = basis;
  const columns = columnsOf(inW);
  return {
    ...{ m, d, k, q, rank, order: orderOf(objective, basis), atC: m * d, atG: m * d + q * k, columns },
    ...{ within: columns.slice(0, q), beyond: columns.slice(q) },
    rowsOfR: Array.from({ length: rank }, (_, r) => inR.column(r)),
  };
}

/** How [A C] = [W, W V] moves along each direction that moves it, as rows [m d + q k, m (d + k)]. */
function movesOf({ W, V }: Evaluation, { m, d, k, q, atC, atG, within }: Frame): Matrix {
  // W along the basis [m, q].
  const WQ = multiply(W, transpose(stack(within, d)));
  const width = m * (d + k);
  const moves = new Float64Array(atG * width);
  for (let a = 0; a < m; a++) {
    const block = a * (d + k);
    for (let j = 0; j < d; j++) {
      const at = (a * d + j) * width + block;
      moves[at + j] = 1;
      moves.set(V.data.subarray(j * k, (j + 1) * k), at + d);
    }
    for (let s = 0; s < q; s++) {
      const share = WQ.data[a * q + s];
      for (let c = 0; c < k; c++) moves[(atC + s * k + c) * width + block + d + c] = share;
    }
  }
  return { rows: atG, cols: width, data: moves };
}

/** `E[dp' l'' dp]`, into the leading block of the matrix. */
function bendAlong(objective: HeadObjective, evaluation: Evaluation, frame: Frame, data: Vector): void {
  const { kernels } = objective;
  const { atG, order } = frame;
  const change = movesOf(evaluation, frame);
  const bent =
    productTransposed(kernels, productTransposed(kernels, change, objective.hessianOfH(evaluation)), change).data;
  for (let i = 0; i < atG; i++) {
    // Rounding leaves the product almost symmetric; the mean of both halves is exactly so.
    for (let j = 0; j <= i; j++) {
      data[i * order + j] = data[j * order + i] = (bent[i * atG + j] + bent[j * atG + i]) / 2;
    }
  }
}

/** Adds `2 <D E, R>`, which couples D with E. */
function couple({ R }: Evaluation, frame: Frame, data: Vector): void {
  const { m, d, k, q, rank, order, atC, atG, within, beyond, rowsOfR } = frame;
  // R along the basis [m, rank].
  const RQ = multiply(R, transpose(stack(rowsOfR, k)));
  const add = (i: number, j: number, value: number) => {
    data[i * order + j] += value;
    data[j * order + i] += value;
  };
  for (let a = 0; a < m; a++) {
    for (let j = 0; j < d; j++) {
      const at = a * d + j;
      for (let s = 0; s < q; s++) {
        for (let c = 0; c < k; c++) add(at, atC + s * k + c, within[s][j] * R.data[a * k + c]);
      }
      for (let t = 0; t < d - q; t++) {
        for (let r = 0; r < rank; r++) add(at, atG + t * rank + r, beyond[t][j] * RQ.data[a * rank + r]);
      }
    }
  }
}

function directionOf({ m, d, k, q, rank, atC, atG, within, beyond, rowsOfR }: Frame, coordinates: Vector): Head {
  const E = new Float64Array(d * k);
  for (let s = 0; s < q; s++) {
    const c = coordinates.subarray(atC + s * k, atC + (s + 1) * k);
    for (let j = 0; j < d; j++) for (let b = 0; b < k; b++) E[j * k + b] += within[s][j] * c[b];
  }
  for (let t = 0; t < d - q; t++) {
    const across = combination(rowsOfR, coordinates.subarray(atG + t * rank, atG + (t + 1) * rank), k);
    for (let j = 0; j < d; j++) for (let b = 0; b < k; b++) E[j * k + b] += beyond[t][j] * across[b];
  }
  return {
    W: Object.freeze({ rows: m, cols: d, data: coordinates.slice(0, m * d) }),
    V: Object.freeze({ rows: d, cols: k, data: E }),
  };
}

function coordinatesOf({ d, k, q, order, atC, atG, columns, rowsOfR }: Frame, { W: D, V: E }: Head): Vector {
  const out = new Float64Array(order);
  out.set(D.data);
  const along = multiply(stack(columns, d), E);
  out.set(along.data.subarray(0, q * k), atC);
  const rest: Matrix = { rows: d - q, cols: k, data: along.data.subarray(q * k) };
  out.set(multiply(rest, transpose(stack(rowsOfR, k))).data, atG);
  return out;
}

function columnsOf(space: RowSpace): readonly Vector[] {
  return Array.from({ length: space.length }, (_, j) => space.column(j));
}

/** Vectors of length n as the rows of a matrix. */
function stack(vectors: readonly Vector[], n: number): Matrix {
  const data = new Float64Array(vectors.length * n);
  vectors.forEach((vector, i) => data.set(vector, i * n));
  return { rows: vectors.length, cols: n, data };
}

function combination(vectors: readonly Vector[], shares: Vector, n: number): Vector {
  const out = new Float64Array(n);
  vectors.forEach((vector, r) => {
    for (let i = 0; i < n; i++) out[i] += shares[r] * vector[i];
  });
  return out;
}

/** Every eigenvalue of the Hessian over (W, V). */
export interface HeadSpectrum {
  /** Eigenvalues of the reduced matrix, ascending; the full Hessian has these and `zeros` more zeros. */
  readonly values: Vector;
  /** How many further eigenvalues of the full Hessian are exactly 0. */
  readonly zeros: number;
  /** The smallest eigenvalue of the full Hessian. */
  readonly lambdaMin: number;
  /** The largest. */
  readonly lambdaMax: number;
  /** The reduced matrix, whose coordinates the eigenvectors are in. */
  readonly reduced: ReducedHessian;
  /** The eigenvectors, as rows; null unless requested. */
  readonly vectors: Matrix | null;
}

/**
 * The exact spectrum of the Hessian over (W, V) at a point, from one symmetric eigenproblem of order
 * `m d + q k + (d - q) rank R` in place of m d + d k.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @param options `vectors`: whether the eigenvectors are wanted (default false), which takes about twice as long.
 * @returns Every eigenvalue.
 * @throws {RangeError} If the point has NaN or infinite entries, or its Hessian overflows.
 * @example Example 1 of the paper: a saddle with lambda_min = -1
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using objective = createHeadObjective(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const { lambdaMin } = headSpectrum(objective, objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1]) }));
 * assertAlmostEquals(lambdaMin, -1, 1e-15);
 * ```
 */
export function headSpectrum(
  objective: HeadObjective,
  evaluation: Evaluation,
  options: { readonly vectors?: boolean } = {},
): HeadSpectrum {
  const reduced = reducedHessian(objective, evaluation);
  const { matrix, zeros } = reduced;
  const { values, vectors } = options.vectors
    ? eigen(objective.kernels, matrix)
    : { values: eigenvalues(objective.kernels, matrix), vectors: null };
  const last = values[values.length - 1];
  return Object.freeze({
    values,
    zeros,
    lambdaMin: zeros > 0 ? Math.min(0, values[0]) : values[0],
    lambdaMax: zeros > 0 ? Math.max(0, last) : last,
    reduced,
    vectors,
  });
}
