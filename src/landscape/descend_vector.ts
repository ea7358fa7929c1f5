import { trustRegionStep } from "../optim/mod.ts";
import { multiply, norm } from "../tensor/mod.ts";
import type { DescentOptions } from "./descend.ts";
import { solveAcross } from "./vector_certificates.ts";
import {
  vectorDirection,
  type VectorHead,
  type VectorProblem,
  vectorSlopes,
  type VectorSpectrum,
  vectorSpectrum,
  type VectorSums,
} from "./vector_problem.ts";

/** Where a descent over (W, V) ended. */
export interface VectorDescent {
  /** The sums at the point. */
  readonly point: VectorSums;
  /** The spectrum there. */
  readonly spectrum: VectorSpectrum;
  /** Steps taken or tried. */
  readonly iterations: number;
  /** Whether the point meets both tolerances. */
  readonly converged: boolean;
}

/** Units of rounding of a value below which a fall of the model tells nothing. */
const NOISE = 128 * 2 ** -52;

/**
 * Brings (W, V) to an epsilon-SOPSP with theta fixed, for any number of outputs: trust-region Newton in the dimensions in
 * which the Hessian acts, negative curvature included, so saddles are left. F never rises but by rounding. For m < d it ends at
 * min H. For m = d the matrices W with det W = 0 part the space, and where the optimum is on the other side a descent can run
 * towards ||V|| = infinity, as Example 1 warns for m = d = 1; then it does not converge, or only to an epsilon.
 *
 * @param problem F_theta.
 * @param head Where to start.
 * @param options Tolerances and the most steps, as for one output.
 * @returns The last point; `converged` tells whether the tolerances were met.
 * @example Two outputs, fitted exactly
 * ```ts
 * import { assert } from "@std/assert";
 * import { createVectorProblem, loadKernels, matrix, squared } from "@resland/resland";
 * const x = matrix(3, 2, [1, -1, 1, 0, 1, 1]);
 * const data = { x, f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 1, 0, 1, 0, 3), loss: squared };
 * using problem = createVectorProblem(await loadKernels("simd"), data);
 * const { point, converged } = descendVector(problem, { W: matrix(2, 2, [0, 0, 0, 0]), V: matrix(2, 1, [0, 0]) });
 * assert(converged && point.value < 1e-15);
 * ```
 */
export function descendVector(problem: VectorProblem, head: VectorHead, options: DescentOptions = {}): VectorDescent {
  const { gradient = 1e-10, curvature = 1e-8, iterations: most = 300 } = options;
  let point = problem.at(head);
  let spectrum = vectorSpectrum(problem, point);
  let radius = Math.max(1, Math.hypot(norm(head.W.data), norm(head.V.data)));
  const converged = () => point.gradientNorm <= gradient && spectrum.lambdaMin >= -curvature;
  let iterations = 0;
  for (; iterations < most && !converged(); iterations++) {
    const { step, decrease } = trustRegionStep(
      spectrum.values,
      spectrum.vectors,
      vectorSlopes(spectrum, point),
      radius,
    );
    const length = norm(step);
    const direction = vectorDirection(spectrum, point, step);
    const noise = NOISE * Math.abs(point.value) + Number.MIN_VALUE;
    const measure = (at: VectorSums) => decrease > noise ? at.value : at.gradientNorm;
    const line = problem.at(straight(point, direction));
    const end = bent(problem, line, direction);
    const curve = end && problem.at(end);
    const next = curve !== null && measure(curve) < measure(line) ? curve : line;
    const gained = point.value - next.value;
    // Where values are noise the gradient still tells better from worse.
    const better = Number.isFinite(next.value) && Number.isFinite(next.gradientNorm) &&
      (decrease > noise ? gained > 0.01 * decrease : gained > -noise && next.gradientNorm < point.gradientNorm);
    if (!better) {
      if (length <= 1e-14 * (1 + norm(point.W.data) + norm(point.V.data))) break;
      radius = Math.min(radius, length) / 4;
      continue;
    }
    if (gained > 0.7 * decrease && length > 0.9 * radius) radius *= 2.5;
    else if (gained < 0.25 * decrease && decrease > noise) radius /= 2;
    point = next;
    spectrum = vectorSpectrum(problem, point);
  }
  return { point, spectrum, iterations, converged: converged() };
}

/** `(W + dW, V + dV)`. */
function straight({ W, V }: VectorSums, direction: VectorHead): VectorHead {
  return {
    W: { ...W, data: W.data.map((value, at) => value + direction.W.data[at]) },
    V: { ...V, data: V.data.map((value, at) => value + direction.V.data[at]) },
  };
}

/** The same step along a curve: the least change of V takes `dW dV` out of W V, which the model does not know. Null where W lacks a rank. */
function bent({ kernels }: VectorProblem, { W, V }: VectorHead, direction: VectorHead): VectorHead | null {
  const excess = solveAcross(kernels, W, multiply(direction.W, direction.V));
  return excess && { W, V: { ...V, data: V.data.map((value, at) => value - excess.data[at]) } };
}
