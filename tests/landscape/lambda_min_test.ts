import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import {
  createHeadObjective,
  explicitDirection,
  headSpectrum,
  type LambdaMin,
  lambdaMin,
  nullDirection,
  nullDirections,
  spectralNorm,
} from "../../src/landscape/mod.ts";
import { type AnyLoss, huber, logistic, smoothHinge, softmax, squared } from "../../src/loss/mod.ts";
import { dot, eigenvalues, matrix, norm, times, transposeTimes, type Vector } from "../../src/tensor/mod.ts";
import { denseHessian, type HeadProblem } from "../support/dense_hessian.ts";
import { ALL_LOSSES, kernels, randomHead } from "../support/random_heads.ts";
import { flat } from "./_flat.ts";

/** How far the dense eigenvalue itself can be off, relative to the norm of its matrix. */
const DENSE = 1e-15;

const SHAPES = [
  { d: 1, k: 1 },
  { d: 3, k: 2 },
  { d: 5, k: 3, m: 2 },
  { d: 5, k: 3, m: 3, rank: 1 },
  { d: 4, k: 6, m: 3, rank: 0 },
  { d: 3, k: 2, m: 4 },
];

/** Poisson overflows beyond predictions of 700. */
const scalesFor = ({ name }: AnyLoss) => name === "poisson" ? [1e-3, 0.3] : [1e-3, 1, 30, 1e3];

/** That an interval holds the dense eigenvalue, and that its direction is a unit one whose dense curvature is at most `upper`. */
function checkInterval(found: LambdaMin, head: HeadProblem, what: string): void {
  const dense = denseHessian(head);
  const [truth] = eigenvalues(kernels, dense);
  const slack = DENSE * dense.rows * norm(dense.data);
  assert(found.lower <= found.upper, `${what}: ${found.lower} above ${found.upper}`);
  assert(
    found.lower <= truth + slack && truth - slack <= found.upper,
    `${what}: ${truth} not in [${found.lower}, ${found.upper}]`,
  );
  assertEquals(found.direction === null, !(found.upper < 0));
  if (found.direction) {
    const direction = flat(found.direction);
    assertAlmostEquals(norm(direction), 1, 1e-12);
    assert(dot(direction, times(dense, direction)) <= found.upper + slack, what);
  }
}

for (const loss of ALL_LOSSES) {
  Deno.test(`lambdaMin() holds the dense eigenvalue of ${loss.name}, from the reduced matrix and by Lanczos, at every scale`, () => {
    for (const [seed, shape] of SHAPES.entries()) {
      for (const scaleW of scalesFor(loss)) {
        for (const scaleV of scalesFor(loss)) {
          const head = randomHead(loss, seed + 1, { ...shape, scaleW, scaleV });
          using objective = createHeadObjective(kernels, head);
          const at = objective.at(head);
          const what = `${JSON.stringify(shape)}, scales ${scaleW}, ${scaleV}`;
          const exact = lambdaMin(objective, at);
          checkInterval(exact, head, what);
          const dense = denseHessian(head);
          const spread = 3e-10 * (1 + norm(dense.data)) * ((1 + scaleV) * (1 + scaleW)) ** 2;
          assert(exact.upper - exact.lower <= spread, `${what}: as wide as ${exact.upper - exact.lower}`);
          assertEquals([exact.exact, exact.method], [true, "reduced"]);
          for (const steps of [0, 10]) {
            const other = lambdaMin(objective, at, { order: 0, steps });
            checkInterval(other, head, `${what}, ${steps} steps`);
            assertEquals([other.exact, other.method], [false, "lanczos"]);
            assert(other.lower >= -spectralNorm(kernels, at.R) * (1 + 1e-6) - spread, what);
          }
        }
      }
    }
  });
}

/** Five rows of whole numbers, so that they are exact. */
const X = [1, -2, 1, 1, 0, -1, 1, 1, 0, 1, 3, -1, 1, -1, 2];
const F = matrix(5, 2, [1, 0, 0, 1, 1, 1, -1, 2, 1, -1]);

/** Smallest eigenvalues over (w, V) of d + 2 d numbers, V = size ((1, -2), (3, 1), third), computed in 80 digits. */
const LARGE: readonly (readonly [AnyLoss, number, readonly number[] | null, boolean, number])[] = [
  [squared, 2 ** 20, [0, 0], true, -2.8152150911099061349],
  [squared, 2 ** 20, [1, 2], true, -2.8152150393709433535],
  [squared, 2 ** 20, [0, 0], false, -1.123773992403085204],
  [squared, 2 ** 20, [1, 2], false, -1.1237739443248024467],
  [logistic, 2 ** 20, [0, 0], true, -0.74582744166482617889],
  [logistic, 2 ** 20, [1, 2], false, -0.26483467152823015772],
  [squared, 2 ** 27, [0, 0], true, -2.8152150013433694401],
  [squared, 2 ** 27, [1, 2], true, -2.815215000939159071],
  [squared, 2 ** 27, [1, 2], false, -1.1237739204735053343],
  [logistic, 2 ** 27, [0, 0], true, -0.74582741314409266136],
  [logistic, 2 ** 27, [1, 2], false, -0.26483466560781311028],
  [squared, 2 ** 20, null, true, -4.0042756497277304333e-12],
  [squared, 2 ** 20, null, false, -2.7642936422023457466e-13],
  [logistic, 2 ** 20, null, true, -2.7498179191845386538e-12],
  [logistic, 2 ** 20, null, false, -6.2196606949552779299e-14],
  [squared, 2 ** 27, null, true, -2.4440156823590577172e-16],
  [squared, 2 ** 27, null, false, -1.6871908217011357556e-17],
  [logistic, 2 ** 27, null, true, -1.6783553079373490263e-16],
  [logistic, 2 ** 27, null, false, -3.7961793488275554501e-18],
];

for (const [loss, size, third, sloped, truth] of LARGE) {
  const d = third === null ? 2 : 3;
  Deno.test(`lambdaMin() holds ${truth}, known in 80 digits, of ${loss.name} with ||V|| about 4 times 2^${Math.log2(size)}, d ${d}, ${sloped ? "w not 0" : "w = 0"}, row 3 of V ${third}`, () => {
    const x = matrix(5, d, X.filter((_, at) => at % 3 < d));
    const V = matrix(d, 2, [size, -2 * size, 3 * size, size, ...third ?? []]);
    const w = [1 / size, -1 / (2 * size), 0].slice(0, d).map((value) => sloped ? value : 0);
    const y = Float64Array.from(loss === squared ? [1, -1, 2, 0, 3] : [1, -1, 1, 1, -1]);
    using objective = createHeadObjective(kernels, { x, f: F, y, loss });
    const at = objective.at({ W: matrix(1, d, w), V });
    for (const order of [400, 0]) {
      const { lower, upper } = lambdaMin(objective, at, { order });
      assert(lower <= truth && truth <= upper, `${truth} not in [${lower}, ${upper}]`);
      // Where a direction is left that V does not enlarge, much is still known.
      if (third !== null) assert(upper < 0.5 * truth && lower > 2 * truth, `[${lower}, ${upper}]`);
    }
  });
}

/** Exponent e, smallest eigenvalue in 80 digits, then x [5, 3], f [5, 2], y, V / 2^e [3, 2] and 2^e W, all whole numbers. */
const LOST: readonly (readonly [number, number, number[], number[], number[], number[], number[]])[] = [
  [
    20,
    -79.038128345677668145,
    [3, -1, -3, 2, -2, 3, 0, -1, -4, 0, -3, -2, 1, 1, 5],
    [2, 0, 0, -2, 1, 2, 2, -3, 1, 0],
    [-1, 1, -1, 0, 2],
    [0, 2, -6, 0, -1, -3],
    [-1, -6, 0],
  ],
  [
    27,
    -7.3144663714041675559,
    [0, 3, 0, -1, -4, 0, 1, 2, 1, 3, 0, 1, 3, 1, -2],
    [2, 0, 1, 2, -2, 0, -1, -1, -2, -3],
    [4, 1, -1, 1, -4],
    [0, 0, -2, 1, 0, 0],
    [-2, -3, 0],
  ],
  [
    27,
    -3.8241301978158895693,
    [1, 0, 0, 3, 2, 2, -1, 0, 1, -2, 2, -1, -5, 1, -3],
    [-1, -1, 6, 2, 1, -3, -2, 1, 0, 3],
    [-1, -3, 0, 1, -2],
    [0, 3, 0, 0, 1, 0],
    [0, 0, 0],
  ],
  [
    17,
    -1.3003494782309273337,
    [1, -2, -2, 0, 1, -1, 2, 4, 1, 5, 1, 1, 4, 0, -3],
    [0, 0, 1, 2, -2, 1, -4, -1, 4, 1],
    [0, 1, 0, -2, 2],
    [-3, 3, 1, -2, -1, -1],
    [0, 1, 0],
  ],
];

for (const [e, truth, x, f, y, V, W] of LOST) {
  Deno.test(`lambdaMin() holds ${truth}, known in 80 digits, where the reduced matrix alone misses it, ||V|| some 2^${e}`, () => {
    const data = { x: matrix(5, 3, x), f: matrix(5, 2, f), y: Float64Array.from(y), loss: squared };
    using objective = createHeadObjective(kernels, data);
    const at = objective.at({
      W: matrix(1, 3, W.map((value) => value / 2 ** e)),
      V: matrix(3, 2, V.map((value) => value * 2 ** e)),
    });
    // The computed eigenvalue is off by more than 1e-6 of it: what the interval is for.
    assert(headSpectrum(objective, at).lambdaMin > truth * (1 - 1e-6));
    for (const order of [400, 0]) {
      const { lower, upper } = lambdaMin(objective, at, { order });
      assertLessOrEqual(lower, truth, `[${lower}, ${upper}]`);
      assertLessOrEqual(truth, upper, `[${lower}, ${upper}]`);
      assertLess(upper, 0.3 * truth, `[${lower}, ${upper}]`);
      assertGreater(lower, 3 * truth, `[${lower}, ${upper}]`);
    }
  });
}

Deno.test("lambdaMin() has a direction that the reduced matrix confirms, exactly to rounding of the dense curvature", () => {
  for (let seed = 0; seed < 20; seed++) {
    const head = randomHead(seed % 2 ? squared : softmax, seed, { d: 4, k: 4, scaleW: seed % 3 });
    using objective = createHeadObjective(kernels, head);
    const { lower, upper, direction, residual } = lambdaMin(objective, objective.at(head));
    const dense = denseHessian(head);
    const curvature = dot(flat(direction!), times(dense, flat(direction!)));
    assertGreaterOrEqual(curvature, lower);
    assertLessOrEqual(curvature, upper);
    assertLess(residual, 1e-10);
    assertAlmostEquals(curvature, eigenvalues(kernels, dense)[0], 1e-10);
  }
});

Deno.test("lambdaMin() by Lanczos comes nearer with more products", () => {
  const head = randomHead(softmax, 4, { n: 200, d: 12, k: 9, m: 5 });
  using objective = createHeadObjective(kernels, head);
  const at = objective.at(head);
  const [truth] = eigenvalues(kernels, denseHessian(head));
  const above = [0, 4, 16, 60].map((steps) => lambdaMin(objective, at, { order: 0, steps }).upper - truth);
  above.slice(1).forEach((gap, i) => assert(gap >= -1e-10 && gap <= above[i] + 1e-12, `${above}`));
  assert(above[3] < 1e-6 * Math.abs(truth) && above[0] < 0.7 * Math.abs(truth), `${above}`);
});

Deno.test("explicitDirection() has the curvature of Theorem A, -(sqrt(b² + 4 r²) - b) / 2, on the dense Hessian", () => {
  for (const [seed, loss] of ALL_LOSSES.entries()) {
    const head = randomHead(loss, seed, { d: 5, k: 3, m: 2, scaleW: 0.5 });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    const direction = explicitDirection(objective, at)!;
    const dense = denseHessian(head);
    const curvature = dot(flat(direction), times(dense, flat(direction)));
    const normR = spectralNorm(kernels, at.R);
    // b from the curvature along (u a', 0), which the direction holds.
    const inW = direction.W.data.map((value) => value / norm(direction.W.data));
    const alone = Float64Array.of(...inW, ...new Float64Array(direction.V.data.length));
    const b = dot(alone, times(dense, alone));
    assertAlmostEquals(curvature, -(Math.sqrt(b * b + 4 * normR * normR) - b) / 2, 1e-12);
    assertAlmostEquals(norm(flat(direction)), 1, 1e-14);
  }
});

Deno.test("smooth hinge at w = 0: lambdaMin() does not depend on the order of the classes", () => {
  const head = randomHead(smoothHinge, 3, { d: 4, k: 3, scaleW: 0 });
  const swapped = { ...head, y: head.y.map((value) => -value) };
  using a = createHeadObjective(kernels, head);
  using b = createHeadObjective(kernels, swapped);
  const [one, other] = [lambdaMin(a, a.at(head)), lambdaMin(b, b.at(head))];
  assertAlmostEquals(one.lower, other.lower, 1e-13);
  assertAlmostEquals(one.upper, other.upper, 1e-13);
  assert(one.upper < -0.01);
});

Deno.test("Example 1: lambdaMin() is -eps at (0, -1/eps), where value is 1/2 and gradient 0", () => {
  for (const eps of [1, 0.1, 1e-2, 1e-3, 1e-4]) {
    const [one, f] = [matrix(1, 1, [1]), matrix(1, 1, [eps])];
    using objective = createHeadObjective(kernels, { x: one, f, y: Float64Array.of(1), loss: squared });
    const at = objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1 / eps]) });
    const { lower, upper } = lambdaMin(objective, at);
    assertEquals([at.value, at.gradientNorm], [0.5, 0]);
    // The reduced matrix is [0 -eps; -eps 0], but its 0 was made of numbers of size 1 / eps².
    assertLessOrEqual(lower, -eps, `eps ${eps}: [${lower}, ${upper}]`);
    assertLessOrEqual(-eps, upper, `eps ${eps}: [${lower}, ${upper}]`);
    assertGreaterOrEqual(lower, -eps - 2e-14, `eps ${eps}: [${lower}, ${upper}]`);
    assert(upper <= -eps + 1e-12 / eps ** 2, `${upper}`);
  }
});

Deno.test("lambdaMin() stays valid and does not throw where numbers are not finite or Hessians overflow", () => {
  const one = matrix(1, 2, [1, 2]);
  using objective = createHeadObjective(kernels, {
    x: one,
    f: matrix(1, 1, [1]),
    y: Float64Array.of(1),
    loss: squared,
  });
  for (const [w, v] of [[1e-170, 1e160], [NaN, 1], [1, Infinity], [1e200, 1e200], [0, 1e300]]) {
    const at = objective.at({ W: matrix(1, 2, [w, w]), V: matrix(2, 1, [v, v]) });
    for (const order of [400, 0]) {
      const { lower, upper } = lambdaMin(objective, at, { order });
      assert(lower <= upper && !(upper < -1e12), `${w}, ${v}: [${lower}, ${upper}]`);
    }
  }
});

Deno.test("nullDirection() is a unit vector that W does not see, at any scale and of any rank, or null", () => {
  const check = (W: ReturnType<typeof matrix>, a: Vector) => {
    assertAlmostEquals(norm(a), 1, 1e-14);
    assert(norm(times(W, a)) <= 1e-15 * 10 * norm(W.data), `${norm(times(W, a))}`);
  };
  for (let seed = 0; seed < 30; seed++) {
    const { W, V } = randomHead(huber, seed, {
      d: 2 + seed % 6,
      k: 1 + seed % 5,
      m: 1 + seed % 3,
      rank: seed % 4,
      scaleW: 10 ** (seed % 7 * 40 - 120),
      scaleV: 10 ** (seed % 5 - 2),
    });
    const a = nullDirection(W);
    if (W.rows < W.cols) assert(a !== null);
    if (a) check(W, a);
    const several = nullDirections(W, V, 4);
    several.forEach((one) => check(W, one));
    several.forEach((one, i) => several.slice(0, i).forEach((other) => assertAlmostEquals(dot(one, other), 0, 1e-14)));
    // Room for V'a = 0 as well.
    if (W.rows + V.cols < W.cols) assert(norm(transposeTimes(V, several[0])) <= 1e-13 * (norm(V.data) || 1));
  }
  assertEquals(nullDirection(matrix(2, 2, [1, 2, 3, 4])), null);
  assertEquals(nullDirections(matrix(2, 2, [1, 2, 3, 4]), matrix(2, 1, [1, 1]), 2), []);
  // Two rows that agree but for rounding have rank 1.
  check(matrix(2, 2, [1 / 3, 2 / 3, 1 / 30, 2 / 30]), nullDirection(matrix(2, 2, [1 / 3, 2 / 3, 1 / 30, 2 / 30]))!);
});
