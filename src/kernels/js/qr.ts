import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** The twin of `kernels/qr.ts`: one reflection after the other. */
export function qrKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "qrUpdate"> {
  const { view, shift } = heapOf(dtype, memory);
  return {
    qrUpdate(n, d, r, ldr, a, lda) {
      const h = view();
      const triangle = r >>> shift;
      const start = a >>> shift;
      for (let j = 0; j < d; j++) {
        const row = triangle + j * ldr;
        const column = Float64Array.from({ length: n }, (_, i) => h[start + i * lda + j]);
        const length = norm(column);
        if (length === 0) continue;
        const alpha = h[row + j];
        const beta = alpha > 0 ? -Math.hypot(alpha, length) : Math.hypot(alpha, length);
        const v = column.map((value) => value / (alpha - beta));
        const tau = 1 - alpha / beta;
        h[row + j] = beta;
        for (let k = j + 1; k < d; k++) {
          let part = h[row + k];
          for (let i = 0; i < n; i++) part += v[i] * h[start + i * lda + k];
          h[row + k] -= tau * part;
          for (let i = 0; i < n; i++) h[start + i * lda + k] -= tau * part * v[i];
        }
      }
    },
  };
}

/** The Euclidean norm, every entry over the largest. */
function norm(x: Float64Array): number {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest > 0)) return largest;
  return largest * Math.sqrt(x.reduce((sum, value) => sum + (value / largest) ** 2, 0));
}
