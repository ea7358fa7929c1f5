import type { Factor, Vector } from "../tensor/mod.ts";

/** A column that is a linear combination of others, to within f64 rounding. */
export interface DependentColumn {
  /** Which column, from 0, the intercept counted. */
  readonly column: number;
  /** The columns that it depends on, those that matter most first. */
  readonly on: readonly number[];
  /** The weight of each of those, columns over their norms. */
  readonly weights: readonly number[];
}

/** The best linear predictor, with a proof of optimality. */
export interface LinearOptimum {
  /** The weights `w*` [d] (`W*` [m, d], row after row, for m outputs); 0 for columns that depend on others. */
  readonly weights: Vector;
  /** `F_lin(w*)`. */
  readonly value: number;
  /** `||grad F_lin(w*)||`; not small where the infimum is not attained. */
  readonly gradientNorm: number;
  /** Whether `inf F_lin` is attained, at w*. */
  readonly attained: boolean;
  /** `inf F_lin`: the value at w* where it is attained; known too where classes are separable; null where it is not known. */
  readonly infimum: number | null;
  /** Proved lower bound on the mean loss of every linear predictor; null where nothing is proved. */
  readonly lowerBound: number | null;
  /** `infimum - lowerBound`, the duality gap; null where one of them is not known. */
  readonly gapBound: number | null;
  /** Bounds `||w*||` where the infimum is not attained: the requested norm, or that of w* where only some rows can be separated; null where it is. */
  readonly radius: number | null;
  /** Number of columns that are independent, to within f64 rounding. */
  readonly rank: number;
  /** The others, left out: every claim is against what the independent ones span. */
  readonly dependent: readonly DependentColumn[];
  /** Newton steps taken. */
  readonly iterations: number;
}

/** The best linear predictor of the loss itself, with the factorisation of its inputs. */
export interface LinearBaseline extends LinearOptimum {
  /** The factorisation of the inputs. */
  readonly factor: Factor;
}
