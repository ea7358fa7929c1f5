import type { Address, Kernels } from "../kernels/mod.ts";
import { type Matrix, ShapeError, type Vector } from "../tensor/mod.ts";
import type { LinearPasses } from "./_linear_passes.ts";
import type { RowPart } from "./row_part.ts";

/** What one pass over the rows is to give. */
export interface SurveyRequest {
  /** Weights for which `sum_i weights_i x_i x_i'` is wanted: one number for all rows, or those of `count` rows from `from` on. */
  readonly squares?: readonly (number | ((from: number, count: number) => Vector))[];
  /** Directions [p, d] that the rows are to be projected on. */
  readonly directions?: Vector;
  /** Numbers c [n, m] for which `E[c x']` is wanted. */
  readonly numbers?: Vector;
  /** Sees `count` rows from `from` on in kernel memory, in the parts that they lie in, to read them. */
  readonly visit?: (parts: readonly RowPart[], from: number, count: number) => void;
}

/** What it gave. */
export interface Survey {
  /** The sums [d, d]. */
  readonly squares: readonly Matrix[];
  /** The projections [n, p], row after row. */
  readonly projected: Vector;
  /** The mean [m, d]. */
  readonly correlated: Vector;
}

/**
 * Several quantities of the rows from one pass over them: rows that are held nowhere are made once for all.
 *
 * @param kernels The kernels to compute with.
 * @param passes The rows.
 * @param request What is wanted.
 * @returns A generator that yields the rows that are done, after each piece of them.
 */
export function* surveyRows(
  { memory, f64: set, work }: Kernels,
  passes: LinearPasses,
  { squares = [], directions = NONE, numbers = NONE, visit }: SurveyRequest,
): Generator<number, Survey> {
  const { n, m, d, window: { rows: most, parts: partsOf, whole } } = passes;
  const p = directions.length / d;
  if (!Number.isSafeInteger(p)) throw new ShapeError("project the rows", `[any, ${d}]`, `[${directions.length}]`);
  const isWeighted = squares.some((weights) => typeof weights !== "number");
  const sizes = [squares.length * d * d, isWeighted ? most * d : 0, isWeighted ? most : 0, p * d, p * most];
  const at = memory.allocate(8 * sizes.reduce((sum, size) => sum + size, 0));
  const [sums, weighted, rowWeights, inDirections, inProjected] = sizes.map((_, index) =>
    at + 8 * sizes.slice(0, index).reduce((sum, size) => sum + size, 0)
  );
  /** Adds the lower triangle of `aᵀ inputs`, known to be symmetric: the block above the diagonal, a quarter of the work, is left out. */
  const addSquare = (count: number, a: Address, inputs: Address, to: Address, further: 0 | 1): void => {
    const half = d >> 1;
    const rest = d - half;
    set.gemmTN(half, half, count, a, d, inputs, d, to, d, further, work);
    set.gemmTN(rest, d, count, a + half * 8, d, inputs, d, to + half * d * 8, d, further, work);
  };
  const projected = new Float64Array(n * p);
  try {
    memory.view("f64", inDirections, p * d).set(directions);
    for (let from = 0; from < n; from += most) {
      if (from > 0) yield from;
      const count = Math.min(most, n - from);
      const further = from > 0 ? 1 : 0;
      // Squares are those of whole rows; all else does without copies of what lies in kernel memory.
      const parts = squares.length > 0 ? [{ at: whole(from, count), first: 0, cols: d }] : partsOf(from, count);
      squares.forEach((weights, index) => {
        const rows = parts[0].at;
        if (typeof weights !== "number") {
          memory.view("f64", rowWeights, count).set(weights(from, count));
          set.scaleRows(count, d, rowWeights, rows, weighted);
        }
        addSquare(count, typeof weights === "number" ? rows : weighted, rows, sums + 8 * index * d * d, further);
      });
      if (p > 0) {
        passes.multiplyRows(count, p, parts, inDirections, inProjected);
        projected.set(memory.view("f64", inProjected, count * p), from * p);
      }
      if (numbers.length > 0) {
        memory.view("f64", passes.inSlopes, count * m).set(numbers.subarray(from * m, (from + count) * m));
        passes.add(parts, count, further);
      }
      visit?.(parts, from, count);
    }
    const found = squares.map((weights, index) => {
      const own = sums + 8 * index * d * d;
      if (typeof weights === "number") set.scale(d * d, weights, own);
      return symmetric(memory.view("f64", own, d * d).slice() as Vector, d);
    });
    return { squares: found, projected, correlated: numbers.length > 0 ? passes.mean() : NONE };
  } finally {
    memory.free(at);
  }
}

const NONE: Vector = new Float64Array(0);

/** The matrix whose lower triangle is given. */
function symmetric(data: Vector, d: number): Matrix {
  for (let i = 0; i < d; i++) for (let j = i + 1; j < d; j++) data[i * d + j] = data[j * d + i];
  return Object.freeze({ rows: d, cols: d, data });
}

/** Weights [n] of rows as a survey takes them: one number where they are all equal. */
export function rowWeights(weights: Vector, n: number): NonNullable<SurveyRequest["squares"]>[number] {
  if (weights.length !== n) throw new ShapeError("weight the rows", `[${n}]`, `[${weights.length}]`);
  const [first] = weights;
  return weights.every((weight) => weight === first) ? first : (from, count) => weights.subarray(from, from + count);
}
