import {
  type Comparator,
  createHeadObjective,
  type Head,
  type HeadObjective,
  judge,
  lambdaMin,
  smoothness,
  theoremA,
} from "../landscape/mod.ts";
import { huber, isOnKink, type Loss, smoothHinge } from "../loss/mod.ts";
import type { Examples } from "../objective/mod.ts";
import { fold, type Key, key, normal, uniform } from "../random/mod.ts";
import { dot, type Matrix, matrix, norm, type Vector } from "../tensor/mod.ts";
import { linearYardstick } from "./_baseline.ts";
import { startSides } from "./_cloud.ts";
import { plus, scaledBy } from "./_heads.ts";
import { statusOfTallyAnd } from "./recorded.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Rows, inputs and features of a problem; every third row lies on a kink. */
const [ROWS, INPUTS, UNITS] = [24, 4, 3];

/** A step along a unit direction, and what the change of F over its square may be off by, as a share of the size of the curvature. */
const [STEP, DIFFERENCE] = [1e-4, 1e-2];

/** No curvature along a kink is below what its one side has. */
const statusOf = statusOfTallyAnd(({ oneSidedFailures }) => oneSidedFailures === 0);

/** Theorem A where the loss has kinks. */
export const theoremAKinks: Statement = {
  id: "theorem-a-kinks",
  statement:
    "Theorem A holds where predictions lie on the kinks of huber and the smooth hinge, if l'' is read as the larger of its two values there; " +
    "no direction curves more than that reading says, on either side, so a local minimum still has kappa = 0; Theorem 3 has no constants there",
  source: "Theorem A of docs/mathematics.md, section 12; derived",
  needsConvex: false,
  check,
  statusOf,
};

/** A problem whose point lies on kinks. */
interface Kinked {
  readonly loss: Loss;
  readonly examples: Examples;
  readonly f: Matrix;
  readonly head: Head;
  readonly key: Key;
}

function check(context: PaperContext): Finding {
  const { theoremA: measure = theoremA } = context;
  const count = { onKinks: 0, withoutTheorem3: 0, oneSided: 0, oneSidedFailures: 0 };
  let [tally, nearest] = [EMPTY_TALLY, 0];
  const drawn = startSides("Theorem A with a third of the rows on kinks or more", "bound (A2)", "F - F_lin");
  for (let index = 0; index < (context.quick ? 100 : 1000); index++) {
    const one = kinked(
      context,
      fold(fold(key(context.seed), "theorem-a-kinks"), index),
      index % 2 === 0 ? huber : smoothHinge,
    );
    using objective = createHeadObjective(context.kernels, { ...one.examples, f: one.f, loss: one.loss });
    const point = objective.at(one.head);
    count.onKinks += onKinks(one, point.predictions);
    if (smoothness(objective, point).mu2 === null) count.withoutTheorem3++;
    const lambda = lambdaMin(objective, point);
    for (
      const comparator of [linearYardstick(context, { objective, examples: one.examples }), randomOne(objective, one)]
    ) {
      const { gap, stationarity, normR } = measure(objective, point, lambda, comparator)!;
      const reach = judge(normR, Math.max(0, -lambda.upper), 0, ROWS + 64);
      for (const inequality of [gap, stationarity, reach]) tally = addTo(tally, inequality);
      nearest = Math.max(nearest, stationarity.right / stationarity.left);
      drawn.add(gap);
    }
    for (const side of [1, -1]) {
      count.oneSided++;
      if (!curvesLess(objective, one, side)) count.oneSidedFailures++;
    }
  }
  const finding = findingOf(tally, "right", { "a1.tightest": nearest, ...count });
  return { ...finding, status: statusOf(finding), chart: drawn.chart() };
}

/** Features of sizes up to 1e4, so that (A1) is nearly an equality at some; huber's targets one off the prediction, the hinge's prediction 0. */
function kinked({ kernels }: PaperContext, own: Key, loss: Loss): Kinked {
  const [size, inW, inV] = uniform(fold(own, "sizes"), 3).map((share, at) => 10 ** ([4, 2, -3][at] * share));
  const x = matrix(ROWS, INPUTS, normal(fold(own, "x"), ROWS * INPUTS));
  const f = matrix(ROWS, UNITS, normal(fold(own, "f"), ROWS * UNITS).map((value) => size * value));
  const W = matrix(1, INPUTS, normal(fold(own, "w"), INPUTS));
  const V = scaledBy(inV / size, matrix(INPUTS, UNITS, normal(fold(own, "V"), INPUTS * UNITS)));
  const draws = normal(fold(own, "y"), ROWS);
  if (loss === smoothHinge) {
    return { loss, examples: { x, y: draws.map(Math.sign) }, f, head: { W: scaledBy(0, W), V }, key: own };
  }
  const head = { W: scaledBy(1 / inW, W), V };
  using objective = createHeadObjective(kernels, { x, f, y: new Float64Array(ROWS), loss });
  const { predictions } = objective.at(head);
  const y = draws.map((draw, i) => (i % 3 === 0 ? onKinkOf(predictions[i], draw) : null) ?? predictions[i] + 3 * draw);
  return { loss, examples: { x, y }, f, head, key: own };
}

/** A target whose residual is exactly 1 or -1; null where doubles have none. */
function onKinkOf(prediction: number, draw: number): number | null {
  const near = prediction - Math.sign(draw);
  const ulp = 2 ** -52 * Math.max(Math.abs(near), Math.abs(prediction));
  return [near, near - ulp, near + ulp].find((y) => Math.abs(prediction - y) === 1) ?? null;
}

const onKinks = ({ loss, examples: { y } }: Kinked, predictions: Vector): number =>
  predictions.reduce((sum, p, i) => sum + (isOnKink(loss, p, y[i]) ? 1 : 0), 0);

function randomOne(objective: HeadObjective, one: Kinked): Comparator {
  const A = matrix(1, INPUTS, normal(fold(one.key, "W*"), INPUTS));
  return { A, C: null, value: objective.linear.at(Float64Array.of(...A.data, ...new Float64Array(UNITS))).value };
}

/** Whether F, on one side of the point along a random direction, curves no more than the Hessian with the larger l'' says. */
function curvesLess(objective: HeadObjective, { head, key: own }: Kinked, side: number): boolean {
  const point = objective.at(head);
  const draw = (label: string, a: Matrix): Matrix => ({ ...a, data: normal(fold(own, label), a.data.length) });
  const drawn = { W: draw("D", head.W), V: draw("E", head.V) };
  // Features are large: a direction whose parts change the predictions alike.
  const spread = 1 / (1 + Math.sqrt(objective.curvatureSize(point)));
  const length = spread / Math.hypot(norm(drawn.W.data), norm(drawn.V.data));
  const direction = { W: scaledBy(length * side, drawn.W), V: scaledBy(length * side, drawn.V) };
  const slope = dot(point.gradientW.data, direction.W.data) + dot(point.gradientV.data, direction.V.data);
  const moved = objective.at(plus(head, { W: scaledBy(STEP, direction.W), V: scaledBy(STEP, direction.V) }));
  const measured = (moved.value - point.value - STEP * slope) * 2 / STEP ** 2;
  const allowed = objective.curvatureAlong(point, direction);
  const rounding = 64 * Number.EPSILON * (Math.abs(point.value) + STEP * Math.abs(slope)) * 2 / STEP ** 2;
  const size = objective.curvatureSize(point) * spread ** 2 + Math.abs(allowed);
  return measured <= allowed + DIFFERENCE * size + rounding;
}
