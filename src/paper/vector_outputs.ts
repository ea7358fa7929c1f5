import { SHAMIR } from "../check/mod.ts";
import {
  createVectorProblem,
  descendVector,
  vectorCertificate,
  type VectorComparator,
  type VectorHead,
  type VectorProblem,
  type VectorSums,
  vectorTheorem1,
} from "../landscape/mod.ts";
import { type AnyLoss, pseudoHuberOf, softmax, squared } from "../loss/mod.ts";
import { fold, type Key, key, normal, uniform } from "../random/mod.ts";
import { dot, eigen, type Matrix, matrix, multiply, norm, times, transpose, type Vector } from "../tensor/mod.ts";
import { bestFor } from "./_baseline.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Central differences of second order with this step: h² of truncation, 1e-16 / h² of rounding. */
const STEP = 1e-3;
const DIFFERENCE = 1e-4;

const ROWS = 30;

/** Stationary points of a descent are this near the best that their features allow; see GAP_TOLERANCE. */
const END = { gradient: 1e-10, curvature: 1e-8 };

/** How far above the linear predictor a stationary point is when it counts as above. */
const ABOVE = 1e-6;

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
};

/** More outputs than inputs: W has no null space to escape through. */
export const wideOutputs: Statement = {
  id: "vector-outputs-wide",
  statement:
    "For m > d outputs nothing is promised: a local minimum over (W, V) can lie above the best linear predictor",
  source: "The condition m <= d of docs/mathematics.md, section 8; the example is found here",
  needsConvex: false,
  check: searchWide,
};

/** Squared distance and softmax cross-entropy in turn, random points of sizes from 1e-2 to 1e2, W of full rank and one less. */
function check(context: PaperContext): Finding {
  const count = { differences: 0, differenceFailures: 0, ends: 0, endsAbove: 0, unfinished: 0, iris: 0 };
  let [tally, highest] = [EMPTY_TALLY, -Infinity];
  for (const { problem, own, real } of problems(context)) {
    const linear = linearOf(context, problem);
    const { x, outputs: m } = problem;
    const random = comparatorAt(problem, normal(fold(own, "W*"), m * x.cols));
    const start = randomHead(own, problem);
    const point = problem.at(start);
    for (const comparator of [linear, random]) {
      tally = addTo(tally, vectorTheorem1(problem, point, comparator)!);
      tally = addTo(tally, vectorCertificate(problem, point, comparator));
    }
    if (real) count.iris++;
    if (m > 1) {
      const { expected, measured, size } = secondDerivative(own, problem);
      count.differences++;
      if (!(Math.abs(expected - measured) <= DIFFERENCE * size && measured < 0)) count.differenceFailures++;
    }
    // With m = d the singular W part the space, and a descent may run to infinity, as for d = 1.
    if (m >= x.cols || !linear.attained && !real) continue;
    const end = descendVector(problem, lacking(start), END);
    const gap = end.point.value - linear.value;
    if (!end.converged) count.unfinished++;
    count.ends++;
    highest = Math.max(highest, gap);
    if (gap > ABOVE * Math.max(1, linear.value)) count.endsAbove++;
  }
  const { numbers, ...finding } = findingOf(tally, "left", { ...count, highestEnd: highest });
  return { ...finding, numbers, ...(count.differenceFailures + count.endsAbove > 0 ? { status: "fails" } : {}) };
}

/** A network's head on data, and where its further random numbers come from. */
interface Case {
  readonly problem: VectorProblem;
  readonly own: Key;
  readonly real: boolean;
}

/** Synthetic problems of 2 to 5 inputs, then iris with softmax and with the squared distance to its unit vectors. */
function* problems(context: PaperContext): Generator<Case> {
  const { kernels, seed, quick, tables = [] } = context;
  const root = fold(key(seed), "vector-outputs");
  for (let index = 0; index < (quick ? 200 : 2000); index++) {
    const own = fold(root, index);
    const [forD, forM, forK] = uniform(fold(own, "shape"), 3);
    const d = 2 + Math.floor(4 * forD);
    const m = 1 + Math.floor(d * forM);
    const k = 1 + Math.floor(4 * forK);
    const classes = index % 2 === 1 && m > 1;
    const draws = normal(fold(own, "y"), ROWS * m);
    using problem = createVectorProblem(kernels, {
      x: matrix(ROWS, d, normal(fold(own, "x"), ROWS * d)),
      f: matrix(ROWS, k, normal(fold(own, "f"), ROWS * k).map(Math.tanh)),
      y: classes ? unitsOfLargest(draws, m) : draws,
      loss: classes ? softmax : squared,
    });
    yield { problem, own, real: false };
  }
  for (const { name, x, y, loss } of tables) {
    if (y.length === x.rows) continue;
    for (const other of [loss, squared]) {
      const own = fold(fold(root, name), other.name);
      // Few features, of a random layer: the theorem is about any.
      const weights = matrix(3, x.cols, normal(fold(own, "theta"), 3 * x.cols));
      const f = multiply(x, transpose(weights));
      using problem = createVectorProblem(kernels, {
        x,
        f: { ...f, data: f.data.map(Math.tanh) },
        y,
        loss: other,
      });
      yield { problem, own, real: true };
    }
  }
}

/** Each row as the unit vector of its largest entry. */
function unitsOfLargest(draws: Vector, m: number): Vector {
  const data = new Float64Array(draws.length);
  for (let from = 0; from < draws.length; from += m) {
    const row = draws.subarray(from, from + m);
    data[from + row.indexOf(Math.max(...row))] = 1;
  }
  return data;
}

function linearOf(
  context: PaperContext,
  { loss, x, y, outputs }: VectorProblem,
): VectorComparator & { readonly attained: boolean } {
  const { weights, value, attained } = bestFor(context, loss, { x, y });
  return { A: matrix(outputs, x.cols, weights), C: null, value, attained };
}

function comparatorAt(problem: VectorProblem, weights: Vector): VectorComparator {
  const { x, f, outputs } = problem;
  const A = matrix(outputs, x.cols, weights);
  return { A, C: null, value: problem.at({ W: A, V: zeros(x.cols, f.cols) }).value };
}

const zeros = (rows: number, cols: number): Matrix => ({ rows, cols, data: new Float64Array(rows * cols) });

function randomHead(own: Key, { x, f, outputs: m }: VectorProblem): VectorHead {
  const [sizeW, sizeV] = uniform(fold(own, "sizes"), 2, { low: -2, high: 2 }).map((exponent) => 10 ** exponent);
  const [d, k] = [x.cols, f.cols];
  return {
    W: matrix(m, d, normal(fold(own, "W"), m * d).map((value) => sizeW * value)),
    V: matrix(d, k, normal(fold(own, "V"), d * k).map((value) => sizeV * value)),
  };
}

/** The head at norm 1, the last row of W a multiple of the first: it lacks a rank. */
function lacking({ W: whole, V: large }: VectorHead): VectorHead {
  const [W, V] = [whole, large].map((part) => ({ ...part, data: part.data.map((value) => value / norm(part.data)) }));
  const { rows: m, cols: d } = W;
  for (let j = 0; m > 1 && j < d; j++) W.data[(m - 1) * d + j] = 0.5 * W.data[j];
  return { W, V };
}

/** The second derivative along the escape of a W that lacks a rank, by the formula and by differences of F; t makes it negative. */
function secondDerivative(own: Key, problem: VectorProblem) {
  const head = lacking(randomHead(own, problem));
  const { W, V } = head;
  const [m, d] = [W.rows, W.cols];
  const a = new Float64Array(m);
  [a[0], a[m - 1]] = [0.5, -1];
  // nu spans what W maps to 0: the lowest eigenvector of W'W.
  const nu = eigen(problem.kernels, multiply(transpose(W), W)).vectors.data.slice(0, d);
  const { value, R }: VectorSums = problem.at(head);
  const h = times(transpose(R), a);
  const along = (t: number, step: number) => {
    const changed: VectorHead = {
      W: { ...W, data: W.data.map((entry, at) => entry + step * a[Math.floor(at / d)] * nu[at % d]) },
      V: { ...V, data: V.data.map((entry, at) => entry - step * t * nu[Math.floor(at / V.cols)] * h[at % V.cols]) },
    };
    return problem.at(changed).value;
  };
  const bend = (t: number) => (along(t, STEP) - 2 * value + along(t, -STEP)) / STEP ** 2;
  const curvature = bend(0);
  const drop = 2 * dot(h, h);
  const t = (Math.max(curvature, 0) + 1) / drop;
  return { expected: curvature - t * drop, measured: bend(t), size: 1 + Math.abs(value) + Math.abs(curvature) + t };
}

/** Rows of the small problems that are searched for a bad minimum. */
const FEW = 6;

/** Descents from random starts on small problems with one input, two or three outputs and a loss that outliers cannot pull far. */
function searchWide(context: PaperContext): Finding {
  const root = fold(key(context.seed), "vector-outputs-wide");
  const loss: AnyLoss = pseudoHuberOf(0.1);
  const count = { ends: 0, above: 0 };
  let worst = { gap: -Infinity, linear: 0, value: 0, gradient: 0, lambdaMin: 0, m: 0 };
  for (let index = 0; index < (context.quick ? 40 : 400); index++) {
    const own = fold(root, index);
    const m = 2 + index % 2;
    using problem = createVectorProblem(context.kernels, {
      x: matrix(FEW, 1, normal(fold(own, "x"), FEW)),
      f: matrix(FEW, 1, normal(fold(own, "f"), FEW).map(Math.tanh)),
      y: normal(fold(own, "y"), FEW * m).map((value) => 3 * value),
      loss,
    });
    const linear = linearOf(context, problem);
    for (let draw = 0; draw < 4; draw++) {
      const start = randomHead(fold(own, draw), problem);
      const { point, spectrum, converged } = descendVector(problem, lacking(start), END);
      if (!converged) continue;
      count.ends++;
      const gap = point.value - linear.value;
      if (gap > ABOVE) count.above++;
      if (gap <= worst.gap) continue;
      worst = {
        gap,
        linear: linear.value,
        value: point.value,
        gradient: point.gradientNorm,
        lambdaMin: spectrum.lambdaMin,
        m,
      };
    }
  }
  const found = count.above > 0
    ? `an example with ${worst.m} outputs and 1 input ends ${worst.gap.toPrecision(3)} above linear, at a gradient of ${
      worst.gradient.toExponential(1)
    } and lambda_min ${worst.lambdaMin.toExponential(1)}`
    : "the search found no example";
  return {
    status: "outside",
    reason: `Outside: m > d; ${found}`,
    measured: worst.value,
    bound: worst.linear,
    points: count.ends,
    numbers: { ...count, highest: worst.gap, gradient: worst.gradient, lambdaMin: worst.lambdaMin },
  };
}
