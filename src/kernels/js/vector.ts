import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf, roundOf } from "./heap.ts";

type VectorKernels = Pick<
  KernelSet,
  | "dot"
  | "axpy"
  | "axpby"
  | "scaleRows"
  | "centreRows"
  | "scale"
  | "fill"
  | "copy"
  | "mul"
  | "nrm2"
  | "columnSums"
>;

/** The twins of `kernels/vector.ts`: operations on one or two vectors. */
export function vectorKernels(dtype: Dtype, memory: Memory): VectorKernels {
  const { view, shift } = heapOf(dtype, memory);
  const round = roundOf(dtype);
  return {
    dot(n, x, y) {
      const h = view();
      const ix = x >>> shift;
      const iy = y >>> shift;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += h[ix + i] * h[iy + i];
      return sum;
    },
    axpy(n, alpha, x, y) {
      const h = view();
      const ix = x >>> shift;
      const iy = y >>> shift;
      const factor = round(alpha);
      for (let i = 0; i < n; i++) h[iy + i] += factor * h[ix + i];
    },
    axpby(n, alpha, x, beta, y) {
      const h = view();
      const ix = x >>> shift;
      const iy = y >>> shift;
      const factor = round(alpha);
      const decay = round(beta);
      for (let i = 0; i < n; i++) h[iy + i] = factor * h[ix + i] + decay * h[iy + i];
    },
    scaleRows(rows, cols, weights, x, out) {
      const h = view();
      const iw = weights >>> shift;
      let ix = x >>> shift;
      let io = out >>> shift;
      for (let i = 0; i < rows; i++, ix += cols, io += cols) {
        const factor = h[iw + i];
        for (let j = 0; j < cols; j++) h[io + j] = factor * h[ix + j];
      }
    },
    scale(n, alpha, x) {
      const h = view();
      const ix = x >>> shift;
      const factor = round(alpha);
      for (let i = 0; i < n; i++) h[ix + i] *= factor;
    },
    fill(n, value, x) {
      const ix = x >>> shift;
      view().fill(value, ix, ix + n);
    },
    copy(n, x, y) {
      const ix = x >>> shift;
      view().copyWithin(y >>> shift, ix, ix + n);
    },
    centreRows(rows, cols, alpha, q, v, out) {
      const h = view();
      for (let i = 0; i < rows; i++) {
        const [iq, iv, io] = [q, v, out].map((at) => (at >>> shift) + i * cols);
        let mean = 0;
        let lost = 0;
        for (let j = 0; j < cols; j++) mean += h[iq + j] * h[iv + j];
        for (let j = 0; j < cols; j++) lost += h[iq + j] * (h[iv + j] - mean);
        for (let j = 0; j < cols; j++) h[io + j] = alpha * h[iq + j] * (h[iv + j] - mean - lost);
      }
    },
    mul(n, x, y, z) {
      const h = view();
      const ix = x >>> shift;
      const iy = y >>> shift;
      const iz = z >>> shift;
      for (let i = 0; i < n; i++) h[iz + i] = h[ix + i] * h[iy + i];
    },
    nrm2(n, x) {
      const h = view();
      const ix = x >>> shift;
      let largest = 0;
      for (let i = 0; i < n; i++) {
        const size = Math.abs(h[ix + i]);
        if (Number.isNaN(size)) return NaN;
        if (size > largest) largest = size;
      }
      if (largest === 0 || largest === Infinity) return largest;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (h[ix + i] / largest) ** 2;
      return largest * Math.sqrt(sum);
    },
    columnSums(rows, cols, x, ldx, out, accumulate) {
      const h = view();
      const io = out >>> shift;
      if (accumulate === 0) h.fill(0, io, io + cols);
      for (let i = 0; i < rows; i++) {
        const row = (x >>> shift) + i * ldx;
        for (let j = 0; j < cols; j++) h[io + j] += h[row + j];
      }
    },
  };
}
