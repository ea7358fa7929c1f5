import { SHAMIR } from "../claims/mod.ts";
import { createHeadObjective, descend, type Head } from "../landscape/mod.ts";
import { squared } from "../loss/mod.ts";
import { activation, chain, dense, joinParts, network, splitParts } from "../nn/mod.ts";
import { createObjective, type Examples } from "../objective/mod.ts";
import { fold, type Key, key, normal, uniform } from "../random/mod.ts";
import { combine, type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import { dots, startCloud } from "./_cloud.ts";
import { bestFor } from "./_baseline.ts";
import { TIE } from "./_tie.ts";
import type { Finding, PaperContext, Recorded, Statement } from "./types.ts";

/** Rows, inputs and ReLU units: fewer units than a linear map of the inputs needs. */
const [ROWS, INPUTS, UNITS] = [80, 3, 2];

/** Steps of gradient descent over all parameters, and their size. */
const [STEPS, RATE] = [400, 0.05];

/** The targets have size 1: gradients and curvatures down to rounding. */
const DESCENT = { gradient: 1e-10, curvature: 1e-8 };

/** No residual net ends above linear, and some plain one does. */
function statusOf({ numbers: { residualAbove, plainAbove, unfinished } }: Recorded): Finding["status"] {
  if (residualAbove !== 0 || !(plainAbove > 0)) return "fails";
  return unfinished > 0 ? "undecided" : "holds";
}

/** What the skip connection gives: the same net with and without it, from the same start. */
export const plainNets: Statement = {
  id: "plain-nets",
  statement:
    "Plain nets w'V f(x) end above the best linear predictor at second-order stationary points in (w, V); residual nets of the same size, " +
    "from the same starts on the same data, do not",
  source: `${SHAMIR}, introduction: plain networks have no such guarantee`,
  needsConvex: false,
  check,
  statusOf,
};

/** ReLU nets on a linear target with noise; every fourth start has dead units, whose gradient is always 0. */
function check(context: PaperContext): Finding {
  const seeds = context.quick ? 16 : 64;
  const ends = Array.from({ length: seeds }, (_, seed) => endsOf(context, seed)).flat();
  const unfinished = ends.filter(({ converged }) => !converged).length;
  const residual = ends.filter(({ skip }) => skip);
  const trapped = ends.filter(({ skip, above }) => !skip && above);
  const worst = residual.reduce((most, end) => end.gap > most.gap ? end : most);
  const record = {
    measured: worst.gap,
    bound: worst.tie,
    points: 2 * seeds,
    numbers: {
      plainAbove: trapped.length,
      residualAbove: residual.filter(({ above }) => above).length,
      dead: residual.filter(({ dead }) => dead).length,
      worstPlain: trapped.reduce((most, { gap }) => Math.max(most, gap), -Infinity),
      stuckGradient: trapped.reduce((most, { point }) => Math.max(most, point.gradientNorm), 0),
      stuckLambdaMin: trapped.reduce((least, { lambda }) => Math.min(least, lambda.lower), Infinity),
      unfinished,
    },
  };
  return {
    ...record,
    status: statusOf(record),
    ...(unfinished > 0 ? { reason: `${unfinished} descents did not end` } : {}),
    chart: {
      title: "Where plain and residual nets end, from the same starts",
      x: "seed",
      y: "F - F_lin",
      linear: "both",
      series: [seriesOf("plain", ends.filter(({ skip }) => !skip)), seriesOf("residual", residual)],
    },
    listing: {
      title: "Where each seed ended, plain and residual from the same start",
      columns: ["seed", "start", "network", "F", "F - F_lin", "gradient", "lambda_min >=", "against linear"],
      rows: ends.map(({ seed, dead, skip, point, gap, lambda, above }) => [
        seed,
        dead ? "dead units" : "random",
        skip ? "residual" : "plain",
        point.value,
        gap,
        point.gradientNorm,
        lambda.lower,
        above ? "above" : "at or below",
      ]),
    },
  };
}

/** Where descent over (w, V) ended, after training of all parameters. */
interface End extends Pick<ReturnType<typeof descend>, "point" | "lambda" | "converged"> {
  readonly seed: number;
  /** Whether the units were dead at the start. */
  readonly dead: boolean;
  readonly skip: boolean;
  readonly gap: number;
  /** Gaps up to this are none. */
  readonly tie: number;
  readonly above: boolean;
}

/** The ends of the plain net and of the residual one, from the same start. */
function endsOf(context: PaperContext, seed: number): readonly End[] {
  const own = fold(fold(key(context.seed), "plain-nets"), seed);
  const x = matrix(ROWS, INPUTS, normal(fold(own, "x"), ROWS * INPUTS));
  const y = normal(fold(own, "y"), ROWS).map((noise, i) => x.data[i * INPUTS] - x.data[i * INPUTS + 1] + 0.1 * noise);
  const linear = bestFor(context, squared, { x, y });
  const dead = seed % 4 === 3;
  return [false, true].map((skip) => {
    const { head, f } = train(context, startOf(own, dead), { x, y }, skip);
    // Without the skip the head depends on x only through f.
    const seen = skip ? x : { ...x, data: new Float64Array(x.data.length) };
    using objective = createHeadObjective(context.kernels, { x: seen, f, y, loss: squared });
    const { point, lambda, converged } = descend(objective, head, DESCENT);
    // The targets have noise, so that the linear loss is not near 0.
    const [gap, tie] = [point.value - linear.value, TIE * linear.value];
    return { ...{ seed, dead, skip, point, lambda, converged }, gap, tie, above: gap > tie };
  });
}

function seriesOf(name: string, ends: readonly End[]) {
  const cloud = startCloud();
  for (const { seed, gap } of ends) cloud.add(seed, gap);
  return dots(name, cloud);
}

/** f = relu(A x + b). */
const FEATURES = chain(dense(INPUTS, UNITS), activation("relu"));

/** `p = w'(x + V f)`, and `p = w'V f` with V as the last layer: the same parameters, with the skip and without. */
const NETS = {
  residual: network(INPUTS, FEATURES),
  plain: network(INPUTS, chain(FEATURES, dense(UNITS, INPUTS, { bias: false })), { kind: "plain" }),
} as const;

/** All parameters of either net. */
interface Parameters {
  readonly w: Vector;
  /** [INPUTS, UNITS]. */
  readonly V: Vector;
  /** A [UNITS, INPUTS], then b. */
  readonly features: Vector;
}

function startOf(own: Key, dead: boolean): Parameters {
  const bound = 1 / Math.sqrt(INPUTS);
  const draw = (label: string, length: number) => uniform(fold(own, label), length, { low: -bound, high: bound });
  // No row reaches a unit that starts this far below 0.
  const b = dead ? new Float64Array(UNITS).fill(-20) : draw("b", UNITS);
  return {
    w: draw("w", INPUTS),
    V: draw("V", INPUTS * UNITS),
    features: Float64Array.of(...draw("A", UNITS * INPUTS), ...b),
  };
}

/** Gradient descent on the mean squared loss over all parameters, with or without w'x; returns the head and the features. */
function train(
  { kernels }: PaperContext,
  { w, V, features }: Parameters,
  data: Examples,
  skip: boolean,
): { readonly head: Head; readonly f: Matrix } {
  const net = skip ? NETS.residual : NETS.plain;
  // Without the skip V is the last layer, and its weights stand behind those of the features.
  const start = skip
    ? { w, V, theta: features }
    : { w, V: new Float64Array(0), theta: Float64Array.of(...features, ...V) };
  using objective = createObjective(kernels, net, squared, data);
  let params = joinParts(net, start);
  for (let step = 0; step < STEPS; step++) {
    params = combine(1, params, -RATE, objective.valueAndGradient(params).gradient);
  }
  const end = splitParts(net, params);
  const learned = end.theta.subarray(0, features.length);
  return {
    head: {
      W: matrix(1, INPUTS, end.w),
      V: matrix(INPUTS, UNITS, skip ? end.V : end.theta.subarray(features.length)),
    },
    f: FEATURES.forward(learned, data.x).y,
  };
}
