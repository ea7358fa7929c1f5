import {
  type Kernels,
  type KernelsName,
  loadKernels,
  type Memory,
  shareKernels,
  type SharingPlan,
} from "../../src/kernels/mod.ts";
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

/** Multiply-adds from which on threads are worth their start. */
const WORTH = 1e8;

/**
 * Kernels on some threads: the others are started, and help from when they are there; nobody waits for them. On one thread, for work of fewer than
 * 1e8 multiply-adds, or where memory is not shared or the program may not read itself, just the kernels.
 */
export async function startKernels(
  name: KernelsName,
  { threads, memory, operations }: {
    readonly threads: number;
    /** Memory that threads can share; null where there is none. */
    readonly memory: Memory | null;
    /** About how many multiply-adds in f64 there are to do. */
    readonly operations: number;
  },
): Promise<ThreadedKernels> {
  const kernels = await loadKernels(name, memory ?? undefined);
  if (threads < 2 || memory === null || operations < WORTH || !canStartWorker()) {
    return { kernels, [Symbol.dispose]() {} };
  }
  const shared = shareKernels(kernels, threads);
  const workers = Array.from({ length: threads - 1 }, (_, index) => {
    const worker = startWorker("kernels");
    // Without it the leader does the work; of a call that fails the leader hears through the queue.
    worker.onerror = (event) => event.preventDefault();
    worker.postMessage({ plan: shared.plan, part: index + 1 } satisfies ToKernelsWorker);
    return worker;
  });
  return {
    kernels: shared.kernels,
    [Symbol.dispose]() {
      shared[Symbol.dispose]();
      for (const worker of workers) worker.terminate();
    },
  };
}

/** About how many multiply-adds the best linear predictor, a settled head and their certificates take. */
export function headOperations(rows: number, columns: number, outputs: number): number {
  return rows * columns * (columns + PASSES * outputs);
}

/** Products with the data that are about half of such work. */
const PASSES = 40;
