import { finish } from "../tensor/internal.ts";
import { norm, type Vector } from "../tensor/mod.ts";
import type { PlanePoint } from "./contours.ts";
import { type Plane, pointAt, type Reach } from "./grid.ts";

/** The longest and the shortest reach, in lengths of the point along a direction; how often the level is looked for between them. */
const [LONGEST, SHORTEST, DOUBLINGS] = [16, 1 / 1024, 15];

/** Halvings of the interval in which the level is passed. */
const HALVINGS = 6;

/** How much further than the contour a grid reaches. */
const BEYOND = 1.6;

/** What counts as a step of ordinary size along each direction of a plane: the length of its origin, at least 1. */
export function unitsOf({ origin, a, b }: Plane): readonly [a: number, b: number] {
  const size = Math.max(norm(origin), 1);
  return [size / norm(a), size / norm(b)];
}

/**
 * How far a grid has to reach for the contour of a level to be on it: {@linkcode reachOf} for the loss at parameters.
 *
 * @param value The loss.
 * @param plane The plane.
 * @param level The level, such as that of the best linear predictor.
 * @param include Points of the plane to show too, such as the course of training (default none).
 * @returns The ends along each direction.
 * @example A bowl whose level 4 is 2 away
 * ```ts
 * import { assert, assertAlmostEquals } from "@std/assert";
 * const plane = { origin: new Float64Array(2), a: Float64Array.of(1, 0), b: Float64Array.of(0, 4) };
 * const { a, b } = chooseReach(([x, y]) => x * x + y * y, plane, 4);
 * assert(Math.abs(a[1] - 3.2) < 0.1 && Math.abs(b[1] - 0.8) < 0.1);
 * assertAlmostEquals(a[0], -a[1]);
 * ```
 */
export function chooseReach(
  value: (params: Vector) => number,
  plane: Plane,
  level: number,
  include: readonly PlanePoint[] = [],
): Reach {
  return finish(findReach(value, plane, level, include));
}

/**
 * {@linkcode chooseReach} value by value, so that a caller can stop it.
 *
 * @param value The loss.
 * @param plane The plane.
 * @param level The level.
 * @param include Points of the plane to show too (default none).
 * @returns A generator that yields after every value, and returns the ends along each direction.
 * @example To the end
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const plane = { origin: new Float64Array(2), a: Float64Array.of(1, 0), b: Float64Array.of(0, 1) };
 * const bowl = ([x, y]: Float64Array) => x * x + y * y;
 * const steps = findReach(bowl, plane, 4);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals(step.value, chooseReach(bowl, plane, 4));
 * ```
 */
export function findReach(
  value: (params: Vector) => number,
  plane: Plane,
  level: number,
  include: readonly PlanePoint[] = [],
): Generator<void, Reach, void> {
  return reachSteps((alpha, beta) => value(pointAt(plane, alpha, beta)), unitsOf(plane), level, include);
}

/**
 * How far a grid has to reach for the contour of a level to be on it: along each direction, both ways, the nearest place where the loss
 * passes the level, and somewhat more. Where it does not pass it anywhere, to where the loss has risen by as much as the level is away. It reaches
 * as far both ways, but for points to show that lie further out. Cost: at most about 130 values.
 *
 * @param value The loss at a place of the plane.
 * @param units A step of ordinary size along each direction.
 * @param level The level.
 * @param include Points of the plane to show too (default none).
 * @returns The ends along each direction.
 * @example A bowl whose level 4 is 2 away
 * ```ts
 * import { assert } from "@std/assert";
 * const { a, b } = reachOf((x, y) => x * x + y * y, [1, 1], 4, [[0, 7]]);
 * assert(Math.abs(a[1] - 3.2) < 0.1 && b[1] >= 7);
 * ```
 */
export function reachOf(
  value: (alpha: number, beta: number) => number,
  units: readonly [a: number, b: number],
  level: number,
  include: readonly PlanePoint[] = [],
): Reach {
  return finish(reachSteps(value, units, level, include));
}

function* reachSteps(
  value: (alpha: number, beta: number) => number,
  units: readonly [a: number, b: number],
  level: number,
  include: readonly PlanePoint[],
): Generator<void, Reach, void> {
  const here = value(0, 0);
  yield;
  const half: number[] = [];
  for (const [axis, direction] of ([[1, 0], [0, 1]] as const).entries()) {
    half.push(yield* halfReach(value, direction, units[axis], level, here));
  }
  const ends = (axis: 0 | 1): readonly [number, number] => {
    const shown = include.map((point) => point[axis]);
    const margin = 0.15 * (shown.length > 0 ? Math.max(...shown) - Math.min(...shown) : 0);
    return [
      Math.min(-half[axis], ...shown.map((at) => at - margin)),
      Math.max(half[axis], ...shown.map((at) => at + margin)),
    ];
  };
  return { a: ends(0), b: ends(1) };
}

/** How far to go along one direction, both ways. */
function* halfReach(
  value: (alpha: number, beta: number) => number,
  [alpha, beta]: PlanePoint,
  unit: number,
  level: number,
  here: number,
): Generator<void, number, void> {
  /** The nearest place in a direction at which the loss passes a level. */
  function* passed(sign: number, target: number): Generator<void, number | null, void> {
    const isAbove = (t: number) => !(value(sign * t * alpha, sign * t * beta) <= target);
    const before = !(here <= target);
    let t = SHORTEST * unit;
    for (let i = 0; i < DOUBLINGS && t <= LONGEST * unit; i++, t *= 2) {
      yield;
      if (isAbove(t) === before) continue;
      let [low, high] = [t / 2, t];
      for (let j = 0; j < HALVINGS; j++) {
        yield;
        [low, high] = isAbove((low + high) / 2) === before ? [(low + high) / 2, high] : [low, (low + high) / 2];
      }
      return high;
    }
    return null;
  }
  function* bothWays(target: number): Generator<void, readonly number[], void> {
    const found = [yield* passed(1, target), yield* passed(-1, target)];
    return found.filter((t) => t !== null);
  }
  const found = yield* bothWays(level);
  if (found.length > 0) return BEYOND * Math.max(...found);
  const risen = yield* bothWays(here + Math.max(Math.abs(here - level), 1e-9));
  return risen.length > 0 ? BEYOND * Math.min(...risen) : unit;
}
