/**
 * A thread that shares the leader's kernels until the leader disposes them.
 *
 * @module
 */
import { serveKernels } from "../../src/kernels/mod.ts";
import type { ToKernelsWorker } from "./kernel_threads.ts";

/** The worker's code. */
export function kernelsWorker(): (message: ToKernelsWorker) => Promise<void> {
  return ({ plan, part }) => serveKernels(plan, part);
}
