import { SHAMIR } from "../claims/mod.ts";
import {
  type Comparator,
  convexCertificate,
  createHeadObjective,
  descend,
  type Evaluation,
  type Head,
  type HeadObjective,
  nullDirection,
  theorem1,
} from "../landscape/mod.ts";
import { type AnyLoss, createPseudoHuber, isJoint, squared } from "../loss/mod.ts";
import type { Examples } from "../objective/mod.ts";
import { fold, type Key, key, normal } from "../random/mod.ts";
import { dot, matrix, multiply, norm, transpose, transposeTimes } from "../tensor/mod.ts";
import { linearYardstick } from "./_baseline.ts";
import { dots, startCloud, startSides } from "./_cloud.ts";
import { lackingRank, plus, scaledBy, tamed } from "./_heads.ts";
import { atOrBelow, tieWith } from "./_tie.ts";
import { finiteEvaluation, randomHead, randomProblems } from "./random_problems.ts";
import { statusOfTallyAnd } from "./recorded.ts";
import { addTo, EMPTY_TALLY, findingOf, tightness } from "./tally.ts";
import type { Finding, PaperContext, Recorded, Statement } from "./types.ts";

/** Central differences of second order with this step along a direction of about norm 1: h² of truncation, 1e-16 / h² of rounding. */
const STEP = 1e-3;
const DIFFERENCE = 1e-4;

/** Descents end where rounding makes the gradient; the problems have numbers of size 1. */
const DESCENT = { gradient: 1e-10, curvature: 1e-8 };

/** Second derivatives agree with differences, and no descent ends above. */
const statusOf = statusOfTallyAnd(({ differenceFailures, endsAbove }) => differenceFailures === 0 && endsAbove === 0);

/** docs/mathematics.md, section 8: p = W (x + V f) with m outputs, for m at most d. */
export const vectorOutputs: Statement = {
  id: "vector-outputs",
  statement:
    "With p = W(x + V f) in R^m, m <= d: where W has full row rank the gradient over (W, V) is at least the gap over " +
    "||(W - W*, W+ W* V)||; where it has not, (a nu', -t nu a'R) has second derivative E[l''[a nu'z]²] - 2t||nu||²||R'a||², negative for " +
    "large t unless R'a = 0; so descents end at or below the best linear predictor",
  source: `${SHAMIR}, remark on vector outputs; derived`,
  needsConvex: false,
  check,
  statusOf,
};

/** More outputs than inputs: W has no null space to move V in. */
export const wideOutputs: Statement = {
  id: "vector-outputs-wide",
  statement:
    "For m > d outputs nothing is guaranteed: a local minimum over (W, V) can lie above the best linear predictor",
  source: "The condition m <= d of docs/mathematics.md, section 8; the example is found here",
  needsConvex: false,
  check: searchWide,
  statusOf: statusOfWide,
};

/** Random points of sizes from 1e-3 to 1e3, W of full rank and one less, for every loss and on iris. */
function check(context: PaperContext): Finding {
  const count = { differences: 0, differenceFailures: 0, unfinished: 0, iris: 0 };
  let [tally, ends] = [EMPTY_TALLY, EMPTY_TALLY];
  const drawn = startSides(
    "Several outputs: Theorem 1 where W has full row rank",
    "gradient norm",
    "gap / ||(W - W*, W+ W* V)||",
  );
  for (const { objective, examples, key: own, real } of problems(context)) {
    const { d, outputs: m } = objective;
    const linear = linearYardstick(context, { objective, examples });
    const random = comparatorAt(objective, matrix(m, d, normal(fold(own, "W*"), m * d)));
    const point = finiteEvaluation(objective, randomHead(fold(own, "point"), objective));
    for (const comparator of point ? [linear, random] : []) {
      const first = theorem1(objective, point!, comparator);
      if (first !== null) {
        tally = addTo(tally, first);
        drawn.add(first);
      }
      tally = addTo(tally, convexCertificate(objective, point!, comparator));
    }
    if (real) count.iris++;
    const lacking = lackingRank(tamed(randomHead(fold(own, "start"), objective)));
    if (m > 1 && isSmooth(objective.loss)) {
      const { expected, measured, size } = secondDerivative(objective, lacking);
      count.differences++;
      if (!(Math.abs(expected - measured) <= DIFFERENCE * size && measured < 0)) count.differenceFailures++;
    }
    // With m = d the singular W part the space, and a descent may run to infinity, as for d = 1.
    if (m >= d || !linear.attained && !real) continue;
    const end = descend(objective, lacking, DESCENT);
    if (!end.converged) count.unfinished++;
    ends = addTo(ends, atOrBelow(end.point.value - linear.value, tieWith(objective, end.point, linear)));
  }
  const found = findingOf(tally, "left", {
    ...count,
    ends: ends.points,
    endsAbove: ends.failures,
    endsTightest: ends.tightest ? tightness(ends.tightest) : 0,
  });
  const finding = { ...found, chart: drawn.chart() };
  return { ...finding, status: statusOf(finding) };
}

/** A network's head on data, and where its further random numbers come from. */
interface Case {
  readonly objective: HeadObjective;
  readonly examples: Examples;
  readonly key: Key;
  /** Whether the data are a table that came with the context. */
  readonly real: boolean;
}

/** The grid with at most as many outputs as inputs, then tables of several outputs with their own loss and the squared distance. */
function* problems(context: PaperContext): Generator<Case> {
  const { kernels, seed, quick, tables = [] } = context;
  for (const one of randomProblems(context, "vector-outputs", quick ? 126 : 2000, { inputs: 2, outputs: (d) => d })) {
    yield { ...one, real: false };
  }
  const root = fold(key(seed), "vector-outputs");
  for (const { name, x, y, loss } of tables) {
    if (y.length === x.rows) continue;
    for (const other of [loss, squared]) {
      const own = fold(fold(root, name), other.name);
      // Few features, of a random layer: the theorem is about any.
      const inner = multiply(x, transpose(matrix(3, x.cols, normal(fold(own, "theta"), 3 * x.cols))));
      using objective = createHeadObjective(kernels, {
        x,
        f: { ...inner, data: inner.data.map(Math.tanh) },
        y,
        loss: other,
      });
      yield { objective, examples: { x, y }, key: own, real: true };
    }
  }
}

/** Whether l'' has no jumps, which differences would run into. */
function isSmooth(loss: AnyLoss): boolean {
  return isJoint(loss) || loss.bounds(1, -1e3, 1e3).d3 !== null;
}

function comparatorAt(objective: HeadObjective, A: Head["W"]): Comparator {
  const V = matrix(objective.d, objective.k, new Float64Array(objective.d * objective.k));
  return { A, C: null, value: objective.at({ W: A, V }).value };
}

/** The second derivative along the descent direction from a rank-deficient W, by the formula and by differences of F; t makes it negative. */
function secondDerivative(objective: HeadObjective, head: Head) {
  const { outputs: m, d, k } = objective;
  const { value, R } = objective.at(head);
  // Row m - 1 of W is half of row 0, so that W'a = 0.
  const a = new Float64Array(m);
  [a[0], a[m - 1]] = [0.5, -1];
  const nu = nullDirection(head.W)!;
  const h = transposeTimes(R, a);
  const column = { rows: d, cols: 1, data: nu };
  const W = multiply({ rows: m, cols: 1, data: a }, transpose(column));
  const V = multiply(column, { rows: 1, cols: k, data: h });
  const bend = (t: number): number => {
    const direction: Head = { W, V: scaledBy(-t, V) };
    const step = STEP / Math.hypot(norm(W.data), t * norm(V.data));
    const along = (share: number) =>
      objective.at(plus(head, { W: scaledBy(share, W), V: scaledBy(share, direction.V) })).value;
    return (along(step) - 2 * value + along(-step)) / step ** 2;
  };
  const curvature = bend(0);
  const drop = 2 * dot(h, h);
  const t = (Math.max(curvature, 0) + 1) / drop;
  // Rounding of F over the square of the step.
  const length = Math.hypot(norm(W.data), t * norm(V.data));
  return {
    expected: curvature - t * drop,
    measured: bend(t),
    size: (1 + Math.abs(value) + Math.abs(curvature)) * length ** 2,
  };
}

/** Rows of the small problems that are searched for a bad minimum, and steps of a descent: those that end do so within 100. */
const [FEW, WIDE] = [6, 100];

/** How far around an end values are looked at: where a slope of 1e-7 shows, and third derivatives do not. */
const NEARBY = 1e-5;

/** Fails where an end above linear is no minimum; outside where one is, undecided where none is found. */
function statusOfWide({ numbers: { above, notLeast } }: Recorded): Finding["status"] {
  if (notLeast !== 0) return "fails";
  return above > 0 ? "outside" : "undecided";
}

/** Descents from random starts on small problems with one input, two or three outputs and a loss that outliers cannot pull far. */
function searchWide(context: PaperContext): Finding {
  const root = fold(key(context.seed), "vector-outputs-wide");
  const loss: AnyLoss = createPseudoHuber(0.1);
  const count = { ends: 0, above: 0, notLeast: 0 };
  const drawn = startCloud();
  let worst = { gap: -Infinity, linear: 0, value: 0, gradient: 0, lambdaMin: 0, m: 0 };
  for (let index = 0; index < (context.quick ? 40 : 400); index++) {
    const own = fold(root, index);
    const m = 2 + index % 2;
    const x = matrix(FEW, 1, normal(fold(own, "x"), FEW));
    const f = matrix(FEW, 1, normal(fold(own, "f"), FEW).map(Math.tanh));
    const y = normal(fold(own, "y"), FEW * m).map((value) => 3 * value);
    using objective = createHeadObjective(context.kernels, { x, f, y, loss });
    const linear = linearYardstick(context, { objective, examples: { x, y } });
    for (let draw = 0; draw < 4; draw++) {
      const start = lackingRank(tamed(randomHead(fold(own, draw), objective)));
      const { point, lambda, converged } = descend(objective, start, { ...DESCENT, iterations: WIDE });
      if (!converged) continue;
      count.ends++;
      const gap = point.value - linear.value;
      drawn.add(linear.value, point.value);
      if (gap > tieWith(objective, point, linear)) {
        count.above++;
        if (!isLeastNearby(objective, point, fold(own, draw))) count.notLeast++;
      }
      if (gap <= worst.gap) continue;
      const { value, gradientNorm: gradient } = point;
      worst = { gap, linear: linear.value, value, gradient, lambdaMin: lambda.lower, m };
    }
  }
  const found = count.above > 0
    ? `an example with ${worst.m} outputs and 1 input ends ${worst.gap.toPrecision(3)} above linear, at a gradient of ${
      worst.gradient.toExponential(1)
    } and lambda_min of at least ${worst.lambdaMin.toExponential(1)}`
    : "the search found no example";
  const record = {
    measured: worst.value,
    bound: worst.linear,
    points: count.ends,
    numbers: { ...count, highest: worst.gap, gradient: worst.gradient, lambdaMin: worst.lambdaMin },
  };
  const status = statusOfWide(record);
  return {
    ...record,
    status,
    ...(status === "fails" ? {} : { reason: status === "outside" ? `Outside: m > d; ${found}` : found }),
    chart: {
      title: "More outputs than inputs: ends above the line are local minima above linear",
      x: "F_lin",
      y: "F",
      linear: "both",
      equality: true,
      series: [dots("ends of descents", drawn)],
    },
  };
}

/** Whether no value nearby is lower, beyond rounding: what gradient and Hessian say of a minimum, seen without either. */
function isLeastNearby(objective: HeadObjective, point: Evaluation, own: Key): boolean {
  const rounding = 1e-13 * (1 + Math.abs(point.value));
  return Array.from({ length: 16 }, (_, draw) => {
    const { W, V } = tamed(randomHead(fold(fold(own, "nearby"), draw), objective));
    return objective.at(plus(point, { W: scaledBy(NEARBY, W), V: scaledBy(NEARBY, V) })).value;
  }).every((value) => value >= point.value - rounding);
}
