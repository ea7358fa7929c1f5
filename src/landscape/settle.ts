import { type Matrix, multiply, norm, ShapeError, type Vector } from "../tensor/mod.ts";
import { type RowSpace, rowSpace } from "./_row_space.ts";
import type { Head } from "./head_objective.ts";

/** Relative cut-offs for the directions of A, tried in turn: fewer directions keep V small. */
const CUTS = [1e-6, 1e-8, 1e-10, 1e-12, 1e-15] as const;

/** A residual of this size is rounding; the other, relative to ||C|| + ||A|| ||V||, is the most that is accepted. */
const [ROUNDING, ACCEPTED] = [1e-14, 1e-10] as const;

/**
 * The head with given effective weights: `W = A`, and the V nearest to the start's with `W V = C`,
 * `V = V0 + A⁺ (C - A V0)`, through a QR factorisation of Aᵀ. With `(A, C) = argmin H` it is a global minimum of F_theta.
 * A may lack rank as long as the equations agree, as for softmax, where the rows of A and of C sum to 0 alike.
 *
 * @param start The head whose V is kept as far as it can be.
 * @param A The weights of x [m, d].
 * @param C The weights of f [m, k].
 * @returns The head; null where no V has `A V = C` to a relative 1e-10.
 * @throws {ShapeError} If the shapes do not fit.
 * @example One output
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const start = { W: matrix(1, 2, [1, 1]), V: matrix(2, 1, [5, 7]) };
 * const head = headWith(start, matrix(1, 2, [0, 2]), matrix(1, 1, [6]));
 * assertEquals(head?.V, matrix(2, 1, [5, 3]));
 * assertEquals(headWith(start, matrix(1, 2, [0, 0]), matrix(1, 1, [6])), null);
 * ```
 */
export function headWith(start: Head, A: Matrix, C: Matrix): Head | null {
  const { rows: m, cols: k } = C;
  if (A.rows !== m || start.V.cols !== k) {
    throw new ShapeError("settle a head", `[${A.rows}, ${start.V.cols}]`, `[${m}, ${k}]`);
  }
  const missing = difference(C, multiply(A, start.V));
  const space = rowSpace(A);
  let best: { readonly V: Matrix; readonly residual: number } | null = null;
  for (const cut of CUTS) {
    const V = plus(start.V, solveWith(space, space.rank(cut), missing));
    const off = norm(difference(C, multiply(A, V)).data);
    const size = norm(C.data) + norm(A.data) * norm(V.data);
    const residual = off === 0 ? 0 : off / size;
    if (!(residual >= (best?.residual ?? Infinity))) best = { V, residual };
    if (residual <= ROUNDING) break;
  }
  return best !== null && best.residual <= ACCEPTED ? Object.freeze({ W: A, V: best.V }) : null;
}

/**
 * `A⁺ B`, the E of least norm with `A E = B`, through a QR factorisation of Aᵀ.
 *
 * @param A A matrix [m, d].
 * @param B A matrix [m, k].
 * @returns `A⁺ B` [d, k]; null where A lacks full row rank (relative to 1e-7), as it always does for m > d.
 * @throws {ShapeError} If the numbers of rows differ.
 * @example One equation in two unknowns, and one that no E solves
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const [a, b] = solveAcross(matrix(1, 2, [1, 3]), matrix(1, 1, [20]))!.data;
 * assertAlmostEquals(a, 2, 1e-14);
 * assertAlmostEquals(b, 6, 1e-14);
 * assertEquals(solveAcross(matrix(1, 2, [0, 0]), matrix(1, 1, [20])), null);
 * ```
 */
export function solveAcross(A: Matrix, B: Matrix): Matrix | null {
  if (A.rows !== B.rows) throw new ShapeError("solve A E = B", `[${A.rows}, any]`, `[${B.rows}, ${B.cols}]`);
  const space = rowSpace(A);
  return space.rank(FULL_RANK) === A.rows ? solveWith(space, A.rows, B) : null;
}

/** A matrix whose least direction is below this share of its norm lacks a rank as far as inequalities go. */
const FULL_RANK = 1e-7;

/** `Q1 Y` with `T' Y = P'B`, by the first `rank` equations in pivot order. */
function solveWith(space: RowSpace, rank: number, B: Matrix): Matrix {
  const [d, k] = [space.length, B.cols];
  const Y = new Float64Array(rank * k);
  for (let r = 0; r < rank; r++) {
    const row = space.order[r];
    for (let c = 0; c < k; c++) {
      let rest = B.data[row * k + c];
      for (let s = 0; s < r; s++) rest -= space.entry(s, r) * Y[s * k + c];
      Y[r * k + c] = rest / space.entry(r, r);
    }
  }
  const data = new Float64Array(d * k);
  for (let c = 0; c < k; c++) {
    const y: Vector = new Float64Array(d);
    for (let r = 0; r < rank; r++) y[r] = Y[r * k + c];
    const e = space.applyQ(y);
    for (let j = 0; j < d; j++) data[j * k + c] = e[j];
  }
  return Object.freeze({ rows: d, cols: k, data });
}

function difference(a: Matrix, b: Matrix): Matrix {
  return Object.freeze({ ...a, data: a.data.map((entry, at) => entry - b.data[at]) });
}

function plus(a: Matrix, b: Matrix): Matrix {
  return Object.freeze({ ...a, data: a.data.map((entry, at) => entry + b.data[at]) });
}
