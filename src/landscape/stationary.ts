/** The numbers of a point that the rule reads. */
export interface StationaryPoint {
  /** `||grad F_theta||` over (W, V). */
  readonly gradientNorm: number;
  /** What is known about the smallest eigenvalue of the Hessian over (W, V): it is at least `lower`. */
  readonly lambda: { readonly lower: number };
  /**
   * The Lipschitz constant of the Hessian: null where l'' jumps, so that there is none; 0 where all features are 0, so that F is convex.
   * For both 1 is taken.
   */
  readonly mu2: number | null;
}

/**
 * Whether a point is an epsilon-second-order partial stationary point (Definition 1 of the paper):
 * `||grad|| <= epsilon` and `lambda_min >= -sqrt(mu2 epsilon)`. All commands use this rule. It reads the lower bound of
 * lambda_min, so a point that it calls stationary is stationary. Where the Hessian has no Lipschitz constant mu2 = 1 stands in, and where it is 0, which leaves
 * nothing for rounding: then no feature is other than 0, and no curvature is negative.
 *
 * @param point The gradient, lambda_min and mu2.
 * @param epsilon What counts as stationary, at least 0.
 * @returns Whether both conditions hold; false for NaN.
 * @example Curvature counts as well as the gradient
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const at = (lower: number, mu2: number | null) => isStationary({ gradientNorm: 1e-9, lambda: { lower }, mu2 }, 1e-8);
 * assertEquals([at(-1e-4, 1), at(-2e-4, 1), at(-2e-4, 4), at(-1e-4, null)], [true, false, true, true]);
 * ```
 */
export function isStationary({ gradientNorm, lambda, mu2 }: StationaryPoint, epsilon: number): boolean {
  return gradientNorm <= epsilon && lambda.lower >= -Math.sqrt((mu2 || 1) * epsilon);
}

/**
 * The least epsilon for which {@linkcode isStationary} holds: `max(||grad||, lower² / mu2)` where `lower < 0`, else `||grad||`.
 *
 * @param point The gradient, lambda_min and mu2.
 * @returns The least epsilon.
 * @example Curvature counts by its square
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(sopspEpsilon({ gradientNorm: 0.1, lambda: { lower: -2 }, mu2: 4 }), 1);
 * assertEquals(sopspEpsilon({ gradientNorm: 0.1, lambda: { lower: 0.5 }, mu2: 4 }), 0.1);
 * ```
 */
export function sopspEpsilon({ gradientNorm, lambda, mu2 }: StationaryPoint): number {
  return lambda.lower < 0 ? Math.max(gradientNorm, lambda.lower ** 2 / (mu2 || 1)) : gradientNorm;
}
