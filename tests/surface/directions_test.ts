import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { fold, key, normal } from "../../src/random/mod.ts";
import { headDirections, orthonormalPlane, pcaDirections, pointAt, randomDirection } from "../../src/surface/mod.ts";
import {
  combine,
  dot,
  eigen,
  type Matrix,
  matrix,
  norm,
  rowOf,
  ShapeError,
  type Vector,
} from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

const net = network(3, chain(dense(3, 5), activation("tanh"), dense(5, 2, { bias: false })));
const wide = network(3, chain(dense(3, 5), activation("relu")), { outputs: 2 });

/** Sums of at most a few hundred products of numbers near 1. */
const ROUNDING = 1e-13;

/** The filters of a network: a range of indices for each row of a matrix and for each vector. */
function filtersOf({ parameters }: typeof net): readonly (readonly [name: string, from: number, to: number])[] {
  return parameters.flatMap(({ name, shape, offset, length }) => {
    const rows = shape.length === 1 ? 1 : shape[0];
    const width = length / rows;
    return Array.from({ length: rows }, (_, i) => [name, offset + i * width, offset + (i + 1) * width] as const);
  });
}

for (const [label, shape] of [["one output", net], ["two outputs", wide]] as const) {
  Deno.test(`randomDirection() is as long as the point in every filter, ${label}`, () => {
    // Filters of very different lengths.
    const point = normal(key(1), shape.size).map((value, i) => value * 10 ** (i % 7 - 3));
    const direction = randomDirection(shape, point, key(2));
    const filters = filtersOf(shape);
    assertEquals(filters.reduce((sum, [, from, to]) => sum + to - from, 0), shape.size);
    for (const [name, from, to] of filters) {
      const [own, other] = [point.slice(from, to), direction.slice(from, to)];
      assertAlmostEquals(norm(other) / norm(own), 1, ROUNDING, name);
      // Along the draws of a standard normal, not along the point.
      const drawn = normal(key(2), shape.size).slice(from, to);
      assertAlmostEquals(dot(other, drawn) / (norm(other) * norm(drawn)), 1, ROUNDING, name);
    }
  });
}

Deno.test("randomDirection() is zero exactly where a filter of the point is zero", () => {
  const [, V] = net.parameters;
  const bias = net.parameters.find(({ name }) => name === "theta.0.bias")!;
  const isZero = (i: number) =>
    i >= bias.offset && i < bias.offset + bias.length || i >= V.offset && i < V.offset + V.shape[1];
  const point = normal(key(1), net.size).map((value, i) => isZero(i) ? 0 : value);
  randomDirection(net, point, key(2)).forEach((value, i) => assertEquals(value === 0, isZero(i)));
});

Deno.test("randomDirection() is a function of its key, and leaves the point alone", () => {
  const point = normal(key(1), net.size);
  const kept = point.slice();
  assertEquals(randomDirection(net, point, key(2)), randomDirection(net, point, key(2)));
  assertNotEquals(randomDirection(net, point, key(2)), randomDirection(net, point, key(3)));
  assertEquals(point, kept);
});

Deno.test("directions refuse a point of another size or one that is not finite", () => {
  const short = new Float64Array(net.size - 1);
  assertThrows(() => randomDirection(net, short, key(1)), ShapeError, `[${net.size}], got [${net.size - 1}]`);
  assertThrows(() => headDirections(net, short), ShapeError, `[${net.size}], got [${net.size - 1}]`);
  // norm() of [NaN, 0] is 0, so a check of norms would let this pass.
  for (const bad of [NaN, Infinity]) {
    const point = new Float64Array(net.size).with(0, bad);
    assertThrows(() => randomDirection(net, point, key(1)), RangeError, "not finite");
    assertThrows(
      () => headDirections(net, point),
      RangeError,
      "Cannot take the direction of w: an entry is not finite",
    );
  }
});

Deno.test("orthonormalPlane() makes b orthogonal, keeps a, both lengths and the plane", () => {
  for (const seed of [1, 2, 3, 4]) {
    const point = normal(key(seed), net.size);
    const [first, second] = ["a", "b"].map((name) => randomDirection(net, point, fold(key(seed), name)));
    const { a, b } = orthonormalPlane(first, second);
    assertEquals(a, first);
    assertAlmostEquals(dot(a, b) / (norm(a) * norm(b)), 0, 1e-15);
    assertAlmostEquals(norm(b) / norm(second), 1, ROUNDING);
    assert(dot(b, second) > 0);
    // What is left of `second` outside the new plane.
    const inside = combine(dot(second, a) / dot(a, a), a, dot(second, b) / dot(b, b), b);
    assertAlmostEquals(norm(combine(1, second, -1, inside)), 0, ROUNDING);
  }
});

Deno.test("orthonormalPlane() stays orthogonal for directions that are nearly parallel, tiny or huge", () => {
  const [first, second] = [normal(key(1), 1000), normal(key(2), 1000)];
  for (const [scale, part] of [[1, 1e-7], [1e-300, 1], [1e300, 1e-3], [1e-300, 1e-6]]) {
    const [b, other] = [combine(1, first, part, second), first.map((value) => value * scale)];
    const plane = orthonormalPlane(other, b.map((value) => value * scale));
    const cosine = dot(plane.a.map((value) => value / scale), plane.b.map((value) => value / scale)) / 1000;
    assertAlmostEquals(cosine, 0, ROUNDING);
    assertAlmostEquals(norm(plane.b) / scale / norm(b), 1, ROUNDING);
  }
});

Deno.test("orthonormalPlane() refuses what spans no plane", () => {
  const a = normal(key(1), 1000);
  for (const factor of [1, -1, Math.PI, 1e-200]) {
    const parallel = a.map((value) => value * factor);
    assertThrows(
      () => orthonormalPlane(a, parallel),
      RangeError,
      "Cannot span a plane: the two directions are parallel",
    );
  }
  for (const bad of [new Float64Array(2), Float64Array.of(NaN, 0), Float64Array.of(1, Infinity)]) {
    assertThrows(() => orthonormalPlane(Float64Array.of(1, 0), bad), RangeError, "needs a length above 0");
    assertThrows(() => orthonormalPlane(bad, Float64Array.of(1, 0)), RangeError, "needs a length above 0");
  }
  assertThrows(() => orthonormalPlane(a, new Float64Array(3)), ShapeError, "expected shape [1000], got [3]");
});

/** A spiral in the plane of `first` and `second` that ends at `end`. */
const spiral = (end: Vector, first: Vector, second: Vector, length: number): readonly Vector[] =>
  Array.from({ length }, (_, i) => {
    const radius = length - 1 - i;
    return combine(1, end, radius, combine(Math.cos(i), first, Math.sin(i), second));
  });

Deno.test("pcaDirections() of a path that lies in a plane: no drift, all of the variance, the path itself", () => {
  for (const scale of [1, 1e-250, 1e250]) {
    const [end, first, second] = [1, 2, 3].map((seed) => normal(key(seed), 400).map((value) => value * scale));
    const path = spiral(end, first, second, 12);
    const plane = pcaDirections(path);
    assertAlmostEquals(plane.shares[0] + plane.shares[1], 1, ROUNDING);
    assert(plane.shares[0] >= plane.shares[1] && plane.shares[1] > 0.1);
    assertAlmostEquals(norm(plane.a), 1, ROUNDING);
    assertAlmostEquals(norm(plane.b), 1, ROUNDING);
    assertAlmostEquals(dot(plane.a, plane.b), 0, 1e-15);
    assertEquals(plane.points.at(-1), { alpha: 0, beta: 0, drift: 0 });
    plane.points.forEach(({ alpha, beta, drift }, i) => {
      assertAlmostEquals(drift / scale, 0, 1e-11);
      assertAlmostEquals(norm(combine(1, pointAt(plane, alpha, beta), -1, path[i])) / scale, 0, 1e-11);
    });
  }
});

Deno.test("pcaDirections() of a random path agrees with the eigenvectors of its dense covariance about the end", () => {
  for (const [length, size] of [[5, 3], [9, 7], [40, 7], [3, 20]]) {
    const path = Array.from(
      { length },
      (_, i) => normal(fold(key(length), i), size).map((value, j) => value * (1 + j)),
    );
    const end = path[length - 1];
    const { values, vectors } = eigen(kernels, covariance(path, end));
    const total = values.reduce((sum, value) => sum + value, 0);
    const { a, b, shares, points } = pcaDirections(path);
    [a, b].forEach((direction, order) => {
      const at = size - 1 - order;
      assertAlmostEquals(Math.abs(dot(direction, rowOf(vectors, at))), 1, 1e-12);
      assertAlmostEquals(shares[order], values[at] / total, 1e-12);
    });
    points.forEach(({ alpha, beta, drift }, i) => {
      const difference = combine(1, path[i], -1, end);
      assertAlmostEquals(alpha, dot(difference, a), 1e-12);
      assertAlmostEquals(beta, dot(difference, b), 1e-12);
      assertAlmostEquals(Math.hypot(alpha, beta, drift), norm(difference), 1e-12);
    });
    const drifts = points.reduce((sum, { drift }) => sum + drift ** 2, 0);
    assertAlmostEquals(shares[0] + shares[1] + drifts / (total * length), 1, 1e-12);
    for (const name of ["alpha", "beta"] as const) {
      const farthest = points.map((point) => point[name]).toSorted((x, y) => Math.abs(y) - Math.abs(x))[0];
      assert(farthest > 0, `${name} points away from the farthest point`);
    }
  }
});

/** The mean of the outer products of what leads from the end to each point. */
function covariance(path: readonly Vector[], end: Vector): Matrix {
  const n = end.length;
  const differences = path.map((point) => combine(1, point, -1, end));
  const entry = (i: number, j: number) => differences.reduce((sum, row) => sum + row[i] * row[j], 0) / path.length;
  return matrix(n, n, Array.from({ length: n * n }, (_, at) => entry(Math.floor(at / n), at % n)));
}

Deno.test("pcaDirections() finds a second direction that is a millionth of the first, to nine digits", () => {
  const first = Float64Array.of(3, 4, 0, 0).map((value) => value / 5);
  const second = Float64Array.of(0, 0, 1, -1).map((value) => value / Math.SQRT2);
  const path = spiral(new Float64Array(4), first, second.map((value) => value * 1e-6), 9);
  const { a, b, points } = pcaDirections(path);
  assertAlmostEquals(Math.abs(dot(b, second)), 1, 1e-9);
  assertAlmostEquals(dot(a, b), 0, 1e-15);
  for (const { drift } of points) assertAlmostEquals(drift, 0, 1e-14);
});

Deno.test("pcaDirections() of two directions of equal share still finds their plane", () => {
  const [x, y, z] = [0, 1, 2].map((i) => new Float64Array(3).with(i, 1));
  const end = new Float64Array(3);
  const { shares, points } = pcaDirections([x, y, x, y, end]);
  assertAlmostEquals(shares[0] + shares[1], 1, ROUNDING);
  for (const { drift } of points) assertAlmostEquals(drift, 0, 1e-15);
  // Three equal ones: some two of them, and the third drifts.
  assertAlmostEquals(pcaDirections([x, y, z, end]).shares.reduce((sum, share) => sum + share, 0), 2 / 3, ROUNDING);
});

Deno.test("pcaDirections() refuses paths that span no plane", () => {
  const x = normal(key(1), 50);
  const along = (...factors: readonly number[]) => factors.map((factor) => x.map((value) => 1 + factor * value));
  assertThrows(() => pcaDirections([]), RangeError, "the path has no points");
  assertThrows(() => pcaDirections(along(1)), RangeError, "the path does not move");
  assertThrows(() => pcaDirections(along(1, 1, 1)), RangeError, "the path does not move");
  assertThrows(() => pcaDirections(along(1, 2)), RangeError, "the path is on a line");
  assertThrows(() => pcaDirections(along(0.3, 1.7, -4, 11)), RangeError, "the path is on a line");
  assertThrows(() => pcaDirections([...along(1, 2), x.with(0, NaN)]), RangeError, "not finite");
  assertThrows(() => pcaDirections([...along(1, 2), x.with(0, Infinity)]), RangeError, "not finite");
  assertThrows(
    () => pcaDirections([-1.7e308, 1.7e308, 0].map((value) => Float64Array.of(value, 0, 1.7e308 - Math.abs(value)))),
    RangeError,
  );
  assertThrows(() => pcaDirections([x, new Float64Array(3)]), ShapeError);
});

Deno.test("headDirections() are the unit vectors along w and V, orthogonal, zero elsewhere", () => {
  for (const shape of [net, wide]) {
    const point = normal(key(5), shape.size);
    const { a, b } = headDirections(shape, point);
    [a, b].forEach((direction, at) => {
      const { offset, length } = shape.parameters[at];
      assertAlmostEquals(norm(direction), 1, ROUNDING);
      const own = point.slice(offset, offset + length);
      assertAlmostEquals(dot(direction.slice(offset, offset + length), own), norm(own), ROUNDING);
      direction.forEach((value, i) => assert(value === 0 || i >= offset && i < offset + length));
    });
    assertEquals(dot(a, b), 0);
  }
});

Deno.test("headDirections() take the first coordinate where w or V is zero", () => {
  const zero = headDirections(net, new Float64Array(net.size).with(net.size - 1, 5));
  const [w, V] = net.parameters;
  assertEquals(zero.a, new Float64Array(net.size).with(w.offset, 1));
  assertEquals(zero.b, new Float64Array(net.size).with(V.offset, 1));
  const tiny = headDirections(net, new Float64Array(net.size).with(1, -5e-324));
  assertEquals(tiny.a, new Float64Array(net.size).with(1, -1));
});

Deno.test("pcaDirections() fits a long path by 400 points of it, and shows all of them in its plane", () => {
  // A spiral in the plane of the first two coordinates, which a small third one leaves.
  const path = Array.from({ length: 3000 }, (_, at) => {
    const left = (2999 - at) / 3000;
    return Float64Array.of(left * Math.cos(40 * left), 3 * left * Math.sin(40 * left), 1e-3 * left * (at % 2));
  });
  const { a, b, points } = pcaDirections(path);
  assertEquals(points.length, 3000);
  assert(Math.abs(a[1]) > 0.99 && Math.abs(b[0]) > 0.99, `${a}; ${b}`);
  for (const at of [0, 1, 1234, 2998]) {
    assertAlmostEquals(points[at].alpha, dot(path[at], a), 1e-12);
    assertAlmostEquals(points[at].beta, dot(path[at], b), 1e-12);
  }
});
