import { assert } from "@std/assert";
import { descend, descentPath, headSpectrum, headWith, lambdaMin } from "../../src/landscape/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { panelMinima, PANELS } from "../../src/paper/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import {
  beside,
  bestByHand,
  column,
  dot,
  draws,
  evaluate,
  jacobi,
  length,
  numbers,
  type PlainPoint,
  SQUARED,
} from "../support/by_hand.ts";
import {
  CLOSE,
  close,
  comparatorOf,
  ENDED,
  gridOf,
  headOf,
  kernels,
  objectiveOf,
  problem,
  TEN,
} from "../support/by_hand_problems.ts";

// Ten points per statement about stationary points, computed again without the library's code.

Deno.test("by hand: corollary-1: critical points at w = 0 above linear are strict saddles with a descent direction; minima are at or below", () => {
  for (const index of TEN) {
    const { library, plain, x, f, y, point } = problem(index);
    using objective = objectiveOf(library, x, f, y);
    const linear = bestByHand(plain, x, y);
    // At w = 0 the gradient is S + V R over w and 0 over V: V = -S R' / ||R||² makes it 0.
    const zero = evaluate({ ...point, W: [[0, 0, 0]] });
    const [s, r] = [zero.S[0], zero.R[0]];
    const V = s.map((value) => r.map((entry) => -value * entry / dot(r, r)));
    const saddle = evaluate({ ...point, W: [[0, 0, 0]], V });
    const [least] = jacobi(saddle.hessian);
    assert(
      saddle.gradient <= CLOSE && saddle.value > linear.value + 1e-3 && least < -1e-6,
      "a strict saddle above linear",
    );
    const at = objective.at(headOf([[0, 0, 0]], V));
    assert(at.gradientNorm <= CLOSE);
    const lambda = lambdaMin(objective, at);
    assert(lambda.lower <= least + CLOSE && least <= lambda.upper + CLOSE && lambda.upper < 0);
    const path = descentPath(objective, at, comparatorOf(linear.weights, linear.value))!;
    const values = path.map(({ point: { W, V } }) => evaluate({ ...point, W: gridOf(W), V: gridOf(V) }).value);
    values.forEach((value, i) => assert(i === 0 || value <= values[i - 1] + CLOSE, "F falls along the path"));
    assert(values.at(-1)! <= linear.value + ENDED, "the path ends at or below linear");
    const { point: end, converged } = descend(objective, headOf(point.W, point.V), {
      gradient: 1e-11,
      curvature: 1e-9,
    });
    const own = evaluate({ ...point, W: gridOf(end.W), V: gridOf(end.V) });
    assert(converged && own.gradient <= ENDED && jacobi(own.hessian)[0] >= -ENDED, "a second-order stationary point");
    assert(own.value <= linear.value + ENDED, "at or below linear");
  }
});

Deno.test("by hand: features-optimum and settling: descents, and one convex problem, end at min H of the normal equations", () => {
  for (const index of TEN) {
    const { library, plain, x, f, y, V, point } = problem(index);
    using objective = objectiveOf(library, x, f, y);
    const best = bestByHand(plain, beside(x, f), y);
    const { point: end, converged } = descend(objective, headOf(point.W, V), { gradient: 1e-12, curvature: 1e-9 });
    const own = evaluate({ ...point, W: gridOf(end.W), V: gridOf(end.V) });
    assert(converged && length(own.S[0]) <= ENDED && length(own.R[0]) <= ENDED, "S and R are 0");
    close(own.value, best.value, "min H");
    assert(best.value <= bestByHand(plain, x, y).value + CLOSE);
    // W = A, V = V0 + A' (C - A V0) / ||A||².
    const [A, C] = [best.weights.slice(0, 3), best.weights.slice(3)];
    const missing = C.map((value, c) => value - dot(A, column(V, c)));
    const settled = V.map((row, j) => row.map((value, c) => value + A[j] * missing[c] / dot(A, A)));
    const there = evaluate({ ...point, W: [A], V: settled });
    close(there.value, best.value, "F where it is settled");
    assert(there.gradient <= ENDED && jacobi(there.hessian)[0] >= -ENDED, "a second-order stationary point");
    const found = headWith(headOf(point.W, V), matrix(1, 3, A), matrix(1, 2, C))!;
    settled.flat().forEach((value, i) => close(found.V.data[i], value, "V"));
  }
});

Deno.test("by hand: fixed-features: with 1, x and x² in the skip, descents end at min H on [phi(x); f(x)]", () => {
  for (const index of TEN) {
    const { library, plain, x, f, y, next } = problem(index, { d: 2 });
    const phi = x.map((row) => [1, ...row, ...row.map((value) => value * value)]);
    using objective = objectiveOf(library, phi, f, y);
    const [W, V] = [draws(next, 1, 5), draws(next, 5, 2)];
    const { point: end, converged } = descend(objective, headOf(W, V), { gradient: 1e-11, curvature: 1e-9 });
    const own = evaluate({ x: phi, f, y: y.map((value) => [value]), loss: plain, W: gridOf(end.W), V: gridOf(end.V) });
    assert(converged && own.gradient <= ENDED && jacobi(own.hessian)[0] >= -ENDED);
    close(own.value, bestByHand(plain, beside(phi, f), y).value, "min H on [phi; f]");
    assert(own.value <= bestByHand(plain, phi, y).value + CLOSE, "at or below linear in phi");
  }
});

Deno.test("by hand: penalties: under the ridge on (w, V'w) descents end at its best predictor; weight decay traps some above", () => {
  const strength = 1 / 4;
  let trapped = 0;
  for (const index of TEN) {
    const next = numbers(index + 400);
    const x = draws(next, 30, 2, 1.7).map(([a, b]) => [a, 2 * b]);
    const f = x.map(([a]) => [a + 0.1 * next(), 0.1 * next()]);
    const y = x.map(([a]) => a + 0.1 * next());
    const point: PlainPoint = {
      x,
      f,
      y: y.map((value) => [value]),
      loss: SQUARED,
      W: draws(next, 1, 2),
      V: draws(next, 2, 2),
    };
    using objective = objectiveOf(squared, x, f, y, { x: strength, f: strength, intercept: false });
    const ridged = ({ W, V }: Pick<PlainPoint, "W" | "V">) => {
      const own = evaluate({ ...point, W, V });
      const through = [0, 1].map((c) => dot(W[0], column(V, c)));
      const value = own.value + strength / 2 * (dot(W[0], W[0]) + dot(through, through));
      const gradW = own.gradW[0].map((slope, j) => slope + strength * (W[0][j] + dot(V[j], through)));
      const gradV = own.gradV.map((row, j) => row.map((slope, c) => slope + strength * W[0][j] * through[c]));
      return { value, gradient: length([...gradW, ...gradV.flat()]) };
    };
    const random = objective.at(headOf(point.W, point.V));
    close(random.value, ridged(point).value, "F with its ridge");
    close(random.gradientNorm, ridged(point).gradient, "its gradient");
    const best = bestByHand(SQUARED, beside(x, f), y, strength);
    const linear = bestByHand(SQUARED, x, y, strength);
    const { point: end } = descend(objective, headOf(point.W, point.V), { gradient: 1e-10, curvature: 1e-8 });
    close(ridged({ W: gridOf(end.W), V: gridOf(end.V) }).value, best.value, "the best under the ridge", ENDED);
    assert(best.value <= linear.value + CLOSE);
    // The linear predictor turned around, with features that more than make up for it; then gradient descent with decay on (w, V).
    let at: PlainPoint = { ...point, W: [[-1, 0]], V: [[-1.6, 0], [0, 0]] };
    for (let step = 0; step < 2000; step++) {
      const own = evaluate(at);
      const slopes = [own.gradW, own.gradV].map((grad, part) =>
        grad.map((row, j) => row.map((slope, c) => slope + strength * [at.W, at.V][part][j][c]))
      );
      if (length(slopes.flat(2)) < 1e-8) break;
      const [W, V] = [at.W, at.V].map((grid, part) =>
        grid.map((row, j) => row.map((v, c) => v - 0.1 * slopes[part][j][c]))
      );
      at = { ...at, W, V };
    }
    const own = evaluate(at);
    const curvature = jacobi(own.hessian)[0] + strength;
    const value = own.value +
      strength / 2 * (dot(at.W[0], at.W[0]) + at.V.reduce((sum, row) => sum + dot(row, row), 0));
    if (curvature > 0 && value > linear.value * (1 + 1e-6)) trapped++;
  }
  assert(trapped >= 3, `${trapped} of ten were trapped above linear`);
});

Deno.test("by hand: example-1: value, gradient and both eigenvalues of the two by two Hessian at ten eps", () => {
  for (const index of TEN) {
    const eps = 2 ** -index;
    using objective = objectiveOf(squared, [[1]], [[eps]], [1]);
    const at = objective.at(headOf([[0]], [[-1 / eps]]));
    // F = (w(1 + eps v) - 1)²/2; at (0, -1/eps): F_ww = 0, F_wv = -eps, F_vv = 0.
    close(at.value, 1 / 2, "F");
    close(at.gradientNorm, 0, "the gradient");
    close(headSpectrum(objective, at).lambdaMin / eps, -1, "lambda_min over eps");
    const own = evaluate({ x: [[1]], f: [[eps]], y: [[1]], loss: SQUARED, W: [[0]], V: [[-1 / eps]] });
    close(jacobi(own.hessian)[0] / eps, -1, "lambda_min of the dense Hessian over eps");
    close(jacobi([[0, -eps], [-eps, 0]])[1], eps, "the other eigenvalue");
  }
});

Deno.test("by hand: figure-1: ten plain descents end at the minima that the search lists, where the slope is 0", () => {
  for (const panel of PANELS) {
    const minima = panelMinima({ kernels, seed: 1, quick: true }, panel);
    const next = numbers(17);
    const slope = (w: number, v: number) => {
      const off = w * (1 + v) - 1;
      return [off * (1 + v) + 2 * panel.penalty * w, off * w + 2 * panel.penalty * v];
    };
    const valueAt = (w: number, v: number) => (w * (1 + v) - 1) ** 2 / 2 + panel.penalty * (w * w + v * v);
    const levels = [
      minima[0].value,
      ...minima.filter(({ value }) => value > minima[0].value + 1e-9).map((one) => one.value),
    ];
    const reached = new Set<number>();
    for (const index of TEN) {
      // Every other start is where the bad minima are.
      let [w, v] = index % 2 === 0 ? [2 * next(), 2 * next()] : [-0.7 + 0.3 * next(), -1.7 + 0.3 * next()];
      for (let step = 0; step < 40_000; step++) {
        const [a, b] = slope(w, v);
        [w, v] = [w - 0.03 * a, v - 0.03 * b];
        const size = Math.hypot(w, v);
        if (size > panel.radius) [w, v] = [w * panel.radius / size, v * panel.radius / size];
      }
      if (Math.max(Math.abs(w), Math.abs(v)) > 3) continue;
      const level = levels.findIndex((value) => Math.abs(value - valueAt(w, v)) < 1e-6);
      assert(level >= 0, `(${w}, ${v}) at ${valueAt(w, v)} is not in the list`);
      reached.add(level);
    }
    assert(reached.size === levels.length && levels.length === (panel.letter === "a" ? 1 : 2), panel.letter);
    for (const { w, v, value } of minima) {
      close(value, valueAt(w, v), "its value");
      const [a, b] = slope(w, v);
      // On the circle only what lies along it has to be 0.
      const onCircle = Math.hypot(w, v) > panel.radius - 1e-9;
      assert((onCircle ? Math.abs(a * v - b * w) / panel.radius : Math.hypot(a, b)) < 1e-5, `slope at (${w}, ${v})`);
    }
  }
});
