import type { Dtype, KernelCall, Kernels, KernelTask, SharedKernel } from "../kernels/mod.ts";
import { builtIn, type Layer } from "../nn/mod.ts";

/** Kernels that note calls in one precision instead of making them. */
export interface NotedCalls {
  /** The kernels. */
  readonly kernels: Kernels;
  /** The calls since it was asked last. */
  taken(): KernelTask;
}

/** What is noted: what layers, heads, losses and batches call in a training step. */
const NOTED = [
  "gemmNN",
  "gemmTN",
  "gemmNT",
  "biasActivation",
  "loss",
  "copy",
  "axpy",
  "axpby",
  "mul",
  "columnSums",
  "gatherRows",
  "gatherDouble",
] as const satisfies readonly SharedKernel[];

/** Makes them: what runs in them is a task that any thread can do. */
export function noteCalls(kernels: Kernels, dtype: Dtype): NotedCalls {
  let calls: KernelCall[] = [];
  const notes = NOTED.map((
    kernel,
  ) => [kernel, (...args: readonly number[]) => void calls.push({ kernel, dtype, args })]);
  return {
    kernels: { ...kernels, [dtype]: { ...kernels[dtype], ...Object.fromEntries(notes) } },
    taken() {
      const own = calls;
      calls = [];
      return own;
    },
  };
}

/** Whether a pass through a layer is a few calls of those kernels: not through a layer that has code of its own, nor where columns are moved row by row. */
export function canBeNoted(layer: Layer): boolean {
  const own = builtIn(layer);
  switch (own?.type) {
    case "dense":
    case "activation":
      return true;
    case "residual":
      return canBeNoted(own.body);
    case "chain":
      return own.layers.every(canBeNoted);
    default:
      return false;
  }
}
