import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** Sweeps of QL before an eigenvalue counts as lost. */
const SWEEPS = 30;

/**
 * The twin of `kernels/eigh.ts`: cyclic Jacobi rotations, which share no step with the compiled Householder and QL.
 * Source: G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed., section 8.5.
 */
export function eighKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "eigh"> {
  const { view, shift } = heapOf(dtype, memory);
  return {
    eigh(n, a, values, vectors) {
      const h = view();
      const start = a >>> shift;
      const out = values >>> shift;
      const A = Array.from(
        { length: n },
        (_, i) => Float64Array.from({ length: n }, (_, j) => h[start + Math.max(i, j) * n + Math.min(i, j)]),
      );
      if (A.some((row) => !row.every(Number.isFinite))) {
        h.fill(NaN, out, out + n);
        return 1;
      }
      // Products of two entries must neither overflow nor vanish: a power of two takes the largest near 1.
      const largest = A.reduce((most, row) => row.reduce((size, value) => Math.max(size, Math.abs(value)), most), 0);
      const factor = largest > 0 ? 2 ** Math.min(1000, -Math.floor(Math.log2(largest))) : 1;
      for (const row of A) row.forEach((value, j) => row[j] = factor * value);
      const Q = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => i === j ? 1 : 0));
      for (let sweep = 0; sweep < SWEEPS && rotateAll(A, Q) > 0; sweep++);
      const order = A.map((_, i) => i).sort((i, j) => A[i][i] - A[j][j]);
      order.forEach((from, to) => {
        h[out + to] = A[from][from] / factor;
        if (vectors === 1) h.set(Q[from], start + to * n);
      });
      return 0;
    },
  };
}

/** One sweep over all pairs; returns how many were rotated. Rows of Q become the eigenvectors. */
function rotateAll(A: readonly Float64Array[], Q: readonly Float64Array[]): number {
  let rotated = 0;
  for (let p = 0; p < A.length; p++) {
    for (let q = p + 1; q < A.length; q++) {
      const off = A[p][q];
      // Too small to move either diagonal entry by one unit in the last place.
      if (Math.abs(off) <= 2 ** -54 * Math.sqrt(Math.abs(A[p][p]) * Math.abs(A[q][q])) || off === 0) continue;
      rotated++;
      const theta = (A[q][q] - A[p][p]) / (2 * off);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
      const c = 1 / Math.hypot(t, 1);
      const s = t * c;
      rotate(A[p], A[q], c, s);
      rotate(Q[p], Q[q], c, s);
      for (const row of A) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
      A[p][q] = A[q][p] = 0;
    }
  }
  return rotated;
}

function rotate(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [x[i], y[i]];
    x[i] = c * a - s * b;
    y[i] = s * a + c * b;
  }
}
