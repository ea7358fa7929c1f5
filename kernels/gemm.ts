// Matrix products, row-major, with leading dimensions. No allocation, no globals, fixed order of summation.
// Unchecked: that the operands lie in memory and do not overlap, and that leading dimensions are at least the widths.

import { lanes, madd } from "./simd";
import { dot } from "./vector";

/** `C = A B (+ C)` where A[i, p] is at `a + i rows + p cols` (bytes): blocks of one row by four vectors. */
function gemm<T>(
  m: usize, n: usize, k: usize, a: usize, rows: usize, cols: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  accumulate: bool,
): void {
  const size = sizeof<T>();
  const strideB = ldb * size;
  const blocks = n / (4 * lanes<T>()) * 64, vectors = n / lanes<T>() * 16, end = n * size;
  for (; m; m--, a += rows, c += ldc * size) {
    let at: usize = 0;
    for (; at < blocks; at += 64) {
      let s0 = v128.splat<T>(0), s1 = s0, s2 = s0, s3 = s0;
      if (accumulate) {
        s0 = v128.load(c + at);
        s1 = v128.load(c + at, 16);
        s2 = v128.load(c + at, 32);
        s3 = v128.load(c + at, 48);
      }
      for (let p: usize = 0, x = a, y = b + at; p < k; p++, x += cols, y += strideB) {
        const factor = v128.load_splat<T>(x);
        s0 = madd<T>(factor, v128.load(y), s0);
        s1 = madd<T>(factor, v128.load(y, 16), s1);
        s2 = madd<T>(factor, v128.load(y, 32), s2);
        s3 = madd<T>(factor, v128.load(y, 48), s3);
      }
      v128.store(c + at, s0);
      v128.store(c + at, s1, 16);
      v128.store(c + at, s2, 32);
      v128.store(c + at, s3, 48);
    }
    for (; at < vectors; at += 16) {
      let s = accumulate ? v128.load(c + at) : v128.splat<T>(0);
      for (let p: usize = 0, x = a, y = b + at; p < k; p++, x += cols, y += strideB) {
        s = madd<T>(v128.load_splat<T>(x), v128.load(y), s);
      }
      v128.store(c + at, s);
    }
    for (; at < end; at += size) {
      let s: T = accumulate ? load<T>(c + at) : 0;
      for (let p: usize = 0, x = a, y = b + at; p < k; p++, x += cols, y += strideB) s += load<T>(x) * load<T>(y);
      store<T>(c + at, s);
    }
  }
}

/** `C = A Bᵀ (+ C)`: inner products of rows. */
function gemmNT<T>(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
): void {
  const size = sizeof<T>();
  for (; m; m--, a += lda * size, c += ldc * size) {
    for (let j: usize = 0, y = b; j < n; j++, y += ldb * size) {
      const total = dot<T>(k, a, y);
      store<T>(c + j * size, accumulate ? load<T>(c + j * size) + total : total);
    }
  }
}

export function gemmNN_f32(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemm<f32>(m, n, k, a, lda << 2, 4, b, ldb, c, ldc, accumulate);
}

export function gemmNN_f64(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemm<f64>(m, n, k, a, lda << 3, 8, b, ldb, c, ldc, accumulate);
}

export function gemmTN_f32(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemm<f32>(m, n, k, a, 4, lda << 2, b, ldb, c, ldc, accumulate);
}

export function gemmTN_f64(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemm<f64>(m, n, k, a, 8, lda << 3, b, ldb, c, ldc, accumulate);
}

export function gemmNT_f32(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemmNT<f32>(m, n, k, a, lda, b, ldb, c, ldc, accumulate);
}

export function gemmNT_f64(
  m: usize, n: usize, k: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
  work: usize,
): void {
  gemmNT<f64>(m, n, k, a, lda, b, ldb, c, ldc, accumulate);
}
