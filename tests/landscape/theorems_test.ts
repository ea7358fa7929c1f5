import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type Comparator,
  convexCertificate,
  createHeadObjective,
  gapAbove,
  judge,
  judgeWithin,
  leadingSingular,
  nuclearNorm,
  rowsOnKink,
  spectralNorm,
  theorem1,
  theorem2,
} from "../../src/landscape/mod.ts";
import { type AnyLoss, huber, isJoint, logistic, smoothHinge, softmax, squared } from "../../src/loss/mod.ts";
import { dot, eigenvalues, matrix, multiply, norm, times, transpose, transposeTimes } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian } from "../support/dense_hessian.ts";
import { plainOptimum } from "../support/plain_newton.ts";
import { ALL_LOSSES, kernels, linearLoss, randomComparator, randomHead } from "../support/random_heads.ts";
import { flat } from "./_flat.ts";

/** Means of 30 products of numbers near 1, and roots and eigenvalues of them: hundreds of units of rounding. */
const ROUNDING = 1e-12;

/** Half the distance from 1 to the next number. */
const UNIT = 2 ** -53;

/** Poisson overflows beyond predictions of 700; its scales stop before. */
const scalesFor = ({ name }: AnyLoss) => name === "poisson" ? [1e-3, 0.1, 1] : [1e-3, 0.1, 1, 10, 1e3];

for (const loss of ALL_LOSSES) {
  Deno.test(`theorem1(), theorem2() and convexCertificate() hold for ${loss.name} at random points of every scale`, () => {
    let above = 0;
    for (const m of isJoint(loss) ? [3] : [1, 2]) {
      for (const scaleW of scalesFor(loss)) {
        for (const scaleV of scalesFor(loss)) {
          const head = randomHead(loss, above + 1, { d: 3, k: 4, m, scaleW, scaleV });
          using objective = createHeadObjective(kernels, head);
          const at = objective.at(head);
          const best = plainOptimum({ ...head, f: matrix(30, 0, []) }, m);
          const linear: Comparator = { A: best.A, C: null, value: best.value };
          const whole = plainOptimum(head, m);
          const features: Comparator = { A: whole.A, C: whole.C, value: whole.value };
          if (at.value > linear.value) above++;
          const what = `m ${m}, scales ${scaleW}, ${scaleV}`;
          for (const star of [linear, randomComparator(head, above, 0.2)]) {
            const first = theorem1(objective, at, star)!;
            assert(
              first.holds && first.left >= first.right - ROUNDING * (1 + first.left),
              `${what}: ${JSON.stringify(first)}`,
            );
            const second = theorem2(objective, head.V, star);
            assertEquals(second === null, m > 1 || loss === smoothHinge);
            assert(second?.holds ?? true, what);
            const third = convexCertificate(objective, at, star);
            assert(third.holds && third.gap <= third.bound + ROUNDING * (1 + Math.abs(third.bound)), what);
          }
          assert(convexCertificate(objective, at, features).holds, what);
        }
      }
    }
    assert(above > 10 || loss.name === "poisson" && above > 3, `only ${above} points were above the linear predictor`);
  });
}

Deno.test("theorem1() of one output is the paper's formula, both sides computed from the dense gradient", () => {
  const head = randomHead(squared, 4, { d: 3, k: 2 });
  using objective = createHeadObjective(kernels, head);
  const star = randomComparator(head, 2);
  const { left, right } = theorem1(objective, objective.at(head), star)!;
  const { value, gradient } = denseGradient(head);
  const spectral = Math.sqrt(eigenvalues(kernels, multiply(head.V, transpose(head.V))).at(-1)!);
  const [w2, star2] = [norm(head.W.data) ** 2, norm(star.A.data) ** 2];
  assertAlmostEquals(left, norm(gradient), ROUNDING);
  assertAlmostEquals(right, (value - star.value) / Math.sqrt(2 * w2 + star2 * (2 + spectral ** 2 / w2)), ROUNDING);
});

Deno.test("theorem1() of several outputs divides by ||G||, G = (W - W*, E) with W E = W* V and E in the row space of W", () => {
  const head = randomHead(softmax, 4, { d: 5, k: 2, m: 3 });
  using objective = createHeadObjective(kernels, head);
  const at = objective.at(head);
  const star = randomComparator(head, 2);
  const { left, right } = theorem1(objective, at, star)!;
  assertAlmostEquals(left, norm(denseGradient(head).gradient), ROUNDING);
  // W' (W W')^-1 W* V by the eigenvectors of W W', which is well conditioned here.
  const square = multiply(head.W, transpose(head.W));
  const inverse = inverseOf(square.data, 3);
  const across = multiply(transpose(head.W), multiply(matrix(3, 3, inverse), multiply(star.A, head.V)));
  const length = Math.hypot(norm(head.W.data.map((entry, i) => entry - star.A.data[i])), norm(across.data));
  assertAlmostEquals(right, (at.value - star.value) / length, ROUNDING);
});

/** The inverse of a 3 x 3 matrix by cofactors. */
function inverseOf(a: Float64Array, n: number): Float64Array {
  const at = (i: number, j: number) => a[(i % n) * n + j % n];
  const cofactor = (i: number, j: number) => at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1);
  const determinant = [0, 1, 2].reduce((sum, j) => sum + at(0, j) * cofactor(0, j), 0);
  return Float64Array.from({ length: 9 }, (_, i) => cofactor(i % 3, Math.floor(i / 3)) / determinant);
}

Deno.test("theorem1() says no when the gradient is smaller than any convex loss allows, and nothing where W lacks a rank", () => {
  for (const m of [1, 2]) {
    const head = randomHead(squared, 4, { d: 3, k: 2, m, scaleW: 3 });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    const star = randomComparator(head, 2, 0.1);
    const { left, right } = theorem1(objective, at, star)!;
    const short = (share: number) => theorem1(objective, { ...at, gradientNorm: share * right }, star)!.holds;
    assert(left > right && right > 0);
    assertEquals([short(0.999), short(1.001)], [false, true]);
    assertEquals(theorem1(objective, { ...at, gradientNorm: NaN }, star)!.holds, false);
    const zero = { W: matrix(m, 3, new Array(m * 3).fill(0)), V: head.V };
    assertEquals(theorem1(objective, objective.at(zero), star), null);
  }
  const flatW = randomHead(squared, 4, { d: 3, k: 2, m: 2, rank: 1 });
  using objective = createHeadObjective(kernels, flatW);
  assertEquals(theorem1(objective, objective.at(flatW), randomComparator(flatW, 1)), null);
  const many = randomHead(squared, 4, { d: 3, k: 2, m: 4 });
  using wide = createHeadObjective(kernels, many);
  assertEquals(theorem1(wide, wide.at(many), randomComparator(many, 1)), null);
});

Deno.test("theorem2() takes lambda_min and the norms of the dense Hessian at (0, V), though it solves order d alone", () => {
  for (const [seed, shape] of [{ d: 1, k: 1 }, { d: 2, k: 5 }, { d: 5, k: 2 }].entries()) {
    const head = randomHead(logistic, seed, { ...shape, scaleW: 0 });
    using objective = createHeadObjective(kernels, head);
    const star = randomComparator(head, 3);
    const found = theorem2(objective, head.V, star)!;
    const dense = denseHessian(head);
    const expected = eigenvalues(kernels, dense)[0];
    assertAlmostEquals(found.lambdaMin, expected, ROUNDING);
    assert(found.lambdaMin <= 0 && found.exact);
    const { value, gradient } = denseGradient(head);
    const order = shape.d;
    const corner = matrix(
      order,
      order,
      Array.from({ length: order * order }, (_, at) => dense.data[Math.floor(at / order) * dense.cols + at % order]),
    );
    const curvature = eigenvalues(kernels, corner).at(-1)!;
    const left = norm(gradient) +
      spectralNorm(kernels, head.V) * Math.sqrt(Math.abs(expected) * curvature + expected ** 2);
    assertAlmostEquals(found.left, left, ROUNDING);
    assertAlmostEquals(found.right, (value - star.value) / norm(star.A.data), ROUNDING);
    const direction = flat(found.direction);
    assertAlmostEquals(norm(direction), 1, ROUNDING);
    assertAlmostEquals(dot(direction, times(dense, direction)), expected, ROUNDING);
  }
});

Deno.test("theorem2() has 0 on both sides where the gradient and V are 0 and linear does no better; a comparator said to be better by 1e-12 breaks it", () => {
  // x = (±1, ±1) is orthogonal to y = 1, so no linear predictor beats 0.
  const problem = {
    x: matrix(4, 2, [1, 1, 1, -1, -1, 1, -1, -1]),
    f: matrix(4, 1, [1, 1, 1, 1]),
    y: Float64Array.of(1, 1, 1, 1),
    loss: squared,
  };
  using objective = createHeadObjective(kernels, problem);
  const V = matrix(2, 1, [0, 0]);
  const found = theorem2(objective, V, { A: matrix(1, 2, [1, 0]), C: null, value: 0.5 })!;
  assertEquals([found.left, found.right, found.holds], [0, 0, true]);
  const lie = theorem2(objective, V, { A: matrix(1, 2, [1, 0]), C: null, value: 0.5 - 1e-12 })!;
  assertEquals(lie.holds, false);
});

Deno.test("theorem2() is outside for several outputs and where the rows are on a kink at w = 0, and bounds what it does not solve", () => {
  const hinge = randomHead(smoothHinge, 2, { d: 3, k: 2 });
  using kinked = createHeadObjective(kernels, hinge);
  const origin = { W: matrix(1, 3, [0, 0, 0]), V: hinge.V };
  assertEquals(theorem2(kinked, hinge.V, randomComparator(hinge, 1)), null);
  assertEquals([rowsOnKink(kinked, kinked.at(origin)), rowsOnKink(kinked, kinked.at(hinge))], [30, 0]);
  const bands = { ...randomHead(huber, 2, { d: 3, k: 2 }), y: new Float64Array(30).fill(0.5).with(3, 1).with(7, -1) };
  using partly = createHeadObjective(kernels, bands);
  assertEquals(rowsOnKink(partly, partly.at(origin)), 2);
  assertEquals(theorem2(partly, bands.V, randomComparator(bands, 1)), null);
  const two = randomHead(squared, 2, { d: 3, k: 2, m: 2 });
  using several = createHeadObjective(kernels, two);
  assertEquals(theorem2(several, two.V, randomComparator(two, 1)), null);
  // Many inputs: the same inequality with bounds in place of an eigenproblem.
  const wide = randomHead(logistic, 2, { n: 20, d: 401, k: 2, scaleW: 0 });
  using many = createHeadObjective(kernels, wide);
  const found = theorem2(many, wide.V, randomComparator(wide, 1, 0.01))!;
  assertEquals([found.exact, found.holds], [false, true]);
  assertAlmostEquals(found.lambdaMin, -norm(many.at(wide).R.data), ROUNDING);
});

Deno.test("theorem2() fails when the comparator claims an impossibly low value", () => {
  const head = randomHead(squared, 9, { d: 3, k: 4 });
  using objective = createHeadObjective(kernels, head);
  const { A, value } = plainOptimum({ ...head, f: matrix(30, 0, []) }, 1);
  const star = { A, C: null, value };
  const { left, right } = theorem2(objective, head.V, star)!;
  assert(left >= right);
  const most = value - 1.01 * (left - right) * norm(A.data);
  assertEquals(theorem2(objective, head.V, { ...star, value: most })!.holds, false);
});

for (const m of [1, 3]) {
  Deno.test(`convexCertificate() with ${m} output(s) is <S, W - A> + <R, W V - C>, from sums in plain loops`, () => {
    const head = randomHead(m === 1 ? logistic : softmax, 6, { d: 4, k: 3, m });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    const [A, C] = [randomComparator(head, 1).A, matrix(m, 3, randomHead(squared, 8, { d: 3, k: 1, m }).W.data)];
    // Moving (W, W V) by (A, C) along the gradient (S, R): the derivative of H, from the dense gradient with theta's columns as inputs.
    const joined = matrix(
      30,
      7,
      Array.from({ length: 30 }, (_, i) => [
        ...head.x.data.subarray(i * 4, i * 4 + 4),
        ...head.f.data.subarray(i * 3, i * 3 + 3),
      ]).flat(),
    );
    const WV = multiply(head.W, head.V);
    const weights = Array.from({ length: m }, (_, a) => [
      ...head.W.data.subarray(a * 4, a * 4 + 4),
      ...WV.data.subarray(a * 3, a * 3 + 3),
    ]).flat();
    const other = Array.from({ length: m }, (_, a) => [
      ...A.data.subarray(a * 4, a * 4 + 4),
      ...C.data.subarray(a * 3, a * 3 + 3),
    ]).flat();
    const { value, gradient } = denseGradient({
      ...head,
      x: joined,
      f: matrix(30, 0, []),
      W: matrix(m, 7, weights),
      V: matrix(7, 0, []),
    });
    const expected = gradient.reduce((sum, entry, i) => sum + entry * (weights[i] - other[i]), 0);
    const there = linearLoss({ ...head, x: joined }, Float64Array.from(other));
    const found = convexCertificate(objective, at, { A, C, value: there });
    assertAlmostEquals(found.bound, expected, ROUNDING);
    assertAlmostEquals(found.gap, value - there, ROUNDING);
    assertEquals([found.left, found.right, found.holds], [found.bound, found.gap, true]);
    const zero = convexCertificate(objective, at, { A, C: matrix(m, 3, new Array(m * 3).fill(0)), value: there });
    assertAlmostEquals(convexCertificate(objective, at, { A, C: null, value: there }).bound, zero.bound, ROUNDING);
  });
}

Deno.test("convexCertificate() allows for the rounding of its sums and for little more", () => {
  for (const [loss, m] of [[squared, 1], [softmax, 3]] as const) {
    const head = randomHead(loss, 9, { d: 3, k: 4, m });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    const star = randomComparator(head, 2);
    const { bound, gap, rounding } = convexCertificate(objective, at, star);
    const weights = Math.hypot(norm(head.W.data), norm(multiply(head.W, head.V).data)) + norm(star.A.data);
    const size = at.value + star.value + objective.slopeSize(at) * weights;
    // n + d + k, and some, units of the sizes of all terms.
    assert(rounding > UNIT * 30 * at.value && rounding < 4 * UNIT * 128 * size, `${rounding} for ${UNIT * size}`);
    const shifted = (by: number) =>
      convexCertificate(objective, at, { ...star, value: star.value - (bound - gap) - by }).holds;
    assertEquals([shifted(0), shifted(4 * rounding)], [true, false]);
  }
});

Deno.test("convexCertificate() says no when S or R is corrupted or the comparator's value is a lie", () => {
  const head = randomHead(squared, 9, { d: 3, k: 4 });
  using objective = createHeadObjective(kernels, head);
  const at = objective.at(head);
  const { A, C, value } = plainOptimum(head, 1);
  const star = { A, C, value };
  const { holds, bound, gap } = convexCertificate(objective, at, star);
  assertEquals(holds, true);
  // The squared loss: bound - gap is half the mean square of what lies between; less than the bound takes its sign away.
  const minus = (a: typeof at.S) => ({ ...a, data: a.data.map((entry) => -entry) });
  assertEquals(convexCertificate(objective, { ...at, S: minus(at.S), R: minus(at.R) }, star).holds, false);
  assertEquals(convexCertificate(objective, at, { ...star, value: value - 1.001 * (bound - gap) }).holds, false);
  assertEquals(convexCertificate(objective, at, { ...star, value: NaN }).holds, false);
});

Deno.test("judge() allows for rounding and for nothing else, and NaN never holds", () => {
  assertEquals(
    [judge(1, 1, 1, 10).holds, judge(1, 1 + 1e-15, 1, 10).holds, judge(1, 1 + 1e-13, 1, 10).holds],
    [true, true, false],
  );
  assertEquals([judge(NaN, 0, 1, 1).holds, judge(0, NaN, 1, 1).holds], [false, false]);
  assertEquals([judgeWithin(1, 2, 1).holds, judgeWithin(1, 2, 0.999).holds, judgeWithin(1, 1, NaN).holds], [
    true,
    false,
    false,
  ]);
  assertAlmostEquals(judge(1, -2, 5, 3).rounding, UNIT * 3 * 8, 1e-20);
});

Deno.test("gapAbove() treats a gap within rounding as 0, and so do theorem1() and theorem2(), however small w* is", () => {
  assertEquals([gapAbove(1, { value: 1 - 1e-16 }, 10), gapAbove(1, { value: 1 - 1e-13 }, 10) > 0], [0, true]);
  const head = randomHead(squared, 4, { d: 3, k: 2 });
  using objective = createHeadObjective(kernels, head);
  const at = objective.at(head);
  const noise = (value: number): Comparator => ({
    A: matrix(1, 3, [1e-17, 1e-17, 1e-17]),
    C: null,
    value: value * (1 - 1e-16),
  });
  assertEquals(theorem1(objective, at, noise(at.value))!.right, 0);
  const origin = objective.at({ W: matrix(1, 3, [0, 0, 0]), V: head.V });
  assertEquals(theorem2(objective, head.V, noise(origin.value))!.right, 0);
});

Deno.test("spectralNorm() and nuclearNorm() are the largest singular value and their sum, at any scale", () => {
  const zeros = matrix(2, 3, new Array(6).fill(0));
  assertEquals([spectralNorm(kernels, zeros), nuclearNorm(kernels, zeros)], [0, 0]);
  for (const scale of [1e-200, 1, 1e200]) {
    const of = (rows: number, cols: number, data: number[]) => matrix(rows, cols, data.map((entry) => scale * entry));
    assertAlmostEquals(spectralNorm(kernels, of(2, 2, [3, 0, 0, -4])) / scale, 4, ROUNDING);
    assertAlmostEquals(spectralNorm(kernels, of(3, 1, [2, 2, 1])) / scale, 3, ROUNDING);
    assertAlmostEquals(spectralNorm(kernels, of(2, 3, [1, 1, 0, 1, 1, 0])) / scale, 2, ROUNDING);
    assertAlmostEquals(nuclearNorm(kernels, of(2, 2, [3, 0, 0, -4])) / scale, 7, ROUNDING);
    assertAlmostEquals(nuclearNorm(kernels, of(2, 3, [1, 1, 0, 1, 1, 0])) / scale, 2, ROUNDING);
    // A singular value of 1e-12 of the largest is not lost, as it would be in the square.
    assertAlmostEquals((nuclearNorm(kernels, of(2, 2, [1, 0, 0, 1e-12])) / scale - 1) / 1e-12, 1, 1e-3);
  }
  assertEquals([spectralNorm(kernels, matrix(2, 2, [1, Infinity, 0, 1])), nuclearNorm(kernels, matrix(1, 1, [NaN]))], [
    Infinity,
    NaN,
  ]);
});

Deno.test("leadingSingular() has a left vector along which A is as long as its norm", () => {
  for (const [seed, [rows, cols]] of [[3, 2], [2, 5], [1, 4], [4, 1], [3, 3]].entries()) {
    const a = matrix(rows, cols, randomHead(squared, seed, { d: rows, k: cols }).V.data);
    const { value, left } = leadingSingular(kernels, a);
    assertAlmostEquals(value, spectralNorm(kernels, a), ROUNDING);
    assertAlmostEquals(norm(left), 1, ROUNDING);
    assertAlmostEquals(norm(transposeTimes(a, left)), value, ROUNDING);
  }
});
