import { norm, type Vector } from "../tensor/mod.ts";
import { idle, placeable } from "./_placed.ts";
import type { Transform } from "./transform.ts";

/** The share `(w, V)` of the parameters: the first entries. */
export interface HeadPart {
  /** How many entries. */
  readonly length: number;
}

/**
 * The gradient of a penalty: adds `strength` times the head to it, as `F + strength/2 ||(w, V)||²` asks. A penalty can break the
 * guarantee that no second-order stationary point is worse than linear (Shamir 2018, Remark 3 and Figure 1b).
 *
 * @param strength The factor, 0 or more.
 * @param head The entries that are penalised.
 * @returns The transform; it has no state.
 * @throws {RangeError} If the strength is negative or not finite.
 * @example Only the head is pulled towards 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const pull = penalty(0.5, { length: 1 });
 * assertEquals(pull.update(Float64Array.of(1, 1), null, Float64Array.of(4, 4))[0], Float64Array.of(3, 1));
 * ```
 */
export function penalty(strength: number, { length }: HeadPart): Transform<null> {
  if (!(strength >= 0 && strength < Infinity)) {
    throw new RangeError(`Cannot penalise (w, V): the strength must be 0 or more, got ${strength}`);
  }
  const transform: Transform<null> = {
    init: () => null,
    update: (gradient, none, params) => [
      gradient.map((value, at) => at < length ? value + strength * params[at] : value),
      none,
    ],
  };
  return strength === 0 ? placeable(transform, idle) : transform;
}

/**
 * Projects the head to a ball: shortens an update so that the head of parameters plus update, were it outside, is the nearest
 * point of the ball. A ball can break the guarantee that no second-order stationary point is worse than linear (Shamir 2018, Remark 3 and Figure 1c).
 *
 * @param radius The radius, above 0.
 * @param head The entries that are kept in it.
 * @returns The transform, the last of a chain; it has no state.
 * @throws {RangeError} If the radius is not above 0.
 * @example A step out of the ball ends on its edge
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const keep = projectToBall(2.5, { length: 2 });
 * assertEquals(keep.update(Float64Array.of(3, 4, 9), null, new Float64Array(3))[0], Float64Array.of(1.5, 2, 9));
 * ```
 */
export function projectToBall(radius: number, { length }: HeadPart): Transform<null> {
  if (!(radius > 0)) throw new RangeError(`Cannot keep (w, V) in a ball: the radius must be above 0, got ${radius}`);
  const transform: Transform<null> = {
    init: () => null,
    update(update, none, params) {
      const size = norm(update.subarray(0, length).map((value, at) => value + params[at]) as Vector);
      if (!(size > radius)) return [update.slice(), none];
      const shrink = radius / size;
      return [update.map((value, at) => at < length ? shrink * (value + params[at]) - params[at] : value), none];
    },
  };
  return radius === Infinity ? placeable(transform, idle) : transform;
}
