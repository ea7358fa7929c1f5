import { assert, assertEquals, assertThrows } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { fold, key, normal, permutation } from "../../src/random/mod.ts";
import {
  axis,
  emptyGrid,
  evaluateRow,
  type Grid,
  gridCsv,
  lineAt,
  missingRows,
  orthonormalPlane,
  parseGridCsv,
  type Plane,
  pointAt,
  randomDirection,
  type Surface,
  withRow,
} from "../../src/surface/mod.ts";
import { ShapeError } from "../../src/tensor/mod.ts";
import { bentData } from "../support/small_problem.ts";

const kernels = await loadKernels("simd");
const net = network(3, chain(dense(3, 4), activation("tanh")));
const origin = normal(key(1), net.size);
const plane: Plane = {
  origin,
  ...orthonormalPlane(randomDirection(net, origin, key(2)), randomDirection(net, origin, key(3))),
};
const reach = { a: [-1, 1], b: [-0.5, 0.5] } as const;

/** An objective of a small network; the caller disposes it. */
const smallObjective = () => createObjective(kernels, net, squared, bentData(40, 3, 7));

/** Rows filled in, in the order given. */
const filled = (objective: Surface, grid: Grid, rows: readonly number[]): Grid =>
  rows.reduce((done, row) => withRow(done, row, evaluateRow(objective, plane, done, row)), grid);

/** The bits of the numbers, in which NaN and -0 show. */
const bitsOf = (values: Float64Array): BigUint64Array => new BigUint64Array(values.slice().buffer);

Deno.test("the middle of a grid has the objective's own value, the last bit included", () => {
  using objective = smallObjective();
  const grid = filled(objective, emptyGrid(9, reach), [4]);
  assertEquals([grid.alphas[4], grid.betas[4]], [0, 0]);
  assertEquals(pointAt(plane, 0, 0), origin);
  assertEquals(grid.values[4 * 9 + 4], objective.value(origin));
});

Deno.test("every value of a grid is the objective's at its point, betas down and alphas across", () => {
  using objective = smallObjective();
  const grid = filled(objective, emptyGrid(5, reach), [0, 1, 2, 3, 4]);
  assertEquals(missingRows(grid), []);
  grid.values.forEach((value, at) => {
    const [alpha, beta] = [grid.alphas[at % 5], grid.betas[Math.floor(at / 5)]];
    assertEquals(value, objective.value(pointAt(plane, alpha, beta)));
  });
});

Deno.test("a grid interrupted, written, read and gone on with has the bits of one computed in one go", () => {
  using objective = smallObjective();
  const empty = emptyGrid(11, { a: [-1, 2], b: [-0.3, 0.7] });
  const whole = filled(objective, empty, missingRows(empty));
  for (const seed of [1, 2, 3]) {
    const order = [...permutation(key(seed), 11)];
    const left = parseGridCsv(gridCsv(filled(objective, empty, order.slice(0, 3 * seed))));
    assertEquals(missingRows(left), order.slice(3 * seed).toSorted((x, y) => x - y));
    using another = smallObjective();
    const resumed = filled(another, left, missingRows(left).toReversed());
    assertEquals(bitsOf(resumed.values), bitsOf(whole.values));
    assertEquals([bitsOf(resumed.alphas), bitsOf(resumed.betas)], [bitsOf(whole.alphas), bitsOf(whole.betas)]);
  }
});

Deno.test("a line has the bits of the row at beta = 0", () => {
  using objective = smallObjective();
  const grid = emptyGrid(7, reach);
  assertEquals(bitsOf(lineAt(objective, plane, grid.alphas)), bitsOf(evaluateRow(objective, plane, grid, 3)));
});

Deno.test("losses that are not finite become Infinity, on lines and in rows", () => {
  const [origin, a, b] = [Float64Array.of(0), Float64Array.of(1), Float64Array.of(0)];
  const losses = [NaN, Infinity, -Infinity, 5];
  const objective = { value: ([at]: Float64Array) => losses[at] };
  const grid = emptyGrid(4, { a: [0, 3], b: [0, 1] });
  assertEquals(evaluateRow(objective, { origin, a, b }, grid, 0), Float64Array.of(Infinity, Infinity, Infinity, 5));
  assertEquals(lineAt(objective, { origin, a }, grid.alphas), Float64Array.of(Infinity, Infinity, Infinity, 5));
});

Deno.test("a network that overflows gives Infinity, and its grid is complete", () => {
  using objective = smallObjective();
  const far = { ...plane, a: plane.a.map((value) => value * 1e200) };
  const row = evaluateRow(objective, far, emptyGrid(3, reach), 1);
  assertEquals([row[0], row[1], row[2]], [Infinity, objective.value(origin), Infinity]);
});

Deno.test("axis() is symmetric and exact at its ends, for every number of steps", () => {
  for (let steps = 2; steps <= 200; steps++) {
    for (const high of [1, 0.1, Math.PI, 1e-300, 1e300]) {
      const coordinates = axis(steps, [-high, high]);
      assertEquals(coordinates.length, steps);
      assertEquals([coordinates[0], coordinates[steps - 1]], [-high, high]);
      coordinates.forEach((value, i) => assert(value === -coordinates[steps - 1 - i]));
      if (steps % 2 === 1) assertEquals(bitsOf(coordinates)[(steps - 1) / 2], 0n);
    }
    const [low, high] = normal(fold(key(1), steps), 2).toSorted();
    const uneven = axis(steps, [low, high]);
    assertEquals([uneven[0], uneven[steps - 1]], [low, high]);
  }
});

Deno.test("axes refuse numbers of steps and ends that make no grid", () => {
  for (const steps of [1, 0, -3, 2.5, NaN, Infinity, 4097, 2 ** 40]) {
    assertThrows(() => emptyGrid(steps, reach), RangeError, `2 to 4096, got ${steps}`);
  }
  for (const [low, high] of [[1, 1], [1, -1], [NaN, 1], [0, Infinity], [-Infinity, 0], [1, 1 + 2 ** -52]]) {
    assertThrows(() => axis(5, [low, high]), RangeError, `ascending, got ${low} and ${high}`);
    assertThrows(() => emptyGrid(5, { a: [0, 1], b: [low, high] }), RangeError, "ascending");
  }
});

Deno.test("withRow() makes a new grid and leaves the given one alone", () => {
  const grid = emptyGrid(3, reach);
  const next = withRow(grid, 1, Float64Array.of(1, Infinity, -0));
  assert(grid.values.every(Number.isNaN) && Object.isFrozen(next));
  assertEquals(missingRows(grid), [0, 1, 2]);
  assertEquals(missingRows(next), [0, 2]);
  assertEquals(next.values.slice(3, 6), Float64Array.of(1, Infinity, -0));
});

Deno.test("rows that are not there, too long or NaN are refused", () => {
  using objective = smallObjective();
  const grid = emptyGrid(3, reach);
  for (const row of [-1, 3, 0.5, NaN]) {
    assertThrows(() => evaluateRow(objective, plane, grid, row), RangeError, `Cannot take row ${row}: the grid has 3`);
    assertThrows(() => withRow(grid, row, new Float64Array(3)), RangeError, `Cannot take row ${row}: the grid has 3`);
  }
  assertThrows(() => withRow(grid, 0, new Float64Array(4)), ShapeError, "expected shape [3], got [4]");
  assertThrows(() => withRow(grid, 0, Float64Array.of(1, NaN, 1)), RangeError, "Cannot fill in row 0: a value is NaN");
});

Deno.test("planes and lines whose vectors do not fit are refused", () => {
  using objective = smallObjective();
  const short = new Float64Array(net.size - 1);
  assertThrows(() => pointAt({ ...plane, a: short }, 0, 0), ShapeError);
  assertThrows(() => pointAt({ ...plane, b: short }, 0, 0), ShapeError);
  assertThrows(() => lineAt(objective, { origin, a: short }, Float64Array.of(0)), ShapeError);
  assertThrows(
    () => lineAt(objective, { origin: short, a: short }, Float64Array.of(0)),
    ShapeError,
    "evaluate at the parameters",
  );
});
