import type { Dtype, FloatArray, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** The twins of `kernels/gemm.ts`: matrix products. The scratch is not used. */
export function gemmKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "gemmNN" | "gemmTN" | "gemmNT"> {
  const { view, shift } = heapOf(dtype, memory);
  return {
    gemmNN(m, n, k, a, lda, b, ldb, c, ldc, accumulate) {
      addRows(view(), m, n, k, a >>> shift, lda, 1, b >>> shift, ldb, c >>> shift, ldc, accumulate);
    },
    gemmTN(m, n, k, a, lda, b, ldb, c, ldc, accumulate) {
      addRows(view(), m, n, k, a >>> shift, 1, lda, b >>> shift, ldb, c >>> shift, ldc, accumulate);
    },
    gemmNT(m, n, k, a, lda, b, ldb, c, ldc, accumulate) {
      multiplyRows(view(), m, n, k, a >>> shift, lda, b >>> shift, ldb, c >>> shift, ldc, accumulate);
    },
  };
}

/** Each row of C gathers rows of B, four at a time so that C is read and written a quarter as often. */
function addRows(
  h: FloatArray,
  m: number,
  n: number,
  k: number,
  a: number,
  rowStep: number,
  columnStep: number,
  b: number,
  ldb: number,
  c: number,
  ldc: number,
  accumulate: 0 | 1,
): void {
  for (let i = 0; i < m; i++, a += rowStep, c += ldc) {
    if (accumulate === 0) h.fill(0, c, c + n);
    let p = 0;
    let at = a;
    let row = b;
    for (; p + 4 <= k; p += 4, at += 4 * columnStep, row += 4 * ldb) {
      const a0 = h[at];
      const a1 = h[at + columnStep];
      const a2 = h[at + 2 * columnStep];
      const a3 = h[at + 3 * columnStep];
      const b1 = row + ldb;
      const b2 = b1 + ldb;
      const b3 = b2 + ldb;
      for (let j = 0; j < n; j++) {
        h[c + j] = h[c + j] + a0 * h[row + j] + a1 * h[b1 + j] + a2 * h[b2 + j] + a3 * h[b3 + j];
      }
    }
    for (; p < k; p++, at += columnStep, row += ldb) {
      const factor = h[at];
      for (let j = 0; j < n; j++) h[c + j] += factor * h[row + j];
    }
  }
}

/** Inner products of rows, four columns of C at a time so that a row of A is read a quarter as often. */
function multiplyRows(
  h: FloatArray,
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  c: number,
  ldc: number,
  accumulate: 0 | 1,
): void {
  for (let i = 0; i < m; i++, a += lda, c += ldc) {
    let j = 0;
    let row = b;
    for (; j + 4 <= n; j += 4, row += 4 * ldb) {
      const b1 = row + ldb;
      const b2 = b1 + ldb;
      const b3 = b2 + ldb;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let p = 0; p < k; p++) {
        const factor = h[a + p];
        s0 += factor * h[row + p];
        s1 += factor * h[b1 + p];
        s2 += factor * h[b2 + p];
        s3 += factor * h[b3 + p];
      }
      const to = c + j;
      if (accumulate === 0) {
        h[to] = s0, h[to + 1] = s1, h[to + 2] = s2, h[to + 3] = s3;
      } else {
        h[to] += s0, h[to + 1] += s1, h[to + 2] += s2, h[to + 3] += s3;
      }
    }
    for (; j < n; j++, row += ldb) {
      let sum = accumulate === 0 ? 0 : h[c + j];
      for (let p = 0; p < k; p++) sum += h[a + p] * h[row + p];
      h[c + j] = sum;
    }
  }
}
