// Cholesky factorisation of a symmetric matrix and the solution with it. Small matrices, and all where there is no scratch, go
// row by row, so that every inner product reads two rows. Others go by blocks of columns: what the columns before take away is
// one matrix product, and the rows below the block's triangle are solved against it by substitution.

import { gemmNT } from "./gemm";
import { BLOCK, CHUNK, GEMM_WORK, putBack, substitute, takeOut } from "./solve_right";
import { dot } from "./vector";

/** Orders up to which rows are faster than blocks. */
const SMALL: usize = 96;

/** Factors A = L Lᵀ in the lower triangle, in place; 0, or the 1-based index of the first pivot that is not above 0. */
function cholesky<T>(n: usize, a: usize, lda: usize, work: usize): usize {
  if (n <= SMALL || !work) return choleskyRows<T>(n, a, lda);
  const size = sizeof<T>(), stride = lda * size;
  const products = work + GEMM_WORK, columns = products + CHUNK * BLOCK * size;
  for (let j: usize = 0; j < n; j += BLOCK) {
    const width = min(BLOCK, n - j);
    const rows = a + j * stride, corner = rows + j * size;
    if (j) {
      gemmNT<T>(width, width, j, rows, lda, rows, lda, products, width, false, work);
      takeTriangle<T>(width, products, corner, lda);
    }
    const failed = choleskyRows<T>(width, corner, lda);
    if (failed) return j + failed;
    for (let i = j + width; i < n; i += CHUNK) {
      const chunk = min(CHUNK, n - i);
      const block = a + i * stride + j * size;
      if (j) gemmNT<T>(chunk, width, j, a + i * stride, lda, rows, lda, products, width, false, work);
      takeOut<T>(chunk, width, block, lda, j ? products : 0, columns);
      substitute<T>(chunk, width, corner, 1, lda, columns);
      putBack<T>(chunk, width, columns, block, lda);
    }
  }
  return 0;
}

/** The lower triangle of C [n, n] less that of the product. */
function takeTriangle<T>(n: usize, product: usize, c: usize, ldc: usize): void {
  const size = sizeof<T>();
  for (let i: usize = 0; i < n; i++, product += n * size, c += ldc * size) {
    for (let at: usize = 0; at <= i * size; at += size) store<T>(c + at, load<T>(c + at) - load<T>(product + at));
  }
}

function choleskyRows<T>(n: usize, a: usize, lda: usize): usize {
  const size = sizeof<T>(), stride = lda * size;
  for (let i: usize = 0, row = a; i < n; i++, row += stride) {
    for (let j: usize = 0, other = a; j < i; j++, other += stride) {
      const rest = load<T>(row + j * size) - dot<T>(j, row, other);
      store<T>(row + j * size, rest / load<T>(other + j * size));
    }
    const pivot = load<T>(row + i * size) - dot<T>(i, row, row);
    if (!(pivot > 0)) return i + 1;
    store<T>(row + i * size, sqrt<T>(pivot));
  }
  return 0;
}

/** Solves L Lᵀ x = b in place: forward by inner products with rows of L, back by taking multiples of rows away. */
function choleskySolve<T>(n: usize, l: usize, ldl: usize, x: usize): void {
  const size = sizeof<T>(), stride = ldl * size;
  for (let i: usize = 0, row = l; i < n; i++, row += stride) {
    const rest = load<T>(x + i * size) - dot<T>(i, row, x);
    store<T>(x + i * size, rest / load<T>(row + i * size));
  }
  for (let i = n, row = l + n * stride; i > 0; i--) {
    row -= stride;
    const value = load<T>(x + (i - 1) * size) / load<T>(row + (i - 1) * size);
    store<T>(x + (i - 1) * size, value);
    for (let k: usize = 0; k < i - 1; k++) store<T>(x + k * size, load<T>(x + k * size) - value * load<T>(row + k * size));
  }
}

export function cholesky_f32(n: usize, a: usize, lda: usize, work: usize): usize {
  return cholesky<f32>(n, a, lda, work);
}

export function cholesky_f64(n: usize, a: usize, lda: usize, work: usize): usize {
  return cholesky<f64>(n, a, lda, work);
}

export function choleskySolve_f32(n: usize, l: usize, ldl: usize, x: usize): void {
  choleskySolve<f32>(n, l, ldl, x);
}

export function choleskySolve_f64(n: usize, l: usize, ldl: usize, x: usize): void {
  choleskySolve<f64>(n, l, ldl, x);
}
