import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** The twin of `kernels/bend_single.ts`: the second derivative of one output over rows in f32. */
export function bendSingleKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "bendSingle"> {
  const { view, shift } = heapOf(dtype, memory);
  return {
    bendSingle(m, n, a, lda, x, w, p, y) {
      const [h, single] = [view(), memory.heapF32];
      const [ix, iw, ip, iy] = [x, w, p, y].map((at) => at >>> shift);
      for (let i = 0; i < m; i++) {
        const row = (a >>> 2) + i * lda;
        let sum = h[ip + i];
        for (let j = 0; j < n; j++) sum += single[row + j] * h[ix + j];
        h[ip + i] = h[iw + i] * sum;
        for (let j = 0; j < n; j++) h[iy + j] += h[ip + i] * single[row + j];
      }
    },
  };
}
