import { dot, multiply } from "../tensor/mod.ts";
import { headNorm, moved, plusTimes, scaledHead, slopeAlong } from "./_head_algebra.ts";
import { roundingAt } from "./_rounding.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";
import type { Comparator } from "./inequality.ts";
import { explicitDirection, type LambdaMin } from "./lambda_min.ts";
import { solveAcross } from "./settle.ts";

/** A descent direction from a point, tried by a line search. */
export interface FoundDescent {
  /** `first`: F falls to first order, by its gradient; `second`: by negative curvature. */
  readonly order: "first" | "second";
  /** The direction (D, E). */
  readonly direction: Head;
  /** The derivative of F_theta along the direction. */
  readonly slope: number;
  /** Its second derivative. */
  readonly curvature: number;
  /** How far along the direction the search went. */
  readonly step: number;
  /** The point reached. */
  readonly reached: Evaluation;
  /** `F(before) - F(after)`, above 0. */
  readonly drop: number;
}

/**
 * The first-order descent direction of Theorem 1's proof: minus `G = (W - W*, W⁺ W* V)`. F_theta falls along it at a rate of at least
 * `F - F_lin(W*)`, since `<grad F_theta, G> = E<l', p - W* x>` and the loss is convex.
 *
 * @param head The point (W, V).
 * @param A `W*` [m, d].
 * @returns The direction; null where W lacks full row rank, as at w = 0.
 * @example From W = 1 towards W* = 3
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const direction = towardsLinear({ W: matrix(1, 1, [1]), V: matrix(1, 1, [2]) }, matrix(1, 1, [3]))!;
 * assertEquals([...direction.W.data, ...direction.V.data], [2, -6]);
 * ```
 */
export function towardsLinear({ W, V }: Head, A: Head["W"]): Head | null {
  const across = solveAcross(W, multiply(A, V));
  return across && { W: plusTimes(A, -1, W), V: scaledHead({ W, V: across }, -1).V };
}

/**
 * A descent direction from a point. Each candidate is tried by a line search; the lowest end wins. Of first order, where the gradient is
 * more than rounding and the point lies above the comparator: {@linkcode towardsLinear}, and minus the gradient where W is
 * rank-deficient. Of second order: both sides of the direction of `lambda`, else of Theorem A's explicit one.
 *
 * @param objective F_theta.
 * @param evaluation The sums at the point.
 * @param lambda The smallest eigenvalue there.
 * @param comparator The linear predictor W*.
 * @returns The descent direction; null when none was found, as at a stationary point that is no worse than linear.
 * @example Down from a point above the linear predictor w* = -1
 * ```ts
 * import { assert } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { createHeadObjective, lambdaMin } from "@resland/resland/landscape";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(3, 1, [-1, 0, 1]), f: matrix(3, 1, [1, 0, 1]), y: Float64Array.of(2, 0, 0), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const at = objective.at({ W: matrix(1, 1, [1]), V: matrix(1, 1, [0.5]) });
 * const linear = { A: matrix(1, 1, [-1]), C: null, value: 1 / 3 };
 * const found = findDescent(objective, at, lambdaMin(objective, at), linear);
 * assert(found !== null && found.reached.value < at.value);
 * ```
 */
export function findDescent(
  objective: HeadObjective,
  evaluation: Evaluation,
  lambda: LambdaMin,
  comparator: Comparator,
): FoundDescent | null {
  const tried: (FoundDescent | null)[] = [];
  const noise = roundingAt(objective, evaluation).gradient;
  if (evaluation.value > comparator.value) {
    const direction = towardsLinear(evaluation, comparator.A) ??
      scaledHead({ W: evaluation.gradientW, V: evaluation.gradientV }, -1);
    if (slopeAlong(evaluation, direction) < -noise * headNorm(direction)) {
      tried.push(search(objective, evaluation, direction, "first"));
    }
  }
  const bent = lambda.upper < 0 ? lambda.direction ?? explicitDirection(objective, evaluation) : null;
  if (bent) {
    // Both sides have the same curvature; where they end equally low, the one nearer to W* counts.
    const sign = dot(bent.W.data, plusTimes(comparator.A, -1, evaluation.W).data) < 0 ? -1 : 1;
    for (const side of [sign, -sign]) tried.push(search(objective, evaluation, scaledHead(bent, side), "second"));
  }
  return tried.reduce((best, next) => next && (!best || next.drop > best.drop * (1 + TIE)) ? next : best, null);
}

/** Drops that differ by this share are equal. */
const TIE = 1e-9;

/** Doublings and halvings of the step before a line search gives up. */
const MOST_TRIES = 100;

/** Line search along a direction: halves the step until F falls, or doubles it while F keeps falling. */
function search(
  objective: HeadObjective,
  evaluation: Evaluation,
  direction: Head,
  order: FoundDescent["order"],
): FoundDescent | null {
  const at = (step: number) => objective.at(moved(evaluation, direction, step));
  const [slope, curvature] = [slopeAlong(evaluation, direction), objective.curvatureAlong(evaluation, direction)];
  // Uphill at first, curvature takes over after 2 slope / |curvature|: shorter steps cannot help.
  const least = slope > 0 ? -slope / curvature : 0;
  let step = 1;
  let reached = at(step);
  for (let tries = 0; tries < MOST_TRIES && !(reached.value < evaluation.value) && step > least; tries++) {
    reached = at(step /= 2);
  }
  if (!(reached.value < evaluation.value)) return null;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const further = at(2 * step);
    if (!(further.value < reached.value)) break;
    [step, reached] = [2 * step, further];
  }
  return Object.freeze({
    order,
    direction,
    slope,
    curvature,
    step,
    reached,
    drop: evaluation.value - reached.value,
  });
}
