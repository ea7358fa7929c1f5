import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** The twin of `kernels/gather.ts`: rows picked by index. */
export function gatherKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "gatherRows"> {
  const { view, shift } = heapOf(dtype, memory);
  return {
    gatherRows(count, cols, indices, source, lds, out) {
      const h = view();
      const picked = memory.indices(indices, count);
      const from = source >>> shift;
      let to = out >>> shift;
      for (let i = 0; i < count; i++, to += cols) {
        const row = from + picked[i] * lds;
        for (let j = 0; j < cols; j++) h[to + j] = h[row + j];
      }
    },
  };
}
