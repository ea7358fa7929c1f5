/**
 * The worker of `check`: runs one seed and start after another, and posts each result.
 *
 * @module
 */
import { checkRun, type CheckTask, type RunName } from "../../src/train/mod.ts";
import { createMemory, type KernelsName, loadKernels, type Memory } from "../../src/kernels/mod.ts";
import { lossByName } from "../../src/loss/mod.ts";
import { type Layer, layerFromJson } from "../../src/nn/mod.ts";
import type { Examples } from "../../src/objective/mod.ts";
import type { TimedRun } from "../../src/report/mod.ts";
import { type Answer, poolWorker } from "./_pool_worker.ts";

/** What every run shares, as it crosses to a worker: a loss is functions, so its name goes instead. */
export interface CheckSetup extends Omit<CheckTask, "loss" | "recruit" | "threads"> {
  /** Name of the loss. */
  readonly loss: string;
  /** Which kernels. */
  readonly kernels: KernelsName;
  /** Threads of each worker. */
  readonly threads: number;
}

/** Milliseconds between two reports of progress. */
const EVERY = 100;

/** The inside of the worker. */
export const checkWorker = poolWorker<CheckSetup, RunName, TimedRun>(prepare);

async function prepare(
  { kernels: name, loss, ...rest }: CheckSetup,
  post: Answer<TimedRun>,
): Promise<(name: RunName) => TimedRun> {
  // A layer's functions do not cross to a worker: it is made again from its data.
  const theta = layerFromJson(rest.settings.theta);
  const kernels = await loadKernels(name, rest.threads > 1 ? shareableMemory(rest.examples, theta) : undefined);
  const task: CheckTask = {
    ...rest,
    settings: { ...rest.settings, theta },
    loss: lossByName(loss),
    recruit: (plan) => post({ kind: "recruit", plan }),
  };
  return (job) => {
    const started = performance.now();
    let told = started;
    const steps = checkRun(kernels, task, job);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return { ...value, seconds: (performance.now() - started) / 1000 };
      if (performance.now() - told < EVERY) continue;
      told = performance.now();
      post({ kind: "progress", share: value });
    }
  };
}

/** Memory that threads can share, with room for the data several times over; none where the runtime refuses it: then one thread does the work. */
function shareableMemory({ x }: Examples, theta: Layer): Memory | undefined {
  // The inputs beside the features, as data, weighted and unweighted, and what training and descent lay out beside them.
  const bytes = 6 * 8 * x.rows * (x.cols + theta.outputWidth(x.cols));
  try {
    return createMemory({ shared: true, megabytes: Math.max(1024, bytes / 2 ** 20) });
  } catch {
    return undefined;
  }
}
