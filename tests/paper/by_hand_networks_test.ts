import { assert } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { createHeadObjective, descend, theorem1 } from "../../src/landscape/mod.ts";
import { createPseudoHuber, logistic, type Loss, squared } from "../../src/loss/mod.ts";
import { activation, blockNetwork, blockStates, chain, dense, network } from "../../src/nn/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { checkStatement, STATEMENTS } from "../../src/paper/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import {
  beside,
  bestByHand,
  column,
  dot,
  draws,
  evaluate,
  type Grid,
  jacobi,
  length,
  linearValue,
  LOGISTIC,
  mean,
  minus,
  numbers,
  type PlainLoss,
  type PlainPoint,
  pseudoHuberOf,
  type Row,
  solve,
  SQUARED,
  times,
} from "../support/by_hand.ts";
import { CLOSE, close, ENDED, gridOf, kernels, matrixOf, TEN } from "../support/by_hand_problems.ts";

// Ten points per statement about networks and several outputs, computed again without the library's code.

/** The best linear predictor of the library. */
const bestOfLibrary = (loss: Loss, x: Grid, y: Row): number =>
  bestLinear(kernels, loss, { x: matrixOf(x), y: Float64Array.from(y) }).value;

/** Inputs with a target of a square in them. */
function table(index: number, { rows = 30, d = 3 } = {}) {
  const next = numbers(index + 500);
  const x = draws(next, rows, d, 1.5);
  const y = x.map(([a, b]) => a + 0.5 * b * b + 0.5 * next());
  return { next, x, y };
}

/** Blocks of tanh units, each U [k, d], a bias and V [d, k]; the states of the library's chain and of loops. */
function blocksOn(x: Grid, next: () => number, blocks: number, k = 2) {
  const d = x[0].length;
  const net = blockNetwork(d, Array.from({ length: blocks }, () => chain(dense(d, k), activation("tanh"))));
  const params = Float64Array.from({ length: net.size }, () => next());
  const states = blockStates(net, params, matrixOf(x));
  const size = k * d + k + d * k;
  const inputs: Grid[] = [x];
  const features: Grid[] = [];
  for (let block = 0; block < blocks; block++) {
    const own = [...params.subarray(d + block * size, d + (block + 1) * size)];
    const unit = (h: Row, c: number) => Math.tanh(dot(own.slice(c * d, (c + 1) * d), h) + own[k * d + c]);
    const f = inputs[block].map((h) => Array.from({ length: k }, (_, c) => unit(h, c)));
    const V = own.slice(k * d + k);
    features.push(f);
    inputs.push(inputs[block].map((h, i) => h.map((value, j) => value + dot(V.slice(j * k, (j + 1) * k), f[i]))));
  }
  states.features.forEach((each, block) => {
    each.data.forEach((value, at) => close(value, features[block].flat()[at], `features of block ${block}`));
    states.inputs[block].data.forEach((value, at) => close(value, inputs[block].flat()[at], `input of block ${block}`));
  });
  return { net, params, w: [...params.subarray(0, d)], inputs, features };
}

Deno.test("by hand: several-blocks: descents over the last block end at min H on [h; f], at or below linear on h", () => {
  let aboveX = 0;
  for (const index of TEN) {
    const { next, x, y } = table(index);
    const { inputs, features } = blocksOn(x, next, 2);
    // Every other network has lost its first input before the last block.
    const h = inputs[1].map((row) => index % 2 === 0 ? row : [0.01 * row[1] * row[2], ...row.slice(1)]);
    const f = features[1];
    using objective = createHeadObjective(kernels, {
      x: matrixOf(h),
      f: matrixOf(f),
      y: Float64Array.from(y),
      loss: squared,
    });
    const start = { W: matrixOf(draws(next, 1, 3)), V: matrixOf(draws(next, 3, 2)) };
    const { point, converged } = descend(objective, start, { gradient: 1e-11, curvature: 1e-9 });
    const own = evaluate({
      x: h,
      f,
      y: y.map((value) => [value]),
      loss: SQUARED,
      W: gridOf(point.W),
      V: gridOf(point.V),
    });
    assert(converged && own.gradient <= ENDED && jacobi(own.hessian)[0] >= -ENDED);
    close(own.value, bestByHand(SQUARED, beside(h, f), y).value, "min H on [h; f]", ENDED);
    const onH = bestByHand(SQUARED, h, y).value;
    close(bestOfLibrary(squared, h, y), onH, "the best on h");
    assert(own.value <= onH + ENDED, "at or below linear on h");
    if (own.value > bestByHand(SQUARED, x, y).value + ENDED) aboveX++;
  }
  assert(aboveX > 0, "some are above linear on x");
});

Deno.test("by hand: block-ladder: min H over [x, f_1, ..., f_l] by the normal equations falls, and is below the chain", () => {
  for (const index of TEN) {
    const { next, x, y } = table(index);
    const { net, params, w, inputs, features } = blocksOn(x, next, 3);
    let [columns, before] = [x, bestByHand(SQUARED, x, y).value];
    close(bestOfLibrary(squared, x, y), before, "linear");
    for (const f of features) {
      columns = beside(columns, f);
      const { value } = bestByHand(SQUARED, columns, y);
      close(bestOfLibrary(squared, columns, y), value, "min H");
      assert(value <= before + CLOSE, "it does not rise");
      before = value;
    }
    const chainLoss = linearValue(SQUARED, inputs[3], y, w);
    using objective = createObjective(kernels, net, squared, { x: matrixOf(x), y: Float64Array.from(y) });
    close(objective.value(params), chainLoss, "the chain");
    assert(chainLoss >= before - CLOSE, "the chain is above min H");
  }
});

Deno.test("by hand: chain-examples: 8/15, 25/78 and 8/21 by the normal equations, and ten kinks with and without the skip", () => {
  const { numbers: found } = checkStatement(STATEMENTS.find(({ id }) => id === "chain-examples")!, {
    kernels,
    seed: 3,
    quick: true,
  });
  const rho = 0.1;
  const x = [0, 1, 2, 3, 4, 5];
  const y = x.map((value, i) => value + rho * [-1, -1, 1, -1, 1, 1][i]);
  const risk = (columns: Grid, targets: Row) =>
    2 * bestByHand(SQUARED, targets.map((_, i) => [1, ...columns.map((each) => each[i])]), targets).value;
  close(risk([x], y), 8 * rho ** 2 / 15, "8 rho²/15");
  close(found["linear/rho²"], 8 / 15, "the same in the library");
  close(risk([[1, 2.5, 3]], [1, 3, 2]), 25 / 78, "on x");
  close(risk([[1, 3, 4]], [1, 3, 2]), 8 / 21, "on h");
  close(found.x, 25 / 78, "on x in the library");
  close(found.h, 8 / 21, "on h in the library");
  let [plain, residual] = [Infinity, Infinity];
  for (const index of TEN) {
    const t = 0.05 + 0.38 * index;
    const [right, left] = [x.map((value) => Math.max(0, value - t)), x.map((value) => Math.max(0, t - value))];
    plain = Math.min(plain, risk([right], y), risk([left], y));
    residual = Math.min(residual, risk([x, right], y));
  }
  // The library looks at a hundred and one kinks, two of which give back the straight line.
  assert(plain >= 8 * rho ** 2 / 15 && found["plain, best kink/rho²"] >= 8 / 15 * (1 - CLOSE));
  assert(residual < 0.96 * 8 * rho ** 2 / 15 && found["residual, best kink/rho²"] <= residual / rho ** 2 + CLOSE);
});

Deno.test("by hand: near-identity: at ten depths the gap is below its bound, which stays below e^rho - 1 times the same", () => {
  for (const index of TEN) {
    const { next, x, y: real } = table(index);
    const [plain, library]: [PlainLoss, Loss] = index % 2 === 0 ? [SQUARED, squared] : [LOGISTIC, logistic];
    const y = library === logistic ? real.map((value) => value + next() < 0.3 ? -1 : 1) : real;
    const [depth, rho] = [1 + 7 * index, 1];
    let h: Grid = x;
    for (let block = 0; block < depth; block++) {
      const [U, V] = [draws(next, 2, 3), draws(next, 3, 2)];
      const sizes = length(U.flat()) * length(V.flat());
      // ||V tanh(U h)|| <= ||V|| ||U|| ||h||, in Frobenius norms.
      h = h.map((row) => {
        const f = times(U, row).map(Math.tanh);
        return row.map((value, j) => value + rho / depth * dot(V[j], f) / sizes);
      });
    }
    const [linear, best] = [bestByHand(plain, x, y), bestByHand(plain, h, y)];
    close(bestOfLibrary(library, x, y), linear.value, "linear on x", ENDED);
    close(bestOfLibrary(library, h, y), best.value, "linear on h_L", ENDED);
    const p = times(h, best.weights);
    const reach = length(linear.weights) * mean(x.map((row, i) => Math.abs(plain.d1(p[i], y[i])) * length(row)));
    const bound = reach * ((1 + rho / depth) ** depth - 1);
    assert(best.value - linear.value <= bound + CLOSE, "the gap");
    assert(bound <= reach * (Math.exp(rho) - 1) + CLOSE, "the limit");
  }
});

Deno.test("by hand: shallow-minima: no loss on the way that lets go of the cheapest unit is above what that unit costs", () => {
  for (const index of TEN) {
    const { next, x, y } = table(index);
    const U = draws(next, 4, 3);
    const f = x.map((row) => times(U, row).map((value) => Math.max(0, value)));
    const best = bestByHand(SQUARED, beside(x, f), y);
    const linear = bestByHand(SQUARED, x, y);
    const without = U.map((_, unit) => {
      const kept = beside(x, f).map((row) => row.filter((_, at) => at !== 3 + unit));
      const found = bestByHand(SQUARED, kept, y);
      close(bestOfLibrary(squared, kept, y), found.value, "without a unit");
      return { value: found.value, weights: found.weights.toSpliced(3 + unit, 0, 0) };
    });
    const cheapest = without.reduce((least, one) => one.value < least.value ? one : least);
    for (let step = 0; step <= 20; step++) {
      const on = best.weights.map((value, i) => value + step / 20 * (cheapest.weights[i] - value));
      assert(linearValue(SQUARED, beside(x, f), y, on) <= cheapest.value + CLOSE, "the way out");
    }
    assert(cheapest.value - best.value <= linear.value - best.value + CLOSE, "the cost");
  }
});

Deno.test("by hand: plain-nets: the net without the skip in loops, dead units above linear, the residual one at or below", () => {
  const features = chain(dense(3, 2), activation("relu"));
  const net = network(3, chain(features, dense(2, 3, { bias: false })), { kind: "plain" });
  for (const index of TEN) {
    const { next, x, y } = table(index);
    const isDead = index % 2 === 1;
    const [w, A, V] = [draws(next, 1, 3)[0], draws(next, 2, 3), draws(next, 3, 2)];
    const b = isDead ? [-20, -20] : draws(next, 1, 2)[0];
    const f = x.map((row) => times(A, row).map((value, c) => Math.max(0, value + b[c])));
    const value = mean(f.map((row, i) => (dot(w, times(V, row)) - y[i]) ** 2 / 2));
    using objective = createObjective(kernels, net, squared, { x: matrixOf(x), y: Float64Array.from(y) });
    const params = Float64Array.of(...w, ...A.flat(), ...b, ...V.flat());
    const found = objective.valueAndGradient(params);
    close(found.value, value, "the plain net");
    const linear = bestByHand(SQUARED, x, y).value;
    if (isDead) {
      close(value, mean(y.map((target) => target * target / 2)), "dead units predict 0");
      assert(value > linear + 1e-3 && length([...found.gradient]) === 0, "stationary above linear");
    }
    using head = createHeadObjective(kernels, {
      x: matrixOf(x),
      f: matrixOf(f),
      y: Float64Array.from(y),
      loss: squared,
    });
    const { point } = descend(head, { W: matrixOf([w]), V: matrixOf(V) }, { gradient: 1e-10, curvature: 1e-8 });
    const own = evaluate({
      x,
      f,
      y: y.map((target) => [target]),
      loss: SQUARED,
      W: gridOf(point.W),
      V: gridOf(point.V),
    });
    assert(own.value <= linear + ENDED, "with the skip");
  }
});

Deno.test("by hand: better-than-linear: gradient descent in loops from the best linear predictor ends below it", () => {
  const [d, k] = [3, 3];
  const net = network(d, chain(dense(d, k), activation("tanh")));
  for (const index of TEN) {
    const { next, x, y } = table(index);
    const linear = bestByHand(SQUARED, x, y);
    let [w, V, U, b] = [linear.weights, draws(next, d, k, 0), draws(next, k, d), draws(next, 1, k)[0]];
    using objective = createObjective(kernels, net, squared, { x: matrixOf(x), y: Float64Array.from(y) });
    const flat = () => Float64Array.of(...w, ...V.flat(), ...U.flat(), ...b);
    close(objective.value(flat()), linear.value, "the start");
    const pass = () => {
      const f = x.map((row) => times(U, row).map((value, c) => Math.tanh(value + b[c])));
      const z = x.map((row, i) => row.map((value, j) => value + dot(V[j], f[i])));
      const off = z.map((row, i) => dot(w, row) - y[i]);
      const inner = f.map((row, i) => row.map((value, c) => off[i] * dot(w, column(V, c)) * (1 - value * value)));
      return {
        value: mean(off.map((each) => each * each / 2)),
        w: w.map((_, j) => mean(off.map((each, i) => each * z[i][j]))),
        V: V.map((row, j) => row.map((_, c) => mean(off.map((each, i) => each * w[j] * f[i][c])))),
        U: U.map((row, c) => row.map((_, j) => mean(inner.map((each, i) => each[c] * x[i][j])))),
        b: b.map((_, c) => mean(column(inner, c))),
      };
    };
    for (let step = 0; step < 60; step++) {
      const slope = pass();
      const down = (values: Row, by: Row) => values.map((value, i) => value - 0.1 * by[i]);
      [w, b] = [down(w, slope.w), down(b, slope.b)];
      [V, U] = [V.map((row, j) => down(row, slope.V[j])), U.map((row, c) => down(row, slope.U[c]))];
    }
    const end = pass();
    assert(end.value < linear.value - 1e-6, `${end.value} against ${linear.value}`);
    const found = objective.valueAndGradient(flat());
    close(found.value, end.value, "the end");
    const gradient = [...end.w, ...end.V.flat(), ...end.U.flat(), ...end.b];
    found.gradient.forEach((value, i) => close(value, gradient[i], `gradient ${i}`));
  }
});

Deno.test("by hand: vector-outputs: Theorem 1 with W+ written out, and the second derivative where W lacks a rank", () => {
  for (const index of TEN) {
    const next = numbers(index + 600);
    const [x, f, y] = [draws(next, 20, 3, 2), draws(next, 20, 2, 2), draws(next, 20, 2, 3)];
    const point: PlainPoint = { x, f, y, loss: SQUARED, W: draws(next, 2, 3, 2), V: draws(next, 3, 2, 2) };
    const own = evaluate(point);
    const star = draws(next, 2, 3);
    const lin = mean(x.map((row, i) => times(star, row).reduce((sum, p, a) => sum + (p - y[i][a]) ** 2 / 2, 0)));
    // W+ W* V = W' (W W')^-1 W* V.
    const { W, V } = point;
    const square = W.map((a) => W.map((b) => dot(a, b)));
    const starV = star.map((row) => [0, 1].map((c) => dot(row, column(V, c))));
    const across = [0, 1].map((c) => solve(square, column(starV, c)));
    const inV = V.map((_, j) => [0, 1].map((c) => dot(column(W, j), across[c])));
    const G = [W.map((row, a) => minus(row, star[a])), inV].flat(2);
    const gap = own.value - lin;
    assert(dot([own.gradW, own.gradV].flat(2), G) >= gap - CLOSE, "Lemma 1");
    assert(own.gradient >= gap / length(G) - CLOSE, "Theorem 1");
    using objective = createHeadObjective(kernels, {
      x: matrixOf(x),
      f: matrixOf(f),
      y: Float64Array.from(y.flat()),
      loss: squared,
    });
    const at = objective.at({ W: matrixOf(W), V: matrixOf(V) });
    close(at.gradientNorm, own.gradient, "the gradient");
    const found = theorem1(objective, at, { A: matrixOf(star), C: null, value: lin })!;
    close(found.left, own.gradient, "left");
    close(found.right, gap / length(G), "right");
    // The last row of W is half the first: a' W = 0 for a = (1/2, -1). W nu = 0 for nu = row 0 turned.
    const lacking = { ...point, W: [W[0], W[0].map((value) => value / 2)] };
    const there = evaluate(lacking);
    const [a, nu] = [[0.5, -1], [W[0][1], -W[0][0], 0]];
    const Ra = [0, 1].map((c) => dot(a, column(there.R, c)));
    const share = 2;
    const direction = [
      a.map((value) => nu.map((entry) => value * entry)),
      nu.map((entry) => Ra.map((value) => -share * entry * value)),
    ].flat(2);
    const bend = mean(there.z.map((row) => dot(a, a) * dot(nu, row) ** 2));
    const expected = bend - 2 * share * dot(nu, nu) * dot(Ra, Ra);
    close(dot(direction, times(there.hessian, direction)), expected, "the second derivative");
    const lackingAt = objective.at({ W: matrixOf(lacking.W), V: matrixOf(V) });
    const along = { W: matrix(2, 3, direction.slice(0, 6)), V: matrix(3, 2, direction.slice(6)) };
    close(objective.curvatureAlong(lackingAt, along), expected, "the same in the library");
  }
});

Deno.test("by hand: vector-outputs-wide: ten ends without slope, some with a positive definite Hessian above linear", () => {
  const loss = pseudoHuberOf(0.1);
  let [ends, above] = [0, 0];
  for (let index = 0; index < 300 && (ends < 10 || above < 3); index++) {
    const next = numbers(index + 700);
    const [x, f, y] = [draws(next, 6, 1, 2), draws(next, 6, 1), draws(next, 6, 2, 4)];
    using objective = createHeadObjective(kernels, {
      x: matrixOf(x),
      f: matrixOf(f),
      y: Float64Array.from(y.flat()),
      loss: createPseudoHuber(0.1),
    });
    const start = { W: matrixOf(draws(next, 2, 1)), V: matrixOf(draws(next, 1, 1)) };
    const { point, converged } = descend(objective, start, { gradient: 1e-10, curvature: 1e-8, iterations: 100 });
    if (!converged) continue;
    ends++;
    const own = evaluate({ x, f, y, loss, W: gridOf(point.W), V: gridOf(point.V) });
    close(point.value, own.value, "F");
    assert(own.gradient <= 1e-8, "no slope");
    // One weight for each output: the least of a scan is at least the best linear loss.
    const scanned = [0, 1].reduce((sum, a) => {
      const values = Array.from({ length: 401 }, (_, i) => linearValue(loss, x, column(y, a), [-10 + i / 20]));
      return sum + Math.min(...values);
    }, 0);
    if (own.value <= scanned + 1e-3) continue;
    above++;
    assert(jacobi(own.hessian)[0] > 0, "no direction down");
  }
  assert(ends >= 10 && above >= 3, `${above} of ${ends} ends are local minima above linear`);
});

Deno.test("every statement of the paper is computed by hand in a test of this folder", async () => {
  const texts = await Promise.all(
    ["", "_bounds", "_stationary", "_networks"].map((name) =>
      Deno.readTextFile(new URL(`by_hand${name}_test.ts`, import.meta.url))
    ),
  );
  const named = texts.flatMap((text) =>
    [...text.matchAll(/Deno\.test\(\s*"by hand: ([^"]*)"/g)].map(([, name]) => name)
  );
  const missing = STATEMENTS.filter(({ id }) => !named.some((name) => name.split(/[:,]? /).includes(id)));
  assert(missing.length === 0, missing.map(({ id }) => id).join(", "));
});
