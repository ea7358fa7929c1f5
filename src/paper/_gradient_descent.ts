import type { Evaluation, Head, HeadObjective } from "../landscape/mod.ts";
import { plus, scaledBy } from "./_heads.ts";

/** The gradient norms at which a descent is looked at: from the first to the last, a factor apart. */
export interface Milestones {
  /** The largest. */
  readonly first: number;
  /** The smallest. */
  readonly last: number;
  /** Above 1. */
  readonly factor: number;
}

/** Gradient descent over (W, V) with backtracking; yields the point where its gradient first falls to each milestone. */
export function* gradientDescent(
  objective: HeadObjective,
  start: Head,
  { first, last, factor }: Milestones,
): Generator<Evaluation> {
  let [point, rate, wanted] = [objective.at(start), 1, first];
  for (let step = 0; step < 50_000 && wanted >= last; step++) {
    if (point.gradientNorm <= wanted) {
      yield point;
      while (wanted >= point.gradientNorm) wanted /= factor;
    }
    const { gradientW, gradientV, value, gradientNorm } = point;
    for (rate *= 2; rate > 1e-12; rate /= 2) {
      const next = objective.at(plus(point, { W: scaledBy(-rate, gradientW), V: scaledBy(-rate, gradientV) }));
      // Below the rounding of F the slope is what shows progress.
      const drop = 0.25 * rate * gradientNorm ** 2;
      const better = drop > 1e-14 * value ? next.value <= value - drop : next.gradientNorm < gradientNorm;
      if (better) {
        point = next;
        break;
      }
    }
  }
}
