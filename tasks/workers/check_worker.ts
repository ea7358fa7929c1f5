/**
 * The worker of `check`: runs one seed and start after another, and posts each result.
 *
 * @module
 */
import { checkRun, type CheckTask, type RunName, sharedMemory } from "../../src/train/mod.ts";
import { type KernelsName, loadKernels, shareKernels } from "../../src/kernels/mod.ts";
import { lossByName } from "../../src/loss/mod.ts";
import { layerFromJson, type LayerJson, network } from "../../src/nn/mod.ts";
import type { TimedRun } from "../../src/report/mod.ts";
import { type Answer, poolWorker, runSteps } from "./_pool_worker.ts";
import { stepsOperations, WORTH } from "./kernel_threads.ts";
import { clock } from "../io/clock.ts";

/** What every run shares, as it crosses to a worker: layers and losses are functions, so data and a name go instead. */
export interface CheckSetup extends Omit<CheckTask, "net" | "loss"> {
  /** The layer tree, as data. */
  readonly body: LayerJson;
  /** Name of the loss. */
  readonly loss: string;
  /** Which kernels. */
  readonly kernels: KernelsName;
  /** Threads of each worker. */
  readonly threads: number;
}

/** The worker's code. */
export const checkWorker = poolWorker<CheckSetup, RunName, TimedRun>(prepare);

async function prepare(
  { kernels: name, loss, body, ...rest }: CheckSetup,
  post: Answer<TimedRun>,
): Promise<(name: RunName) => TimedRun> {
  const net = network(rest.examples.x.cols, layerFromJson(body));
  const { threads, settings, examples: { x: { rows } } } = rest;
  const memory = threads > 1 && stepsOperations(net, rows, settings) >= WORTH ? sharedMemory(net, rows) : null;
  const alone = await loadKernels(name, memory ?? undefined);
  const shared = memory === null ? null : shareKernels(alone, threads);
  if (shared !== null) post({ kind: "recruit", plan: shared.plan });
  const { kernels } = shared ?? { kernels: alone };
  const task: CheckTask = { ...rest, net, loss: lossByName(loss) };
  return (job) => {
    const started = clock();
    const result = runSteps(checkRun(kernels, task, job), post);
    return { ...result, seconds: (clock() - started) / 1000 };
  };
}
