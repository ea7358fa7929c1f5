import { createHeadObjective, descend, type HeadObjective, judge } from "../landscape/mod.ts";
import { squared } from "../loss/mod.ts";
import { activation, chain, dense, initialise, joinParts, network, splitParts } from "../nn/mod.ts";
import { createObjective, type Examples } from "../objective/mod.ts";
import { fold, type Key, key, normal } from "../random/mod.ts";
import { combine, joinColumns, type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import { bestFor, featureYardstick, headWeights, linearYardstick, type Yardstick } from "./_baseline.ts";
import { SHALLOW } from "./_sources.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Rows, inputs with the intercept, and widths of the body. */
const [ROWS, INPUTS, WIDTHS] = [60, 3, [2, 4, 8, 16, 32]];

/** Steps of gradient descent over all parameters, their size, and points on the path that is walked. */
const [STEPS, RATE, WALK] = [600, 0.05, 24];

/** How shallow minima are: what it costs to let go of one unit. */
export const shallowMinima: Statement = {
  id: "shallow-minima",
  statement:
    "From every point of p = w'x + c'f(x) a path leads to any other choice of one unit's weights on which the loss never rises above the larger of F and the best " +
    "loss without that unit; so no minimum is deeper than its cheapest unit costs, at most (F_lin - F) and less the wider the body",
  source:
    `${SHALLOW}, which bounds the depth of bad minima for ReLU networks with a skip; the bound by the cheapest unit is derived in docs/mathematics.md, section 17`,
  needsConvex: false,
  check,
};

/** ReLU bodies of several widths, trained and settled; the path that lets go of the cheapest unit is walked, and another unit put in its place. */
function check(context: PaperContext): Finding {
  const seeds = context.quick ? 3 : 16;
  let [tally, improved, walked] = [EMPTY_TALLY, 0, 0];
  const depths = WIDTHS.map((width) => {
    const shares: number[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      const own = fold(fold(fold(key(context.seed), "shallow-minima"), width), seed);
      const found = letGo(context, own, width);
      shares.push(found.share);
      tally = addTo(tally, found.path);
      tally = addTo(tally, found.cost);
      walked++;
      if (found.improved) improved++;
    }
    return { width, mean: shares.reduce((sum, share) => sum + share, 0) / seeds, largest: Math.max(...shares) };
  });
  return {
    ...findingOf(tally, "right", {
      walked,
      improved,
      ...Object.fromEntries(depths.map(({ width, mean }) => [`depth at ${width} units, share of F_lin`, mean])),
    }),
    chart: {
      title: "How deep minima are at most: the cost of the cheapest unit",
      x: "units",
      y: "rise on the way out / F_lin",
      series: [
        { name: "largest", points: depths.map(({ width, largest }) => [width, largest] as const) },
        { name: "mean", points: depths.map(({ width, mean }) => [width, mean] as const) },
      ],
    },
  };
}

function letGo(context: PaperContext, own: Key, width: number) {
  const examples = examplesOf(own);
  const features = trained(context, own, examples, width);
  using objective = createHeadObjective(context.kernels, { ...examples, f: features, loss: squared });
  const parts = { objective, examples, features };
  const [linear, best] = [linearYardstick(context, parts), featureYardstick(context, parts)];
  // Least squares without each unit in turn.
  const without = Array.from({ length: width }, (_, unit) => {
    const kept = { ...features, data: features.data.map((value, at) => at % width === unit ? 0 : value) };
    return { unit, best: bestFor(context, squared, { ...examples, beside: kept }) };
  });
  const cheapest = without.reduce((least, one) => one.best.value < least.best.value ? one : least);
  const end = headWeights(cheapest.best.weights, 1, INPUTS, width);
  end.C.data[cheapest.unit] = 0;
  const top = highestOn(objective, best, end);
  const cost = Math.max(0, cheapest.best.value - best.value);
  // Its weights are free now: the best of a few random units takes its place.
  const replaced = Array.from({ length: 8 }, (_, draw) => {
    const unit = reluUnit(fold(fold(own, "other"), draw), examples.x);
    const kept = {
      ...features,
      data: features.data.map((value, at) => at % width === cheapest.unit ? unit[Math.floor(at / width)] : value),
    };
    return bestFor(context, squared, { ...examples, beside: kept }).value;
  });
  const rounding = 1e-9 * linear.value;
  return {
    share: cost / linear.value,
    path: judge(best.value + cost + rounding, top, 0, ROWS),
    cost: judge(linear.value - best.value + rounding, cost, 0, ROWS),
    improved: Math.min(...replaced) < best.value,
  };
}

/** The largest loss on the straight line between two heads in (A, C), where it is convex. */
function highestOn(objective: HeadObjective, from: Yardstick, to: { readonly A: Matrix; readonly C: Matrix }): number {
  const [start, end] = [from, to].map(({ A, C }) => joinColumns(A, C!).data);
  let top = -Infinity;
  for (let step = 0; step <= WALK; step++) {
    top = Math.max(top, objective.linear.at(combine(1 - step / WALK, start, step / WALK, end)).value);
  }
  return top;
}

function examplesOf(own: Key): Examples {
  const data = normal(fold(own, "x"), ROWS * INPUTS).map((value, at) => at % INPUTS === 0 ? 1 : value);
  const y = normal(fold(own, "y"), ROWS).map((noise, i) => {
    const [a, b] = data.subarray(i * INPUTS + 1, i * INPUTS + 3);
    return a + Math.sin(2 * b) + 0.5 * a * b + 0.3 * noise;
  });
  return { x: matrix(ROWS, INPUTS, data), y };
}

/** Features of a ReLU body, after gradient descent over all parameters and a descent over (w, V). */
function trained({ kernels }: PaperContext, own: Key, examples: Examples, width: number): Matrix {
  const net = network(INPUTS, chain(dense(INPUTS, width), activation("relu")));
  using objective = createObjective(kernels, net, squared, examples);
  let params = initialise(net, fold(own, "start"));
  for (let step = 0; step < STEPS; step++) {
    params = combine(1, params, -RATE, objective.valueAndGradient(params).gradient);
  }
  const features = objective.features(params);
  using head = createHeadObjective(kernels, { ...examples, f: features, loss: squared });
  const { w, V, theta } = splitParts(net, params);
  const { point } = descend(head, { W: matrix(1, INPUTS, w), V: matrix(INPUTS, width, V) }, { iterations: 50 });
  params = joinParts(net, { w: point.W.data, V: point.V.data, theta });
  return objective.features(params);
}

function reluUnit(own: Key, x: Matrix): Vector {
  const weights = normal(own, INPUTS);
  return Float64Array.from({ length: x.rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < INPUTS; j++) sum += weights[j] * x.data[i * INPUTS + j];
    return Math.max(0, sum);
  });
}
