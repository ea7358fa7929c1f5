import type { KernelCall, Kernels, KernelSet, SharedKernel } from "./types.ts";

/** The kernels that threads share, by number; whether the last argument is scratch that each thread has its own of. */
export const SHARED: readonly { readonly kernel: SharedKernel; readonly scratch: boolean }[] = [
  { kernel: "gemmNN", scratch: true },
  { kernel: "gemmTN", scratch: true },
  { kernel: "gemmNT", scratch: true },
  { kernel: "gemvN", scratch: false },
  { kernel: "gemvT", scratch: false },
  { kernel: "biasActivation", scratch: false },
  { kernel: "qrUpdate", scratch: false },
  { kernel: "solveRight", scratch: true },
];

/** Makes a call. */
export function runCall(set: KernelSet, kernel: SharedKernel, args: readonly number[]): void {
  (set[kernel] as (...args: readonly number[]) => void)(...args);
}

/** Kernels of one thread, which makes calls one after another. */
export function aloneKernels(kernels: Omit<Kernels, "threads" | "runAll">): Kernels {
  const runAll = (calls: readonly KernelCall[]) => {
    for (const { kernel, args } of calls) runCall(kernels.f64, kernel, args);
  };
  return Object.freeze({ ...kernels, threads: 1, runAll });
}
