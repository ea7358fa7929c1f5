/**
 * The worker of `check`: runs one seed and start after another, and posts each result.
 *
 * @module
 */
import { checkRun, type CheckTask, type RunName } from "../src/check/mod.ts";
import { type KernelsName, loadKernels } from "../src/kernels/mod.ts";
import { lossByName } from "../src/loss/mod.ts";
import type { TimedRun } from "../src/report/mod.ts";
import type { FromWorker, ToWorker } from "./_pool.ts";

/** What every run shares, as it crosses to a worker: a loss is functions, so its name goes instead. */
export interface CheckSetup extends Omit<CheckTask, "loss"> {
  /** Name of the loss. */
  readonly loss: string;
  /** Which kernels. */
  readonly kernels: KernelsName;
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker<CheckSetup, RunName>>) => void) | null;
  postMessage(message: FromWorker<TimedRun>): void;
};

/** Milliseconds between two reports of progress. */
const EVERY = 100;

let run: ((name: RunName) => TimedRun) | null = null;

scope.onmessage = async ({ data }) => {
  try {
    if (data.kind === "setup") {
      run = await prepare(data.setup);
      scope.postMessage({ kind: "ready" });
    } else {
      scope.postMessage({ kind: "done", result: run!(data.job) });
    }
  } catch (error) {
    scope.postMessage({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};

async function prepare({ kernels: name, loss, ...task }: CheckSetup): Promise<(name: RunName) => TimedRun> {
  const kernels = await loadKernels(name);
  return (job) => {
    const started = performance.now();
    let told = started;
    const steps = checkRun(kernels, { ...task, loss: lossByName(loss) }, job);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return { ...value, seconds: (performance.now() - started) / 1000 };
      if (performance.now() - told < EVERY) continue;
      told = performance.now();
      scope.postMessage({ kind: "progress", share: value });
    }
  };
}
