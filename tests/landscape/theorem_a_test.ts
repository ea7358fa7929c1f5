import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  createHeadObjective,
  type HeadObjective,
  lambdaMin,
  spectralNorm,
  type TheoremA,
  theoremA,
} from "../../src/landscape/mod.ts";
import { type AnyLoss, huber, logistic, smoothHinge, softmax, squared } from "../../src/loss/mod.ts";
import { eigenvalues, type Matrix, matrix, multiply, norm, times, transpose } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian, type HeadProblem } from "../support/dense_hessian.ts";
import { plainOptimum } from "../support/plain_newton.ts";
import { ALL_LOSSES, kernels, linearLoss, randomComparator, randomHead } from "../support/random_heads.ts";

/** Eigenvalues and square roots of them: hundreds of units of rounding of their sizes. */
const ROUNDING = 1e-10;

const SHAPES = [
  { d: 2, k: 1, m: 1 },
  { d: 4, k: 3, m: 1 },
  { d: 5, k: 3, m: 2 },
  { d: 5, k: 2, m: 3, rank: 1 },
  { d: 4, k: 6, m: 3, rank: 0 },
];

/** Poisson overflows beyond predictions of 700. */
const scalesFor = ({ name }: AnyLoss) => name === "poisson" ? [1e-3, 0.3] : [1e-3, 1, 1e3];

/** The singular values of a matrix, by the eigenvalues of the dense square. */
const singular = (a: Matrix) =>
  eigenvalues(kernels, multiply(a, transpose(a))).map((value) => Math.sqrt(Math.max(0, value)));

for (const loss of ALL_LOSSES) {
  Deno.test(`theoremA() holds for ${loss.name} at random points of every rank and scale, against any linear predictor`, () => {
    for (const [seed, shape] of SHAPES.entries()) {
      for (const scaleW of scalesFor(loss)) {
        for (const scaleV of scalesFor(loss)) {
          const head = randomHead(loss, seed + 11, { ...shape, scaleW, scaleV });
          using objective = createHeadObjective(kernels, head);
          const at = objective.at(head);
          const what = `${JSON.stringify(shape)}, scales ${scaleW}, ${scaleV}`;
          // The dense Hessian's own kappa, with no interval around it.
          const dense = denseHessian(head);
          const [truth] = eigenvalues(kernels, dense);
          const size = ROUNDING * (1 + norm(dense.data));
          for (const scale of [0, 0.1, loss.name === "poisson" ? 0.2 : 3]) {
            const found = theoremA(objective, at, { lower: truth - size }, randomComparator(head, seed, scale))!;
            assert(found.stationarity.holds && found.gap.holds, `${what}: ${JSON.stringify(found)}`);
            for (const order of [400, 0]) {
              const lambda = lambdaMin(objective, at, { order });
              const other = theoremA(objective, at, lambda, randomComparator(head, seed, scale))!;
              assert(other.stationarity.holds && other.gap.holds, `${what}: ${JSON.stringify(other)}`);
              assertEquals(other.kappaUpper, Math.max(0, -lambda.lower));
            }
          }
        }
      }
    }
  });
}

Deno.test("theoremA() is the formula, both sides from the dense gradient, the dense Hessian and singular values", () => {
  for (const [loss, m] of [[softmax, 3], [squared, 2], [logistic, 1]] as const) {
    const head = randomHead(loss, 3, { d: m + 1, k: 4, m, scaleV: 0.7 });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    const [truth] = eigenvalues(kernels, denseHessian(head));
    const star = randomComparator(head, 5);
    const { b, kappaUpper, normR, stationarity, gap } = theoremA(objective, at, { lower: truth }, star)!;
    // With d = m + 1 there is one null direction, and b is the largest eigenvalue of u' E[(a'z)² l''] u: the corner of the
    // dense Hessian over D = u a'.
    const dense = denseHessian(head);
    const [d, order] = [m + 1, dense.rows];
    const a = nullVector(head.W);
    const corner = new Float64Array(m * m);
    for (let u = 0; u < m; u++) {
      for (let v = 0; v < m; v++) {
        for (let i = 0; i < d; i++) {
          for (let j = 0; j < d; j++) corner[u * m + v] += a[i] * a[j] * dense.data[(u * d + i) * order + v * d + j];
        }
      }
    }
    assertAlmostEquals(b, eigenvalues(kernels, matrix(m, m, corner)).at(-1)!, 1e-12);
    assertAlmostEquals(normR, singular(at.R).at(-1)!, 1e-12);
    assertEquals(kappaUpper, -truth);
    const product = -truth * (b - truth);
    assertAlmostEquals(stationarity.left, product, 1e-12);
    assertAlmostEquals(stationarity.right, normR ** 2, 1e-12);
    const { value, gradient } = denseGradient(head);
    const distance = norm(head.W.data.map((entry, i) => entry - star.A.data[i]));
    const nuclear = singular(multiply(star.A, head.V)).reduce((sum, one) => sum + one, 0);
    const bound = norm(gradient.slice(0, m * d)) * distance + nuclear * Math.sqrt(product);
    assertAlmostEquals(gap.left, bound, 1e-10);
    assertAlmostEquals(gap.right, value - star.value, 1e-12);
  }
});

/** The unit vector orthogonal to d - 1 rows: power iteration on a multiple of I less W'W. */
function nullVector(W: Matrix): Float64Array {
  const square = multiply(transpose(W), W);
  const trace = norm(square.data) * 1.01;
  let a = Float64Array.from({ length: W.cols }, (_, i) => 1 + i / 7);
  for (let step = 0; step < 20_000; step++) {
    const image = times(square, a);
    a = a.map((entry, i) => entry - image[i] / trace);
    const length = norm(a);
    a = a.map((entry) => entry / length);
  }
  return a;
}

/**
 * x has orthonormal columns and no part of f, V = 0, W = 0: the Hessian is blocks [1 -r; -r 0], and (A1) is an equality with
 * b = 1.
 */
function tight(loss: AnyLoss = squared): HeadProblem {
  return {
    x: matrix(4, 2, [1, 1, 1, -1, -1, 1, -1, -1]),
    f: matrix(4, 1, [1, 1, 1, 1]),
    y: Float64Array.of(1, 1, 1, -1),
    loss,
    W: matrix(1, 2, [0, 0]),
    V: matrix(2, 1, [0, 0]),
  };
}

function tightAt(change: (objective: HeadObjective, problem: HeadProblem) => TheoremA): TheoremA {
  const problem = tight();
  using objective = createHeadObjective(kernels, problem);
  return change(objective, problem);
}

Deno.test("theoremA() is an equality on a constructed instance, which a wrong R, a lambda off by 1 % and a small b break", () => {
  const star = { A: matrix(1, 2, [0.5, 0.5]), C: null, value: 0.25 };
  const exact = tightAt((objective, problem) => {
    const at = objective.at(problem);
    return theoremA(objective, at, lambdaMin(objective, at), star)!;
  });
  assert(exact.stationarity.holds && exact.gap.holds);
  assertAlmostEquals(exact.b, 1, 1e-15);
  assertAlmostEquals(exact.stationarity.left, exact.stationarity.right, 1e-12);
  assertAlmostEquals(exact.stationarity.right, 0.25, 1e-15);
  const kappa = (Math.sqrt(2) - 1) / 2;
  assertAlmostEquals(exact.kappaUpper, kappa, 1e-12);
  // lambda_min nearer to 0 than it is by 1 %.
  const short = tightAt((objective, problem) =>
    theoremA(objective, objective.at(problem), { lower: -0.99 * kappa }, star)!
  );
  assertEquals(short.stationarity.holds, false);
  // R larger than it is by 1 %.
  const wrong = tightAt((objective, problem) => {
    const at = objective.at(problem);
    const R = { ...at.R, data: at.R.data.map((entry) => 1.01 * entry) };
    return theoremA(objective, { ...at, R }, lambdaMin(objective, at), star)!;
  });
  assertEquals(wrong.stationarity.holds, false);
  // Data whose b is smaller by 10 %, with the lambda_min of the right data.
  const small = tightAt((objective, problem) => {
    const lambda = lambdaMin(objective, objective.at(problem));
    const x = matrix(4, 2, problem.x.data.map((entry) => Math.sqrt(0.9) * entry));
    using other = createHeadObjective(kernels, { ...problem, x });
    return theoremA(other, other.at(problem), lambda, star)!;
  });
  assertAlmostEquals(small.b, 0.9, 1e-14);
  assertEquals(small.stationarity.holds, false);
});

Deno.test("theoremA() bounds the gap to within 1 % on a constructed instance, so that a bound 2 % short does not hold", () => {
  // F falls by a line in V alone: w small, V' w far from the best, so that the gap is almost all ||W* V||_* ||R||.
  const problem: HeadProblem = {
    x: matrix(2, 2, [1, 1e-3, 1, -1e-3]),
    f: matrix(2, 1, [1, 1]),
    y: Float64Array.of(1, 1),
    loss: squared,
    W: matrix(1, 2, [0, 0]),
    V: matrix(2, 1, [-1, 0]),
  };
  using objective = createHeadObjective(kernels, problem);
  const at = objective.at(problem);
  const best = { A: matrix(1, 2, [1e-3, 0]), C: null, value: linearLoss(problem, Float64Array.of(1e-3, 0)) };
  const { gap } = theoremA(objective, at, lambdaMin(objective, at), best)!;
  assert(gap.holds && gap.left <= 1.01 * gap.right, `${gap.left} for ${gap.right}`);
  const lie = theoremA(objective, at, lambdaMin(objective, at), { ...best, value: best.value - 0.02 * gap.right })!;
  assertEquals(lie.gap.holds, false);
});

Deno.test("theoremA() fails when a comparator claims an impossibly low value, and NaN never holds", () => {
  const head = randomHead(softmax, 5, { d: 5, k: 2, m: 3 });
  using objective = createHeadObjective(kernels, head);
  const at = objective.at(head);
  const { A, value } = plainOptimum(head, 3);
  const star = { A, C: null, value: linearLoss(head, A.data) };
  const lambda = lambdaMin(objective, at);
  const honest = theoremA(objective, at, lambda, star)!;
  assert(honest.gap.holds && value <= star.value);
  assertEquals(
    theoremA(objective, at, lambda, { ...star, value: star.value - 1.01 * honest.gap.left })!.gap.holds,
    false,
  );
  assertEquals(theoremA(objective, at, { lower: NaN }, star)!.gap.holds, false);
});

Deno.test("theoremA() is outside for m >= d, for any rank of W", () => {
  for (const [d, m, rank] of [[1, 1, 1], [3, 3, 3], [3, 3, 1], [2, 4, 0]] as const) {
    const head = randomHead(squared, 1, { d, k: 2, m, rank });
    using objective = createHeadObjective(kernels, head);
    const at = objective.at(head);
    assertEquals(theoremA(objective, at, lambdaMin(objective, at), randomComparator(head, 1)), null);
  }
});

Deno.test("theoremA() reads l'' at a kink as its larger value, in any order of the classes", () => {
  for (const loss of [smoothHinge, huber]) {
    const head = randomHead(loss, 3, { d: 4, k: 3, scaleW: 0 });
    const y = loss === huber ? head.y.map((value) => value < 0 ? -1 : 1) : head.y;
    for (const targets of [y, y.map((value) => -value)]) {
      // At w = 0 every prediction is 0, on a kink.
      const problem = { ...head, y: targets };
      using objective = createHeadObjective(kernels, problem);
      const at = objective.at(problem);
      const { b, stationarity } = theoremA(objective, at, lambdaMin(objective, at), randomComparator(problem, 1))!;
      assert(stationarity.holds && b > 0.1, `${loss.name}: b ${b}`);
      assert(spectralNorm(kernels, at.R) > 0);
    }
  }
});
