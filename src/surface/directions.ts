import type { Network } from "../nn/mod.ts";
import { type Key, normal } from "../random/mod.ts";
import { combine, dot, type Matrix, norm, ShapeError, type Vector } from "../tensor/mod.ts";
import type { Plane } from "./grid.ts";
import { leadingEigenvector } from "./_leading_eigenvector.ts";

/** Two directions that span a plane, in the layout of a point. */
export interface Directions {
  /** Where the first coordinate grows. */
  readonly a: Vector;
  /** Where the second coordinate grows. */
  readonly b: Vector;
}

/** The position of a path's point relative to a plane. */
export interface PathPoint {
  /** Its coordinate along `a`. */
  readonly alpha: number;
  /** Its coordinate along `b`. */
  readonly beta: number;
  /** Its distance from the plane, which a picture of the plane does not show. */
  readonly drift: number;
}

/** The plane through the end of a path that the path stays closest to; `a` and `b` are orthogonal unit vectors. */
export interface PathPlane extends Plane {
  /** What share of the path's variance about its end lies along `a` and along `b`. */
  readonly shares: readonly [a: number, b: number];
  /** The points of the path in the plane; the last one is at (0, 0). */
  readonly points: readonly PathPoint[];
}

/** The least sine of the angle between two directions that count as different: far above the rounding of a product. */
const PARALLEL = 1e-10;

/** The least distance from a line that counts, as a share of the greatest distance from the end: above rounding. */
const STRAIGHT = 1e-12;

/**
 * A random direction that is as large as the point, filter by filter: `d_f = ||p_f|| z_f / ||z_f||` with z standard
 * normal. A filter is one row of a two-dimensional array (what one unit reads), or the whole of a one-dimensional array
 * (a bias, or w). Where all of a filter is zero, so is its direction. So slices through networks that differ only by
 * the scale of their rows, as ReLU networks may, can be compared.
 * Source: H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, "Visualizing the Loss Landscape of Neural Nets", NeurIPS
 * 2018, section 4 (their program takes the biases' direction as the bias itself or as zero, not at random).
 * Cost: a normal number per parameter.
 *
 * @param net The network that the point belongs to.
 * @param point Where the slice will be centred [size].
 * @param key Same key, same direction.
 * @returns The direction [size].
 * @throws {ShapeError} If the point does not have the network's size.
 * @throws {RangeError} If an entry of the point is not finite.
 * @example As long as the point
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { dense, initialise, key, network, norm } from "@resland/resland";
 * const net = network(2, dense(2, 3));
 * const point = initialise(net, key(1));
 * assertAlmostEquals(norm(randomDirection(net, point, key(2))), norm(point), 1e-14);
 * ```
 */
export function randomDirection(net: Network, point: Vector, key: Key): Vector {
  checkPoint(net, point, "draw a direction");
  if (!point.every(Number.isFinite)) {
    throw new RangeError("Cannot draw a direction: an entry of the point is not finite");
  }
  const direction = normal(key, net.size);
  for (const { shape, offset, length } of net.parameters) {
    const width = shape.length === 2 ? shape[1] : length;
    for (let from = offset; from < offset + length; from += width) {
      const filter = direction.subarray(from, from + width);
      const own = norm(filter);
      const target = norm(point.subarray(from, from + width));
      // A filter whose draws are all zero has no direction, and stays zero.
      const factor = own === 0 ? 0 : target / own;
      for (let i = 0; i < filter.length; i++) filter[i] *= factor;
    }
  }
  return direction;
}

/**
 * Two directions made orthogonal by modified Gram-Schmidt, twice over: `a` stays, `b` loses its part along `a` and gets
 * its length back: `b' = ||b|| r / ||r||` with `r = b - (a'b / a'a) a`. Then the point at
 * (alpha, beta) is `sqrt((alpha ||a||)² + (beta ||b||)²)` away from the origin. Cost: linear in the length.
 *
 * @param a The first direction [n].
 * @param b The second direction [n].
 * @returns The same `a`, and `b'` orthogonal to it.
 * @throws {RangeError} If they are parallel (a sine of their angle up to 1e-10), or one is zero or not finite.
 * @throws {ShapeError} If the lengths differ.
 * @example The lengths stay
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { a, b } = orthonormalPlane(Float64Array.of(2, 0), Float64Array.of(3, 4));
 * assertEquals([a, b], [Float64Array.of(2, 0), Float64Array.of(0, 5)]);
 * ```
 */
export function orthonormalPlane(a: Vector, b: Vector): Directions {
  if (a.length !== b.length) throw new ShapeError("span a plane", `[${a.length}]`, `[${b.length}]`);
  for (const direction of [a, b]) {
    const length = norm(direction);
    if (!(direction.every(Number.isFinite) && length > 0 && length < Infinity)) {
      throw new RangeError("Cannot span a plane: each direction needs a length above 0 and below infinity");
    }
  }
  const rest = without(unit(b), unit(a));
  if (!(norm(rest) > PARALLEL)) throw new RangeError("Cannot span a plane: the two directions are parallel");
  const length = norm(b);
  return Object.freeze({ a, b: without(unit(rest), unit(a)).map((value) => value * length) });
}

/**
 * The plane that fits a path best: through its end `p_L`, along the two leading principal directions of the
 * differences `p_i - p_L`. These are the unit vectors a, then b orthogonal to a, with the largest sum of squared
 * coordinates; no other plane through the end has a smaller sum of squared drifts. The variance is about the end,
 * through which the plane goes, and not about the mean: the two shares and the share of the squared drifts add up to 1.
 * A direction points to where the path's largest coordinate along it is positive.
 * The directions come from the L by L Gram matrix of the differences, b from that of what a leaves, so that a small
 * second share is not lost in the rounding of the first.
 * Source: H. Li and others, "Visualizing the Loss Landscape of Neural Nets", NeurIPS 2018, section 7.
 * A path of more than 400 points gives the plane that fits 400 of them best, which are spread evenly over it.
 * Cost: `2 L² n` flops and two copies of the path; `60 L³` flops for the eigenvectors, with L up to 400.
 *
 * @param path The points [n] of the path, first to last.
 * @returns The plane, the shares, and the path in the plane.
 * @throws {RangeError} If the path is on a line (or does not move, or has fewer than three points), or is not finite.
 * @throws {ShapeError} If the points have different lengths.
 * @example A path that bends once
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * const path = [Float64Array.of(4, 0, 1), Float64Array.of(0, 3, 1), Float64Array.of(0, 0, 1)];
 * const { a, shares, points } = pcaDirections(path);
 * assertEquals(a, Float64Array.of(1, 0, 0));
 * assertAlmostEquals(shares[0], 16 / 25, 1e-15);
 * assertEquals(points[1], { alpha: 0, beta: 3, drift: 0 });
 * ```
 */
export function pcaDirections(path: readonly Vector[]): PathPlane {
  const end = path.at(-1);
  if (end === undefined) throw new RangeError("Cannot find the plane of a path: the path has no points");
  const differences = path.map((point) => combine(1, point, -1, end));
  const finite = differences.every((difference) => difference.every(Number.isFinite));
  const scale = differences.reduce((most, difference) => Math.max(most, norm(difference)), 0);
  if (!(finite && scale < Infinity)) {
    throw new RangeError("Cannot find the plane of a path: a point, or the way between two points, is not finite");
  }
  if (scale === 0) throw new RangeError("Cannot find the plane of a path: the path does not move");
  const rows = differences.map((difference) => difference.map((value) => value / scale));
  const a = leadingDirection(spread(rows));
  const rests = rows.map((row) => without(row, a));
  const bends = spread(rests);
  if (!bends.some((rest) => norm(rest) > STRAIGHT)) {
    throw new RangeError("Cannot find the plane of a path: the path is on a line");
  }
  const b = unit(without(leadingDirection(bends), a));
  const points = rows.map((row, i): PathPoint =>
    Object.freeze({
      alpha: scale * dot(row, a),
      beta: scale * dot(rests[i], b),
      drift: scale * norm(without(rests[i], b)),
    })
  );
  const total = rows.reduce((sum, row) => sum + dot(row, row), 0);
  const share = (list: readonly Vector[], direction: Vector): number =>
    list.reduce((sum, row) => sum + dot(row, direction) ** 2, 0) / total;
  return Object.freeze({
    origin: end,
    a,
    b,
    shares: Object.freeze([share(rows, a), share(rests, b)] as const),
    points: Object.freeze(points),
  });
}

/** Points of a path that its plane is fitted to: its cost is cubic in them. */
const MOST_POINTS = 400;

/** The points of a path, or as many as a plane is fitted to, spread evenly. */
const spread = (points: readonly Vector[]): readonly Vector[] =>
  points.length <= MOST_POINTS
    ? points
    : Array.from({ length: MOST_POINTS }, (_, at) => points[Math.floor(at * points.length / MOST_POINTS)]);

/**
 * The directions of the (w, V) plane: the unit vectors along the point's own W and along its own V, all else zero. In
 * this plane the point moves by scaling the two: at (alpha, beta) its W is `(1 + alpha / ||W||) W` and its V is
 * `(1 + beta / ||V||) V`. Where W or V is zero, its direction is the first coordinate of that array.
 * Cost: linear in the size.
 *
 * @param net The network that the point belongs to.
 * @param point The point [size].
 * @returns The direction of W as `a`, that of V as `b`; orthogonal.
 * @throws {ShapeError} If the point does not have the network's size.
 * @throws {RangeError} If an entry of W or V is not finite.
 * @example A point whose V is zero
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland";
 * const net = network(2, dense(2, 1, { bias: false }));
 * const { a, b } = headDirections(net, Float64Array.of(3, 4, 0, 0, 7, 7));
 * assertEquals([a, b], [Float64Array.of(0.6, 0.8, 0, 0, 0, 0), Float64Array.of(0, 0, 1, 0, 0, 0)]);
 * ```
 */
export function headDirections(net: Network, point: Vector): Directions {
  checkPoint(net, point, "take the directions of w and V");
  const [a, b] = net.parameters.slice(0, 2).map(({ name, offset, length }) => {
    const own = point.subarray(offset, offset + length);
    if (!own.every(Number.isFinite)) {
      throw new RangeError(`Cannot take the direction of ${name}: an entry is not finite`);
    }
    const direction = new Float64Array(net.size);
    if (own.every((value) => value === 0)) direction[offset] = 1;
    else direction.set(unit(own), offset);
    return direction;
  });
  return Object.freeze({ a, b });
}

/** Checks that a point belongs to a network. */
function checkPoint(net: Network, point: Vector, operation: string): void {
  if (point.length !== net.size) throw new ShapeError(operation, `[${net.size}]`, `[${point.length}]`);
}

/** The unit vector along a finite vector that is not zero, however small or large its entries are. */
function unit(x: Vector): Vector {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const near = x.map((value) => value / largest);
  const length = norm(near);
  return near.map((value) => value / length);
}

/** A vector without its part along a unit vector; the second pass takes off what rounding left of it in the first. */
function without(x: Vector, along: Vector): Vector {
  const once = combine(1, x, -dot(x, along), along);
  return combine(1, once, -dot(once, along), along);
}

/** The unit vector with the largest sum of squared inner products with the rows, of which one is not zero. */
function leadingDirection(rows: readonly Vector[]): Vector {
  const direction = new Float64Array(rows[0].length);
  leadingEigenvector(gram(rows)).forEach((weight, i) => {
    const row = rows[i];
    for (let j = 0; j < direction.length; j++) direction[j] += weight * row[j];
  });
  const found = unit(direction);
  const farthest = rows.map((row) => dot(row, found))
    .reduce((most, value) => Math.abs(value) > Math.abs(most) ? value : most, 0);
  return farthest < 0 ? found.map((value) => 0 - value) : found;
}

/** The inner products of all pairs of rows. */
function gram(rows: readonly Vector[]): Matrix {
  const n = rows.length;
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) data[i * n + j] = data[j * n + i] = dot(rows[i], rows[j]);
  }
  return { rows: n, cols: n, data };
}
