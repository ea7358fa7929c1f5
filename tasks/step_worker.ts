/**
 * A helper: does its part of every training step of a plan, until the leader disposes its batches; then waits for the next.
 *
 * @module
 */
import { serveBatches } from "../src/objective/mod.ts";
import type { FromHelper, ToHelper } from "./_crew.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToHelper>) => void) | null;
  postMessage(message: FromHelper): void;
};

scope.onmessage = async ({ data: { plan, part } }) => {
  try {
    await serveBatches(plan, part, () => scope.postMessage({ kind: "ready" }));
  } catch (error) {
    scope.postMessage({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};
