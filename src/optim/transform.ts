import type { Resident, Slot } from "../objective/mod.ts";
import type { Vector } from "../tensor/mod.ts";

/**
 * A gradient transform: turns a gradient into an update that is added to the point, and threads a state along.
 * Optimisers are chains of them; the last one turns the sign.
 */
export interface Transform<State> {
  /** The state before the first step from a point. */
  init(params: Vector): State;
  /** The update for a gradient at a point, and the state after it; inputs are untouched. */
  update(gradient: Vector, state: State, params: Vector): readonly [Vector, State];
  /**
   * The same in kernel memory, without an object per step; a transform that lacks it works too, by copies of the gradient
   * and the update at every step.
   */
  readonly place?: (resident: Resident) => PlacedTransform<State>;
}

/** A transform whose state stays in kernel memory between `load` and `save`. */
export interface PlacedTransform<State> {
  /** Takes up a state. */
  load(state: State): void;
  /** The state as a value. */
  save(): State;
  /** One step: changes the update in place, or points it at another vector. */
  update(update: PlacedUpdate): void;
}

/** An update as a multiple of a vector in kernel memory: what comes from the transform before, and goes to the next one. */
export interface PlacedUpdate {
  /** The vector; it may be overwritten. */
  slot: Slot;
  /** What it is multiplied with. */
  factor: number;
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
    init: (params) => [first.init(params), second.init(params)],
    update(gradient, [a, b], params) {
      const [middle, nextA] = first.update(gradient, a, params);
      const [update, nextB] = second.update(middle, b, params);
      return [update, [nextA, nextB]];
    },
    place(resident) {
      const [a, b] = [placeTransform(first, resident), placeTransform(second, resident)];
      return {
        load([stateA, stateB]) {
          a.load(stateA);
          b.load(stateB);
        },
        save: () => [a.save(), b.save()],
        update(update) {
          a.update(update);
          b.update(update);
        },
      };
    },
  };
}

/**
 * A transform in kernel memory: its own placement, or copies out and in around its pure update.
 *
 * @param transform The transform.
 * @param resident Where the point and the gradient are.
 * @returns The transform in place.
 * @example The rate of a step against the gradient
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createBatches, dense, loadKernels, matrix, network, scaleBy, squared } from "@resland/resland";
 * const data = { x: matrix(1, 1, [1]), y: Float64Array.of(1) };
 * using batches = createBatches(await loadKernels("simd"), network(1, dense(1, 1)), squared, data, { batch: 1 });
 * const placed = placeTransform(scaleBy((step) => -1 / (step + 1)), batches.resident);
 * placed.load(3);
 * const update = { slot: batches.resident.gradient, factor: 2 };
 * placed.update(update);
 * assertEquals([update.factor, placed.save()], [-0.5, 4]);
 * ```
 */
export function placeTransform<State>(transform: Transform<State>, resident: Resident): PlacedTransform<State> {
  if (transform.place) return transform.place(resident);
  let state: State;
  return {
    load: (loaded) => void (state = loaded),
    save: () => state,
    update(update) {
      const gradient = resident.read(update.slot).map((value) => value * update.factor);
      const [values, next] = transform.update(gradient, state, resident.read(resident.point));
      resident.write(update.slot, values);
      update.factor = 1;
      state = next;
    },
  };
}
