import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertLessOrEqual,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { InternalFault, isEvaluated } from "../../src/claims/mod.ts";
import {
  type CertifiedPoint,
  certifyPoint,
  certifySteps,
  type FittedNetwork,
  headSource,
  settle,
} from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createHeadObjective } from "../../src/landscape/mod.ts";
import { logistic, softmax, squared } from "../../src/loss/mod.ts";
import { joinParts, splitParts } from "../../src/nn/mod.ts";
import { eigenvalues, matrix, multiply, norm, ShapeError } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian, type HeadProblem } from "../support/dense_hessian.ts";
import { plainOptimum } from "../support/plain_newton.ts";
import { ALL_LOSSES, linearLoss } from "../support/random_heads.ts";
import { finish } from "../support/small_problem.ts";
import { plainHead, randomFit } from "./_networks.ts";

const kernels = await loadKernels("simd");

/** Sums over 60 rows of numbers near 1, from two codes, a minimum among them. */
const ROUNDING = 1e-11;

/** The interval of lambda_min is as wide as its worst rounding: some hundreds of units of the Hessian's own size. */
const INTERVAL = 1e-9;

/** W* and V* of two codes agree to the square root of the rounding of H over its curvature, and enter in first order. */
const WEIGHTS = 1e-6;

/** S and R from the gradient: `S` is that of W at V = 0, for the same predictions shifted into the inputs. */
function slopes(head: HeadProblem): { readonly s: Float64Array; readonly r: Float64Array } {
  const { x, f, W, V } = head;
  const [n, d, k, m] = [x.rows, x.cols, f.cols, W.rows];
  const [s, r] = [new Float64Array(m * d), new Float64Array(m * k)];
  for (let i = 0; i < n; i++) {
    const one = (a: { readonly cols: number; readonly data: Float64Array }) =>
      matrix(1, a.cols, a.data.slice(i * a.cols, (i + 1) * a.cols));
    const z = one(x).data.map((value, a) =>
      value + one(f).data.reduce((sum, feature, j) => sum + V.data[a * k + j] * feature, 0)
    );
    // With the row's z as its input and V = 0 the gradient in W is l' z'; divided by z it is l'.
    const { gradient } = denseGradient({
      ...head,
      x: matrix(1, d, z),
      f: matrix(1, 0, []),
      V: matrix(d, 0, []),
      y: head.y.slice(i * m, (i + 1) * m),
    });
    const at = z.reduce((best, value, j) => Math.abs(value) > Math.abs(z[best]) ? j : best, 0);
    for (let a = 0; a < m; a++) {
      const slope = gradient[a * d + at] / z[at] / n;
      for (let j = 0; j < d; j++) s[a * d + j] += slope * x.data[i * d + j];
      for (let j = 0; j < k; j++) r[a * k + j] += slope * f.data[i * k + j];
    }
  }
  return { s, r };
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, at) => sum + value * b[at], 0);
const minus = (a: Float64Array, b: Float64Array) => a.map((value, at) => value - b[at]);

/** Holds every figure of a certificate to plain loops. */
function assertPlain({ point, featureOptimum, linear }: CertifiedPoint, fitted: FittedNetwork): void {
  const head = plainHead(fitted);
  const { W, V } = head;
  const { value, gradient } = denseGradient(head);
  const scale = ROUNDING * (1 + Math.abs(value));
  const straight = plainOptimum({ ...head, f: matrix(head.x.rows, 0, []) }, W.rows);
  const least = plainOptimum(head, W.rows);
  assertAlmostEquals(point.value, value, scale);
  assertAlmostEquals(point.gap, value - straight.value, scale);
  assertAlmostEquals(point.infimumGap!, value - straight.value, scale);
  assertAlmostEquals(point.gradientNorm, norm(gradient), scale);
  const { s, r } = slopes(head);
  assertAlmostEquals(point.sNorm, norm(s), scale);
  assertAlmostEquals(point.rNorm, norm(r), scale);
  assertAlmostEquals(point.wNorm, norm(W.data), scale);
  assertAlmostEquals(point.vNorm, norm(V.data), scale);
  const [lowest] = eigenvalues(kernels, denseHessian(head));
  const { lower, upper } = point.lambda;
  assertLessOrEqual(lower, lowest + scale, `${lower} ${lowest} ${upper}`);
  assertLessOrEqual(lowest, upper + scale, `${lower} ${lowest} ${upper}`);
  assertLessOrEqual(upper - lower, INTERVAL * (1 + Math.abs(lowest)), `${lower} ${lowest} ${upper}`);
  assertAlmostEquals(point.featureOptimum.value!, least.value, scale);
  assertAlmostEquals(point.featureOptimum.gap!, value - least.value, scale);
  assertAlmostEquals(featureOptimum.value, least.value, scale);
  assertAlmostEquals(linear.value, straight.value, scale);
  assertAlmostEquals(linearLoss(head, linear.weights), linear.value, scale);
  const expected = {
    "convex-certificate": dot(s, minus(W.data, straight.A.data)) + dot(r, multiply(W, V).data),
    "features-certificate": dot(s, minus(W.data, least.A.data)) + dot(r, minus(multiply(W, V).data, least.C.data)),
  } as const;
  for (const id of ["convex-certificate", "features-certificate"] as const) {
    const found = point.inequalities[id];
    assert(isEvaluated(found) && found.holds, id);
    assertAlmostEquals(found.left, expected[id], WEIGHTS * (1 + Math.abs(expected[id])), id);
  }
  assertEquals(point.standing, value > straight.value ? "above" : "below");
}

for (const loss of ALL_LOSSES) {
  for (const m of loss === softmax ? [3] : loss === logistic ? [1] : [1, 2]) {
    Deno.test(`certifyPoint() has the figures of plain loops at points above linear and below: ${loss.name}, ${m} output(s)`, () => {
      const standings = new Set<string>();
      for (let seed = 1; seed < 6; seed++) {
        const drawn = randomFit(loss, seed, { m });
        const { net } = drawn;
        const linear = bestLinear(kernels, loss, drawn.examples);
        const { theta, V } = splitParts(net, drawn.params);
        // At the linear predictor, moved along V's side, a little one way or the other.
        const near = (size: number) => joinParts(net, { w: linear.weights, V: V.map((value) => size * value), theta });
        for (const params of [drawn.params, near(0.03), near(-0.03)]) {
          const found = certifyPoint(kernels, { ...drawn, params });
          assertPlain(found, { ...drawn, params });
          standings.add(found.point.standing);
          assert(!found.point.stationary);
          assertEquals(found.verdict, "undecided");
          assertStringIncludes(found.sentence, "Not converged");
        }
      }
      assertEquals(standings, new Set(["above", "below"]));
    });
  }
}

Deno.test("certifyPoint() gives a descent direction from every point above linear, and none elsewhere", () => {
  for (const loss of [squared, softmax]) {
    for (let seed = 1; seed < 8; seed++) {
      const fitted = randomFit(loss, seed);
      const { point, escape } = certifyPoint(kernels, fitted);
      assertEquals(escape !== null, point.standing === "above");
      if (escape === null) continue;
      const { W, V } = escape.reached;
      const there = denseGradient({ ...plainHead(fitted), W, V }).value;
      assertLess(there, point.value);
      assertAlmostEquals(escape.drop, point.value - there, ROUNDING * (1 + point.value));
    }
  }
});

Deno.test("certifyPoint() says of a settled network that it has converged, and that every claim holds", () => {
  for (const [loss, m] of [[squared, 1], [squared, 2], [logistic, 1], [softmax, 3]] as const) {
    const start = randomFit(loss, 9, { m });
    const { params } = finish(settle(kernels, start, { epsilon: 1e-6 }));
    const found = certifyPoint(kernels, { ...start, params });
    assertPlainly(found);
    const moved = params.map((value, at) => at === 0 ? value + 1e-3 : value);
    const other = certifyPoint(kernels, { ...start, params: moved });
    assertEquals([other.point.stationary, other.point.featureOptimum.equal], [false, false]);
    // It is stationary all the same to whom a gradient of that size is none.
    assert(certifyPoint(kernels, { ...start, params: moved }, { epsilon: 1 }).point.stationary);
  }
});

function assertPlainly({ point, verdict, claims, escape, sentence }: CertifiedPoint): void {
  assertEquals([point.stationary, point.standing, point.featureOptimum.equal], [true, "below", true]);
  assertEquals([verdict, escape], ["holds", null]);
  assert(claims.every(({ status }) => status === "holds" || status === "outside"));
  assertEquals(claims.find(({ id }) => id === "corollary-1")?.status, "holds");
  assertStringIncludes(sentence, "has converged here");
  assertStringIncludes(sentence, "The loss equals the best that these features allow.");
}

Deno.test("certifyPoint() gives the same result with precomputed parts", () => {
  const fitted = randomFit(softmax, 4);
  const whole = certifyPoint(kernels, fitted);
  const { linear, featureOptimum } = whole;
  using rows = headSource(kernels, fitted);
  const parts = certifyPoint(kernels, fitted, { linear, featureOptimum, rows });
  assertEquals(parts, whole);
  let steps = 0;
  for (const work = certifySteps(kernels, fitted); !work.next().done;) steps++;
  // Between any two there is no more than a pass or a factorisation.
  assert(steps > 10, `${steps}`);
});

Deno.test("certifyPoint() calls a min H above F, or above the linear predictor, a fault and no verdict", () => {
  for (const loss of [squared, softmax]) {
    const start = randomFit(loss, 6);
    const { params } = finish(settle(kernels, start, { epsilon: 1e-6 }));
    const fitted = { ...start, params };
    const { featureOptimum, linear } = certifyPoint(kernels, fitted);
    const { value } = featureOptimum;
    const false_ = (off: number) => ({
      ...featureOptimum,
      value: value + off,
      infimum: value + off,
      lowerBound: value + off,
      gapBound: 0,
    });
    for (const off of [1e-6, 1e-3, 1]) {
      assertThrows(
        () => certifyPoint(kernels, fitted, { linear, featureOptimum: false_(off) }),
        InternalFault,
        "min H, the best loss that the features allow, was found as",
      );
    }
    assertLessOrEqual(certifyPoint(kernels, fitted, { linear, featureOptimum: false_(-1e-3) }).point.gap, 0);
  }
});

Deno.test("certifyPoint() takes a table with more inputs than rows, and features that are 0", () => {
  // Five rows and six columns: the best linear predictor fits every row.
  const fitted = randomFit(squared, 3, { n: 5, d: 6, k: 2 });
  const zero = fitted.params.map((value, at) => at < 6 + 12 ? value : 0);
  const { point, linear } = certifyPoint(kernels, { ...fitted, params: zero });
  assertLess(linear.value, 1e-25);
  assertEquals([linear.rank, linear.dependent.length], [5, 1]);
  assert(point.standing === "above" && point.featureOptimum.value! < 1e-25);
  assertEquals(point.rNorm, 0);
});

Deno.test("certifyPoint() refuses parts that do not fit each other", () => {
  const fitted = randomFit(squared, 1);
  assertThrows(() => certifyPoint(kernels, { ...fitted, params: fitted.params.slice(1) }), ShapeError);
  const { x } = fitted.examples;
  assertThrows(() => certifyPoint(kernels, { ...fitted, examples: { x, y: new Float64Array(61) } }), ShapeError);
});

Deno.test("certifyPoint() has the same figures as an objective that holds all of its rows", () => {
  const fitted = randomFit(squared, 2, { m: 2 });
  const head = plainHead(fitted);
  using objective = createHeadObjective(kernels, head);
  const { value, gradientNorm } = objective.at(head);
  const { point } = certifyPoint(kernels, fitted);
  assertAlmostEquals(point.value, value, ROUNDING);
  assertAlmostEquals(point.gradientNorm, gradientNorm, ROUNDING);
});
