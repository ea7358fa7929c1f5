import { createMemory, type Memory } from "../kernels/mod.ts";
import type { Network } from "../nn/mod.ts";

/** Numbers that training and settling lay out per row and column: the data, the features, their factors, weighted and unweighted. */
const COPIES = 8;

/** The least and the most memory [MiB]; it is reserved, and taken only where it is used. */
const [LEAST, MOST] = [1024, 4000];

/**
 * Memory that several threads of one run can share, with room for the data several times over.
 *
 * @param net The network.
 * @param rows How many rows it is trained on.
 * @returns The memory, for `loadKernels`; null where the runtime refuses it: then one thread does the work.
 * @example Room for a small table
 * ```ts
 * import { assert } from "@std/assert";
 * import { dense, network } from "@resland/resland";
 * import { isShared } from "@resland/resland/kernels";
 * const memory = sharedMemory(network(1, dense(1, 1)), 2);
 * assert(memory === null || isShared(memory));
 * ```
 */
export function sharedMemory({ d, k, outputs }: Network, rows: number): Memory | null {
  const bytes = COPIES * 8 * rows * (d + k + outputs);
  try {
    return createMemory({ shared: true, megabytes: Math.min(MOST, Math.max(LEAST, bytes / 2 ** 20)) });
  } catch {
    return null;
  }
}
