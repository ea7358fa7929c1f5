import type { Kernels } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import {
  eigenvalues,
  joinColumns,
  type Matrix,
  multiply,
  norm,
  transpose,
  transposeTimes,
  type Vector,
} from "../tensor/mod.ts";
import { rowSpace } from "./_row_space.ts";
import { createHeadObjective, type Evaluation, type HeadObjective } from "./head_objective.ts";
import { type Comparator, type Inequality, judge } from "./inequality.ts";
import { leadingSingular, nuclearNorm } from "./spectral_norm.ts";

/** A chain of residual blocks `h_l = h_{l-1} + V_l f_l(h_{l-1})`, `p = W h_L`, at a point, on the rows of a table. */
export interface ChainPoint {
  /** Inputs [n, d]. */
  readonly x: Matrix;
  /** `f_l(h_{l-1})` of each block [n, k_l]. */
  readonly features: readonly Matrix[];
  /** V_l of each block [d, k_l]. */
  readonly V: readonly Matrix[];
  /** The weights through which each block reads its input [units, d]; null where a block reads it in another way. */
  readonly U: readonly (Matrix | null)[];
  /** W [m, d]. */
  readonly W: Matrix;
  /** Targets [n, m]. */
  readonly y: Vector;
  /** A convex loss. */
  readonly loss: AnyLoss;
}

/** What is known about a chain at a point, against linear predictors on x. */
export interface ChainCertificate {
  /** The mean loss F. */
  readonly value: number;
  /** `||E[l' h_L']||`: the gradient over W. */
  readonly gradientW: number;
  /** `||R||_2` with `R = [R_1 ... R_L]`, `R_l = E[l' f_l']`. */
  readonly normR: number;
  /** Rank of the weights through which blocks 2, ..., L read; null where one reads in another way. */
  readonly readerRank: number | null;
  /** Rank of `E[l'' h_L h_L']`, the representations' coverage in the paper's sense; null for several outputs. It is reported, the proof does not need it. */
  readonly representationRank: number | null;
  /** A unit vector that neither W nor blocks 2, ..., L see; null where there is none. */
  readonly free: Vector | null;
  /** Whether anything is claimed against x: with `free`, or where blocks 2, ..., L leave m directions unseen, all of which W then sees. */
  readonly applies: boolean;
  /** The largest of the gradients that the point shows: over W, over V_L, and over all V_l along directions that the blocks behind do not see. */
  readonly gradient: number;
  /** `||grad_W|| ||W - W*|| + ||W* V||_* ||R||_2 >= F - F_lin(W*)`, at every point. */
  readonly gap: Inequality;
  /** Curvature along the unit direction `(u a', a c')` where it is least; an upper bound on the chain's smallest eigenvalue. Null without a. */
  readonly curvature: number | null;
  /** `b = lambda_max(E[(a'h_L)² l''])` along the same a and u; null without a. */
  readonly b: number | null;
  /** What follows, see {@linkcode chainCertificate}. */
  readonly decision: "at or below linear" | "negative curvature" | "not critical" | "outside" | "undecided";
}

/** How small a gradient counts as none, and how much F may be above linear by rounding, as shares of their sizes. */
export interface ChainTolerances {
  /** Largest {@linkcode ChainCertificate.gradient} of a critical point (default 1e-8). */
  readonly gradient?: number;
  /** Largest gap of a point at or below linear, as a share of F_lin (default 1e-9). */
  readonly gap?: number;
}

/**
 * Whether a chain of residual blocks is no worse at a point than linear predictors on x (docs/mathematics.md, section 17). `h_L = x + sum_l V_l f_l`,
 * so at every point F is above `F_lin(W*)` by at most `||E[l' h_L']|| ||W - W*|| + ||W* V||_* ||R||_2`. Where a unit vector a is seen neither by W nor by
 * the blocks 2, ..., L, the chain moves along `(u a', a c')` as one block does; so `||R||² <= kappa (kappa + b)` with `kappa = -lambda_min` of the whole chain:
 * a critical point above linear has negative curvature. Where the blocks 2, ..., L leave m directions N [d, m] unseen and W sees them all, `W N` is
 * invertible; the gradient over `V_l` along them is `N' W' R_l`, so R = 0 at a critical point, and none is above linear. One of the two holds wherever
 * the blocks 2, ..., L see at most d - m directions.
 *
 * Decisions, in this order: `at or below linear`; `outside`, above linear and with neither; `not critical`, where a gradient that the point shows is
 * not 0; `negative curvature`, which rules out a local minimum; `undecided`, where rounding hides it. Cost: that of an evaluation on `[x, f_1, ..., f_L]`.
 *
 * @param kernels The kernels to compute with.
 * @param point The chain at a point.
 * @param linear The linear predictor on x to compare with.
 * @param tolerances What counts as 0.
 * @returns Conditions, bound and decision.
 * @throws {ShapeError} If the parts do not fit each other.
 * @example One block at w = 0, V = -1 in two inputs: above linear, the gradient is 0, and there is negative curvature
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { matrix } from "@resland/resland/tensor";
 * const x = matrix(2, 2, [1, 0, 0, 1]);
 * const point = {
 *   x, features: [matrix(2, 1, [1, 0])], V: [matrix(2, 1, [-1, 0])], U: [null], W: matrix(1, 2, [0, 0]), y: Float64Array.of(1, 0),
 *   loss: squared,
 * };
 * const found = chainCertificate(await loadKernels("simd"), point, { A: matrix(1, 2, [1, 0]), C: null, value: 0 });
 * assertEquals(found.decision, "negative curvature");
 * assert(found.curvature! < 0);
 * ```
 */
export function chainCertificate(
  kernels: Kernels,
  point: ChainPoint,
  linear: Comparator,
  { gradient: smallest = 1e-8, gap: tie = 1e-9 }: ChainTolerances = {},
): ChainCertificate {
  const { x, features, W, U, y, loss } = point;
  const V = point.V.reduce(joinColumns);
  using objective = createHeadObjective(kernels, { x, f: features.reduce(joinColumns), y, loss });
  const at = objective.at({ W, V });
  const { value: normR, left } = leadingSingular(kernels, at.R);
  const gradientW = norm(at.gradientW.data);
  const readers = U.slice(1);
  const known = readers.every((reader) => reader !== null);
  const space = known ? freeSpace([...readers, W], x.cols) : null;
  const unseen = known && space === null ? unseenBy(readers, x.cols, W.rows) : null;
  const direction = space && normR > 0 ? lowestAlong(objective, at, space, left) : null;
  const distance = norm(W.data.map((entry, i) => entry - linear.A.data[i]));
  const bound = gradientW * distance + nuclearNorm(kernels, multiply(linear.A, V)) * normR;
  const gap = judge(bound, at.value - linear.value, at.value + Math.abs(linear.value) + bound, x.rows + 64);
  const curvature = space === null ? null : direction?.curvature ?? 0;
  const gradient = Math.max(gradientW, ...gradientsOverV(at, W, features[features.length - 1].cols, unseen));
  const applies = space !== null || unseen !== null;
  return Object.freeze({
    value: at.value,
    gradientW,
    normR,
    readerRank: known ? rankOf(readers, x.cols) : null,
    representationRank: representationRank(kernels, objective, at),
    free: space,
    applies,
    gradient,
    gap,
    curvature,
    b: direction?.b ?? null,
    decision: decisionOf({
      above: gap.right > tie * Math.abs(linear.value),
      applies,
      moves: gradient > smallest,
      curvature,
    }),
  });
}

function decisionOf({ above, applies, moves, curvature }: {
  readonly above: boolean;
  readonly applies: boolean;
  readonly moves: boolean;
  readonly curvature: number | null;
}): ChainCertificate["decision"] {
  if (!above) return "at or below linear";
  if (!applies) return "outside";
  if (moves) return "not critical";
  return curvature !== null && curvature < 0 ? "negative curvature" : "undecided";
}

/** The gradient over V_L, `W' R_L`, and that over all V_l along the columns of N, `N' W' R`: their norms. */
function gradientsOverV({ R }: Evaluation, W: Matrix, last: number, N: Matrix | null): readonly number[] {
  const over = multiply(transpose(W), R);
  const ofLast = over.data.filter((_, at) => at % R.cols >= R.cols - last);
  return [norm(ofLast), ...N === null ? [] : [norm(multiply(transpose(N), over).data)]];
}

/** All rows under each other. */
function stacked(parts: readonly Matrix[], d: number): Matrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const data = new Float64Array(rows * d);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { rows, cols: d, data };
}

const rankOf = (parts: readonly Matrix[], d: number): number =>
  parts.length === 0 ? 0 : rowSpace(stacked(parts, d)).steps;

/** A unit vector orthogonal to every row; null where the rows span everything. */
function freeSpace(parts: readonly Matrix[], d: number): Vector | null {
  const space = rowSpace(stacked(parts, d));
  return space.steps < d ? space.column(d - 1) : null;
}

/** The directions of R^d orthogonal to every row [d, m], where there are as many as outputs; else null. */
function unseenBy(parts: readonly Matrix[], d: number, m: number): Matrix | null {
  const space = rowSpace(stacked(parts, d));
  if (d - space.steps !== m) return null;
  const data = new Float64Array(d * m);
  for (let j = 0; j < m; j++) space.column(space.steps + j).forEach((value, i) => data[i * m + j] = value);
  return { rows: d, cols: m, data };
}

/** The least curvature along unit directions `(alpha u a', beta a c')` with c along `-R'u`: the smaller eigenvalue of `[b -r; -r 0]`. */
function lowestAlong(objective: HeadObjective, at: Evaluation, a: Vector, u: Vector) {
  const { d, k } = objective;
  const pull = transposeTimes(at.R, u);
  const r = norm(pull);
  const outer = (x: Vector, z: Vector): Matrix =>
    multiply({ rows: x.length, cols: 1, data: x }, { rows: 1, cols: z.length, data: z });
  const zero = (rows: number, cols: number): Matrix => ({ rows, cols, data: new Float64Array(rows * cols) });
  const D = outer(u, a);
  const E = outer(a, pull.map((value) => -value / r));
  const b = objective.curvatureAlong(at, { W: D, V: zero(d, k) });
  const lowest = (b - Math.hypot(b, 2 * r)) / 2;
  const length = Math.hypot(lowest, r);
  const [inW, inV] = [-lowest / length, r / length];
  const along = (share: number, part: Matrix): Matrix => ({ ...part, data: part.data.map((value) => share * value) });
  // Summed over the rows anew, so that it is the curvature of a direction whatever rounding did to b and r.
  const curvature = objective.curvatureAlong(at, { W: along(inW, D), V: along(inV, E) });
  return { b: Math.max(0, b), curvature };
}

/** Eigenvalues of `E[l'' h_L h_L']` above this share of the largest count. */
const RANK = 1e-12;

/** `E[l'' z z'] = [I V] H'' [I V]'` for one output. */
function representationRank(kernels: Kernels, objective: HeadObjective, at: Evaluation): number | null {
  const { outputs, d, k } = objective;
  if (outputs !== 1 || d + k > 400) return null;
  const data = new Float64Array(d * (d + k));
  for (let i = 0; i < d; i++) {
    data[i * (d + k) + i] = 1;
    data.set(at.V.data.subarray(i * k, (i + 1) * k), i * (d + k) + d);
  }
  const T: Matrix = { rows: d, cols: d + k, data };
  const product = multiply(multiply(T, objective.hessianOfH(at)), transpose(T));
  const values = eigenvalues(kernels, { ...product, data: symmetric(product) });
  const largest = values.at(-1)!;
  return values.filter((value) => value > RANK * largest).length;
}

function symmetric({ rows, data }: Matrix): Vector {
  return data.map((value, at) => (value + data[(at % rows) * rows + Math.floor(at / rows)]) / 2);
}
