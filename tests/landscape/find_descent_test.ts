import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type Comparator,
  createHeadObjective,
  descend,
  descentPath,
  findDescent,
  type Head,
  type HeadObjective,
  headWith,
  lambdaMin,
  towardsLinear,
} from "../../src/landscape/mod.ts";
import { type AnyLoss, logistic, softmax, squared } from "../../src/loss/mod.ts";
import { matrix, multiply, norm } from "../../src/tensor/mod.ts";
import { denseGradient, type HeadProblem } from "../support/dense_hessian.ts";
import { plainOptimum } from "../support/plain_newton.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** The best linear predictor, in plain loops. */
function linearOf(head: HeadProblem): Comparator {
  const { A, value } = plainOptimum({ ...head, f: matrix(head.x.rows, 0, []) }, head.W.rows);
  return { A, C: null, value };
}

const findAt = (objective: HeadObjective, head: Head, star: Comparator, order = 400) => {
  const at = objective.at(head);
  return findDescent(objective, at, lambdaMin(objective, at, { order }), star);
};

const moved = ({ W, V }: Head, { W: D, V: E }: Head, t: number): Head => ({
  W: { ...W, data: W.data.map((value, i) => value + t * D.data[i]) },
  V: { ...V, data: V.data.map((value, i) => value + t * E.data[i]) },
});

const CASES: readonly (readonly [AnyLoss, number, number])[] = [
  [squared, 1, 1],
  [logistic, 1, 1],
  [squared, 2, 2],
  [squared, 3, 1],
  [softmax, 3, 3],
  [softmax, 3, 0],
];

for (const [loss, m, rank] of CASES) {
  Deno.test(`findDescent() lowers F from every ${loss.name} point above linear, ${m} output(s), W of rank ${rank}`, () => {
    let above = 0;
    for (let seed = 0; seed < 12; seed++) {
      const scale = 10 ** (seed % 4 - 1.5);
      const head = randomHead(loss, seed, { d: 4, k: 3, m, rank, scaleW: scale, scaleV: scale });
      using objective = createHeadObjective(kernels, head);
      const star = linearOf(head);
      const at = objective.at(head);
      if (at.value <= star.value) continue;
      above++;
      for (const order of [400, 0]) {
        const found = findAt(objective, head, star, order)!;
        assert(found.drop > 0 && found.reached.value < at.value);
        assertAlmostEquals(found.drop, at.value - found.reached.value, 1e-15 * at.value);
        // The point reached is where it is said to be, and slope and curvature are those of F along the direction.
        const end = moved(head, found.direction, found.step);
        assertAlmostEquals(denseGradient({ ...head, ...end }).value, found.reached.value, 1e-12 * (1 + at.value));
        const length = Math.hypot(norm(found.direction.W.data), norm(found.direction.V.data));
        const h = 1e-5 / length;
        const value = (t: number) => objective.at(moved(head, found.direction, t)).value;
        const slope = (value(h) - value(-h)) / (2 * h);
        assertAlmostEquals(found.slope, slope, 1e-5 * length * (1 + at.value) * (1 + scale) ** 2);
        if (found.order === "first") assert(found.slope < 0);
      }
    }
    assert(above > 5, `${above}`);
  });
}

for (const [loss, m] of [[squared, 1], [logistic, 1], [softmax, 3]] as const) {
  Deno.test(`towardsLinear() falls at least as fast as the ${loss.name} gap, by the dense gradient`, () => {
    for (let seed = 0; seed < 15; seed++) {
      const head = randomHead(loss, seed, { d: 4, k: 3, m, scaleW: 10 ** (seed % 4 - 2), scaleV: 3 });
      const star = linearOf(head);
      const { W, V } = towardsLinear(head, star.A)!;
      const { value, gradient } = denseGradient(head);
      const slope = gradient.reduce(
        (sum, entry, i) => sum + entry * (i < W.data.length ? W.data[i] : V.data[i - W.data.length]),
        0,
      );
      assert(
        -slope >= value - star.value - 1e-10 * (1 + Math.abs(slope) + value),
        `slope ${slope}, gap ${value - star.value}`,
      );
      // W moves to W*, and W E = -W* V.
      W.data.forEach((entry, i) =>
        assertAlmostEquals(entry, star.A.data[i] - head.W.data[i], 1e-14 * (1 + Math.abs(entry)))
      );
      const [inC, asked] = [multiply(head.W, V).data, multiply(star.A, head.V).data];
      inC.forEach((entry, i) => assertAlmostEquals(entry, -asked[i], 1e-11 * (1 + norm(asked))));
    }
    const zero = randomHead(loss, 1, { d: 4, k: 3, m, scaleW: 0 });
    assertEquals(towardsLinear(zero, linearOf(zero).A), null);
  });
}

Deno.test("findDescent() leads down from W = V = 0 along minus the gradient, the only way there", () => {
  const head = randomHead(squared, 5, { d: 3, k: 5, scaleW: 0, scaleV: 0 });
  using objective = createHeadObjective(kernels, head);
  const at = objective.at(head);
  const found = findDescent(objective, at, { ...lambdaMin(objective, at), upper: 0, direction: null }, linearOf(head))!;
  assertEquals(found.order, "first");
  assertEquals(found.direction.W.data, at.gradientW.data.map((value) => -value));
  assertAlmostEquals(found.slope, -(at.gradientNorm ** 2), 1e-14 * at.gradientNorm ** 2);
});

Deno.test("findDescent() leaves the exact saddle of Example 1 along negative curvature, and a descent from there ends at the bottom", () => {
  const one = matrix(1, 1, [1]);
  for (const epsilon of [1, 0.1, 1e-3]) {
    const data = { x: one, f: matrix(1, 1, [epsilon]), y: Float64Array.of(1), loss: squared };
    using objective = createHeadObjective(kernels, data);
    const saddle: Head = { W: matrix(1, 1, [0]), V: matrix(1, 1, [-1 / epsilon]) };
    const found = findAt(objective, saddle, { A: one, C: null, value: 0 })!;
    assertEquals(found.order, "second");
    assertAlmostEquals(found.curvature, -epsilon, 1e-12);
    assert(found.drop > 0);
    const { point } = descend(objective, found.reached);
    assert(point.value < 1e-15, `F = ${point.value} at the end`);
  }
});

Deno.test("findDescent() along negative curvature goes to the side where F falls at once, not to the other", () => {
  // F = 0.5 (w (1 + v) - 1)² near its saddle (0, -1): at w = 0, v = -1 + t the slope in w is -t, so both signs of the lowest
  // direction bend alike, but only one of them falls from the first step on.
  const one = matrix(1, 1, [1]);
  using objective = createHeadObjective(kernels, { x: one, f: one, y: Float64Array.of(1), loss: squared });
  for (const t of [0.3, -0.3]) {
    const at = objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1 + t]) });
    const lambda = lambdaMin(objective, at);
    for (const sign of [1, -1]) {
      const turned = {
        W: matrix(1, 1, [sign * lambda.direction!.W.data[0]]),
        V: matrix(1, 1, [sign * lambda.direction!.V.data[0]]),
      };
      // A comparator above F leaves only the second order.
      const found = findDescent(objective, at, { ...lambda, direction: turned }, { A: one, C: null, value: 1 })!;
      assertEquals(found.order, "second");
      assert(found.slope < -0.1, `slope ${found.slope}`);
      assert(found.drop > 0.2, `drop ${found.drop}`);
    }
  }
});

Deno.test("findDescent() treats a gradient within rounding as 0, at a point above the comparator", () => {
  for (let seed = 0; seed < 30; seed++) {
    const head = randomHead(squared, seed, { d: 4, k: 3 });
    using objective = createHeadObjective(kernels, head);
    const { A, C, value } = plainOptimum(head, 1);
    const at = objective.at(headWith(head, A, C)!);
    assert(at.gradientNorm > 0 && at.gradientNorm < 1e-13);
    const flat = { ...lambdaMin(objective, at), upper: 0, direction: null };
    // Nothing is below min H; a comparator that claims to be must not turn rounding into a descent direction.
    for (const lambda of [flat, lambdaMin(objective, at)]) {
      for (const scale of [1, -1]) {
        const far = matrix(1, 4, linearOf(head).A.data.map((entry) => scale * entry));
        assertEquals(findDescent(objective, at, lambda, { A: far, C: null, value: value - 0.1 }), null);
      }
    }
  }
});

Deno.test("findDescent() has no first order below the comparator, and takes Theorem A's direction where lambda has none", () => {
  const head = randomHead(logistic, 5, { d: 4, k: 3 });
  using objective = createHeadObjective(kernels, head);
  const at = objective.at(head);
  const star = { A: linearOf(head).A, C: null, value: at.value + 1 };
  const found = findDescent(objective, at, { ...lambdaMin(objective, at), direction: null }, star)!;
  assertEquals(found.order, "second");
  assert(found.curvature < 0 && found.drop > 0);
});

/** The end of a path is the linear predictor itself, but for the rounding of its sums. */
const ROUNDING = 1e-10;

for (const [loss, m] of [[squared, 1], [logistic, 1], [softmax, 3], [squared, 2]] as const) {
  Deno.test(`descentPath() goes down all the way to the best linear predictor for ${loss.name}, ${m} output(s), W = 0 and W against W* too`, () => {
    for (let seed = 0; seed < 20; seed++) {
      const head = randomHead(loss, seed, { d: m + 1 + seed % 3, k: 3, m, scaleW: [1, 30, 0][seed % 3], scaleV: 3 });
      const star = linearOf(head);
      using objective = createHeadObjective(kernels, head);
      const against: Head = { W: { ...star.A, data: star.A.data.map((value) => -2 * value) }, V: head.V };
      for (const start of m === 1 ? [head, against] : [head]) {
        const path = descentPath(objective, start, star);
        assert(path !== null, `seed ${seed}`);
        for (let i = 1; i < path.length; i++) {
          assert(path[i].point.value <= path[i - 1].point.value, `seed ${seed}, step ${i}`);
        }
        const end = path.at(-1)!.point.value;
        assert(
          end <= star.value + ROUNDING * Math.max(1, path[0].point.value),
          `seed ${seed}: ${end} above ${star.value}`,
        );
      }
    }
  });
}

Deno.test("descentPath() begins with negative curvature at a saddle with w = 0, with Theorem 1 elsewhere, and stays where it is below linear", () => {
  const head = randomHead(squared, 3, { d: 3, k: 2 });
  const star = linearOf(head);
  using objective = createHeadObjective(kernels, head);
  const path = descentPath(objective, head, star, 4)!;
  assertEquals(path.map(({ order }) => order).slice(0, 2), ["start", "first"]);
  const below = descend(objective, head).point;
  assertEquals(descentPath(objective, below, star)!.length, 1);
  const one = matrix(1, 1, [1]);
  using saddle = createHeadObjective(kernels, { x: one, f: one, y: Float64Array.of(1), loss: squared });
  const out = descentPath(saddle, { W: matrix(1, 1, [0]), V: matrix(1, 1, [-1]) }, { A: one, C: null, value: 0 })!;
  assertEquals(out[1].order, "second");
});
