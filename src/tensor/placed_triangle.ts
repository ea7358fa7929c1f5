import { type Address, type Kernels, SOLVE_WORK } from "../kernels/mod.ts";
import type { Matrix, Vector } from "./matrix.ts";
import { ShapeError } from "./shape_error.ts";

/** Right sides up to which inner products cost less than the layout for many. */
const FEW = 4;

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
 * @returns The solver; it holds one triangle, and two once it solves for many right sides.
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
export function placeTriangle(kernels: Kernels, { rows: r, cols, data }: Matrix): PlacedTriangle {
  if (r !== cols) throw new ShapeError("solve with a triangle", `[${r}, ${r}]`, `[${r}, ${cols}]`);
  const { memory, f64: set } = kernels;
  const triangle = memory.allocate(8 * r * r);
  memory.view("f64", triangle, r * r).set(data);
  let reversed: Address | null = null;
  /** The transpose with rows and columns in reverse order; made when it is first needed. */
  const reverse = (): Address => {
    const at = memory.allocate(8 * r * r);
    const out = memory.view("f64", at, r * r);
    for (let i = 0; i < r; i++) putReversed(data, r, i, out);
    return at;
  };
  const check = (b: Vector): void => {
    if (r === 0 ? b.length > 0 : b.length % r !== 0) {
      throw new ShapeError("use a triangle", `[any, ${r}]`, `${b.length} entries`);
    }
  };
  /** The sides, checked, at an address where `change` turns them into the result. */
  const placed = (b: Vector, room: number, change: (at: Address, sides: number) => void): Vector => {
    check(b);
    if (b.length === 0) return new Float64Array(0);
    const at = memory.allocate(8 * (b.length + room));
    try {
      memory.view("f64", at, b.length).set(b);
      change(at, b.length / r);
      return memory.view("f64", at, b.length).slice();
    } finally {
      memory.free(at);
    }
  };
  const solveWith = (t: Address, b: Vector): Vector =>
    placed(b, SOLVE_WORK, (at, sides) => set.solveRight(sides, r, t, r, at, r, at + 8 * b.length));
  return {
    solve(b) {
      check(b);
      return b.length <= FEW * r
        ? placed(b, 0, (at, sides) => substituteBack(kernels, triangle, r, at, sides))
        : turned(solveWith(reversed ??= reverse(), turned(b, r)), r);
    },
    solveTransposed: (b) => solveWith(triangle, b),
    multiply: (x) => placed(x, 0, (at, sides) => multiplyBy(kernels, triangle, r, at, sides)),
    [Symbol.dispose]() {
      memory.free(triangle);
      if (reversed !== null) memory.free(reversed);
    },
  };
}

/** Row i of the transpose of T with rows and columns in reverse order. */
function putReversed(data: Vector, r: number, i: number, out: Float64Array): void {
  for (let j = i; j < r; j++) out[i * r + j] = data[(r - 1 - j) * r + (r - 1 - i)];
}

/** Each right side from its last entry to its first. */
function turned(b: Vector, r: number): Vector {
  const x = new Float64Array(b.length);
  for (let from = 0; from < b.length; from += r) for (let j = 0; j < r; j++) x[from + j] = b[from + r - 1 - j];
  return x;
}

/** The sides at an address become the solutions of `T x = b`, by inner products with the rows of T. */
function substituteBack({ memory, f64: set }: Kernels, triangle: Address, r: number, at: Address, sides: number): void {
  const [t, x] = [memory.view("f64", triangle, r * r), memory.view("f64", at, sides * r)];
  for (let from = 0; from < x.length; from += r) {
    for (let i = r - 1; i >= 0; i--) {
      const known = set.dot(r - i - 1, triangle + 8 * (i * (r + 1) + 1), at + 8 * (from + i + 1));
      x[from + i] = (x[from + i] - known) / t[i * (r + 1)];
    }
  }
}

/** The sides at an address become `T x`: each entry is read for the last time where it is written. */
function multiplyBy({ memory, f64: set }: Kernels, triangle: Address, r: number, at: Address, sides: number): void {
  const x = memory.view("f64", at, sides * r);
  for (let from = 0; from < x.length; from += r) {
    for (let i = 0; i < r; i++) x[from + i] = set.dot(r - i, triangle + 8 * i * (r + 1), at + 8 * (from + i));
  }
}
