import { isJoint } from "../loss/mod.ts";
import { type Matrix, norm } from "../tensor/mod.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";

/** Half the distance from 1 to the next number in f64. */
export const UNIT = 2 ** -53;

/**
 * Worst-case rounding errors of the sums at a point, to first order. Sums of n products are off by n
 * units of the sum of their sizes. Predictions are off by some units of `||W|| (1 + ||V||) ||[x f]||`, which the
 * derivatives of the loss pass on; this is where large V matter.
 */
export interface Rounding {
  /** Of the value. */
  readonly value: number;
  /** Of S and of R, in norm. */
  readonly sums: number;
  /** Of the gradient over (W, V), in norm. */
  readonly gradient: number;
  /** Of the Hessian over (W, V), in norm, formed from the Hessian of H. */
  readonly hessian: number;
  /** `E tr(l'') ||[x f]||²`. */
  readonly curvatureSize: number;
  /** Of {@linkcode HeadObjective.curvatureAlong} along a direction, where it gave `curvature`. */
  along(direction: Head, curvature: number): number;
  /** Of l'', relative to itself. */
  readonly bending: number;
}

/** The rounding at an evaluation. Cost: two passes over numbers per row, the first time one over the rows. */
export function roundingAt(objective: HeadObjective, at: Evaluation): Rounding {
  const { rows: n, d, k, outputs: m } = objective;
  const { W, V, R } = at;
  const [normW, normV] = [norm(W.data), norm(V.data)];
  const [slopeSize, curvatureSize] = [objective.slopeSize(at), objective.curvatureSize(at)];
  const [long, short] = [UNIT * (n + 64), UNIT * (4 * (d + k) + 64)];
  /** Of a prediction, per length of its row. */
  const inPrediction = short * normW * (1 + normV);
  const sums = long * slopeSize + inPrediction * curvatureSize;
  const gradient = sums * (1 + normV + normW) + 8 * UNIT * (m + d + k) * norm(R.data) * (normV + normW);
  const bending = Math.min(1, inPrediction * relativeJerk(objective) * largest(objective.rowNorms()));
  const spread = (1 + normV + normW) ** 2;
  return {
    value: long * Math.abs(at.value) + inPrediction * slopeSize,
    sums,
    gradient,
    hessian: (long + 4 * short + bending) * curvatureSize * spread + 2 * sums,
    curvatureSize,
    bending,
    along({ W: D, V: E }, curvature) {
      const [inW, inV] = [norm(D.data), norm(E.data)];
      const coupling = 2 * inW * inV;
      // The part E[dp' l'' dp], and how far dp is off per length of a row.
      const bent = Math.max(0, curvature + coupling * norm(R.data));
      const change = short * (inW * (1 + normV) + normW * inV);
      return (long + bending) * bent + 2 * change * Math.sqrt(bent * curvatureSize) + change * change * curvatureSize +
        coupling * (sums + long * norm(R.data));
    },
  };
}

/** A bound on `|l'''| / l''`, which a change of the prediction is multiplied by; 0 where l'' is constant but for jumps. */
function relativeJerk({ loss }: HeadObjective): number {
  if (!isJoint(loss) && loss.secondDerivative !== "varies") return 0;
  return isJoint(loss) || loss.parameter === 0 ? 2 : 2 / Math.min(1, loss.parameter);
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** How far the eigensolver can move an eigenvalue of a matrix. */
export function solverRounding({ rows, data }: Matrix): number {
  return UNIT * 8 * rows * norm(data);
}
