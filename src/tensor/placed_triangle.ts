import { type Address, type Kernels, SOLVE_WORK } from "../kernels/mod.ts";
import type { Matrix, Vector } from "./matrix.ts";
import { ShapeError } from "./shape_error.ts";

/** An upper-triangular T in kernel memory, to solve with again and again. Dispose it to free that memory. */
export interface PlacedTriangle extends Disposable {
  /** The solutions of `T x = b`, row after row, for one right side [r] or several [m, r]. */
  solve(b: Vector): Vector;
  /** The solutions of `T'x = b`. */
  solveTransposed(b: Vector): Vector;
  /** `T x`, row after row, for one x [r] or several [m, r]. */
  multiply(x: Vector): Vector;
}

/**
 * Lays an upper-triangular T out for solving in the kernels: `T'x = b` is `x' = b' T⁻¹`, and with both in reverse order so is `T x = b`. The same numbers as
 * {@linkcode solveUpper} and {@linkcode solveUpperTransposed} give, but for rounding. Cost: `r²` flops for each right side, in products.
 *
 * @param kernels The kernels to compute with.
 * @param t The triangle T [r, r]; nothing below its diagonal is read.
 * @returns The solver; it holds two triangles.
 * @throws {ShapeError} If T is not square, or later the length of `b` is not a multiple of `r`.
 * @example One right side
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { matrix } from "@resland/resland/tensor";
 * using t = placeTriangle(await loadKernels("simd"), matrix(2, 2, [2, 1, 0, 4]));
 * assertEquals([t.solve(Float64Array.of(4, 8)), t.solveTransposed(Float64Array.of(4, 6))].map((x) => [...x]), [[1, 2], [2, 1]]);
 * ```
 */
export function placeTriangle({ memory, f64: set }: Kernels, { rows: r, cols, data }: Matrix): PlacedTriangle {
  if (r !== cols) throw new ShapeError("solve with a triangle", `[${r}, ${r}]`, `[${r}, ${cols}]`);
  const triangle = memory.allocate(8 * 2 * r * r);
  const reversed = triangle + 8 * r * r;
  memory.view("f64", triangle, r * r).set(data);
  const out = memory.view("f64", reversed, r * r);
  // Entry (i, j) of the transpose with rows and columns in reverse order.
  for (let i = 0; i < r; i++) for (let j = i; j < r; j++) out[i * r + j] = data[(r - 1 - j) * r + (r - 1 - i)];
  const check = (b: Vector): void => {
    if (r === 0 ? b.length > 0 : b.length % r !== 0) {
      throw new ShapeError("use a triangle", `[any, ${r}]`, `${b.length} entries`);
    }
  };
  const solveWith = (t: Address, b: Vector): Vector => {
    check(b);
    if (b.length === 0) return new Float64Array(0);
    const at = memory.allocate(8 * (b.length + SOLVE_WORK));
    try {
      memory.view("f64", at, b.length).set(b);
      set.solveRight(b.length / r, r, t, r, at, r, at + 8 * b.length);
      return memory.view("f64", at, b.length).slice();
    } finally {
      memory.free(at);
    }
  };
  /** Each right side from its last entry to its first. */
  const turned = (b: Vector): Vector => {
    const x = new Float64Array(b.length);
    for (let from = 0; from < b.length; from += r) for (let j = 0; j < r; j++) x[from + j] = b[from + r - 1 - j];
    return x;
  };
  return {
    solve: (b) => b.length % r === 0 ? turned(solveWith(reversed, turned(b))) : solveWith(reversed, b),
    solveTransposed: (b) => solveWith(triangle, b),
    multiply(x) {
      check(x);
      const [at, out] = [memory.allocate(8 * x.length), new Float64Array(x.length)];
      memory.view("f64", at, x.length).set(x);
      for (let from = 0; from < x.length; from += r) {
        for (let i = 0; i < r; i++) out[from + i] = set.dot(r - i, triangle + 8 * i * (r + 1), at + 8 * (from + i));
      }
      memory.free(at);
      return out;
    },
    [Symbol.dispose]: () => memory.free(triangle),
  };
}
