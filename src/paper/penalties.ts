import { findRidgeOptimum } from "../baseline/mod.ts";
import {
  createHeadObjective,
  descend,
  type Evaluation,
  type Head,
  type HeadObjective,
  type Inequality,
  lambdaMin,
  theoremA,
} from "../landscape/mod.ts";
import { squared } from "../loss/mod.ts";
import { type Examples, ridgeOnColumns } from "../objective/mod.ts";
import { fold, type Key, key, normal, uniform } from "../random/mod.ts";
import { finish } from "../tensor/internal.ts";
import { joinColumns, type Matrix, matrix, matrixRows, norm, type Vector } from "../tensor/mod.ts";
import { type Cloud, dots, startCloud } from "./_cloud.ts";
import { plus, scaledBy } from "./_heads.ts";
import { atOrBelow } from "./_tie.ts";
import { panelMinima, PANELS, SAFE_PANEL } from "./figure_1.ts";
import { statusOfTallyAnd } from "./recorded.ts";
import { addTo, EMPTY_TALLY, findingOf, type Tally } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Rows, inputs and features: the one feature nearly repeats an input, as in Figure 1. */
const [ROWS, INPUTS, UNITS] = [30, 2, 1];

/** Strength of both penalties: that of Figure 1 (b), `(w² + v²)/8`. */
const STRENGTH = 1 / 4;

/** Descents end at gradients of rounding; a gap of regularised losses is one when it is above this share of the linear one. */
const [DESCENT, TIE] = [{ gradient: 1e-10, curvature: 1e-8 }, 1e-8];

/** The longest step of gradient descent: one that does not leap from valley to valley. */
const LONGEST = 0.2;

/** Every descent under the ridge ends; decay has a bad minimum and ends above linear, the ridge has no bad one. */
const statusOf = statusOfTallyAnd((numbers) =>
  numbers["b.bad"] === 1 && numbers["d.bad"] === 0 && numbers.decayAbove > 0 && numbers.unfinished === 0
);

/** Which penalties keep the guarantee, and which break it. */
export const penalties: Statement = {
  id: "penalties",
  statement:
    "With a ridge on (w, V'w), what the prediction is made of, every second-order stationary point is a global minimum for its features and at " +
    "or below the best linear predictor under the same ridge; with weight decay on (w, V), equally strong, local minima above it remain",
  source: "docs/mathematics.md, sections 9 and 16; the ridge is derived, weight decay is Figure 1 (b) of the paper",
  needsConvex: false,
  check,
  statusOf,
};

/** What descents found so far: under the ridge, and with weight decay. */
interface Found {
  tally: Tally;
  /** The largest share of the linear loss by which a minimum under weight decay is above it. */
  decayHighest: number;
  readonly count: { unfinished: number; decayEnds: number; decayAbove: number; decayUnfinished: number };
  readonly clouds: { readonly ridge: Cloud; readonly decay: Cloud };
}

/** From the same starts: descents under the ridge, and gradient descents with weight decay; both are held to the linear predictor with the penalty on w. */
function check(context: PaperContext): Finding {
  const found: Found = {
    ...{ tally: EMPTY_TALLY, decayHighest: 0 },
    count: { unfinished: 0, decayEnds: 0, decayAbove: 0, decayUnfinished: 0 },
    clouds: { ridge: startCloud(), decay: startCloud() },
  };
  for (let index = 0; index < (context.quick ? 16 : 120); index++) {
    descendFrom(context, fold(fold(key(context.seed), "penalties"), index), found);
  }
  const { tally, decayHighest, count, clouds } = found;
  const panel = [PANELS[1], SAFE_PANEL].map((one) => {
    const minima = panelMinima(context, one);
    return { best: minima[0], bad: minima.filter(({ value }) => value > minima[0].value + 1e-9) };
  });
  const { w, v, value } = panel[1].best;
  const finding = findingOf(tally, "right", {
    ...count,
    decayHighest,
    "d.best.w": w,
    "d.best.v": v,
    "d.best.value": value,
    "d.bad": panel[1].bad.length,
    "b.bad": panel[0].bad.length,
  });
  return {
    ...finding,
    status: statusOf(finding),
    chart: {
      title: "Ends under the ridge on (w, V'w), and with weight decay on (w, V)",
      x: "best linear predictor, penalty included",
      y: "where descent ended, penalty included",
      linear: "both",
      equality: true,
      series: [dots("ridge on (w, V'w)", clouds.ridge), dots("decay on (w, V)", clouds.decay)],
    },
  };
}

/** Four starts on one problem. */
function descendFrom(context: PaperContext, own: Key, found: Found): void {
  const { theoremA: measure = theoremA } = context;
  const { count, clouds } = found;
  const { examples, f } = problemOf(own);
  const ridge = { x: STRENGTH, f: STRENGTH, intercept: false };
  using safe = createHeadObjective(context.kernels, { ...examples, f, loss: squared, ridge });
  using plain = createHeadObjective(context.kernels, { ...examples, f, loss: squared });
  const best = optimum(context, joinColumns(examples.x, f), examples.y, ridgeOnColumns(ridge, INPUTS, UNITS));
  const linear = optimum(context, examples.x, examples.y, ridgeOnColumns(ridge, INPUTS, 0));
  const comparator = { A: matrix(1, INPUTS, linear.weights), C: null, value: linear.value };
  const add = (inequality: Inequality) => void (found.tally = addTo(found.tally, inequality));
  for (let draw = 0; draw < 4; draw++) {
    const start = startOf(fold(own, draw), draw % 2 === 1);
    const { point, lambda, converged } = descend(safe, start, DESCENT);
    if (!converged) count.unfinished++;
    add(atOrBelow(Math.abs(point.value - best.value), TIE * best.value));
    add(atOrBelow(point.value - linear.value, TIE * linear.value));
    add(measure(safe, point, lambda, comparator)!.gap);
    const far = safe.at(start);
    const { gap, stationarity } = measure(safe, far, lambdaMin(safe, far), comparator)!;
    add(gap);
    add(stationarity);
    clouds.ridge.add(linear.value, point.value);
    const decayed = withDecay(plain, start);
    if (decayed === null) {
      count.decayUnfinished++;
      continue;
    }
    count.decayEnds++;
    clouds.decay.add(linear.value, decayed.value);
    const above = (decayed.value - linear.value) / linear.value;
    if (above <= TIE) continue;
    count.decayAbove++;
    found.decayHighest = Math.max(found.decayHighest, above);
  }
}

/** A linear target that needs the first input alone, a second one twice as large, and a feature that is a noisy copy of the first. */
function problemOf(own: Key): { readonly examples: Examples; readonly f: Matrix } {
  const draws = normal(fold(own, "x"), ROWS * INPUTS);
  const x = matrix(ROWS, INPUTS, draws.map((value, at) => at % INPUTS === 0 ? value : 2 * value));
  const noise = normal(fold(own, "f"), ROWS * UNITS);
  const f = matrix(ROWS, UNITS, noise.map((value, i) => x.data[i * INPUTS] + 0.1 * value));
  const y = normal(fold(own, "y"), ROWS).map((value, i) => x.data[i * INPUTS] + 0.1 * value);
  return { examples: { x, y }, f };
}

/** A random head, or one near the bad minimum of Figure 1 (b): the linear predictor turned around, features more than making up for it. */
function startOf(own: Key, turned: boolean): Head {
  const jitter = uniform(fold(own, "jitter"), INPUTS * (1 + UNITS), { low: -0.2, high: 0.2 });
  if (!turned) {
    const draws = normal(fold(own, "head"), INPUTS * (1 + UNITS));
    return { W: matrix(1, INPUTS, draws.subarray(0, INPUTS)), V: matrix(INPUTS, UNITS, draws.subarray(INPUTS)) };
  }
  const W = [-1, 0].map((value, j) => value + jitter[j]);
  const V = [-1.6, 0].map((value, at) => value + jitter[INPUTS + at]);
  return { W: matrix(1, INPUTS, W), V: matrix(INPUTS, UNITS, V) };
}

/** The best linear predictor under a ridge on each column. */
function optimum({ kernels }: PaperContext, x: Matrix, y: Vector, ridge: Vector) {
  return finish(findRidgeOptimum(kernels, squared, { source: matrixRows(kernels.memory, x), y }, ridge));
}

/** Gradient descent on `F + (strength/2)(||W||² + ||V||²)` to a local minimum; null where it has not ended or is no minimum. */
function withDecay(objective: HeadObjective, start: Head): { readonly value: number } | null {
  const penalised = ({ value, W, V }: Evaluation) => value + STRENGTH / 2 * (norm(W.data) ** 2 + norm(V.data) ** 2);
  let [point, rate] = [objective.at(start), LONGEST];
  for (let step = 0; step < 5000; step++) {
    const slope = plus({ W: point.gradientW, V: point.gradientV }, {
      W: scaledBy(STRENGTH, point.W),
      V: scaledBy(STRENGTH, point.V),
    });
    const size = Math.hypot(norm(slope.W.data), norm(slope.V.data));
    if (size <= 1e-6) {
      // The penalty adds its strength to every eigenvalue.
      return lambdaMin(objective, point).lower + STRENGTH > 0 ? { value: penalised(point) } : null;
    }
    for (rate = Math.min(LONGEST, 2 * rate); rate > 1e-12; rate /= 2) {
      const next = objective.at(plus(point, { W: scaledBy(-rate, slope.W), V: scaledBy(-rate, slope.V) }));
      if (penalised(next) > penalised(point) - 0.25 * rate * size ** 2) continue;
      point = next;
      break;
    }
    if (rate <= 1e-12) return lambdaMin(objective, point).lower + STRENGTH > 0 ? { value: penalised(point) } : null;
  }
  return null;
}
