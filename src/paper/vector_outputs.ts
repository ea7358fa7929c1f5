import { type Inequality, judge } from "../landscape/mod.ts";
import { fold, type Key, key, normal, uniform } from "../random/mod.ts";
import { dot, eigen, type Matrix, matrix, multiply, norm, transpose, type Vector } from "../tensor/mod.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import { type Finding, type PaperContext, SHAMIR, type Statement } from "./types.ts";

/** A convex loss of a vector of predictions. */
interface VectorLoss {
  /** The value; `y` is the target vector, or the vector that marks the class. */
  readonly value: (p: Vector, y: Vector) => number;
  /** Its gradient in p [m]. */
  readonly slope: (p: Vector, y: Vector) => Vector;
}

const squaredDistance: VectorLoss = {
  value: (p, y) => p.reduce((sum, entry, i) => sum + (entry - y[i]) ** 2 / 2, 0),
  slope: (p, y) => p.map((entry, i) => entry - y[i]),
};

const softmaxCrossEntropy: VectorLoss = {
  value: (p, y) => Math.max(...p) + Math.log(sumOfExp(p)) - dot(p, y),
  slope: (p, y) => p.map((entry, i) => Math.exp(entry - Math.max(...p)) / sumOfExp(p) - y[i]),
};

/** `sum_i exp(p_i - max p)`. */
const sumOfExp = (p: Vector): number => p.reduce((sum, entry) => sum + Math.exp(entry - Math.max(...p)), 0);

/** Central differences of second order with this step: h² of truncation, 1e-16 / h² of rounding. */
const STEP = 1e-3;
const DIFFERENCE = 1e-4;

const ROWS = 30;

/** Section 8: p = W (x + V f) with m outputs, for m at most d. */
export const vectorOutputs: Statement = {
  id: "vector-outputs",
  statement:
    "With p = W(x + V f) in R^m, m <= d: where W has full row rank the gradient over (W, V) is at least the gap over " +
    "||(W - W*, W+ W* V)||; where it has not, (a nu', -t nu a'R) has second derivative E[l''[a nu'z]²] - 2t||nu||²||R'a||², negative for " +
    "large t unless R'a = 0. For m > d nothing is promised",
  source: `${SHAMIR}, remark on vector outputs; derived`,
  needsConvex: false,
  check,
};

/** Squared distance and softmax cross-entropy in turn, random points of sizes from 1e-2 to 1e2, W of full rank and one less. */
function check(context: PaperContext): Finding {
  const problems = context.quick ? 200 : 2000;
  let [tally, differences, failures] = [EMPTY_TALLY, 0, 0];
  for (let index = 0; index < problems; index++) {
    const own = fold(fold(key(context.seed), "vector-outputs"), index);
    const one = makeProblem(own, index);
    tally = addTo(tally, gradientBound(context, own, one));
    if (one.m === 1) continue;
    const { expected, measured, size } = secondDerivative(context, own, one);
    differences++;
    if (!(Math.abs(expected - measured) <= DIFFERENCE * size && measured < 0)) failures++;
  }
  const { numbers, ...finding } = findingOf(tally, "left", { differences, differenceFailures: failures });
  return { ...finding, numbers, ...(failures > 0 ? { status: "fails" } : {}) };
}

interface VectorProblem {
  readonly x: Matrix;
  readonly f: Matrix;
  readonly y: Matrix;
  readonly m: number;
  readonly loss: VectorLoss;
}

/** A head (W, V). */
interface VectorHead {
  readonly W: Matrix;
  readonly V: Matrix;
}

function makeProblem(own: Key, index: number): VectorProblem {
  const [forD, forM, forK] = uniform(fold(own, "shape"), 3);
  const d = 2 + Math.floor(4 * forD);
  const m = 1 + Math.floor(d * forM);
  const k = 1 + Math.floor(4 * forK);
  const classes = index % 2 === 1;
  const draws = matrix(ROWS, m, normal(fold(own, "y"), ROWS * m));
  return {
    x: matrix(ROWS, d, normal(fold(own, "x"), ROWS * d)),
    f: matrix(ROWS, k, normal(fold(own, "f"), ROWS * k).map(Math.tanh)),
    y: classes ? onesOfLargest(draws) : draws,
    m,
    loss: classes ? softmaxCrossEntropy : squaredDistance,
  };
}

/** Each row as the unit vector of its largest entry. */
function onesOfLargest(draws: Matrix): Matrix {
  const data = new Float64Array(draws.data.length);
  for (let i = 0; i < draws.rows; i++) {
    const row = draws.data.slice(i * draws.cols, (i + 1) * draws.cols);
    data[i * draws.cols + row.indexOf(Math.max(...row))] = 1;
  }
  return { ...draws, data };
}

/** F, S = E[l' x'] and R = E[l' f'] at a head. */
function sumsAt({ x, f, y, m, loss }: VectorProblem, { W, V }: VectorHead) {
  const z = { ...x, data: x.data.map((value, at) => value + entryOfProduct(f, V, at)) };
  const p = multiply(z, transpose(W));
  const slopes = new Float64Array(p.data.length);
  let value = 0;
  for (let i = 0; i < ROWS; i++) {
    const [predicted, target] = [p, y].map(({ data }) => data.slice(i * m, (i + 1) * m));
    value += loss.value(predicted, target) / ROWS;
    slopes.set(loss.slope(predicted, target).map((slope) => slope / ROWS), i * m);
  }
  const l = transpose({ rows: ROWS, cols: m, data: slopes });
  return { value, S: multiply(l, x), R: multiply(l, f) };
}

/** Entry `at` of f Vᵀ, which has the shape of x. */
function entryOfProduct(f: Matrix, V: Matrix, at: number): number {
  const [i, j] = [Math.floor(at / V.rows), at % V.rows];
  let sum = 0;
  for (let u = 0; u < f.cols; u++) sum += f.data[i * f.cols + u] * V.data[j * f.cols + u];
  return sum;
}

function randomHead(own: Key, { x, f, m }: VectorProblem): VectorHead {
  const [sizeW, sizeV] = uniform(fold(own, "sizes"), 2, { low: -2, high: 2 }).map((exponent) => 10 ** exponent);
  const [d, k] = [x.cols, f.cols];
  return {
    W: matrix(m, d, normal(fold(own, "W"), m * d).map((value) => sizeW * value)),
    V: matrix(d, k, normal(fold(own, "V"), d * k).map((value) => sizeV * value)),
  };
}

/** Theorem 1's variant against a random W*. */
function gradientBound({ kernels }: PaperContext, own: Key, one: VectorProblem): Inequality {
  const { W, V } = randomHead(own, one);
  const { value, S, R } = sumsAt(one, { W, V });
  const star = { ...W, data: normal(fold(own, "W*"), W.data.length) };
  const linear = sumsAt(one, { W: star, V: { ...V, data: new Float64Array(V.data.length) } }).value;
  const inW = S.data.map((entry, at) => entry + multiply(R, transpose(V)).data[at]);
  const inV = multiply(transpose(W), R).data;
  // W+ = W' (W W')^-1, through the eigenvectors of W W'.
  const { values, vectors } = eigen(kernels, multiply(W, transpose(W)));
  const scaledRows = {
    ...vectors,
    data: vectors.data.map((entry, at) => entry / values[Math.floor(at / vectors.cols)]),
  };
  const inverse = multiply(transpose(vectors), scaledRows);
  const across = multiply(multiply(transpose(W), inverse), multiply(star, V));
  const along = Math.hypot(norm(W.data.map((entry, at) => entry - star.data[at])), norm(across.data));
  const gap = value - linear;
  const scale = (Math.abs(value) + Math.abs(linear)) / along;
  return judge(Math.hypot(norm(inW), norm(inV)), gap / along, scale, 64 * ROWS);
}

/** The second derivative along the escape of a W that lacks a rank, by the formula and by differences of F; t makes it negative. */
function secondDerivative({ kernels }: PaperContext, own: Key, one: VectorProblem) {
  const { W: whole, V: large } = randomHead(own, one);
  // Of modest size, so that differences tell; its last row is a multiple of the first.
  const [W, V] = [whole, large].map((part) => ({ ...part, data: part.data.map((value) => value / norm(part.data)) }));
  const { m } = one;
  const d = W.cols;
  for (let j = 0; j < d; j++) W.data[(m - 1) * d + j] = 0.5 * W.data[j];
  const a = new Float64Array(m);
  [a[0], a[m - 1]] = [0.5, -1];
  // nu spans what W maps to 0: the lowest eigenvector of W'W.
  const nu = eigen(kernels, multiply(transpose(W), W)).vectors.data.slice(0, d);
  const { value, R } = sumsAt(one, { W, V });
  const h = multiply(matrix(1, m, a), R).data;
  const along = (t: number, step: number) => {
    const changed: VectorHead = {
      W: { ...W, data: W.data.map((entry, at) => entry + step * a[Math.floor(at / d)] * nu[at % d]) },
      V: { ...V, data: V.data.map((entry, at) => entry - step * t * nu[Math.floor(at / V.cols)] * h[at % V.cols]) },
    };
    return sumsAt(one, changed).value;
  };
  const bend = (t: number) => (along(t, STEP) - 2 * value + along(t, -STEP)) / STEP ** 2;
  const curvature = bend(0);
  const drop = 2 * dot(h, h);
  const t = (Math.max(curvature, 0) + 1) / drop;
  return { expected: curvature - t * drop, measured: bend(t), size: 1 + Math.abs(value) + Math.abs(curvature) + t };
}
