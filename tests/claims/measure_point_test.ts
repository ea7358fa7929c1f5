import { assert, assertAlmostEquals, assertEquals, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { bestLinear, type LinearBaseline } from "../../src/baseline/mod.ts";
import { decideAll, InternalFault, isEvaluated, measurePoint, type Yardsticks } from "../../src/claims/mod.ts";
import {
  createHeadObjective,
  type Evaluation,
  headWith,
  lambdaMin,
  smoothness,
  spectralNorm,
  theorem3,
} from "../../src/landscape/mod.ts";
import { defineLoss, logistic, lossByName, softmax, squared } from "../../src/loss/mod.ts";
import { type Matrix, matrix, multiply, norm } from "../../src/tensor/mod.ts";
import { ALL_LOSSES, type HeadShape, kernels, linearLoss, randomHead } from "../support/random_heads.ts";
import type { HeadProblem } from "../support/dense_hessian.ts";

/** Sums of 30 to 60 products of numbers near 1, and a chain of a few of them. */
const SUMS = 1e-12;

const columns = (a: Matrix, from: number, to: number): Matrix =>
  matrix(
    a.rows,
    to - from,
    Array.from({ length: a.rows * (to - from) }, (_, at) => {
      const width = to - from;
      return a.data[Math.floor(at / width) * a.cols + from + at % width];
    }),
  );

/** The two optima of a problem. */
function yardsticksOf({ x, f, y, loss }: HeadProblem): { linear: LinearBaseline; featureOptimum: LinearBaseline } {
  return {
    linear: bestLinear(kernels, loss, { x, y }),
    featureOptimum: bestLinear(kernels, loss, { x, beside: f, y }),
  };
}

/** The record at the problem's own point, with faults put in on the way as a test asks for. */
function measured(problem: HeadProblem, options: {
  readonly epsilon?: number;
  readonly yardsticks?: Yardsticks;
  readonly spoil?: (at: Evaluation) => Evaluation;
  readonly lambdaFactor?: number;
} = {}) {
  using objective = createHeadObjective(kernels, problem);
  const at = objective.at(problem);
  const lambda = lambdaMin(objective, at);
  const { epsilon = 1e-6, yardsticks = yardsticksOf(problem), spoil = (same) => same, lambdaFactor = 1 } = options;
  return measurePoint(
    objective,
    spoil(at),
    { ...lambda, lower: lambda.lower * lambdaFactor, upper: lambda.upper * lambdaFactor },
    yardsticks,
    epsilon,
  );
}

/** The same problem at a point that has the best value that the features allow. */
function settled(problem: HeadProblem, { weights }: LinearBaseline): HeadProblem {
  const [m, d, k] = [problem.W.rows, problem.x.cols, problem.f.cols];
  const whole = matrix(m, d + k, weights);
  return { ...problem, ...headWith(problem, columns(whole, 0, d), columns(whole, d, d + k))! };
}

const SHAPES: readonly HeadShape[] = [{ d: 5, k: 3 }, { d: 5, k: 3, scaleW: 0 }, { d: 5, k: 3, scaleV: 30 }, {
  d: 4,
  k: 2,
  m: 3,
  rank: 1,
}];

for (const loss of ALL_LOSSES) {
  Deno.test(`measurePoint() finds every inequality true at random points, ${loss.name}`, () => {
    for (const [seed, shape] of SHAPES.entries()) {
      const problem = randomHead(loss, seed, shape);
      const { linear } = yardsticksOf(problem);
      const record = measured(problem);
      for (const [id, found] of Object.entries(record.inequalities)) {
        assert(
          isEvaluated(found) ? found.holds : found.outside.length > 0,
          `${id}, shape ${seed}: ${JSON.stringify(found)}`,
        );
      }
      assertEquals(isEvaluated(record.inequalities["theorem-a"]), true);
      const minimum = record.featureOptimum.value;
      assert(minimum === null || minimum <= record.value + SUMS);
      assertAlmostEquals(record.gap, record.value - linear.value, SUMS * (1 + record.value));
      assertAlmostEquals(linear.value, linearLoss(problem, linear.weights), SUMS * (1 + Math.abs(linear.value)));
    }
  });

  Deno.test(`measurePoint() calls a settled point stationary, equal to the best of its features and not above linear, ${loss.name}`, () => {
    const problem = randomHead(loss, 7, { n: 60, d: 4, k: 2, m: "joint" in loss ? 3 : 1 });
    const yardsticks = yardsticksOf(problem);
    const record = measured(settled(problem, yardsticks.featureOptimum), { yardsticks });
    assert(record.stationary, `gradient ${record.gradientNorm}, lambda_min from ${record.lambda.lower}`);
    assert(record.featureOptimum.equal);
    assertEquals(record.standing, "below");
    assertLess(record.epsilon, 1e-6);
  });
}

Deno.test("measurePoint() has the norms of what it was given", () => {
  const problem = randomHead(squared, 3, { d: 4, k: 3, m: 2 });
  using objective = createHeadObjective(kernels, problem);
  const at = objective.at(problem);
  const record = measured(problem);
  assertEquals([record.wNorm, record.vNorm], [norm(problem.W.data), norm(problem.V.data)]);
  assertEquals([record.sNorm, record.rNorm, record.gradientNorm], [norm(at.S.data), norm(at.R.data), at.gradientNorm]);
  assert(record.lambda.lower <= record.lambda.upper && record.lambda.upper <= 0);
});

/** The point (0, -s r'/||r||²) of a problem with w = 0, where the gradient is 0. */
function saddle(problem: HeadProblem): HeadProblem {
  using objective = createHeadObjective(kernels, problem);
  const { S: { data: s }, R: { data: r } } = objective.at(problem);
  const V = matrix(
    s.length,
    r.length,
    Array.from(problem.V.data, (_, at) => -s[Math.floor(at / r.length)] * r[at % r.length] / norm(r) ** 2),
  );
  return { ...problem, V };
}

Deno.test("measurePoint() does not call a saddle stationary, however small its gradient", () => {
  const record = measured(saddle(randomHead(squared, 5, { d: 4, k: 2, scaleW: 0, scaleV: 0 })));
  assertLess(record.gradientNorm, SUMS);
  assertEquals([record.stationary, record.standing], [false, "above"]);
  assertAlmostEquals(record.epsilon, record.lambda.lower ** 2 / record.mu2!, SUMS);
});

Deno.test("measurePoint() says why an inequality was not evaluated", () => {
  const outside = (problem: HeadProblem) =>
    Object.fromEntries(
      Object.entries(measured(problem).inequalities).flatMap(([id, found]) =>
        isEvaluated(found) ? [] : [[id, found.outside]]
      ),
    );
  assertEquals(outside(randomHead(squared, 1, { d: 3, k: 2 })), {});
  assertEquals(outside(randomHead(squared, 1, { d: 3, k: 2, scaleW: 0 })), {
    "theorem-1": "w = 0, which Theorem 2 is about",
  });
  assertEquals(Object.keys(outside(randomHead(lossByName("huber"), 1, { d: 3, k: 2, scaleV: 5 }))), ["theorem-3"]);
  assertStringIncludes(outside(randomHead(lossByName("smooth_hinge"), 1, { d: 3, k: 2 }))["theorem-2"], "kink");
  const several = outside(randomHead(softmax, 1, { d: 3, k: 2, m: 3 }));
  assertEquals(Object.keys(several), ["theorem-2", "theorem-3", "theorem-a", "theorem-a1"]);
  assertStringIncludes(several["theorem-a"], "fewer outputs than inputs, here 3 and 3");
  assertEquals(Object.keys(outside(randomHead(softmax, 1, { d: 5, k: 2, m: 3, rank: 1 }))), [
    "theorem-1",
    "theorem-2",
    "theorem-3",
  ]);
});

Deno.test("measurePoint() puts everything outside for a loss that is not convex", () => {
  const loss = defineLoss({
    name: "welsch",
    convex: false,
    value: (p, y) => 1 - Math.exp(-((p - y) ** 2) / 2),
    d1: (p, y) => (p - y) * Math.exp(-((p - y) ** 2) / 2),
    d2: (p, y) => (1 - (p - y) ** 2) * Math.exp(-((p - y) ** 2) / 2),
  });
  const problem = { ...randomHead(squared, 1, { d: 3, k: 2 }), loss };
  const { linear, featureOptimum } = yardsticksOf({ ...problem, loss: squared });
  // Were the loss convex, a minimum above F would be a fault.
  const record = measured(problem, {
    yardsticks: { linear, featureOptimum: { ...featureOptimum, value: 9, infimum: 9, lowerBound: 9 } },
  });
  assert(Object.values(record.inequalities).every((found) => !isEvaluated(found)));
  assertEquals(record.allowance, Infinity);
});

Deno.test("measurePoint() judges ties by the size of the loss: a loss of 1e-26, and one below 0", () => {
  // y of size 1e-13: losses of size 1e-26, far below any absolute tolerance.
  const tiny = randomHead(squared, 11, { d: 3, k: 2, scaleW: 0 });
  const scaled = { ...tiny, y: tiny.y.map((value) => 1e-13 * value) };
  const record = measured(scaled);
  assertEquals(record.standing, "above");
  assertLess(record.tolerance, 1e-6 * record.gap);
  // Large counts: the best loss is well below 0.
  const counts = randomHead(lossByName("poisson"), 12, { n: 40, d: 3, k: 2, scaleV: 0 });
  const many = { ...counts, y: counts.y.map((value) => 20 * value + 3) };
  const { linear, featureOptimum } = yardsticksOf(many);
  assertLess(linear.value, -1);
  const near = { ...many, W: matrix(1, 3, linear.weights) };
  const equal = measured(near, {
    yardsticks: { linear: { ...linear, value: linear.value * (1 + 1e-10) }, featureOptimum },
  });
  assertEquals(equal.standing, "equal");
  assert(equal.tolerance > 0);
});

Deno.test("measurePoint() tells a loss above linear from one below, and both from a tie", () => {
  const problem = randomHead(squared, 13, { d: 3, k: 2 });
  const { linear, featureOptimum } = yardsticksOf(problem);
  const own = measured(problem).value;
  const at = (value: number) =>
    measured(problem, { yardsticks: { linear: { ...linear, value }, featureOptimum } }).standing;
  assertEquals([own * 0.99, own, own * 1.01].map(at), ["above", "equal", "below"]);
  assertEquals([own * (1 - 1e-12), own * (1 + 1e-12)].map(at), ["equal", "equal"]);
  assertEquals([own * (1 - 1e-8), own * (1 + 1e-8)].map(at), ["above", "below"]);
});

Deno.test("measurePoint() gives the distance to the infimum where no linear predictor attains it", () => {
  const x = matrix(4, 2, [1, -2, 1, -1, 1, 1, 1, 2]);
  const f = matrix(4, 1, [0.5, -0.5, 0.25, 1]);
  const problem = {
    x,
    f,
    y: Float64Array.of(-1, -1, 1, 1),
    loss: logistic,
    W: matrix(1, 2, [0, 3]),
    V: matrix(2, 1, [0, 0]),
  };
  const record = measured(problem);
  assertEquals([record.infimumGap, record.featureOptimum.value], [record.value, 0]);
});

Deno.test("measurePoint() of a perfect fit says equal, not above by rounding", () => {
  const problem = randomHead(squared, 17, { d: 3, k: 2, scaleV: 0 });
  const truth = multiply(problem.x, matrix(3, 1, problem.W.data));
  const exact = { ...problem, y: truth.data.slice() };
  const { linear, featureOptimum } = yardsticksOf(exact);
  const record = measured(exact, { yardsticks: { linear, featureOptimum } });
  assertEquals(record.standing, "equal");
  assert(record.featureOptimum.equal);
});

Deno.test("measurePoint() changes its mind about stationary at the least epsilon, by gradient or by curvature", () => {
  const sloping = randomHead(squared, 25, { d: 4, k: 2 });
  const best = settled(sloping, yardsticksOf(sloping).featureOptimum);
  const near = { ...best, W: { ...best.W, data: best.W.data.map((entry) => entry + 1e-7) } };
  const curved = saddle(randomHead(squared, 5, { d: 4, k: 2, scaleW: 0, scaleV: 0 }));
  for (const problem of [near, curved]) {
    const { epsilon } = measured(problem);
    const stationaryTo = (share: number) => measured(problem, { epsilon: share * epsilon }).stationary;
    assertEquals([0.02, 0.5, 0.99, 1.01, 50].map(stationaryTo), [false, false, false, true, true]);
  }
  const { gradientNorm, lambda, mu2, epsilon } = measured(curved);
  assertLess(gradientNorm, 1e-12);
  assertAlmostEquals(epsilon, lambda.lower ** 2 / mu2!, 1e-12);
  assert(Math.abs(mu2! - 1) > 0.1);
});

Deno.test("measurePoint() hands to each inequality what it is about", () => {
  const problem = randomHead(logistic, 26, { d: 4, k: 3 });
  const { linear, featureOptimum } = yardsticksOf(problem);
  const record = measured(problem);
  const sides = (id: keyof typeof record.inequalities) => {
    const found = record.inequalities[id];
    assert(isEvaluated(found));
    return found;
  };
  for (const id of ["theorem-3", "theorem-a", "convex-certificate"] as const) {
    assertAlmostEquals(sides(id).right, record.value - linear.value, SUMS);
  }
  assertAlmostEquals(sides("features-certificate").right, record.value - featureOptimum.value, SUMS);
  assertEquals([sides("theorem-1").left, sides("theorem-a1").right], [record.gradientNorm, sides("theorem-a1").right]);
  assertAlmostEquals(sides("theorem-a1").right, record.rNorm ** 2, SUMS);
  using objective = createHeadObjective(kernels, problem);
  const at = objective.at(problem);
  const b = Math.max(record.wNorm, spectralNorm(kernels, problem.V));
  const options = { b, radius: norm(linear.weights), curvature: -record.lambda.lower };
  assertEquals(sides("theorem-3").left, theorem3(smoothness(objective, at), record.gradientNorm, options)!.bound);
  assertEquals(record.allowance, sides("theorem-a").left + sides("theorem-a").rounding);
  // Where Theorem A says nothing the next bound is taken.
  const narrow = measured(randomHead(softmax, 1, { d: 3, k: 2, m: 3 }));
  const certificate = narrow.inequalities["convex-certificate"];
  assert(isEvaluated(certificate));
  assertEquals(narrow.allowance, certificate.left + certificate.rounding);
});

// Faults must be seen: each of these is a mistake that a part of the program could make.

Deno.test("a features' optimum that drops a direction ends in an InternalFault at a settled point", () => {
  for (const loss of ALL_LOSSES) {
    const problem = randomHead(loss, 21, { n: 60, d: 4, k: 3, m: "joint" in loss ? 3 : 1 });
    const { linear, featureOptimum } = yardsticksOf(problem);
    const { x, f, y } = problem;
    const m = problem.W.rows;
    const fewer = bestLinear(kernels, loss, { x, beside: columns(f, 0, 2), y });
    const weights = new Float64Array(m * 7);
    for (let a = 0; a < m; a++) weights.set(fewer.weights.subarray(a * 6, (a + 1) * 6), a * 7);
    const faulty = { ...fewer, weights };
    const at = settled(problem, featureOptimum);
    const fault = assertThrows(() => measured(at, { yardsticks: { linear, featureOptimum: faulty } }), InternalFault);
    assertStringIncludes(fault.message, "min H");
    // Said to be attained, with nothing proved, it is a fault all the same.
    const unproved = { ...faulty, lowerBound: null, gapBound: null };
    assertThrows(() => measured(at, { yardsticks: { linear, featureOptimum: unproved } }), InternalFault);
    // And so is a lower bound that was proved too high, attained or not.
    const bound = { ...faulty, attained: false, infimum: null, gapBound: null, lowerBound: fewer.value };
    assertThrows(() => measured(at, { yardsticks: { linear, featureOptimum: bound } }), InternalFault);
  }
});

Deno.test("a features' optimum above the linear predictor's loss is an InternalFault", () => {
  const problem = randomHead(squared, 22, { d: 4, k: 3 });
  const { linear, featureOptimum } = yardsticksOf(problem);
  const value = featureOptimum.value * (1 - 1e-6);
  const lower = { ...linear, value, infimum: value, lowerBound: value };
  assertThrows(
    () => measured(problem, { yardsticks: { linear: lower, featureOptimum } }),
    InternalFault,
    "above F_lin",
  );
});

Deno.test("a minimum above F = 0 by the square of a rounding is no fault", () => {
  const problem = randomHead(squared, 27, { d: 3, k: 2, scaleW: 0, scaleV: 0 });
  const zero = { ...problem, y: new Float64Array(problem.y.length) };
  const { linear } = yardsticksOf(zero);
  const off = (value: number) => ({
    ...linear,
    weights: new Float64Array(5).fill(1),
    value,
    infimum: value,
    lowerBound: value,
    gapBound: 0,
  });
  const at = (value: number) => measured(zero, { yardsticks: { linear: off(value), featureOptimum: off(value) } });
  assertEquals(at(1e-30).featureOptimum.equal, true);
  assertThrows(() => at(1e-20), InternalFault);
});

Deno.test("a wrong R or S fails a claim", () => {
  const problem = randomHead(squared, 23, { d: 4, k: 3, scaleV: 2 });
  const statuses = (spoil: (at: Evaluation) => Evaluation) => {
    const record = measured(problem, { spoil });
    const linear = yardsticksOf(problem).linear;
    const claims = decideAll({ points: [record], ends: [record], loss: squared, linear, outputs: 1, inputs: 4 });
    return claims.filter(({ status }) => status === "fails").map(({ id }) => id);
  };
  assertEquals(statuses((at) => at), []);
  const times = (a: Matrix, factor: number): Matrix => ({ ...a, data: a.data.map((entry) => factor * entry) });
  assert(statuses((at) => ({ ...at, R: times(at.R, -1) })).includes("features-certificate"));
  assert(statuses((at) => ({ ...at, R: times(at.R, 2) })).includes("theorem-a"));
  assert(statuses((at) => ({ ...at, S: times(at.S, -1) })).includes("convex-certificate"));
});

Deno.test("a lambda_min that is off by 1 % fails Theorem A where that is tight", () => {
  // At (0, 0) with whitened inputs b is the same in every direction: (A1) is an equality there.
  const n = 8;
  const x = matrix(n, 2, Array.from({ length: 2 * n }, (_, at) => (Math.floor(at / 2) >> (at % 2)) & 1 ? 1 : -1));
  const f = matrix(n, 1, Array.from({ length: n }, (_, i) => i - 3.5));
  const y = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
  const problem = { x, f, y, loss: squared, W: matrix(1, 2, [0, 0]), V: matrix(2, 1, [0, 0]) };
  const stationarity = (lambdaFactor: number) => measured(problem, { lambdaFactor }).inequalities["theorem-a1"];
  const exact = stationarity(1);
  assert(isEvaluated(exact) && exact.holds);
  const spoilt = stationarity(0.99);
  assert(isEvaluated(spoilt) && !spoilt.holds);
});
