/**
 * A thread that shares the leader's kernels until the leader disposes them.
 *
 * @module
 */
import { serveKernels } from "../../src/kernels/mod.ts";
import type { ToKernelsWorker } from "./kernel_threads.ts";

/** The worker's code. */
export function kernelsWorker(post: (message: never) => void): (message: ToKernelsWorker) => Promise<void> {
  void post;
  return ({ plan, part }) => serveKernels(plan, part);
}
