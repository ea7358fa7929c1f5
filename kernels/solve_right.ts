// X T^-1 for an upper-triangular T: the rows of X in the coordinates of the rows of T.
//
// Blocks of columns from left to right: what the columns before take away is one matrix product, the block itself is solved
// by substitution, column after column of its transpose. No inverse is made, so that each row is the exact solution for a T
// that differs from this one by rounding, however ill-conditioned it is.
// Unchecked: that the operands lie in memory and do not overlap.

import { gemmNN } from "./gemm";
import { gemvT } from "./gemv";
import { splat } from "./simd";

/** Columns of a block and rows of a chunk: the same as in src/kernels/types.ts, which sizes the scratch. */
export const BLOCK: usize = 48, CHUNK: usize = 256;

/** Elements from one column of the chunk to the next: an odd number of cache lines. */
const STEP: usize = CHUNK + 8;

/** Bytes of scratch of a matrix product. */
export const GEMM_WORK: usize = 1 << 20;

/** X [n, d] becomes X T^-1, for the upper triangle T [d, d]. Cost `n d²` flops. */
function solveRight<T>(n: usize, d: usize, t: usize, ldt: usize, x: usize, ldx: usize, work: usize): void {
  const size = sizeof<T>();
  const products = work + GEMM_WORK, columns = products + CHUNK * BLOCK * size;
  for (; n;) {
    const rows = min(n, CHUNK);
    for (let j: usize = 0; j < d; j += BLOCK) {
      const width = min(BLOCK, d - j);
      const block = x + j * size;
      if (j) gemmNN<T>(rows, width, j, x, ldx, t + j * size, ldt, products, width, false, work);
      takeOut<T>(rows, width, block, ldx, j ? products : 0, columns);
      substitute<T>(rows, width, t + j * (ldt + 1) * size, ldt, 1, columns);
      putBack<T>(rows, width, columns, block, ldx);
    }
    n -= rows;
    x += rows * ldx * size;
  }
}

/** The columns of a block in memory of their own, less those of the product where there is one. */
export function takeOut<T>(rows: usize, width: usize, x: usize, ldx: usize, product: usize, columns: usize): void {
  const size = sizeof<T>(), stride = ldx * size, row = width * size;
  for (let i: usize = 0; i < rows; i++) {
    if (product) {
      for (let j: usize = 0, to = columns + i * size; j < row; j += size, to += STEP * size) {
        store<T>(to, load<T>(x + j) - load<T>(product + j));
      }
      product += row;
    } else {
      for (let j: usize = 0, to = columns + i * size; j < row; j += size, to += STEP * size) store<T>(to, load<T>(x + j));
    }
    x += stride;
  }
}

/**
 * The columns against the upper triangle T, whose entries lie `row` and `col` elements from one to the next. Behind the
 * columns: room for the factors of one.
 */
export function substitute<T>(rows: usize, width: usize, t: usize, row: usize, col: usize, columns: usize): void {
  const size = sizeof<T>();
  const factors = columns + BLOCK * STEP * size;
  for (let j: usize = 0, column = columns; j < width; j++, column += STEP * size) {
    for (let i: usize = 0; i < j; i++) store<T>(factors + i * size, -load<T>(t + (i * row + j * col) * size));
    gemvT<T>(j, rows, columns, STEP, factors, column, true);
    divide<T>(rows, load<T>(t + j * (row + col) * size), column);
  }
}

/** The columns to where they came from. */
export function putBack<T>(rows: usize, width: usize, columns: usize, x: usize, ldx: usize): void {
  const size = sizeof<T>(), stride = ldx * size;
  for (let i: usize = 0; i < rows; i++, x += stride, columns += size) {
    for (let j: usize = 0, from = columns; j < width * size; j += size, from += STEP * size) store<T>(x + j, load<T>(from));
  }
}

/** `x /= by`, and not a product with 1 / by, which may overflow where no quotient does. */
export function divide<T>(n: usize, by: T, x: usize): void {
  const size = sizeof<T>();
  const divisor = splat<T>(by);
  const end = x + n * size, vectors = x + (n * size & ~15);
  for (; x < vectors; x += 16) v128.store(x, v128.div<T>(v128.load(x), divisor));
  for (; x < end; x += size) store<T>(x, load<T>(x) / by);
}

export function solveRight_f32(n: usize, d: usize, t: usize, ldt: usize, x: usize, ldx: usize, work: usize): void {
  solveRight<f32>(n, d, t, ldt, x, ldx, work);
}

export function solveRight_f64(n: usize, d: usize, t: usize, ldt: usize, x: usize, ldx: usize, work: usize): void {
  solveRight<f64>(n, d, t, ldt, x, ldx, work);
}
