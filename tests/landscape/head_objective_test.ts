import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createHeadObjective, type Evaluation, type HeadObjective } from "../../src/landscape/mod.ts";
import { logistic, type Loss, softmax, squared } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { joinColumns, type Matrix, matrix, matrixRows, norm, ShapeError, times } from "../../src/tensor/mod.ts";
import { finish } from "../../src/tensor/internal.ts";
import { denseGradient, denseHessian } from "../support/dense_hessian.ts";
import { ALL_LOSSES, kernels, randomHead } from "../support/random_heads.ts";
import { flat, unflat } from "./_flat.ts";

/** A mean of 30 products of numbers near 1, times a few. */
const SUMS = 1e-13;

/** Central differences with step h of a smooth function: h² of truncation, 1e-16 / h of rounding. */
const [STEP, DIFFERENCE] = [1e-5, 1e-8];

const SHAPES = [
  { d: 1, k: 1 },
  { d: 1, k: 4, m: 2 },
  { d: 2, k: 1 },
  { d: 3, k: 2, m: 3 },
  { d: 4, k: 3, m: 2, rank: 1 },
  { d: 3, k: 4, m: 5 },
  { d: 4, k: 3, m: 3, rank: 0 },
];

for (const loss of ALL_LOSSES) {
  Deno.test(`createHeadObjective() has the value, gradient and Hessian of ${loss.name}, entry by entry`, () => {
    for (const [seed, shape] of SHAPES.entries()) {
      const head = randomHead(loss, seed + 1, { ...shape, scaleW: 0.5 });
      using objective = createHeadObjective(kernels, head);
      const at = objective.at(head);
      const { value, gradient } = denseGradient(head);
      const dense = denseHessian(head);
      const size = SUMS * (1 + norm(gradient) + norm(dense.data));
      assertAlmostEquals(at.value, value, SUMS * (1 + value));
      assertAlmostEquals(at.gradientNorm, norm(gradient), size);
      flat({ W: at.gradientW, V: at.gradientV }).forEach((entry, i) => assertAlmostEquals(entry, gradient[i], size));
      const product = objective.hvp(at);
      const v = normal(key(seed), gradient.length);
      const expected = times(dense, v);
      flat(product(unflat(objective, v))).forEach((entry, i) => assertAlmostEquals(entry, expected[i], size * norm(v)));
      const along = objective.curvatureAlong(at, unflat(objective, v));
      assertAlmostEquals(along, v.reduce((sum, entry, i) => sum + entry * expected[i], 0), size * norm(v) ** 2);
    }
  });
}

Deno.test("curvaturesAlong() is curvatureAlong() of each direction, whose pass over the rows it shares", () => {
  for (const [loss, m] of [[squared, 1], [softmax, 3]] as const) {
    const head = randomHead(loss, 8, { d: 4, k: 3, m });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    const directions = [1, 2, 3].map((seed) => unflat(objective, normal(key(seed), m * 4 + 12)));
    const together = objective.curvaturesAlong(at, directions);
    directions.forEach((direction, j) =>
      assertAlmostEquals(together[j], objective.curvatureAlong(at, direction), SUMS * (1 + Math.abs(together[j])))
    );
    assertThrows(() => objective.curvaturesAlong(at, [{ ...head, W: matrix(1, 3, [1, 2, 3]) }]), ShapeError);
  }
});

/** F_theta over rows that are held nowhere, too many to stay, and how often a function passes over them. */
function passedOver(loss: Loss) {
  const head = randomHead(loss, 4, { n: 9000, d: 4, k: 60, m: 1 });
  const rows = matrixRows(kernels.memory, joinColumns(head.x, head.f));
  let passes = 0;
  const source = {
    ...rows,
    write(...args: Parameters<typeof rows.write>) {
      if (args[0] === 0) passes++;
      rows.write(...args);
    },
  };
  const make = () => createHeadObjective(kernels, { source, d: 4, y: head.y, loss });
  const counted = (measure: () => unknown): number => {
    const before = passes;
    measure();
    return passes - before;
  };
  return { head, make, counted };
}

Deno.test("certificates of one point pass over its rows a few times, not once for each quantity", () => {
  const { head, make, counted } = passedOver(squared);
  using objective = make();
  const at = objective.at(head);
  assertEquals(counted(() => objective.slopeSize(at)), 1);
  assertEquals(counted(() => objective.curvatureSize(at)), 0);
  assertEquals(counted(() => objective.rowSizes(at.V)), 0);
  const { z } = objective.rowSizes(at.V);
  const other = objective.rowSizes(matrix(4, 60, new Array(240).fill(0))).z;
  assert(z.some((size, i) => Math.abs(size - other[i]) > 1e-6), "sizes of another V are measured anew");
  assertEquals(objective.nullCurvature(at), objective.nullCurvature(at));
  assert(objective.nullCurvature(at) === objective.nullCurvature(at));
});

for (const loss of [squared, logistic]) {
  Deno.test(`prepare() finds what certificates ask for in one pass over the rows, under ${loss.name}`, () => {
    const { head, make, counted } = passedOver(loss);
    using objective = make();
    using alone = make();
    const [at, same] = [objective.at(head), alone.at(head)];
    let steps = 0;
    assertEquals(counted(() => finish(objective.prepare(at, { hessian: true }), () => steps++)), 1);
    assert(steps > 0, "yields between pieces");
    const measure = (on: HeadObjective, point: Evaluation) => {
      const { z, f } = on.rowSizes(point.V);
      const zero = on.at({ W: matrix(1, 4, [0, 0, 0, 0]), V: point.V });
      const { bend, a } = on.nullCurvature(point)!;
      const found = [
        ...[z, f, on.rowNorms(), on.hessianOfH(point).data, bend.data, a],
        ...[zero.S.data, zero.R.data, zero.predictions, zero.slopes, zero.gradientW.data, zero.gradientV.data],
      ];
      return [...found, Float64Array.of(on.slopeSize(point), on.curvatureSize(point), zero.value, zero.gradientNorm)];
    };
    let found: ReturnType<typeof measure> = [];
    assertEquals(counted(() => found = measure(objective, at)), 0);
    const wanted = measure(alone, same);
    // Means over 9,000 rows, in another order.
    const ROUNDING = 1e-12;
    found.forEach((part, index) => {
      const size = 1 + Math.max(...wanted[index].map(Math.abs));
      assertEquals(part.length, wanted[index].length);
      part.forEach((value, i) => assertAlmostEquals(value, wanted[index][i], ROUNDING * size, `${index}`));
    });
    // The sums at (0, V) are handed out once, since they are emptied when they are left.
    const zero = { W: matrix(1, 4, [0, 0, 0, 0]), V: at.V };
    assertEquals(counted(() => objective.at(zero)), 1);
  });
}

Deno.test("leave() empties what an evaluation has for every row, and nothing of others at the same point", () => {
  const head = randomHead(softmax, 6, { d: 4, k: 3, m: 3 });
  using objective = createHeadObjective(kernels, head);
  const [past, other] = [objective.at(head), objective.at(head)];
  const size = objective.curvatureSize(past);
  objective.leave(past);
  assertEquals([past.predictions.length, past.slopes.length], [0, 0]);
  assertEquals([other.predictions.length, other.slopes.length], [90, 90]);
  assertEquals([objective.curvatureSize(other), objective.at(head).value], [size, past.value]);
  assertEquals(past.S.data.length, 12);
});

Deno.test("createHeadObjective() has the gradient of central differences of F", () => {
  for (const [loss, m] of [[squared, 2], [softmax, 3], [logistic, 1]] as const) {
    const head = randomHead(loss, 5, { d: 3, k: 2, m });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    const gradient = flat({ W: at.gradientW, V: at.gradientV });
    const point = flat(head);
    for (let i = 0; i < gradient.length; i++) {
      const value = (step: number) =>
        objective.at(unflat(objective, point.map((entry, j) => j === i ? entry + step : entry))).value;
      assertAlmostEquals(gradient[i], (value(STEP) - value(-STEP)) / (2 * STEP), DIFFERENCE);
    }
  }
});

Deno.test("createHeadObjective() of m outputs under a summed loss is the sum of m objectives of one output with one V", () => {
  const [d, k, m] = [4, 3, 3];
  const head = randomHead(logistic, 7, { d, k, m });
  using all = createHeadObjective(kernels, head);
  const at = all.at(head);
  const row = ({ data, cols }: Matrix, a: number) => matrix(1, cols, data.slice(a * cols, (a + 1) * cols));
  let [value, squares] = [0, 0];
  const inV = new Float64Array(d * k);
  for (let a = 0; a < m; a++) {
    const y = Float64Array.from({ length: 30 }, (_, i) => head.y[i * m + a]);
    using one = createHeadObjective(kernels, { ...head, y });
    const alone = one.at({ W: row(head.W, a), V: head.V });
    value += alone.value;
    assertAlmostEquals(norm(alone.S.data), norm(row(at.S, a).data), SUMS);
    alone.gradientW.data.forEach((entry, j) => assertAlmostEquals(entry, at.gradientW.data[a * d + j], SUMS));
    alone.gradientV.data.forEach((entry, j) => inV[j] += entry);
    squares += norm(alone.gradientW.data) ** 2;
  }
  assertAlmostEquals(at.value, value, SUMS);
  assertAlmostEquals(at.gradientNorm, Math.sqrt(squares + norm(inV) ** 2), SUMS);
});

Deno.test("createHeadObjective() takes rows that are held nowhere, piece by piece", () => {
  // More rows of [x f] than the window holds at a time.
  const head = randomHead(softmax, 3, { n: 40_000, d: 6, k: 9, m: 4 });
  using held = createHeadObjective(kernels, head);
  const source = matrixRows(kernels.memory, joinColumns(head.x, head.f));
  using passed = createHeadObjective(kernels, { source, d: 6, y: head.y, loss: softmax });
  const [a, b] = [held.at(head), passed.at(head)];
  // The products of x and of f are added up apart where the source has them apart.
  assertAlmostEquals(a.value, b.value, SUMS);
  assertAlmostEquals(a.gradientNorm, b.gradientNorm, SUMS);
  assertEquals([passed.rows, passed.d, passed.k, passed.outputs], [40_000, 6, 9, 4]);
  const [norms, others] = [passed.rowNorms(), held.rowNorms()];
  for (let i = 0; i < 40_000; i += 9973) {
    const [x, f] = [head.x.data.subarray(i * 6, i * 6 + 6), head.f.data.subarray(i * 9, i * 9 + 9)];
    for (const found of [norms[i], others[i]]) assertAlmostEquals(found, Math.hypot(norm(x), norm(f)), SUMS);
  }
});

Deno.test("rowSizes() are the lengths of z = x + V f and of f, on many rows and few", () => {
  for (const n of [1, 7, 20_000]) {
    const head = randomHead(squared, n, { n, d: 5, k: 3, scaleV: 2 });
    using objective = createHeadObjective(kernels, head);
    const { z, f } = objective.rowSizes(head.V);
    for (let i = 0; i < n; i += 1 + Math.floor(n / 50)) {
      const features = head.f.data.slice(i * 3, i * 3 + 3);
      const moved = times(head.V, features).map((entry, j) => entry + head.x.data[i * 5 + j]);
      assertAlmostEquals(z[i], norm(moved), SUMS);
      assertAlmostEquals(f[i], norm(features), SUMS);
    }
    assertThrows(() => objective.rowSizes(matrix(3, 5, new Array(15).fill(0))), ShapeError);
  }
});

Deno.test("slopeSize() and curvatureSize() are means over the rows, entry by entry", () => {
  for (const loss of ALL_LOSSES) {
    const head = randomHead(loss, 9, { d: 3, k: 2, m: 3, scaleW: 0.5 });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    let [slopes, bends] = [0, 0];
    for (let i = 0; i < 30; i++) {
      const one = {
        ...head,
        x: matrix(1, 3, head.x.data.slice(i * 3, i * 3 + 3)),
        f: matrix(1, 2, head.f.data.slice(i * 2, i * 2 + 2)),
        y: head.y.slice(i * 3, i * 3 + 3),
      };
      const length = Math.hypot(norm(one.x.data), norm(one.f.data));
      using alone = createHeadObjective(kernels, one);
      const there = alone.at(head);
      slopes += norm(there.slopes) * length / 30;
      // With x = 1 and no features the Hessian over W is l'' itself.
      const bare = { ...one, x: matrix(1, 1, [1]), f: matrix(1, 0, []), V: matrix(1, 0, []) };
      const trace = denseHessian({ ...bare, W: matrix(3, 1, there.predictions) }).data.filter((_, j) => j % 4 === 0);
      bends += trace.reduce((sum, entry) => sum + entry, 0) * length ** 2 / 30;
    }
    assertAlmostEquals(objective.slopeSize(at), slopes, SUMS * (1 + slopes));
    assertAlmostEquals(objective.curvatureSize(at), bends, SUMS * (1 + bends));
  }
});

Deno.test("createHeadObjective() refuses shapes that do not fit, frees its memory, and leaves its inputs alone", () => {
  const head = randomHead(squared, 1, { d: 3, k: 2, m: 2 });
  const before = kernels.memory.used;
  const copies = [head.x, head.f, head.W, head.V].map(({ data }) => data.slice());
  {
    using objective = createHeadObjective(kernels, head);
    assertThrows(() => objective.at({ ...head, W: matrix(1, 3, [1, 2, 3]) }), ShapeError, "evaluate at (W, V)");
    assertThrows(() => objective.at({ ...head, V: matrix(2, 3, new Array(6).fill(0)) }), ShapeError);
    const at = objective.at(head);
    objective.hessianOfH(at);
    objective.rowNorms();
    assert(Object.isFrozen(at) && Object.isFrozen(objective));
  }
  assertEquals(kernels.memory.used, before);
  assertEquals([head.x, head.f, head.W, head.V].map(({ data }) => data), copies);
  assertThrows(() => createHeadObjective(kernels, { ...head, y: head.y.slice(1) }), ShapeError, "pair inputs");
});
