import type { Vector } from "../tensor/mod.ts";

/**
 * A gradient transform: turns a gradient into an update that is added to the point, and threads a state along.
 * Optimisers are chains of them; the last one turns the sign.
 */
export interface Transform<State> {
  /** The state before the first step from a point. */
  init(point: Vector): State;
  /** The update for a gradient at a point, and the state after it; inputs are untouched. */
  update(gradient: Vector, state: State, point: Vector): readonly [Vector, State];
}

/**
 * Runs `first`, then `second` on what it made; the state of the pair is the pair of states.
 *
 * @param first The transform of the gradient.
 * @param second The transform of the first one's update.
 * @returns Both as one transform.
 * @example Clip, then step downhill
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { clip, scaleBy } from "@resland/resland/optim";
 * const both = andThen(clip(1), scaleBy(() => -0.5));
 * const [update] = both.update(Float64Array.of(3, 4), both.init(new Float64Array(2)), new Float64Array(2));
 * assertEquals(update, Float64Array.of(-0.3, -0.4));
 * ```
 */
export function andThen<A, B>(first: Transform<A>, second: Transform<B>): Transform<readonly [A, B]> {
  return {
    init: (point) => [first.init(point), second.init(point)],
    update(gradient, [a, b], point) {
      const [middle, nextA] = first.update(gradient, a, point);
      const [update, nextB] = second.update(middle, b, point);
      return [update, [nextA, nextB]];
    },
  };
}
