import { assert, assertAlmostEquals } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { lambdaMin, smoothness, sopspEpsilon, theorem3, theoremA } from "../../src/landscape/mod.ts";
import { huber, logistic, squared } from "../../src/loss/mod.ts";
import {
  bestByHand,
  column,
  dot,
  draws,
  evaluate,
  type Grid,
  HUBER,
  jacobi,
  length,
  linearValue,
  LOGISTIC,
  mean,
  minus,
  numbers,
  type PlainEvaluation,
  type PlainPoint,
  type Row,
  spectral,
  SQUARED,
  times,
} from "../support/by_hand.ts";
import {
  CLOSE,
  close,
  comparatorOf,
  ENDED,
  headOf,
  kernels,
  matrixOf,
  objectiveOf,
  problem,
  TEN,
} from "../support/by_hand_problems.ts";

// Ten points per statement that bounds the gap, computed again without the library's code.

/** Theorem A for two inputs, where the direction across w is one: both sides of (A2), and b. */
function theoremAByHand(
  { gradW, R, z, d2 }: PlainEvaluation,
  { W, V }: PlainPoint,
  star: Row,
  kappa: number,
) {
  const across = [W[0][1], -W[0][0]].map((value) => value / length(W[0]));
  const b = mean(z.map((row, i) => d2[i][0] * dot(across, row) ** 2));
  const starV = [0, 1].map((c) => dot(star, column(V, c)));
  const bound = length(gradW[0]) * length(minus(W[0], star)) + length(starV) * Math.sqrt(kappa * (kappa + b));
  return { b, bound, normR: length(R[0]) };
}

Deno.test("by hand: theorem-3: the constants, epsilon and the bound, by a search over delta", () => {
  for (const index of TEN) {
    const { library, plain, x, f, y, W, V, point, next } = problem(index);
    using objective = objectiveOf(library, x, f, y);
    const at = objective.at(headOf(W, V));
    const own = evaluate(point);
    // On the way from 0 to p: |l'| is largest at an end; l'' of both losses at 0; l''' of the logistic one at |p| = log(2 + sqrt 3) or the end.
    const sums = own.z.map((row, i) => {
      const [p, g] = [own.p[i][0], Math.hypot(length(row), length(W[0]) * length(f[i]))];
      const d1 = Math.max(Math.abs(plain.d1(0, y[i])), Math.abs(plain.d1(p, y[i])));
      const s = 1 / (1 + Math.exp(-Math.min(Math.abs(p), Math.log(2 + Math.sqrt(3)))));
      const [d2, d3] = plain === SQUARED ? [1, 0] : [1 / 4, s * (1 - s) * (2 * s - 1)];
      return [d1 * g, d2 * g * g + d1 * length(f[i]), d3 * g ** 3 + 3 * d2 * g * length(f[i])];
    });
    const [mu0, mu1, mu2] = [0, 1, 2].map((at) => mean(column(sums, at)));
    const found = smoothness(objective, at);
    close(found.mu0, mu0, "mu0");
    close(found.mu1, mu1, "mu1");
    close(found.mu2!, mu2, "mu2");
    const kappa = Math.max(0, -jacobi(own.hessian)[0]);
    const epsilon = Math.max(own.gradient, kappa ** 2 / mu2);
    close(
      sopspEpsilon({ gradientNorm: at.gradientNorm, lambda: lambdaMin(objective, at), mu2: found.mu2 }),
      epsilon,
      "epsilon",
      1e-5,
    );
    const star = [next(), next(), next()];
    const [b, radius] = [Math.max(length(W[0]), spectral(V)), length(star)];
    let bound = Infinity;
    for (let log = -30; log < 10; log += 0.004) {
      const delta = Math.exp(log);
      const e = kappa + mu2 * delta;
      const first = own.gradient * Math.sqrt(2 * b * b + radius ** 2 * (2 + (b / delta) ** 2));
      const second = mu0 * delta + radius * (own.gradient + mu1 * delta + b * Math.sqrt(e * mu1 + e * e));
      bound = Math.min(bound, Math.max(first, second));
    }
    const { bound: library3 } = theorem3(found, at.gradientNorm, { b, radius, curvature: kappa })!;
    assert(library3 <= bound * (1 + CLOSE) && library3 >= 0.99 * bound, `${library3} against ${bound}`);
    assert(own.value - linearValue(plain, x, y, star) <= bound);
  }
});

Deno.test("by hand: theorem-a-rate: along a plain gradient descent both bounds at ten epsilons, and the slope 1/4", () => {
  const { x, f, y, point } = problem(4, { d: 2, linear: true });
  const star = bestByHand(SQUARED, x, y);
  using objective = objectiveOf(squared, x, f, y);
  let at: PlainPoint = { ...point, W: [[0.5, 0.5]], V: [[0.1, 0.2], [-0.2, 0.1]] };
  const pairs: [number, number][] = [];
  let wanted = 1e-2;
  for (let step = 0; step < 20_000 && pairs.length < 10; step++) {
    const own = evaluate(at);
    if (own.gradient <= wanted) {
      wanted /= 4;
      const norms = own.z.map((row, i) => [Math.hypot(length(row), length(at.W[0]) * length(f[i])), length(f[i])]);
      const mu2 = mean(norms.map(([g, size]) => 3 * g * size));
      const epsilon = Math.max(own.gradient, Math.max(0, -jacobi(own.hessian)[0]) ** 2 / mu2);
      const kappa = Math.sqrt(mu2 * epsilon);
      const { bound, b } = theoremAByHand(own, at, star.weights, kappa);
      const there = objective.at(headOf(at.W, at.V));
      const found = theoremA(objective, there, { lower: -kappa }, comparatorOf(star.weights, star.value))!;
      close(found.b, b, "b");
      close(found.gap.left, bound, "the bound with the kappa that epsilon allows");
      assert(own.value - star.value <= bound);
      pairs.push([Math.log(epsilon), Math.log(bound)]);
    }
    at = {
      ...at,
      W: at.W.map((row) => row.map((value, j) => value - 0.1 * own.gradW[0][j])),
      V: at.V.map((row, j) => row.map((value, c) => value - 0.1 * own.gradV[j][c])),
    };
  }
  assert(pairs.length === 10, `${pairs.length} points`);
  const slope = (pairs[9][1] - pairs[0][1]) / (pairs[9][0] - pairs[0][0]);
  assertAlmostEquals(slope, 1 / 4, 0.03);
});

Deno.test("by hand: theorem-a-tight: a plain random search on (A2) never passes equality, and ends where the library says", () => {
  for (const index of TEN) {
    const { library, plain, x, f, y, point, next } = problem(index, { rows: 12, d: 2 });
    using objective = objectiveOf(library, x, f, y);
    let best = { ...point, star: [next(), next()], ratio: -Infinity };
    for (let step = 0; step < 60; step++) {
      const moved = (grid: Grid) => grid.map((row) => row.map((value) => value + 0.3 * next()));
      const [W, V, [star]] = [moved(best.W), moved(best.V), moved([best.star])];
      const own = evaluate({ ...point, W, V });
      const kappa = Math.max(0, -jacobi(own.hessian)[0]);
      const { bound, b, normR } = theoremAByHand(own, { ...point, W, V }, star, kappa);
      assert(normR ** 2 <= kappa * (kappa + b) + CLOSE && kappa <= normR + CLOSE, "A1");
      const ratio = (own.value - linearValue(plain, x, y, star)) / bound;
      assert(ratio <= 1 + CLOSE, `A2: ${ratio}`);
      if (ratio > best.ratio) best = { ...best, W, V, star, ratio };
    }
    const at = objective.at(headOf(best.W, best.V));
    const lin = linearValue(plain, x, y, best.star);
    const found = theoremA(objective, at, lambdaMin(objective, at), comparatorOf(best.star, lin))!;
    close(found.gap.right / found.gap.left, best.ratio, "the tightest ratio", 1e-6);
  }
});

Deno.test("by hand: theorem-a-kinks: on kinks of huber, l'' as its larger value, in numbers without rounding", () => {
  for (const index of TEN) {
    const next = numbers(index + 300);
    // Quarters, whose products and sums are exact: a residual of 1 is exactly 1 in any order of summation.
    const quarters = (rows: number, cols: number) =>
      draws(next, rows, cols, 8).map((row) => row.map((v) => Math.round(v) / 4));
    const [x, f, W, V] = [quarters(16, 2), quarters(16, 2), [[1, -0.5]], quarters(2, 2)];
    const p = x.map((row, i) => dot(W[0], row.map((value, j) => value + dot(V[j], f[i]))));
    const y = p.map((value, i) =>
      i % 3 === 0 ? value + (i % 2 === 0 ? 1 : -1) : value + Math.round(8 * next()) / 4 + 0.125
    );
    const point: PlainPoint = { x, f, y: y.map((value) => [value]), loss: HUBER, W, V };
    const own = evaluate(point);
    assert(p.filter((value, i) => Math.abs(value - y[i]) === 1).length >= 6, "rows on kinks");
    using objective = objectiveOf(huber, x, f, y);
    const at = objective.at(headOf(W, V));
    const lambda = lambdaMin(objective, at);
    const kappa = Math.max(0, -jacobi(own.hessian)[0]);
    assert(lambda.lower <= -kappa + CLOSE && (kappa === 0 || lambda.upper >= -kappa - CLOSE), "lambda_min");
    const star = [next(), next()];
    const { b, bound, normR } = theoremAByHand(own, point, star, kappa);
    assert(normR ** 2 <= kappa * (kappa + b) + CLOSE && kappa <= normR + CLOSE, "A1");
    const gap = own.value - linearValue(HUBER, x, y, star);
    assert(gap <= bound + CLOSE, "A2");
    const found = theoremA(objective, at, lambda, comparatorOf(star, linearValue(HUBER, x, y, star)))!;
    close(found.normR, normR, "||R||");
    close(found.b, b, "b");
    close(found.gap.right, gap, "the gap");
    close(found.gap.left, bound, "the bound", 1e-6);
    assert(smoothness(objective, at).mu2 === null, "no constant for Theorem 3");
    // No side curves more than that: second differences along a direction.
    const direction = draws(next, 1, 6)[0];
    const step = 1e-4;
    const moved = evaluate({
      ...point,
      W: [W[0].map((value, j) => value + step * direction[j])],
      V: V.map((row, j) => row.map((value, c) => value + step * direction[2 + 2 * j + c])),
    });
    const slope = dot([...own.gradW[0], ...own.gradV.flat()], direction);
    const curvature = dot(direction, times(own.hessian, direction));
    assert(2 * (moved.value - own.value - step * slope) / step ** 2 <= curvature + 0.05 * (1 + Math.abs(curvature)));
  }
});

Deno.test("by hand: theorem-4: ten plain runs of projected SGD stay under the bound, whatever theta does", () => {
  const next = numbers(800);
  const unit = (row: Row) => row.map((value) => value / length(row));
  const x = draws(next, 64, 3).map(unit);
  const y = x.map((row) => (row[0] >= 0 ? 1 : -1) * (next() < -1 / 3 ? -1 : 1));
  const linear = bestByHand(LOGISTIC, x, y);
  const { value } = bestLinear(kernels, logistic, { x: matrixOf(x), y: Float64Array.from(y) });
  close(value, linear.value, "the best linear predictor", ENDED);
  const b = 1.5 * length(linear.weights);
  const [steps, lipschitz] = [2048, Math.SQRT2];
  const bound = 2 * b * lipschitz / Math.sqrt(steps) +
    2 * Math.log(1 + Math.exp(b * lipschitz)) * Math.sqrt(2 * Math.log(10 / 0.01) / steps);
  for (const index of TEN) {
    let head = [...linear.weights.map((value) => -b * value / length(linear.weights)), 0, 0];
    let theta = draws(next, 2, 3);
    const rowOf = (i: number) => [...x[i], ...times(theta, x[i]).map((value) => Math.tanh(value) / Math.SQRT2)];
    let [sum, count] = [0, 0];
    for (let step = 0; step < steps; step++) {
      // Frozen, or turned against the classes before each row is drawn.
      if (index % 2 === 1) theta = head.slice(3).map((v) => [-3 * Math.sign(v || 1), 0, 0]);
      if (step % 32 === 0) {
        sum += mean(x.map((_, i) => LOGISTIC.value(dot(head, rowOf(i)), y[i]))) - linear.value;
        count++;
      }
      const i = Math.floor((next() + 1) / 2 * 64);
      const row = rowOf(i);
      const slope = LOGISTIC.d1(dot(head, row), y[i]);
      head = head.map((value, j) => value - 2 * b / (lipschitz * Math.sqrt(steps)) * slope * row[j]);
      if (length(head) > b) head = head.map((value) => value * b / length(head));
    }
    assert(sum / count <= bound, `${sum / count} against ${bound}`);
  }
});
