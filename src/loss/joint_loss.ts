import type { Figures } from "./metrics.ts";
import type { DerivativeBounds, Loss } from "./types.ts";

/** Numbers that are read, in an array of any precision. */
export type Reals = ArrayLike<number>;

/** Numbers that are written; an empty one means that the output is not needed. */
export interface RealsOut {
  /** How many. */
  readonly length: number;
  /** Each of them. */
  [index: number]: number;
}

/** Predictions [n, m] and targets [n, m] of `n` rows, each row after row. */
export interface JointBatch {
  /** Rows. */
  readonly n: number;
  /** Outputs of each row. */
  readonly m: number;
  /** The predictions. */
  readonly p: Reals;
  /** The targets. */
  readonly y: Reals;
}

/**
 * A loss `l(p; y)` of a whole row p in R^m, which is not a sum over the outputs. (A sum over the outputs, such as the vector
 * squared loss, needs no loss of its own: a scalar {@linkcode Loss} on m outputs is summed over them.)
 */
export interface JointLoss {
  /** Marks the kind. */
  readonly joint: true;
  /** The name, by which model files and commands know it. */
  readonly name: string;
  /** Whether `l` is convex in p for every valid target. */
  readonly convex: boolean;
  /** Whether a linear predictor attains the infimum on every data set. */
  readonly attains: boolean;
  /** The number by which the kernels know it; absent where they do not. */
  readonly code?: number;
  /** How the target column is read: one of several classes, as a unit vector. */
  readonly target: "classes";
  /** From predictions [n, m] of m outputs to what users read: the chance of each class. */
  readonly link: (p: Reals, m: number) => Float64Array;
  /** Figures of merit of predictions [n, m] of m outputs; weighted by the rows' weights where they have some. */
  readonly metrics: (p: Reals, y: Reals, m: number, weights?: Reals) => Figures;
  /** Whether `l(p + t 1; y) = l(p; y)`: then only differences of outputs count. */
  readonly shiftFree: boolean;
  /** The sum of the losses of the rows; writes `scale` times the slopes [n, m]. */
  evaluate(batch: JointBatch, scale: number, d1: RealsOut): number;
  /** Writes `scale l''(p) v` for each row v of `direction` [n, m]. */
  hvp(batch: JointBatch, scale: number, direction: Reals, out: RealsOut): void;
  /** Whether `l'' = diag(q) - q q'` with q the {@linkcode JointLoss.weights}: then the kernels know what it does. */
  readonly categorical: boolean;
  /** What `l''` depends on [n, m], for {@linkcode JointLoss.hvpWith}: many products at one point then need no exp. */
  weights(batch: JointBatch): Float64Array;
  /** {@linkcode JointLoss.hvp} from the `weights` [n, m]; `out` may be `direction`. */
  hvpWith(weights: Reals, n: number, m: number, scale: number, direction: Reals, out: RealsOut): void;
  /** The largest norms of the derivatives, whatever the prediction. */
  readonly bounds: DerivativeBounds;
  /**
   * The convex conjugate `l*(slope; y) = sup_p slope'p - l(p; y)` of one row [m]; Infinity outside its domain, whose
   * equations hold to rounding (1e-12).
   */
  conjugate(slope: Reals, y: Reals): number;
  /**
   * What l does far out along a direction [m] of one row: above 0 it falls towards {@linkcode JointLoss.infimum} without end,
   * 0 it does not grow but stays away from it, or is constant; below 0 it grows without end. Null where a linear
   * predictor always attains the infimum ({@linkcode JointLoss.attains}).
   */
  readonly margin: ((direction: Reals, y: Reals) => number) | null;
  /** `inf_p l(p; y) = -l*(0; y)` of one row, attained or not. */
  infimum(y: Reals): number;
}

/** A loss of one prediction, or of a row of them. */
export type AnyLoss = Loss | JointLoss;

/**
 * Whether a loss is of a whole row.
 *
 * @example One of each
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { softmax, squared } from "@resland/resland/loss";
 * assertEquals([isJoint(softmax), isJoint(squared)], [true, false]);
 * ```
 */
export function isJoint(loss: AnyLoss): loss is JointLoss {
  return "joint" in loss;
}
