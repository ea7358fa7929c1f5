// Matrix products, row-major, with leading dimensions. No allocation, no globals, fixed order of summation.
// Unchecked: that the operands lie in memory and do not overlap, that leading dimensions are at least the widths, and
// that 1 MiB of scratch is at `work`.

import { multiply } from "./gemm_block";
import { gemvN, gemvT, outer } from "./gemv";
import { fill } from "./vector";

/** True when there is nothing to multiply; C is then cleared unless the product is added to it. */
function isEmpty<T>(m: usize, n: usize, k: usize, c: usize, ldc: usize, accumulate: bool): bool {
  if (m && n && k) return false;
  if (!accumulate) for (; m; m--, c += ldc * sizeof<T>()) fill<T>(n, 0, c);
  return true;
}

/** `C = A B (+ C)`. Vectors that lie in memory without gaps go to gemv. */
export function gemmNN<T>(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  const size = sizeof<T>();
  if (isEmpty<T>(m, n, k, c, ldc, accumulate)) return;
  if (k == 1) outer<T>(m, n, a, lda * size, b, c, ldc * size, accumulate);
  else if (m == 1) gemvT<T>(k, n, b, ldb, a, c, accumulate);
  else if (n == 1 && ldb == 1 && ldc == 1) gemvN<T>(m, k, a, lda, b, c, accumulate);
  else multiply<T>(m, n, k, a, lda * size, false, b, ldb * size, false, c, ldc * size, accumulate, work);
}

/** `C = Aᵀ B (+ C)`. */
export function gemmTN<T>(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  const size = sizeof<T>();
  if (isEmpty<T>(m, n, k, c, ldc, accumulate)) return;
  if (k == 1) outer<T>(m, n, a, size, b, c, ldc * size, accumulate);
  else if (m == 1 && lda == 1) gemvT<T>(k, n, b, ldb, a, c, accumulate);
  else if (n == 1 && ldb == 1 && ldc == 1) gemvT<T>(k, m, a, lda, b, c, accumulate);
  else multiply<T>(m, n, k, a, lda * size, true, b, ldb * size, false, c, ldc * size, accumulate, work);
}

/** `C = A Bᵀ (+ C)`. */
export function gemmNT<T>(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  const size = sizeof<T>();
  if (isEmpty<T>(m, n, k, c, ldc, accumulate)) return;
  if (k == 1 && ldb == 1) outer<T>(m, n, a, lda * size, b, c, ldc * size, accumulate);
  else if (m == 1) gemvN<T>(n, k, b, ldb, a, c, accumulate);
  else if (n == 1 && ldc == 1) gemvN<T>(m, k, a, lda, b, c, accumulate);
  else multiply<T>(m, n, k, a, lda * size, false, b, ldb * size, true, c, ldc * size, accumulate, work);
}

export function gemmNN_f32(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemmNN<f32>(m, n, k, a, lda, b, ldb, c, ldc, accumulate, work);
}

export function gemmNN_f64(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemmNN<f64>(m, n, k, a, lda, b, ldb, c, ldc, accumulate, work);
}

export function gemmTN_f32(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemmTN<f32>(m, n, k, a, lda, b, ldb, c, ldc, accumulate, work);
}

export function gemmTN_f64(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemmTN<f64>(m, n, k, a, lda, b, ldb, c, ldc, accumulate, work);
}

export function gemmNT_f32(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemmNT<f32>(m, n, k, a, lda, b, ldb, c, ldc, accumulate, work);
}

export function gemmNT_f64(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemmNT<f64>(m, n, k, a, lda, b, ldb, c, ldc, accumulate, work);
}
