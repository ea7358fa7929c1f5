import {
  type Kernels,
  type KernelsName,
  loadKernels,
  type Memory,
  shareKernels,
  type SharingPlan,
} from "../../src/kernels/mod.ts";
import type { Network } from "../../src/nn/mod.ts";
import { isStepShared, stepOperations } from "../../src/objective/mod.ts";
import type { SgdSettings } from "../../src/train/mod.ts";
import { byteLengthOf } from "../io/tables.ts";
import { canStartWorker, startWorker } from "./start_worker.ts";

/** The message to a thread that is to share kernels. */
export interface ToKernelsWorker {
  readonly plan: SharingPlan;
  /** The part, from 1. */
  readonly part: number;
}

/** Kernels, with the threads that share them; disposing it ends those. */
export interface ThreadedKernels extends Disposable {
  readonly kernels: Kernels;
}

/** Multiply-adds from which on threads are worth their start and their 40 MB: about 50 ms in f64. */
export const WORTH = 5e8;

/** Bytes of a table from which on it holds that much work, whatever its shape: a thread then loads while the table is read. */
const LARGE = 1 << 23;

/** Threads that load their program while the leader reads its data; {@linkcode startKernels} takes them, and disposing it ends those that are left. */
export interface SpareThreads extends Disposable {
  /** A thread that was started, or a fresh one when none is left. */
  take(): Worker;
}

/**
 * Starts the threads that will share the kernels before it is known on what: the leader's core is busy with the table then, the others are not.
 * None for a file that is small, or whose size is not known.
 */
export async function spareThreads(file: string | null, threads: number): Promise<SpareThreads> {
  const count = file !== null && await byteLengthOf(file) >= LARGE && canStartWorker() ? threads - 1 : 0;
  const workers = Array.from({ length: count }, () => startWorker("kernels"));
  return {
    take: () => workers.pop() ?? startWorker("kernels"),
    [Symbol.dispose]: () => workers.splice(0).forEach((worker) => worker.terminate()),
  };
}

/**
 * Kernels on some threads: the others are started, and help from when they are there; nobody waits for them. On one thread, for work of fewer than
 * 5e8 multiply-adds, or where memory is not shared or the program may not read itself, just the kernels.
 */
export async function startKernels(
  name: KernelsName,
  { threads, memory, operations, spare }: {
    readonly threads: number;
    /** Memory that threads can share; null where there is none. */
    readonly memory: Memory | null;
    /** About how many multiply-adds there are to do. */
    readonly operations: number;
    /** Threads that were started before (default: they are started now). */
    readonly spare?: SpareThreads;
  },
): Promise<ThreadedKernels> {
  const kernels = await loadKernels(name, memory ?? undefined);
  if (threads < 2 || memory === null || operations < WORTH || !canStartWorker()) {
    return { kernels, [Symbol.dispose]() {} };
  }
  const shared = shareKernels(kernels, threads);
  const helpers = startHelpers(shared.plan, spare);
  return {
    kernels: shared.kernels,
    [Symbol.dispose]() {
      shared[Symbol.dispose]();
      helpers[Symbol.dispose]();
    },
  };
}

/** The other threads of a plan; its leader waits for none of them. Disposing ends them. */
export function startHelpers(plan: SharingPlan, spare?: SpareThreads): Disposable {
  const workers = plan.scratch.map((_, index) => {
    const worker = spare?.take() ?? startWorker("kernels");
    // Without it the leader does the work; of a call that fails the leader hears through the queue.
    worker.onerror = (event) => event.preventDefault();
    worker.postMessage({ plan, part: index + 1 } satisfies ToKernelsWorker);
    return worker;
  });
  return { [Symbol.dispose]: () => workers.forEach((worker) => worker.terminate()) };
}

/** About how many multiply-adds the best linear predictor, a settled head and their certificates take. */
export function headOperations(rows: number, columns: number, outputs: number): number {
  return rows * columns * (columns + PASSES * outputs);
}

/** How many multiply-adds SGD takes in steps that threads share; 0 where steps are too short for that. */
export function stepsOperations(
  net: Network,
  rows: number,
  { batch, epochs }: Pick<SgdSettings, "batch" | "epochs">,
): number {
  const own = Math.min(batch, rows);
  return isStepShared(net, own) ? stepOperations(net, own) / 2 * epochs * Math.ceil(rows / own) : 0;
}

/** Products with the data that are about half of such work. */
const PASSES = 40;
