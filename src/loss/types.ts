import type { Reals } from "./joint_loss.ts";
import type { Figures } from "./metrics.ts";

/** The largest sizes that a loss's derivatives take on an interval of predictions; null where the derivative does not exist. */
export interface DerivativeBounds {
  /** `sup |l'|`. */
  readonly d1: number;
  /** `sup l''`. */
  readonly d2: number;
  /** `sup |l'''|`; null when l'' jumps somewhere in the closed interval, so that it is not Lipschitz. */
  readonly d3: number | null;
}

/**
 * A loss `l(p; y)` of one prediction `p` and its target `y`, with its derivatives in `p`.
 * The theorems ask for convexity; {@linkcode Loss.convex} states it and is not checked.
 */
export interface Loss {
  /** The name, by which model files and commands know it. */
  readonly name: string;
  /** Whether `l` is convex in `p` for every valid target; false puts the theorems' claims outside. */
  readonly convex: boolean;
  /** Whether a linear predictor attains the infimum on every data set; false where classes that can be separated drive the weights to infinity. */
  readonly attains: boolean;
  /** How the target column is read: standardised numbers, plain numbers, or two classes as -1 and +1. */
  readonly target: "standardised" | "number" | "class";
  /**
   * From a prediction to what users read: a number in the target's unit (standardised where the target is), or the chance of class +1.
   * Null where a prediction is only a score, as the hinge's is.
   */
  readonly link: ((p: number) => number) | null;
  /** Figures of merit of one output: of numbers in the target's unit, or of scores and classes of -1 and +1; weighted by the rows' weights where they have some. */
  readonly metrics: (predicted: Reals, actual: Reals, weights?: Reals) => Figures;
  /** How `l''` changes: it is one number for every p and y (`constant`), changes with p only by jumps (`steps`), or otherwise (`varies`). */
  readonly secondDerivative: "constant" | "steps" | "varies";
  /** The kernels' number for this loss, or null when only this TypeScript computes it. */
  readonly code: number | null;
  /** The loss's own parameter (delta of the hubers), passed to the kernel; 0 when there is none. */
  readonly parameter: number;
  /** `l(p; y)`. */
  value(p: number, y: number): number;
  /** `l'(p; y)`. */
  d1(p: number, y: number): number;
  /** `l''(p; y)`, at a kink the larger of the values on its two sides. */
  d2(p: number, y: number): number;
  /** The largest sizes of the derivatives over `low <= p <= high`. */
  bounds(y: number, low: number, high: number): DerivativeBounds;
  /**
   * The convex conjugate `l*(slope; y) = sup_p slope p - l(p; y)`; Infinity outside its domain, which is closed. So
   * `l(p; y) + l*(s; y) >= s p`, with equality at `s = l'(p; y)`. Null when a loss of your own does not give it.
   */
  readonly conjugate: ((slope: number, y: number) => number) | null;
  /**
   * What l does far out along a direction of p, for a loss that need not attain its infimum: above 0 it falls towards
   * {@linkcode Loss.infimum} without end, 0 it does not change, below 0 it grows without end. Null where a linear predictor
   * always attains the infimum ({@linkcode Loss.attains}), or it is not known.
   */
  readonly margin: ((direction: number, y: number) => number) | null;
  /** `inf_p l(p; y) = -l*(0; y)`, attained or not; null when a loss of your own does not give it. */
  readonly infimum: ((y: number) => number) | null;
  /** Null for a valid target, otherwise what is wrong with it, as the end of a sentence ("must be 0 or more"). */
  targetProblem(y: number): string | null;
}
