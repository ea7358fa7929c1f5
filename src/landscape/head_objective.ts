import type { Kernels } from "../kernels/mod.ts";
import { type AnyLoss, isJoint } from "../loss/mod.ts";
import {
  createLinearObjective,
  type LinearObjective,
  type Ridge,
  ridgeOnColumns,
  ridgeValue,
  type SecondDerivative,
  withRidge,
} from "../objective/mod.ts";
import {
  dot,
  joinColumns,
  letGo,
  type Matrix,
  matrixRows,
  multiply,
  norm,
  type RowSource,
  ShapeError,
  sideBySide,
  transpose,
  type Vector,
} from "../tensor/mod.ts";
import { keep, type Kept } from "./_kept.ts";
import { evaluationOf, lossesAtZero, plus, splitColumns } from "./_head_sums.ts";
import { leastNullCurvature, nullCandidates } from "./_null_curvature.ts";

/** The data of `F_theta(W, V) = E[l(W (x + V f); y)]`, in memory. */
export interface HeadData {
  /** Inputs [n, d]. */
  readonly x: Matrix;
  /** Features f_theta(x) [n, k]. */
  readonly f: Matrix;
  /** Targets [n, m], row after row. */
  readonly y: Vector;
  /** The loss; a scalar one is summed over the outputs. */
  readonly loss: AnyLoss;
  /** The weight of each row, above 0 [n]; only their ratios count (default: equal ones). */
  readonly weights?: Vector;
  /** A ridge on W and W V that is added to the mean loss (default none). */
  readonly ridge?: Ridge | null;
}

/** The same, with `[x f]` written piece by piece instead of stored. */
export interface HeadRows {
  /** `[x f]` [n, d + k]. */
  readonly source: RowSource;
  /** How many of the columns are x. */
  readonly d: number;
  /** Targets [n, m], row after row. */
  readonly y: Vector;
  /** The loss; a scalar one is summed over the outputs. */
  readonly loss: AnyLoss;
  /** The weight of each row, above 0 [n]; only their ratios count (default: equal ones). */
  readonly weights?: Vector;
  /** A ridge on W and W V that is added to the mean loss (default none). */
  readonly ridge?: Ridge | null;
}

/** A point (W, V), or a direction (D, E), of a network's last layer. */
export interface Head {
  /** W [m, d]. */
  readonly W: Matrix;
  /** V [d, k]. */
  readonly V: Matrix;
}

/** The sums over the rows from which every certificate at a point follows. */
export interface Evaluation extends Head {
  /** `F_theta(W, V)`. */
  readonly value: number;
  /** The predictions p [n, m], row after row. */
  readonly predictions: Vector;
  /** `l'(p; y)` [n, m], row after row; times the weight of the row where rows are weighted. */
  readonly slopes: Vector;
  /** `S = E[l' x']` [m, d]. */
  readonly S: Matrix;
  /** `R = E[l' f']` [m, k]. */
  readonly R: Matrix;
  /** `grad_W F = S + R V'` [m, d]. */
  readonly gradientW: Matrix;
  /** `grad_V F = W' R` [d, k]. */
  readonly gradientV: Matrix;
  /** `||grad F_theta||` over (W, V). */
  readonly gradientNorm: number;
}

/** The lengths of `z = x + V f` and of f, row by row. */
export interface RowSizes {
  /** `||z||` [n]. */
  readonly z: Vector;
  /** `||f||` [n]. */
  readonly f: Vector;
}

/** A direction in the null space of W, and the curvature along it. */
export interface NullCurvature {
  /** A unit vector a [d] with `W a = 0`. */
  readonly a: Vector;
  /** `E[(a'z)² l''] [m, m]`. */
  readonly bend: Matrix;
  /** `||W a||`: 0 but for rounding. */
  readonly leak: number;
}

/** F_theta over (W, V): the network with theta fixed. Dispose it to free its kernel memory. */
export interface HeadObjective extends Disposable {
  /** The kernels that compute it. */
  readonly kernels: Kernels;
  /** The loss. */
  readonly loss: AnyLoss;
  /** Targets [n, m]. */
  readonly y: Vector;
  /** Row weights of mean 1 [n], which the loss of each row and its derivatives are multiplied by; null where all are equal. */
  readonly weights: Vector | null;
  /** n. */
  readonly rows: number;
  /** d. */
  readonly d: number;
  /** k. */
  readonly k: number;
  /** m. */
  readonly outputs: number;
  /** `H(A, C) = E[l(A x + C f; y)]`, plus the ridge where there is one, over [A C] [m, d + k]: what F_theta is at `[W, W V]`. */
  readonly linear: LinearObjective;
  /** The ridge on each column of `[x f]` [d + k]; null where there is none. */
  readonly ridge: Vector | null;
  /** Value and gradient at a point. Cost: one pass, two products with the data. Throws a ShapeError where the shapes do not fit. */
  at(head: Head): Evaluation;
  /** Gives back what an evaluation has for every row, which nobody may read any more: its predictions, slopes and second derivatives. */
  leave(at: Evaluation): void;
  /** The Hessian over (W, V) at an evaluation, as an operator on directions. Cost of a product: that of {@linkcode HeadObjective.at}. */
  hvp(at: Evaluation): (direction: Head) => Head;
  /** `E[dp' l'' dp] + 2 <D E, R>` with `dp = D (x + V f) + W E f`, plus the ridge's part: the second derivative along (D, E), summed over the rows. */
  curvatureAlong(at: Evaluation, direction: Head): number;
  /** {@linkcode HeadObjective.curvatureAlong} of several directions, in one pass over the rows. */
  curvaturesAlong(at: Evaluation, directions: readonly Head[]): readonly number[];
  /** The curvature along a direction that W does not see; null where W has rank d. Cost: one pass, the first time at an evaluation. */
  nullCurvature(at: Evaluation): NullCurvature | null;
  /** The Hessian of H over [A C] [m (d + k), m (d + k)] at a point's predictions; only for small orders. */
  hessianOfH(at: Evaluation): Matrix;
  /** `E ||l'|| ||[x f]||`, plus the size of the ridge's part: the size of the terms that sum to S and R. */
  slopeSize(at: Evaluation): number;
  /** `E tr(l'') ||[x f]||²`, at least `E ||l''|| ||[x f]||²`, plus the largest ridge: the size of the terms that sum to the Hessian of H. */
  curvatureSize(at: Evaluation): number;
  /** `tr l''` of every row [n]. */
  curvatureTraces(at: Evaluation): Vector;
  /** `E[l''_aa]` of each output [m]. */
  curvatureMeans(at: Evaluation): Vector;
  /** `||[x f]||` of every row [n]. */
  rowNorms(): Vector;
  /** `||x + V f||` and `||f||` of every row. Cost: one product with the features. */
  rowSizes(V: Matrix): RowSizes;
  /**
   * Finds in one pass over the rows what a certificate at an evaluation asks of them (their sizes, the null curvature, what Theorem 2 is about, the sums at
   * (0, V), and with `hessian` the Hessian of H), so that the functions above need no passes of their own. Yields as it goes: a
   * pass over a million rows takes some tenths of a second.
   */
  prepare(at: Evaluation, options: { readonly hessian: boolean }): Generator<number, void>;
}

/**
 * Fixes theta. The predictions are linear in `[x f]` with weights `[W, W V]`, so the convex objective over those weights computes
 * the sums, in f64, and the chain rule turns its gradient (S, R) into that over (W, V). One output is m = 1.
 *
 * @param kernels The kernels to compute with.
 * @param data Inputs, features, targets and loss; in memory, or as rows that are written on request.
 * @returns The objective over (W, V).
 * @throws {ShapeError} If the numbers of rows do not fit each other.
 * @example Two outputs at the origin
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const one = matrix(1, 1, [1]);
 * const data = { x: one, f: one, y: Float64Array.of(1, -2), loss: squared };
 * using objective = createHeadObjective(await loadKernels("simd"), data);
 * const { value, S } = objective.at({ W: matrix(2, 1, [0, 0]), V: matrix(1, 1, [0]) });
 * assertEquals([value, ...S.data], [2.5, -1, 2]);
 * ```
 */
export function createHeadObjective(kernels: Kernels, data: HeadData | HeadRows): HeadObjective {
  const { y, loss, weights } = data;
  const [given, d] = "source" in data
    ? [data.source, data.d]
    : [sideBySide(matrixRows(kernels.memory, data.x), matrixRows(kernels.memory, data.f)), data.x.cols];
  const k = given.cols - d;
  // Where rows lie in parts, those are x and f.
  const source = given.parts && given.parts[0].cols !== d ? { ...given, parts: undefined } : given;
  if (!(d >= 1 && k >= 0)) {
    throw new ShapeError("fix the features", `[n, ${d} or more]`, `[${source.rows}, ${source.cols}]`);
  }
  const ridge = data.ridge ? ridgeOnColumns(data.ridge, d, k) : null;
  const plain = createLinearObjective(kernels, loss, { source, y, ...weights && { weights } });
  const linear = ridge === null ? plain : withRidge(plain, ridge);
  const of: Parts = { linear, ridge, d, k, m: linear.outputs, n: linear.rows };
  const kept = keep(kernels, of);
  const curvaturesAlong = (at: Evaluation, directions: readonly Head[]) => curvatures(of, kept, at, directions);
  const objective: HeadObjective = Object.freeze<HeadObjective>({
    ...{ kernels, loss, y, weights: linear.weights, rows: of.n, d, k, outputs: of.m, linear, ridge },
    at(head) {
      checkHead(of, head);
      return kept.takeZero(head) ?? evaluationOf(head, linear.at(joinColumns(head.W, multiply(head.W, head.V)).data));
    },
    hvp: (at) => hessianProducts(of, kept.second(at), at),
    leave(at) {
      kept.leave(at.predictions);
      letGo(at.predictions, at.slopes);
    },
    curvatureAlong: (at, direction) => curvaturesAlong(at, [direction])[0],
    curvaturesAlong,
    nullCurvature(at) {
      const known = kept.nulls.get(at);
      if (known !== undefined) return known;
      const candidates = nullCandidates(objective, at);
      const projected = linear.project(candidates.weights);
      const found = leastNullCurvature(objective, at, kept.second(at), candidates, projected);
      kept.nulls.set(at, found);
      return found;
    },
    hessianOfH: ({ predictions }) => kept.hessians.get(predictions) ?? linear.hessian(predictions),
    slopeSize: (at) => slopeSize(of, kept.norms(at.V), at),
    curvatureSize: (at) => curvatureSize(of, kept.norms(at.V), kept.traces(at)),
    curvatureTraces: kept.traces,
    curvatureMeans: (at) => kept.second(at).means(),
    rowNorms: () => kept.norms(null),
    rowSizes: kept.sizes,
    prepare: (at, { hessian }) => prepare(objective, kept, at, hessian),
    [Symbol.dispose]() {
      linear[Symbol.dispose]();
      kept.end();
    },
  });
  return objective;
}

/** H over `[W, W V]`, and the sizes: n rows, d inputs, k features, m outputs. */
interface Parts extends Pick<HeadObjective, "linear" | "ridge" | "d" | "k"> {
  readonly m: number;
  readonly n: number;
}

function checkHead({ m, d, k }: Parts, { W, V }: Head): void {
  if (W.rows === m && W.cols === d && V.rows === d && V.cols === k) return;
  const shapes = `[${W.rows}, ${W.cols}] and [${V.rows}, ${V.cols}]`;
  throw new ShapeError("evaluate at (W, V)", `[${m}, ${d}] and [${d}, ${k}]`, shapes);
}

/** How [A C] = [W, W V] moves along (D, E): `[D, D V + W E]`. */
const change = ({ W, V }: Head, { W: D, V: E }: Head): Vector =>
  joinColumns(D, plus(multiply(D, V), multiply(W, E))).data;

function hessianProducts(of: Parts, second: SecondDerivative, at: Evaluation): (direction: Head) => Head {
  const { W, V, R } = at;
  return (direction) => {
    checkHead(of, direction);
    const { W: D, V: E } = direction;
    const moved = second.apply(change(at, direction));
    const [Sq, Rq] = splitColumns({ rows: of.m, cols: of.d + of.k, data: moved }, of.d);
    return {
      W: plus(Sq, plus(multiply(Rq, transpose(V)), multiply(R, transpose(E)))),
      V: plus(multiply(transpose(W), Rq), multiply(transpose(D), R)),
    };
  };
}

function curvatures(of: Parts, kept: Kept, at: Evaluation, directions: readonly Head[]): readonly number[] {
  directions.forEach((direction) => checkHead(of, direction));
  const { linear, ridge, n, m } = of;
  const [count, width] = [directions.length, m * (of.d + of.k)];
  const changes = new Float64Array(count * width);
  directions.forEach((direction, j) => changes.set(change(at, direction), j * width));
  const projected = linear.project(changes);
  const { bend } = kept.second(at);
  return directions.map((direction, j) => {
    const moved = count === 1 ? projected : columnsOf(projected, n, count * m, j * m, m);
    const bent = bend(moved);
    const curvature = dot(moved, bent) / n + 2 * dot(multiply(direction.W, direction.V).data, at.R.data);
    letGo(moved, bent);
    return curvature + (ridge === null ? 0 : 2 * ridgeValue(ridge, changes.subarray(j * width, (j + 1) * width)));
  });
}

function slopeSize({ ridge, n, m, d, k }: Parts, sizes: Vector, { slopes, W, V }: Evaluation): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let a = i * m; a < (i + 1) * m; a++) squares += slopes[a] * slopes[a];
    sum += Math.sqrt(squares) * sizes[i];
  }
  if (ridge === null) return sum / n;
  const weights = joinColumns(W, multiply(W, V)).data;
  return sum / n + norm(weights.map((weight, at) => ridge[at % (d + k)] * weight));
}

function curvatureSize({ ridge, n }: Parts, sizes: Vector, bends: Vector): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += bends[i] * sizes[i] * sizes[i];
  return sum / n + (ridge === null ? 0 : Math.max(...ridge));
}

/** One pass over the rows for what certificates at a point ask of them. */
function* prepare(
  objective: HeadObjective,
  kept: Kept,
  at: Evaluation,
  formed: boolean,
): Generator<number, void> {
  const { outputs: m, d, linear, loss, y } = objective;
  const candidates = nullCandidates(objective, at);
  const origin = m === 1 && linear.weights === null && !isJoint(loss) ? lossesAtZero(loss, y) : null;
  const { projected, correlated, hessian } = yield* kept.measure(at.V, {
    ...formed && { hessianAt: at.predictions },
    directions: candidates.weights,
    ...origin && { numbers: origin.slopes },
  });
  if (hessian !== null) kept.hessians.set(at.predictions, hessian);
  kept.nulls.set(at, leastNullCurvature(objective, at, kept.second(at), candidates, projected));
  const W = { rows: 1, cols: d, data: new Float64Array(d) };
  kept.putZero(origin && evaluationOf({ W, V: at.V }, { ...origin, gradient: correlated }));
}

/** Some columns of a matrix [n, cols], row after row. */
function columnsOf(data: Vector, n: number, cols: number, from: number, count: number): Vector {
  const out = new Float64Array(n * count);
  for (let i = 0; i < n; i++) for (let j = 0; j < count; j++) out[i * count + j] = data[i * cols + from + j];
  return out;
}
