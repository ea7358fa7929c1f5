import { placeable, type PlacedTransform, placeTransform } from "./_placed.ts";
import type { Vector } from "../tensor/mod.ts";
import type { Transform } from "./transform.ts";

/** The transforms of a chain with the states of a tuple, one each. */
export type Transforms<States extends readonly unknown[]> = { readonly [I in keyof States]: Transform<States[I]> };

/**
 * Transforms one after the other, each on the update that the one before it made; none leaves the gradient as it is.
 *
 * @param transforms First to last.
 * @returns All of them as one transform; its state is the tuple of their states.
 * @example Clip, then step downhill
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { clipByNorm, scaleBy } from "@resland/resland/optim";
 * const both = chain(clipByNorm(1), scaleBy(() => -0.5));
 * const [update, state] = both.update(Float64Array.of(3, 4), both.init(new Float64Array(2)), new Float64Array(2));
 * assertEquals(update, Float64Array.of(-0.3, -0.4));
 * assertEquals(state, [null, 1]);
 * ```
 */
export function chain<const States extends readonly unknown[]>(...transforms: Transforms<States>): Transform<States> {
  const all: readonly Transform<unknown>[] = transforms;
  const transform: Transform<readonly unknown[]> = {
    init: (params) => all.map((one) => one.init(params)),
    update(gradient, states, params) {
      let update: Vector = gradient.slice();
      const next = all.map((one, index) => {
        const [changed, state] = one.update(update, states[index], params);
        update = changed;
        return state;
      });
      return [update, next];
    },
  };
  return placeable(transform, (resident) => {
    const placed: readonly PlacedTransform<unknown>[] = all.map((one) => placeTransform(one, resident));
    return {
      load(states) {
        for (let at = 0; at < placed.length; at++) placed[at].load(states[at]);
      },
      save: () => placed.map((one) => one.save()),
      update(update) {
        for (let at = 0; at < placed.length; at++) placed[at].update(update);
      },
    };
  }) as Transform<unknown> as Transform<States>;
}
