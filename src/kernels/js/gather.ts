import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** The twin of `kernels/gather.ts`: rows picked or added up by index, and rows in the other precision. */
export function gatherKernels(
  dtype: Dtype,
  memory: Memory,
): Pick<KernelSet, "gatherRows" | "gatherDouble" | "scatterRows" | "readSingle"> {
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
    gatherDouble(count, cols, indices, source, lds, out) {
      const [h, double] = [view(), memory.heapF64];
      const picked = memory.indices(indices, count);
      let to = out >>> shift;
      for (let i = 0; i < count; i++, to += cols) {
        const row = (source >>> 3) + picked[i] * lds;
        for (let j = 0; j < cols; j++) h[to + j] = double[row + j];
      }
    },
    scatterRows(count, cols, indices, weights, x, ldx, sums, lds) {
      const h = view();
      const to = memory.indices(indices, count);
      for (let i = 0; i < count; i++) {
        const weight = h[(weights >>> shift) + i];
        const [row, sum] = [(x >>> shift) + i * ldx, (sums >>> shift) + to[i] * lds];
        for (let j = 0; j < cols; j++) h[sum + j] += weight * h[row + j];
      }
    },
    readSingle(rows, cols, x, ldx, out, ldo) {
      const [h, single] = [view(), memory.heapF32];
      for (let i = 0; i < rows; i++) {
        const [row, to] = [(x >>> 2) + i * ldx, (out >>> shift) + i * ldo];
        for (let j = 0; j < cols; j++) h[to + j] = single[row + j];
      }
    },
  };
}
