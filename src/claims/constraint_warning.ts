/** What training minimises in addition to F; null (default) for nothing. */
export interface Constraints {
  /** Strength of a penalty on (W, V). */
  readonly penalty?: number | null;
  /** Radius of the ball that (W, V) is kept in. */
  readonly ball?: number | null;
}

/**
 * The warning when training minimises something other than F: the theorem does not apply to where it converges.
 *
 * @param constraints Strength of the penalty, radius of the ball; one of them is set.
 * @returns The warning, without a final full stop.
 * @example A penalty
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * assertStringIncludes(constraintWarning({ penalty: 0.25 }), "a penalty on (w, V)");
 * ```
 */
export function constraintWarning({ penalty = null, ball = null }: Constraints): string {
  const what = [...penalty === null ? [] : ["a penalty on (w, V)"], ...ball === null ? [] : ["a ball for (w, V)"]];
  return `${
    what.join(" and ")
  } can make local minima that are worse than linear (Figure 1 of the paper); where training ` +
    "stops is outside the theorem, and the descent over (w, V) is left out";
}
