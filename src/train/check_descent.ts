import { GAP_TOLERANCE, type Optimum } from "../claims/mod.ts";
import {
  type DescentState,
  descentStep,
  type Evaluation,
  type HeadObjective,
  isStationary,
  type LambdaMin,
  smoothness,
  startDescent,
} from "../landscape/mod.ts";
import { CHECK_DEFAULTS } from "./defaults.ts";
import type { CheckSettings, DescentEnd } from "./check_types.ts";

/** How far below the requested epsilon the descent aims: the gap at its end should be rounding, not epsilon. */
const BELOW_EPSILON = 1e-5;

/** Steps of the descent after which the requested epsilon is enough. */
const PATIENCE = 100;

/** Where a descent is after some steps. */
export interface DescentVisit {
  /** The sums at the point. */
  readonly at: Evaluation;
  /** The smallest eigenvalue there. */
  readonly lambda: LambdaMin;
  /** Steps so far. */
  readonly steps: number;
  /** Why the descent ended; null while it continues. */
  readonly end: Exclude<DescentEnd, "none"> | null;
}

/** Trust-region descent over (W, V) to an epsilon-SOPSP, theta fixed: its start, then every step; the last one has an end. */
export function* descend(
  objective: HeadObjective,
  start: Evaluation,
  settings: Pick<CheckSettings, "epsilon" | "descentSteps">,
  linear: Optimum,
): Generator<DescentVisit> {
  const { epsilon, descentSteps = CHECK_DEFAULTS.descentSteps! } = settings;
  const options = {
    gradient: epsilon * BELOW_EPSILON,
    curvature: epsilon * BELOW_EPSILON * 100,
    iterations: descentSteps,
  };
  let state = startDescent(objective, start, options);
  for (;;) {
    const end = whyOver(objective, state, { epsilon, descentSteps }, linear);
    yield { at: state.point, lambda: state.lambda, steps: state.iterations, end };
    if (end !== null) return;
    state = descentStep(objective, state, options);
  }
}

/** Why a descent ended; null while it continues. Where the infimum lies at infinity it does not converge, and patience ends it. */
function whyOver(
  objective: HeadObjective,
  { converged, stalled, iterations, point, lambda }: DescentState,
  { epsilon, descentSteps }: { readonly epsilon: number; readonly descentSteps: number },
  linear: Optimum,
): DescentVisit["end"] {
  if (converged) return "converged";
  if (stalled) return "stalled";
  // Stationary, but above linear: only to epsilon, so the descent continues.
  const above = linear.attained && point.value - linear.value > GAP_TOLERANCE * Math.abs(point.value);
  const settled = () =>
    !above && lambda.upper > -epsilon &&
    isStationary({ gradientNorm: point.gradientNorm, lambda, mu2: smoothness(objective, point).mu2 }, epsilon);
  if (iterations >= PATIENCE && point.gradientNorm <= epsilon && settled()) return "stationary";
  return iterations >= descentSteps ? "out-of-steps" : null;
}
