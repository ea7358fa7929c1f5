import { createHeadObjective, descend, lambdaMin } from "../landscape/mod.ts";
import { logistic, type Loss, squared } from "../loss/mod.ts";
import { fold, type Key, key, normal } from "../random/mod.ts";
import { type Matrix, matrix, multiply, transpose } from "../tensor/mod.ts";
import { bestFor, featureYardstick, linearYardstick } from "./_baseline.ts";
import { dots, startCloud } from "./_cloud.ts";
import { tamed } from "./_heads.ts";
import { KAWAGUCHI } from "./_sources.ts";
import { atOrBelow, equalTo, tieWith } from "./_tie.ts";
import { randomHead } from "./random_problems.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Rows, inputs and units of the body. */
const [ROWS, INPUTS, UNITS] = [40, 3, 3];

/** Descents continue until the gradient is rounding; the problems have numbers of size 1. */
const DESCENT = { gradient: 1e-11, curvature: 1e-9 };

/** Fixed features phi(x) by name: what stands in the skip in place of x. */
const SKIPS: Readonly<Record<string, (x: readonly number[], draws: Float64Array) => readonly number[]>> = {
  "x": (x) => [1, ...x],
  "squares": (x) => [1, ...x, ...x.map((value) => value * value)],
  "products": (x) => [1, ...x, x[0] * x[1], x[0] * x[2], x[1] * x[2]],
  "random ReLU": (x, draws) => [1, ...Array.from({ length: 4 }, (_, c) => reluOf(x, draws, c))],
};

const reluOf = (x: readonly number[], draws: Float64Array, c: number): number =>
  Math.max(0, x.reduce((sum, value, j) => sum + draws[c * INPUTS + j] * value, 0));

/** Kawaguchi and Bengio, with arbitrary fixed features in the skip. */
export const fixedFeatures: Statement = {
  id: "fixed-features",
  statement:
    "With any fixed features phi(x) in the skip, p = w'(phi(x) + V f(x)), every second-order stationary point is at or below the best predictor that is linear in " +
    "phi(x), and equals the best on [phi(x); f(x)], which is lower by what f adds",
  source: `${KAWAGUCHI}; here from section 6 of docs/mathematics.md with phi(x) in place of x`,
  needsConvex: false,
  check,
};

/** Descents from random points, for four kinds of phi and two losses; both optima from a solver that never sees (w, V). */
function check(context: PaperContext): Finding {
  const clouds = new Map(Object.keys(SKIPS).map((name) => [name, startCloud()]));
  let [tally, unfinished, lowered, curvature] = [EMPTY_TALLY, 0, 0, 0];
  for (let index = 0; index < (context.quick ? 24 : 200); index++) {
    const own = fold(fold(key(context.seed), "fixed-features"), index);
    const [name, phi] = Object.entries(SKIPS)[index % 4];
    const loss: Loss = index % 8 < 4 ? squared : logistic;
    const x = matrix(ROWS, INPUTS, normal(fold(own, "x"), ROWS * INPUTS));
    const skip = skipOf(own, x, phi);
    const f = bodyOf(own, x);
    const y = targetsOf(own, x, loss);
    using objective = createHeadObjective(context.kernels, { x: skip, f, y, loss });
    const parts = { objective, examples: { x: skip, y }, features: f };
    const [onPhi, best] = [linearYardstick(context, parts), featureYardstick(context, parts)];
    const onX = bestFor(context, loss, { x: skipOf(own, x, SKIPS.x), y });
    if (!onPhi.attained || !best.attained || !onX.attained) continue;
    const end = descend(objective, tamed(randomHead(fold(own, "start"), objective)), DESCENT);
    if (!end.converged) {
      unfinished++;
      continue;
    }
    tally = addTo(tally, equalTo(objective, end.point, best));
    tally = addTo(tally, atOrBelow(end.point.value - onPhi.value, tieWith(objective, end.point, onPhi)));
    curvature = Math.min(curvature, lambdaMin(objective, end.point).lower);
    if (end.point.value < 0.999 * onPhi.value) lowered++;
    clouds.get(name)!.add(onX.value, end.point.value);
  }
  return {
    ...findingOf(tally, "right", { unfinished, lowered, curvature }),
    chart: {
      title: "Ends of descents with fixed features in the skip, beside the best predictor linear in x",
      x: "best predictor linear in x",
      y: "F = min H on [phi(x); f(x)]",
      linear: "both",
      equality: true,
      series: [...clouds].map(([name, cloud]) => dots(name, cloud)),
    },
  };
}

function skipOf(own: Key, x: Matrix, phi: typeof SKIPS[string]): Matrix {
  const draws = normal(fold(own, "phi"), 4 * INPUTS);
  const rows = Array.from({ length: ROWS }, (_, i) => phi([...x.data.subarray(i * INPUTS, (i + 1) * INPUTS)], draws));
  return matrix(ROWS, rows[0].length, rows.flat());
}

/** tanh units of random weights: f reads x, whatever is in the skip. */
function bodyOf(own: Key, x: Matrix): Matrix {
  const inner = multiply(x, transpose(matrix(UNITS, INPUTS, normal(fold(own, "theta"), UNITS * INPUTS))));
  return { ...inner, data: inner.data.map(Math.tanh) };
}

/** A target with a square and a product in it, and noise. */
function targetsOf(own: Key, x: Matrix, loss: Loss): Float64Array {
  const y = normal(fold(own, "y"), ROWS).map((noise, i) => {
    const [a, b] = x.data.subarray(i * INPUTS, i * INPUTS + 2);
    return a + 0.5 * a * a - 0.5 * a * b + noise;
  });
  return loss.target === "class" ? y.map((value) => value < 0 ? -1 : 1) : y;
}
