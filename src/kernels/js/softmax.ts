import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** The twin of `kernels/softmax.ts`: cross-entropy and chances of rows of predictions, by the largest and `Math`. */
export function softmaxKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "softmax" | "chances"> {
  const { view, shift } = heapOf(dtype, memory);
  /** `exp(p_j - top)` of a row, without the first that is 1, whose place is told; and their sum. */
  const spread = (p: Float64Array): { readonly e: Float64Array; readonly one: number; readonly rest: number } => {
    const top = Math.max(...p);
    const one = p.indexOf(top);
    const e = p.map((value, j) => j === one ? 0 : Math.exp(value - top));
    return { e, one, rest: e.reduce((sum, value) => sum + value, 0) };
  };
  return {
    softmax(rows, m, scale, p, y, slope) {
      const h = view();
      let total = 0;
      for (let i = 0; i < rows; i++) {
        const [own, target, out] = [p, y, slope].map((at) => (at >>> shift) + i * m);
        const row = Float64Array.from(h.subarray(own, own + m));
        const [{ e, one, rest }, top] = [spread(row), Math.max(...row)];
        const wanted = Float64Array.from(h.subarray(target, target + m));
        const weight = wanted.reduce((sum, value) => sum + value, 0);
        const picked = wanted.reduce((sum, value, j) => sum + (value === 0 ? 0 : value * (row[j] - top)), 0);
        total += weight * Math.log1p(rest) - picked;
        for (let j = 0; j < m; j++) {
          h[out + j] = scale *
            (j === one ? (weight - wanted[j] - wanted[j] * rest) / (1 + rest) : weight * e[j] / (1 + rest) - wanted[j]);
        }
      }
      return total;
    },
    chances(rows, m, p, q) {
      const h = view();
      for (let i = 0; i < rows; i++) {
        const [own, out] = [p, q].map((at) => (at >>> shift) + i * m);
        const { e, one, rest } = spread(Float64Array.from(h.subarray(own, own + m)));
        for (let j = 0; j < m; j++) h[out + j] = (j === one ? 1 : e[j]) / (1 + rest);
      }
    },
  };
}
