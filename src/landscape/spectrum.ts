import type { Kernels } from "../kernels/mod.ts";
import {
  eigen,
  eigenvalues,
  lowestEigenvector,
  type Matrix,
  norm,
  productTransposed,
  type Vector,
} from "../tensor/mod.ts";
import type { PartialProblem, PointSums } from "./partial_problem.ts";
import { directionOf, type SmallHessian, smallHessian } from "./small_hessian.ts";

/** Half the distance from 1 to the next number in f64. */
const UNIT = 2 ** -53;

/** The exact spectrum of the Hessian over (w, V), with a two-sided answer on its smallest eigenvalue. */
export interface HeadSpectrum {
  /** Eigenvalues of the small matrix [2d + k - 1], ascending; the full Hessian has these and `zeros` more zeros. */
  readonly values: Vector;
  /** How many further eigenvalues of the full Hessian are exactly 0. */
  readonly zeros: number;
  /** The smallest eigenvalue of the full Hessian. */
  readonly lambdaMin: number;
  /** The largest eigenvalue of the full Hessian. */
  readonly lambdaMax: number;
  /** The largest `||A q - lambda q||` over the computed eigenvectors of the small matrix. */
  readonly residual: number;
  /** The true smallest eigenvalue is at least this: the computed one less what rounding can have done. */
  readonly lowerBound: number;
  /** When `lambdaMin` is negative: a unit direction (u, D), and the curvature measured along it on the data themselves. */
  readonly witness: { readonly u: Vector; readonly D: Matrix; readonly curvature: number } | null;
  /** The small matrix, for whoever goes on from here. */
  readonly small: SmallHessian;
  /** Its eigenvectors, as rows; null where only the lowest one was asked for. */
  readonly vectors: Matrix | null;
}

/** What else is wanted of a spectrum. */
export interface SpectrumOptions {
  /** Whether all eigenvectors are wanted (default false), which takes about twice as long. */
  readonly vectors?: boolean;
}

/**
 * The exact (w, V) spectrum at a point: one Gram pass over the data, `2 n (d + k)²` flops, and one symmetric eigenproblem
 * of order 2d + k - 1, in place of one of order d + d k. The lowest eigenvector comes by inverse iteration.
 *
 * @param problem F_theta.
 * @param point The sums at the point.
 * @param options Whether all eigenvectors are wanted.
 * @returns Every eigenvalue, and what is known about the smallest.
 * @throws {RangeError} If the point has NaN or infinite entries.
 * @example Example 1 of the paper: a saddle with lambda_min = -1
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createPartialProblem } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * using problem = createPartialProblem(await loadKernels("simd"), { x: one, f: one, y: Float64Array.of(1), loss: squared });
 * const { lambdaMin, witness } = headSpectrum(problem, problem.at({ w: Float64Array.of(0), V: matrix(1, 1, [-1]) }));
 * assertAlmostEquals(lambdaMin, -1, 1e-15);
 * assertAlmostEquals(witness!.curvature, -1, 1e-15);
 * ```
 */
export function headSpectrum(problem: PartialProblem, point: PointSums, options: SpectrumOptions = {}): HeadSpectrum {
  const { kernels } = problem;
  const gram = problem.gram(point);
  const small = smallHessian(point, gram);
  const { values, vectors } = options.vectors
    ? eigen(kernels, small.matrix)
    : { values: eigenvalues(kernels, small.matrix), vectors: null };
  const order = values.length;
  const lowest = vectors?.data.slice(0, order) as Vector ?? lowestEigenvector(kernels, small.matrix, values[0]);
  const zeros = point.w.length * (1 + point.r.length) - order;
  const lambdaMin = zeros > 0 ? Math.min(0, values[0]) : values[0];
  const lambdaMax = zeros > 0 ? Math.max(0, values[order - 1]) : values[order - 1];
  const witness = () => {
    const { u, D } = directionOf(small, lowest);
    return { u, D, curvature: problem.curvatureAlong(point, u, D) };
  };
  return {
    values,
    zeros,
    lambdaMin,
    lambdaMax,
    residual: largestResidual(kernels, small.matrix, values, vectors ?? { rows: 1, cols: order, data: lowest }),
    lowerBound: lambdaMin - roundingOf(problem, point, gram, small.matrix),
    witness: values[0] < 0 ? witness() : null,
    small,
    vectors,
  };
}

/**
 * How far rounding can move an eigenvalue (Weyl): the error of the small matrix in the Frobenius norm, and of the
 * eigensolver. Sums of n products are off by at most n units of the sum of their sizes, which the trace of the Gram
 * matrix bounds; V mixes them in 2 (d + k) further products; r is off by n units of E|l'| ||f||.
 */
function roundingOf(problem: PartialProblem, point: PointSums, gram: Matrix, small: Matrix): number {
  const [n, width] = [problem.x.rows, gram.rows];
  let trace = 0;
  for (let i = 0; i < width; i++) trace += gram.data[i * width + i];
  const spread = (1 + norm(point.V.data) + norm(point.w)) ** 2;
  return UNIT * ((n + 4 * width) * (trace * spread + 2 * problem.slopeSize(point)) + 8 * small.rows * norm(small.data));
}

/** Over the vectors given, as rows: those of the first eigenvalues. */
function largestResidual(kernels: Kernels, a: Matrix, values: Vector, vectors: Matrix): number {
  const order = values.length;
  // Row j of the product is (A q_j)', A being symmetric.
  const { data } = productTransposed(kernels, vectors, a);
  let largest = 0;
  for (let j = 0; j < vectors.rows; j++) {
    let squares = 0;
    for (let at = j * order; at < (j + 1) * order; at++) squares += (data[at] - values[j] * vectors.data[at]) ** 2;
    largest = Math.max(largest, Math.sqrt(squares));
  }
  return largest;
}
