import type { KernelCall } from "./types.ts";

/** Cuts fall on multiples of this many rows or columns, so that the same entries share a vector, and a block of rows, however many parts there are. */
const GRAIN = 16;

/** Multiply-adds, times the bytes of a number, that a part must have to be worth taking from a queue: about 10 microseconds. */
const LEAST = 1 << 20;

/** The same of a matrix times a vector, which reads each number once. */
const LEAST_VECTOR = 1 << 18;

/** Activations that take as long. */
const LEAST_ACTIVATIONS = 1 << 12;

/** Numbers to read that take as long. */
const LEAST_READ = 1 << 15;

/** A part of some rows or columns. */
interface Part {
  readonly from: number;
  readonly count: number;
}

/**
 * At most `most` parts of `length` things, of a multiple of {@linkcode GRAIN} each, but for the last; none is one thing alone, since
 * products of one row or column go through other kernels, which round differently.
 */
function partsOf(length: number, most: number): readonly Part[] {
  const step = GRAIN * Math.max(1, Math.ceil(length / (GRAIN * Math.max(1, most))));
  const parts: Part[] = [];
  for (let from = 0; from < length; from += step) {
    const left = length - from;
    const count = left <= step + 1 ? left : step;
    parts.push({ from, count });
    if (count === left) break;
  }
  return parts;
}

/** How many parts of so many operations are worth the while. */
const worth = (operations: number, most: number, least: number): number =>
  Math.min(most, Math.floor(operations / least));

/** `C = A B`: by the rows of C, or where there are few by its columns; `at` says where the operands of a part begin. */
type Cut = (args: readonly number[], most: number, bytes: 4 | 8) => readonly KernelCall[] | null;

/** A product by rows or columns of C, whichever there are more of. The strides say how far one row of C moves A, and one column B. */
function product(
  kernel: "gemmNN" | "gemmTN" | "gemmNT",
  ...[args, most, bytes]: Parameters<Cut>
): ReturnType<Cut> {
  const [m, n, k, a, lda, b, ldb, c, ldc, accumulate, work] = args;
  const count = worth(m * n * k, most, LEAST / bytes);
  if (count < 2) return null;
  const byRows = kernel === "gemmTN" ? m >= n : m > 2 * GRAIN || m >= n;
  const parts = partsOf(byRows ? m : n, count);
  if (parts.length < 2) return null;
  const [rowOfA, columnOfB] = [kernel === "gemmTN" ? 1 : lda, kernel === "gemmNT" ? ldb : 1];
  return parts.map(({ from, count }) => ({
    kernel,
    args: byRows
      ? [count, n, k, a + from * rowOfA * bytes, lda, b, ldb, c + from * ldc * bytes, ldc, accumulate, work]
      : [m, count, k, a, lda, b + from * columnOfB * bytes, ldb, c + from * bytes, ldc, accumulate, work],
  }));
}

/**
 * How a call is cut into calls that are independent of each other, at most so many, and give the same bits as the whole: no sum is cut.
 * Null where it is not worth the while.
 */
export const CUTS = {
  gemmNN: (...call) => product("gemmNN", ...call),
  gemmTN: (...call) => product("gemmTN", ...call),
  gemmNT: (...call) => product("gemmNT", ...call),
  gemvN(args, most, bytes) {
    const [m, n, a, lda, x, y, accumulate] = args;
    const parts = partsOf(m, worth(m * n, most, LEAST_VECTOR / bytes));
    if (parts.length < 2) return null;
    return parts.map(({ from, count }) => ({
      kernel: "gemvN",
      args: [count, n, a + from * lda * bytes, lda, x, y + from * bytes, accumulate],
    }));
  },
  gemvT(args, most, bytes) {
    const [m, n, a, lda, x, y, accumulate] = args;
    const parts = partsOf(n, worth(m * n, most, LEAST_VECTOR / bytes));
    if (parts.length < 2) return null;
    return parts.map(({ from, count }) => ({
      kernel: "gemvT",
      args: [m, count, a + from * bytes, lda, x, y + from * bytes, accumulate],
    }));
  },
  biasActivation(args, most, bytes) {
    const [activation, rows, cols, bias, z, y, slope, curvature] = args;
    const parts = partsOf(rows, worth(rows * cols, most, LEAST_ACTIVATIONS));
    if (parts.length < 2) return null;
    const shifted = (at: number, from: number) => at === 0 ? 0 : at + from * cols * bytes;
    return parts.map(({ from, count }) => ({
      kernel: "biasActivation",
      args: [activation, count, cols, bias, ...[z, y, slope, curvature].map((at) => shifted(at, from))],
    }));
  },
  solveRight(args, most, bytes) {
    const [n, d, t, ldt, x, ldx, work] = args;
    const parts = partsOf(n, worth(n * d * d / 2, most, LEAST / bytes));
    if (parts.length < 2) return null;
    return parts.map(({ from, count }) => ({
      kernel: "solveRight",
      args: [count, d, t, ldt, x + from * ldx * bytes, ldx, work],
    }));
  },
  scatterRows(args, most, bytes) {
    const [count, cols, indices, weights, x, ldx, sums, lds] = args;
    const parts = partsOf(cols, worth(count * cols, most, LEAST / bytes));
    if (parts.length < 2) return null;
    return parts.map(({ from, count: own }) => ({
      kernel: "scatterRows",
      args: [count, own, indices, weights, x + from * bytes, ldx, sums + from * bytes, lds],
    }));
  },
  readSingle(args, most, bytes) {
    const [rows, cols, x, ldx, out, ldo] = args;
    const parts = partsOf(rows, worth(rows * cols, most, LEAST_READ));
    if (parts.length < 2) return null;
    return parts.map(({ from, count }) => ({
      kernel: "readSingle",
      args: [count, cols, x + from * ldx * 4, ldx, out + from * ldo * bytes, ldo],
    }));
  },
} satisfies Record<string, Cut>;
