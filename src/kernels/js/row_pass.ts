import { type Dtype, type KernelSet, type Memory, SOFTMAX_CODE } from "../types.ts";
import { heapOf } from "./heap.ts";
import { lossKernels } from "./loss.ts";
import { softmaxKernels } from "./softmax.ts";
import { vectorKernels } from "./vector.ts";

/** The twin of `kernels/row_pass.ts`: a row of [x f] at a time. */
export function rowPassKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "bendRows" | "lossRows"> {
  const { view, shift } = heapOf(dtype, memory);
  const { centreRows, mul } = vectorKernels(dtype, memory);
  const { loss } = lossKernels(dtype, memory);
  const { softmax } = softmaxKernels(dtype, memory);
  const bytes = 1 << shift;
  /** The entries of `[x f]`, row i. */
  const rowOf = (x: number, d: number, f: number, k: number, i: number): Float64Array => {
    const h = view();
    const [inX, inF] = [(x >>> shift) + i * d, (f >>> shift) + i * k];
    return Float64Array.from({ length: d + k }, (_, j) => j < d ? h[inX + j] : h[inF + j - d]);
  };
  const predict = (row: Float64Array, m: number, head: number, p: number): void => {
    const h = view();
    for (let a = 0; a < m; a++) {
      let sum = 0;
      for (let j = 0; j < row.length; j++) sum += row[j] * h[(head >>> shift) + a * row.length + j];
      h[(p >>> shift) + a] = sum;
    }
  };
  const add = (row: Float64Array, m: number, c: number, sums: Float64Array): void => {
    const h = view();
    for (let a = 0; a < m; a++) {
      for (let j = 0; j < row.length; j++) sums[a * row.length + j] += h[(c >>> shift) + a] * row[j];
    }
  };
  return {
    bendRows(categorical, rows, m, x, d, f, k, head, weights, sums, work) {
      const found = new Float64Array(m * (d + k));
      for (let i = 0; i < rows; i++) {
        const [row, own] = [rowOf(x, d, f, k, i), weights + i * m * bytes];
        predict(row, m, head, work);
        if (categorical) centreRows(1, m, 1, own, work, work);
        else mul(m, own, work, work);
        add(row, m, work, found);
      }
      view().set(found, sums >>> shift);
    },
    lossRows(code, parameter, rows, m, x, d, f, k, head, y, p, slopes, sums, value) {
      const found = new Float64Array(m * (d + k));
      let total = 0;
      for (let i = 0; i < rows; i++) {
        const [row, to] = [rowOf(x, d, f, k, i), i * m * bytes];
        predict(row, m, head, p + to);
        total += code === SOFTMAX_CODE
          ? softmax(1, m, 1, p + to, y + to, slopes + to)
          : loss(code, parameter, m, 1, p + to, y + to, slopes + to, 0);
        add(row, m, slopes + to, found);
      }
      view().set(found, sums >>> shift);
      view()[value >>> shift] = total;
    },
  };
}
