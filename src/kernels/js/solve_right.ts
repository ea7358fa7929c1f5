import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** The twin of `kernels/solve_right.ts`: row after row, each entry less an inner product. */
export function solveRightKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "solveRight"> {
  const { view, shift } = heapOf(dtype, memory);
  return {
    solveRight(n, d, t, ldt, x, ldx) {
      const h = view();
      const triangle = t >>> shift;
      let row = x >>> shift;
      for (let i = 0; i < n; i++, row += ldx) {
        for (let j = 0; j < d; j++) {
          let sum = h[row + j];
          for (let k = 0; k < j; k++) sum -= h[row + k] * h[triangle + k * ldt + j];
          h[row + j] = sum / h[triangle + j * ldt + j];
        }
      }
    },
  };
}
