import type { Kernels } from "../kernels/mod.ts";
import { type AnyLoss, squared, weightsOfMeanOne } from "../loss/mod.ts";
import {
  createLinearObjective,
  type LinearExamples,
  type LinearObjective,
  type LinearRows,
  type LinearSums,
} from "../objective/mod.ts";
import {
  type Factor,
  factorRows,
  letGo,
  matrixRows,
  norm,
  orthonormalRows,
  placeTriangle,
  type RowSource,
  sideBySide,
  singleFactor,
  sketchFactor,
  type Vector,
} from "../tensor/mod.ts";
import type { LinearBaseline } from "./linear_optimum.ts";
import { letGoOf, minimise, type Minimum } from "./minimise.ts";
import { BLOCK } from "./_blocks.ts";
import { coordinatesOf, inCoordinates, weightsOf } from "./_coordinates.ts";
import { pickRows } from "./_pick_rows.ts";
import { CANCELLING, described, proved } from "./_proof.ts";
import { type Face, findFace, meanInfimum, separatesAll } from "./separation.ts";

/** Options of the search. */
export interface BaselineOptions {
  /** The norm that w* may have where the infimum is not attained (default 100). */
  readonly radius?: number;
  /** Where the infimum is not attained: the gradient norm at which to stop (default 1e-6). */
  readonly gradient?: number;
  /** Weights to start from [m, d] (default 0). */
  readonly start?: Vector;
  /** What {@linkcode factorRows} made of the inputs, where it is known. */
  readonly factor?: Factor;
  /** The share of the usual effort to spend when many weights make every step expensive (default 1): less leaves wider bounds. */
  readonly effort?: number;
  /** Columns that are independent only where more than `tolerance` of them is left by all before `from`, and by each other. */
  readonly later?: { readonly from: number; readonly tolerance: number };
  /** Bytes of rows to keep in memory between passes where there are many weights (default 3 GiB): fewer where writing them anew costs little. */
  readonly resident?: number;
}

/**
 * Weights from which on their second derivatives are never formed, so that only weights and gradients need be in orthonormal coordinates; and from
 * which on they need not be formed, where rows are so many that coordinates come from sums of them.
 */
const [MANY, UNFORMED] = [512, 256];

/** Multiply-adds of a product from which on products in single precision are worth a copy of the data, and the condition up to which they do in columns as they are. */
const [SINGLE, CLEAR] = [5e6, 100];

/** Faces within faces that are followed. */
const MOST_FACES = 6;

/** Predictions beyond this say that weights may be on their way to infinity: losses fall by less than rounding there. */
const FAR = 15;

/**
 * Orthonormal rows stay in kernel memory up to this many bytes; with more columns than this up to the most that it holds beside others, since making
 * them anew on every pass would cost more than the pass.
 */
const [RESIDENT, NARROW, MOST_RESIDENT] = [64 * 2 ** 20, 64, 3 * 2 ** 30];

/**
 * Bytes of rows that are kept where the passes over them are few, as for the squared loss. More of those stay as they are up to this condition: only weights and
 * gradients are in coordinates then, right to rounding times the condition, and no pass solves for orthonormal rows.
 */
const [PASSED, PLAIN] = [1 << 22, 1e4];

/**
 * The best linear predictor `min_W E[l(W x; y)]`, for any convex loss and any number of outputs, with bounds from both sides.
 * The columns are made orthonormal by a rank-revealing QR factorisation of the table, never of `X'X`, so that nearly dependent columns lose
 * nothing; Newton's method then depends only on the conditioning of l''; the convex dual gives a lower bound that proves optimality.
 * Where classes can be separated the infimum lies at infinity: it is then known exactly, and w* is a predictor of bounded norm.
 *
 * Cost: `2 n d²` flops for the factorisation, then a few dozen products with the data, `4 n d m` flops each; memory for the orthonormal
 * columns, as large as the inputs, or with up to 64 columns at most 64 MiB, or for the squared loss 4 MiB.
 *
 * @param kernels The kernels to compute with.
 * @param loss A convex loss.
 * @param examples Inputs [n, d], held or written piece by piece, and targets [n, m].
 * @param options The norm to keep to where the infimum is not attained, and where to start.
 * @returns The weights, their value, and what is proved about them.
 * @throws {ShapeError} If the number of targets is not a multiple of the number of rows, or there are no rows.
 * @throws {RangeError} If the radius is not above 0, or an input is NaN or infinite.
 * @example Separable classes: the infimum is 0, and no predictor attains it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { logistic } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const examples = { x: matrix(2, 1, [-1, 1]), y: Float64Array.of(-1, 1) };
 * const { attained, infimum, radius } = bestLinear(await loadKernels("simd"), logistic, examples, { radius: 5 });
 * assertEquals({ attained, infimum, radius }, { attained: false, infimum: 0, radius: 5 });
 * ```
 */
export function bestLinear(
  kernels: Kernels,
  loss: AnyLoss,
  examples: LinearExamples | LinearRows,
  options: BaselineOptions = {},
): LinearBaseline {
  const steps = findBestLinear(kernels, loss, examples, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * {@linkcode bestLinear} step by step, so that a caller can show progress, or stop it.
 *
 * @param kernels The kernels to compute with.
 * @param loss A convex loss.
 * @param examples Inputs [n, d] and targets [n, m].
 * @param options As for {@linkcode bestLinear}.
 * @returns A generator that yields after each piece of the factorisation and each product with the data, and returns the predictor.
 * @throws {ShapeError} If the number of targets is not a multiple of the number of rows, or there are no rows.
 * @throws {RangeError} If the radius is not above 0, or an input is NaN or infinite.
 * @example To the end
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const examples = { x: matrix(2, 1, [1, 1]), y: Float64Array.of(0, 2) };
 * const steps = findBestLinear(await loadKernels("simd"), squared, examples);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals(Math.round(step.value.weights[0] * 1e9) / 1e9, 1);
 * ```
 */
export function* findBestLinear(
  kernels: Kernels,
  loss: AnyLoss,
  examples: LinearExamples | LinearRows,
  options: BaselineOptions = {},
): Generator<number, LinearBaseline> {
  const { radius = 100 } = options;
  if (!(radius > 0)) {
    throw new RangeError(`Cannot bound the linear predictor: the radius must be above 0, got ${radius}`);
  }
  const { y, weights } = examples;
  const rows: LinearRows = { source: sourceOf(kernels, examples), y, ...weights && { weights } };
  return yield* solve(kernels, loss, rows, { ...options, radius }, 0);
}

function* solve(
  kernels: Kernels,
  loss: AnyLoss,
  rows: LinearRows,
  options: BaselineOptions & { readonly radius: number },
  depth: number,
): Generator<number, LinearBaseline> {
  const { source, y } = rows;
  const factor = options.factor ?? (yield* factorOfRows(kernels, loss, rows, options));
  const many = factor.rank * (y.length / source.rows) > (factor.near !== undefined ? UNFORMED : MANY);
  const { radius, gradient = 1e-6, effort, resident = MOST_RESIDENT } = options;
  const identity = isIdentity(loss, rows, factor);
  const held = 8 * source.rows * factor.rank > PASSED;
  const inPlace = many && factor.condition <= CANCELLING && (factor.rank > BLOCK || held && isClear(factor)) ||
    identity && factor.condition <= PLAIN && held;
  const large = y.length * factor.rank >= SINGLE;
  // A quadratic takes a handful of passes: a copy of the rows, orthonormal or not, would cost more memory than it saves time.
  const few = identity || loss === squared && factor.near === "single";
  using raw = createLinearObjective(kernels, loss, rows, {
    resident: many && !few ? resident : PASSED,
    single: inPlace && large && !few && isClear(factor),
  });
  const m = raw.outputs;
  const none = new Float64Array(m * factor.columns);
  if (factor.rank === 0) return described(raw, source, factor, none, null, meanBest(raw, none), options, 0);
  using triangle = inPlace ? placeTriangle(kernels, factor.T) : null;
  using objective = triangle
    ? inCoordinates(raw, source, factor, triangle)
    : createLinearObjective(kernels, loss, { ...rows, source: orthonormalRows(kernels, source, factor) }, {
      resident: few ? PASSED : factor.rank <= NARROW ? RESIDENT : MOST_RESIDENT,
      single: large && (factor.rank > NARROW || 8 * source.rows * factor.rank <= RESIDENT),
    });
  // A quadratic is at its minimum after one Newton step.
  const isNear = factor.near !== undefined;
  const start = options.start && (loss !== squared || isNear)
    ? isNear
      ? coordinatesOf(factor, m, options.start, triangle?.multiply)
      : projectedStart(raw, objective, options.start)
    : new Float64Array(m * factor.rank);
  let separable = false;
  const enough = (u: Vector, sums: LinearSums): boolean => {
    separable ||= separatesAll(loss, y, m, sums.predictions);
    if (!separable) return false;
    return norm(rawGradient(factor, sums.gradient)) <= gradient || norm(weightsOf(factor, m, u)) >= radius;
  };
  const found = yield* minimise(objective, start, { enough, effort, identity, sketched: inPlace });
  const u = separable ? withinNorm(factor, m, found.weights, radius) : found.weights;
  const weights = weightsOf(factor, m, u, triangle?.solve);
  const infimum = separable ? meanInfimum(raw) : yield* infimumOnFace(kernels, rows, objective, found, options, depth);
  const lower = yield* proved(objective, found, { identity, sketched: inPlace, effort });
  letGoOf(found);
  return described(raw, source, factor, weights, infimum, lower, options, found.iterations);
}

/**
 * The factor of the rows. With many weights nothing but the coordinates is made of it, and Newton's method takes about as many products in
 * coordinates that are nearly orthonormal: it is that of sums of rows where they are many and the loss is no quadratic, or one in single precision.
 */
function* factorOfRows(
  kernels: Kernels,
  loss: AnyLoss,
  { source, y }: LinearRows,
  { later }: BaselineOptions,
): Generator<number, Factor> {
  const many = source.cols * (y.length / source.rows) > MANY;
  const sums = many && loss !== squared ? yield* sketchFactor(kernels, source, { later }) : null;
  const near = sums ?? (many && later === undefined ? yield* singleFactor(kernels, source) : null);
  return near ?? (yield* factorRows(kernels, source, { later }));
}

/** Weights in orthonormal coordinates. */
function projectedStart(raw: LinearObjective, objective: LinearObjective, weights: Vector): Vector {
  const predictions = raw.project(weights);
  const u = objective.correlate(predictions);
  letGo(predictions);
  return u;
}

/** Whether columns are near enough to independent, and of ordinary size, for products in single precision. */
const isClear = ({ condition, T: { rows, data } }: Factor): boolean =>
  condition <= CLEAR &&
  Array.from({ length: rows }, (_, i) => data[i * (rows + 1)]).every((size) => size > 1e-6 && size < 1e6);

/** Whether the second derivative in orthonormal coordinates is the identity, but for rounding that one more step takes out. */
const isIdentity = (
  loss: AnyLoss,
  { source, weights }: LinearRows,
  { condition, near }: Factor,
): boolean =>
  loss === squared && weightsOfMeanOne(weights, source.rows) === null && condition <= CANCELLING && near === undefined;

const meanBest = (objective: LinearObjective, weights: Vector): number | null =>
  weights.length === 0 ? meanInfimum(objective) : null;

/** The infimum where a minimisation ran towards a face of the problem; null where it did not. */
function* infimumOnFace(
  kernels: Kernels,
  { source }: LinearRows,
  objective: LinearObjective,
  { weights, sums, iterations }: Minimum,
  options: BaselineOptions & { readonly radius: number },
  depth: number,
): Generator<number, number | null> {
  const { loss, rows: n, weights: ofRows } = objective;
  if (loss.attains || depth >= MOST_FACES || iterations < 5) return null;
  if (!sums.predictions.some((value) => Math.abs(value) > FAR)) return null;
  const face: Face | null = findFace(objective, weights);
  if (face === null) return null;
  if (face.rows.length === 0) return face.fallen / n;
  const own = ofRows && Float64Array.from(face.rows, (row) => ofRows[row]);
  const part = { source: pickRows(source, face.rows), y: face.y, ...own && { weights: own } };
  const size = own === null ? face.rows.length : own.reduce((sum, weight) => sum + weight, 0);
  const { radius, gradient, later } = options;
  const best = yield* solve(kernels, face.loss, part, { radius, gradient, later }, depth + 1);
  return best.infimum === null ? null : (best.infimum * size + face.fallen) / n;
}

/** The gradient over the columns kept: `T'g`. */
function rawGradient({ T }: Factor, gradient: Vector): Vector {
  const r = T.rows;
  const out = new Float64Array(gradient.length);
  for (let from = 0; from < gradient.length; from += r) {
    for (let i = 0; i < r; i++) {
      for (let j = i; j < r; j++) out[from + j] += T.data[i * r + j] * gradient[from + i];
    }
  }
  return out;
}

/** The longest multiple, at most 1, of weights whose norm on the columns is within a radius. */
function withinNorm(factor: Factor, m: number, u: Vector, radius: number): Vector {
  const size = norm(weightsOf(factor, m, u));
  return size <= radius ? u : u.map((value) => value * radius / size);
}

function sourceOf({ memory }: Kernels, examples: LinearExamples | LinearRows): RowSource {
  if (!("x" in examples)) return examples.source;
  const { x, beside } = examples;
  return beside ? sideBySide(matrixRows(memory, x), matrixRows(memory, beside)) : matrixRows(memory, x);
}
