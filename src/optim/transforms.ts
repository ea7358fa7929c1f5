import { combine, norm, scaled, type Vector } from "../tensor/mod.ts";
import type { Schedule } from "./schedule.ts";
import { idle, placeable } from "./_placed.ts";
import { chain } from "./chain.ts";
import type { Transform } from "./transform.ts";

/**
 * Multiplies by a factor that may depend on the step; `-rate(step)` gives a descent step.
 *
 * @param factor The factor at each step, counted from 0.
 * @returns The transform; its state is the number of steps taken.
 * @example A step against the gradient
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const [update, steps] = scaleBy(() => -0.1).update(Float64Array.of(10), 0, Float64Array.of(0));
 * assertEquals([update[0], steps], [-1, 1]);
 * ```
 */
export function scaleBy(factor: Schedule): Transform<number> {
  const transform: Transform<number> = {
    init: () => 0,
    update: (gradient, step) => [scaled(factor(step), gradient), step + 1],
  };
  return placeable(transform, () => {
    let step = 0;
    return {
      load: (steps) => void (step = steps),
      save: () => step,
      update: (update) => void (update.factor *= factor(step++)),
    };
  });
}

/**
 * Heavy-ball momentum: `velocity = decay velocity + gradient`, which is passed on. A decay of 0 passes the gradient on.
 *
 * @param decay What is kept of the velocity at each step, from 0 (nothing) to below 1.
 * @returns The transform; its state is the velocity, empty when nothing is kept.
 * @throws {RangeError} If the decay is not in [0, 1).
 * @example The second step adds up
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const at = Float64Array.of(0);
 * const [, velocity] = momentum(0.5).update(Float64Array.of(1), Float64Array.of(0), at);
 * assertEquals(momentum(0.5).update(Float64Array.of(1), velocity, at)[0], Float64Array.of(1.5));
 * ```
 */
export function momentum(decay: number): Transform<Vector> {
  if (!(decay >= 0 && decay < 1)) {
    throw new RangeError(`Cannot use momentum: the decay must be from 0 to below 1, got ${decay}`);
  }
  if (decay === 0) {
    const transform: Transform<Vector> = {
      init: () => new Float64Array(0),
      update: (gradient) => [gradient.slice(), new Float64Array(0)],
    };
    return placeable(transform, () => ({ load() {}, save: () => new Float64Array(0), update() {} }));
  }
  const transform: Transform<Vector> = {
    init: (params) => new Float64Array(params.length),
    update(gradient, velocity) {
      const next = combine(decay, velocity, 1, gradient);
      return [next.slice(), next];
    },
  };
  return placeable(transform, (resident) => {
    const velocity = resident.reserve();
    return {
      load: (values) => resident.write(velocity, values),
      save: () => resident.read(velocity),
      update(update) {
        resident.combine(update.factor, update.slot, decay, velocity);
        update.slot = velocity;
        update.factor = 1;
      },
    };
  });
}

/**
 * Gradient clipping: shortens a gradient to a greatest norm, and leaves shorter ones alone.
 *
 * @param longest The greatest norm, above 0.
 * @returns The transform; it has no state.
 * @throws {RangeError} If the norm is not above 0.
 * @example A gradient of norm 5 is cut to 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(clipByNorm(1).update(Float64Array.of(3, 4), null, new Float64Array(2))[0], Float64Array.of(0.6, 0.8));
 * ```
 */
export function clipByNorm(longest: number): Transform<null> {
  if (!(longest > 0)) throw new RangeError(`Cannot clip a gradient: the norm must be above 0, got ${longest}`);
  const transform: Transform<null> = {
    init: () => null,
    update(gradient) {
      const size = norm(gradient);
      // NaN is passed on, so that the caller sees it.
      return [size > longest ? gradient.map((value) => value / size * longest) : gradient.slice(), null];
    },
  };
  if (longest === Infinity) return placeable(transform, idle);
  return placeable(transform, (resident) => ({
    ...idle(),
    update(update) {
      const size = Math.abs(update.factor) * resident.norm(update.slot);
      if (size > longest) update.factor *= longest / size;
    },
  }));
}

/** The settings of {@linkcode sgd}. */
export interface SgdOptions {
  /** The learning rate at each step. */
  readonly learningRate: Schedule;
  /** Momentum's decay (default 0: none). */
  readonly momentum?: number;
  /** Norm to which longer gradients are clipped (default Infinity: no clipping). */
  readonly clip?: number;
}

/** The state of {@linkcode sgd}: clipping has none, momentum a velocity, the learning rate a count of steps. */
export type SgdState = readonly [clipping: null, velocity: Vector, steps: number];

/**
 * Stochastic gradient descent: gradient clipping, momentum, then a step of the learning rate.
 *
 * @param options The rate, momentum and clipping.
 * @returns The three as one transform.
 * @example Plain gradient descent
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const descent = sgd({ learningRate: () => 0.1 });
 * const at = Float64Array.of(1);
 * assertEquals(descent.update(Float64Array.of(5), descent.init(at), at)[0], Float64Array.of(-0.5));
 * ```
 */
export function sgd(options: SgdOptions): Transform<SgdState> {
  const { learningRate, momentum: decay = 0, clip: longest = Infinity } = options;
  return chain(clipByNorm(longest), momentum(decay), scaleBy((step) => -learningRate(step)));
}
