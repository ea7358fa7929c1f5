/**
 * A helper thread: does its part of every training step of a plan until the leader disposes its batches, then waits for the next plan.
 *
 * @module
 */
import { serveBatches } from "../../src/objective/mod.ts";
import type { FromHelper, ToHelper } from "./_messages.ts";

/** The worker's code. */
export function stepWorker(post: (message: FromHelper) => void): (message: ToHelper) => Promise<void> {
  return async ({ plan, part }) => {
    try {
      await serveBatches(plan, part, () => post({ kind: "ready" }));
    } catch (error) {
      post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  };
}
