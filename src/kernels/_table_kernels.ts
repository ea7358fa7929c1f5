import { base64 } from "./generated/cells.ts";
import type { Memory } from "./types.ts";
import { bytesOf, instantiateNow } from "./wasm.ts";

/** Numbers from which on kernels are worth their loading, 1 ms. */
export const WORTH = 1 << 18;

/** Numbers of a column that are copied to kernels at a time: they stay in a cache. */
export const CHUNK = 8192;

/** The kernels of columns, in a memory, at once; null where the runtime has no SIMD. */
export function tableKernels(memory: Memory): Readonly<Record<string, (...args: readonly number[]) => void>> | null {
  try {
    return instantiateNow(bytesOf(base64), memory) as Record<string, (...args: readonly number[]) => void>;
  } catch {
    return null;
  }
}
