import type { KernelCall, Kernels, KernelTask, SharedKernel } from "../kernels/mod.ts";
import { builtIn, type Layer } from "../nn/mod.ts";

/** Kernels in double that note the calls of a forward pass instead of making them. */
export interface NotedCalls {
  /** The kernels. */
  readonly kernels: Kernels;
  /** The calls since it was asked last. */
  taken(): KernelTask;
}

/** What the forward passes of layers call. */
const FORWARD = ["gemmNT", "biasActivation", "copy", "axpy"] as const satisfies readonly SharedKernel[];

/** Makes them: what runs in them is a task that any thread can do. */
export function noteCalls(kernels: Kernels): NotedCalls {
  let calls: KernelCall[] = [];
  const notes = FORWARD.map((kernel) => [kernel, (...args: readonly number[]) => void calls.push({ kernel, args })]);
  return {
    kernels: { ...kernels, f64: { ...kernels.f64, ...Object.fromEntries(notes) } },
    taken() {
      const own = calls;
      calls = [];
      return own;
    },
  };
}

/** Whether a forward pass through a layer is a few calls of those kernels: not through a layer that has code of its own, nor where columns are moved row by row. */
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
