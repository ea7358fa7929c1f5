import type { Dtype, Kernels, KernelsName } from "../../src/kernels/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { weyl } from "../support/kernel_lab.ts";

/** One product: kernel, rows and columns of C, terms of a sum. */
export type Shape = readonly [name: "gemmNN" | "gemmTN" | "gemmNT", m: number, n: number, k: number];

/** Squares, the layers of training, tall inputs, and vectors. */
export const SHAPES: readonly Shape[] = [
  ["gemmNN", 64, 64, 64],
  ["gemmNN", 256, 256, 256],
  ["gemmTN", 256, 256, 256],
  ["gemmNT", 256, 256, 256],
  ["gemmNN", 512, 512, 512],
  ["gemmTN", 512, 512, 512],
  ["gemmNT", 512, 512, 512],
  ["gemmNN", 64, 64, 32],
  ["gemmNN", 32, 16, 10],
  ["gemmNT", 32, 16, 10],
  ["gemmNT", 128, 256, 64],
  ["gemmTN", 256, 64, 128],
  ["gemmNT", 256, 512, 128],
  ["gemmTN", 97, 97, 2048],
  ["gemmTN", 128, 128, 2048],
  ["gemmNN", 61, 61, 61],
  ["gemmNN", 2048, 8, 8],
  ["gemmNN", 8, 256, 256],
  ["gemmNT", 2, 256, 256],
  ["gemmNN", 256, 1, 256],
  ["gemmNN", 1, 256, 256],
];

/** The kernels of every implementation, by name. */
export async function everyKernels(): Promise<ReadonlyMap<KernelsName, Kernels>> {
  const names: readonly KernelsName[] = ["relaxed", "simd", "js"];
  return new Map(await Promise.all(names.map(async (name) => [name, await loadKernels(name)] as const)));
}

/** A product on operands of its own; each call returns the operations done. */
export function product(kernels: Kernels, dtype: Dtype, [name, m, n, k]: Shape): () => number {
  const { memory, work, [dtype]: set } = kernels;
  const put = (length: number, salt: number) => {
    const at = memory.allocate(length * set.bytes);
    memory.view(dtype, at, length).set(weyl(length, salt));
    return at;
  };
  const [a, b, c] = [put(m * k, 1), put(k * n, 2), put(m * n, 3)];
  const lda = name === "gemmTN" ? m : k;
  const ldb = name === "gemmNT" ? k : n;
  const multiply = set[name];
  return () => {
    multiply(m, n, k, a, lda, b, ldb, c, n, 0, work);
    return 2 * m * n * k;
  };
}
