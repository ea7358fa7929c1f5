import type { Objective } from "../objective/mod.ts";
import { ShapeError, type Vector } from "../tensor/mod.ts";

/** The points `origin + alpha a`. */
export interface Line {
  /** The point at 0. */
  readonly origin: Vector;
  /** The step from one whole coordinate to the next. */
  readonly a: Vector;
}

/** The points `origin + alpha a + beta b`. */
export interface Plane extends Line {
  /** The second step. */
  readonly b: Vector;
}

/** Numbers over a rectangle of a plane, as far as they are known. */
export interface Grid {
  /** The coordinates along `a`, ascending. */
  readonly alphas: Float64Array;
  /** The coordinates along `b`, ascending. */
  readonly betas: Float64Array;
  /** The numbers, row-major [betas, alphas]; NaN where there is none yet. */
  readonly values: Float64Array;
}

/** How far a grid reaches: the least and the greatest coordinate along each direction. */
export interface Reach {
  /** Along `a`. */
  readonly a: readonly [low: number, high: number];
  /** Along `b`. */
  readonly b: readonly [low: number, high: number];
}

/** The part of an objective that a slice reads. */
export type Surface = Pick<Objective, "value">;

/** The most coordinates along one direction: a grid of their square still fits in memory. */
const MOST_STEPS = 4096;

/**
 * Evenly spread coordinates, both ends included: `t_i = low (1 - i / (n - 1)) + high i / (n - 1)`. The ends are exact;
 * where `high = -low` the coordinates are symmetric to the last bit, and for an odd number the middle one is exactly 0.
 *
 * @param steps How many coordinates, 2 to 4096.
 * @param reach The least and the greatest.
 * @returns The coordinates, ascending.
 * @throws {RangeError} If the number is not whole or out of range, or the ends are not finite and ascending.
 * @example From -1 to 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(axis(5, [-1, 1]), Float64Array.of(-1, -0.5, 0, 0.5, 1));
 * ```
 */
export function axis(steps: number, [low, high]: readonly [low: number, high: number]): Float64Array {
  if (!(Number.isInteger(steps) && steps >= 2 && steps <= MOST_STEPS)) {
    throw new RangeError(`Cannot spread coordinates: their number must be whole, 2 to ${MOST_STEPS}, got ${steps}`);
  }
  const coordinates = Float64Array.from({ length: steps }, (_, i) => {
    const [before, after] = [i, steps - 1 - i].map((count) => count / (steps - 1));
    return low * after + high * before;
  });
  if (!coordinates.every((value, i) => Number.isFinite(value) && (i === 0 || value > coordinates[i - 1]))) {
    throw new RangeError(`Cannot spread coordinates: the ends must be finite and ascending, got ${low} and ${high}`);
  }
  return coordinates;
}

/**
 * A grid of which nothing is computed yet. For an odd number of steps and a reach that is symmetric about 0 its middle
 * is exactly the plane's origin.
 *
 * @param steps How many coordinates along each direction, both ends included, 2 to 4096.
 * @param reach The least and the greatest coordinate along each direction.
 * @returns The grid, every value NaN.
 * @throws {RangeError} If the number of steps is out of range, or the ends are not finite and ascending.
 * @example Nine values to come
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const grid = emptyGrid(3, { a: [-1, 1], b: [0, 4] });
 * assertEquals([grid.alphas, grid.betas], [Float64Array.of(-1, 0, 1), Float64Array.of(0, 2, 4)]);
 * assertEquals(missingRows(grid), [0, 1, 2]);
 * ```
 */
export function emptyGrid(steps: number, reach: Reach): Grid {
  const [alphas, betas] = [axis(steps, reach.a), axis(steps, reach.b)];
  return Object.freeze({ alphas, betas, values: new Float64Array(steps * steps).fill(NaN) });
}

/**
 * The point `origin + alpha a + beta b`. At (0, 0) it is the origin to the last bit. Cost: linear in the length.
 *
 * @param plane The plane.
 * @param alpha The coordinate along `a`.
 * @param beta The coordinate along `b`.
 * @returns The point, as a new vector.
 * @throws {ShapeError} If the plane's vectors have different lengths.
 * @example Two steps along a, one back along b
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const plane = { origin: Float64Array.of(5, 5), a: Float64Array.of(1, 0), b: Float64Array.of(0, 1) };
 * assertEquals(pointAt(plane, 2, -1), Float64Array.of(7, 4));
 * ```
 */
export function pointAt({ origin, a, b }: Plane, alpha: number, beta: number): Vector {
  if (a.length !== origin.length || b.length !== origin.length) {
    throw new ShapeError(
      "take a point of a plane",
      `[${origin.length}] for a and b`,
      `[${a.length}] and [${b.length}]`,
    );
  }
  return origin.map((value, i) => value + alpha * a[i] + beta * b[i]);
}

/**
 * The losses of one row of a grid: `F(origin + alpha a + beta b)` for every alpha and the row's beta. A loss that is
 * not finite counts as Infinity, never as NaN, which says that a value is missing. What the grid holds already has no
 * part in it, so rows computed in any order, or after a stop, are the same bits. Cost: one forward pass per alpha.
 *
 * @param objective The loss.
 * @param plane The plane.
 * @param grid The coordinates.
 * @param row Which row, from 0: an index of `betas`.
 * @returns The losses, one per alpha.
 * @throws {RangeError} If the grid has no such row.
 * @throws {ShapeError} If the plane's vectors do not fit each other or the objective.
 * @example A bowl
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const bowl = { value: ([x, y]: Float64Array) => x * x + y * y };
 * const plane = { origin: new Float64Array(2), a: Float64Array.of(1, 0), b: Float64Array.of(0, 1) };
 * const grid = emptyGrid(3, { a: [-1, 1], b: [0, 4] });
 * assertEquals(evaluateRow(bowl, plane, grid, 1), Float64Array.of(5, 4, 5));
 * ```
 */
export function evaluateRow(objective: Surface, plane: Plane, grid: Grid, row: number): Float64Array {
  checkRow(grid, row);
  return grid.alphas.map((alpha) => lossAt(objective, pointAt(plane, alpha, grid.betas[row])));
}

/**
 * A grid with one row filled in; the given grid stays as it is. Cost: a copy of the values.
 *
 * @param grid The grid.
 * @param row Which row, from 0.
 * @param values The row's values, one per alpha.
 * @returns The new grid.
 * @throws {RangeError} If the grid has no such row, or a value is NaN, which says that it is missing.
 * @throws {ShapeError} If the number of values is not that of the alphas.
 * @example One row is there
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const grid = withRow(emptyGrid(2, { a: [0, 1], b: [0, 1] }), 0, Float64Array.of(3, 4));
 * assertEquals(grid.values, Float64Array.of(3, 4, NaN, NaN));
 * assertEquals(missingRows(grid), [1]);
 * ```
 */
export function withRow(grid: Grid, row: number, values: Float64Array): Grid {
  checkRow(grid, row);
  const width = grid.alphas.length;
  if (values.length !== width) throw new ShapeError("fill in a row", `[${width}]`, `[${values.length}]`);
  if (values.some(Number.isNaN)) {
    throw new RangeError(`Cannot fill in row ${row}: a value is NaN, which says that it is missing`);
  }
  const all = grid.values.slice();
  all.set(values, row * width);
  return Object.freeze({ ...grid, values: all });
}

/**
 * The rows that are not complete: those that hold a NaN.
 *
 * @param grid The grid.
 * @returns Their indices, ascending; empty when the grid is complete.
 * @example Taking up a grid where it was left
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const slope = { value: ([x, y]: Float64Array) => x + 10 * y };
 * const plane = { origin: new Float64Array(2), a: Float64Array.of(1, 0), b: Float64Array.of(0, 1) };
 * const left = withRow(emptyGrid(2, { a: [0, 1], b: [0, 1] }), 1, Float64Array.of(10, 11));
 * const fill = (grid: Grid, row: number) => withRow(grid, row, evaluateRow(slope, plane, grid, row));
 * const whole = missingRows(left).reduce(fill, left);
 * assertEquals(whole.values, Float64Array.of(0, 1, 10, 11));
 * ```
 */
export function missingRows({ alphas, betas, values }: Grid): readonly number[] {
  const width = alphas.length;
  const isMissing = (row: number): boolean => values.subarray(row * width, (row + 1) * width).some(Number.isNaN);
  return Object.freeze(Array.from(betas, (_, row) => row).filter(isMissing));
}

/**
 * The losses along a line: `F(origin + alpha a)` for every alpha; what is not finite counts as Infinity. A plane is a
 * line too, along its `a`, and gives the bits of its row at beta = 0. Cost: one forward pass per alpha.
 *
 * @param objective The loss.
 * @param line The line.
 * @param alphas The coordinates, such as {@linkcode axis} gives.
 * @returns The losses, one per alpha.
 * @throws {ShapeError} If the line's vectors do not fit each other or the objective.
 * @example A square
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const square = { value: ([x]: Float64Array) => x * x };
 * const line = { origin: Float64Array.of(1), a: Float64Array.of(2) };
 * assertEquals(lineAt(square, line, axis(3, [-1, 1])), Float64Array.of(1, 1, 9));
 * ```
 */
export function lineAt(objective: Surface, { origin, a }: Line, alphas: Float64Array): Float64Array {
  if (a.length !== origin.length) throw new ShapeError("follow a line", `[${origin.length}]`, `[${a.length}]`);
  return alphas.map((alpha) => lossAt(objective, origin.map((value, i) => value + alpha * a[i])));
}

/** The loss at a point, Infinity where it is not finite. */
function lossAt(objective: Surface, point: Vector): number {
  const value = objective.value(point);
  return Number.isFinite(value) ? value : Infinity;
}

/** Checks that a grid has a row. */
function checkRow({ betas }: Grid, row: number): void {
  if (!(Number.isInteger(row) && row >= 0 && row < betas.length)) {
    throw new RangeError(`Cannot take row ${row}: the grid has ${betas.length} rows`);
  }
}
