import { leadQueue, QUEUE_BYTES, serveQueue } from "./_call_queue.ts";
import { CUTS } from "./_cut_calls.ts";
import { loadKernels } from "./load.ts";
import { attachMemory, isShared } from "./memory.ts";
import type { Address, Kernels, KernelSet, KernelsName } from "./types.ts";
import { WORK_BYTES } from "./scratch.ts";

/** The message to a thread that is to share kernels. */
export interface SharingPlan {
  /** Which kernels. */
  readonly kernels: KernelsName;
  /** The leader's memory. */
  readonly memory: WebAssembly.Memory;
  /** The block through which the threads talk. */
  readonly control: SharedArrayBuffer;
  /** Scratch of each thread but the leader. */
  readonly scratch: readonly Address[];
}

/** Kernels whose large calls several threads share. Dispose them to end the service of the others. */
export interface SharedKernels extends Disposable {
  /** The kernels, for the leader's thread; usable before, while and after others serve. */
  readonly kernels: Kernels;
  /** What every other thread needs, for {@linkcode serveKernels}. */
  readonly plan: SharingPlan;
}

/** Parts of a call for each thread: so that one that comes late still finds some. */
const PARTS = 2;

/** How kernels are shared. */
export interface SharingOptions {
  /**
   * The clock by which the leader measures whether sharing pays [ms] (default `performance.now`; no result depends on it). Null:
   * whenever another thread serves.
   */
  readonly now?: (() => number) | null;
}

/**
 * Kernels that share their large calls, products, triangles and activations, among threads. Calls are cut by rows or columns of what they write, and no
 * sum is cut: the bits are those of one thread, for any number of them. Parts lie in a queue, from which each thread takes the next: other
 * threads may come at any time, or not at all. Where they lose on a busy machine, the leader measures it and works alone for a while.
 * Cost: 2.3 MB of scratch for each thread; some microseconds for a call that is shared, which takes 20 or more.
 *
 * @param kernels The kernels, on memory that threads share.
 * @param threads How many threads, the leader included.
 * @param options The clock.
 * @returns The kernels, and the message for the other threads.
 * @throws {RangeError} If the memory is not shared.
 * @example Alone until others come
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMemory, loadKernels } from "@resland/resland/kernels";
 * const memory = createMemory({ shared: true, megabytes: 16 });
 * using shared = shareKernels(await loadKernels("simd", memory), 2);
 * const { f64, threads } = shared.kernels;
 * const [x, y] = [memory.allocate(8), memory.allocate(8)];
 * memory.view("f64", x, 1)[0] = 3;
 * f64.gemvN(1, 1, x, 1, x, y, 0);
 * assertEquals([memory.view("f64", y, 1)[0], threads], [9, 2]);
 * ```
 */
export function shareKernels(kernels: Kernels, threads: number, options: SharingOptions = {}): SharedKernels {
  const { memory } = kernels;
  if (!isShared(memory)) {
    throw new RangeError(
      "Cannot share kernels among threads: their memory is not shared; make it with createMemory({ shared: true })",
    );
  }
  const control = new SharedArrayBuffer(QUEUE_BYTES);
  const scratch = Array.from({ length: threads - 1 }, () => memory.allocate(WORK_BYTES));
  const queue = leadQueue(control, kernels, options.now);
  const most = PARTS * threads;
  const cut = (set: KernelSet, kernel: keyof typeof CUTS) => {
    const { dtype, bytes } = set;
    const whole = set[kernel] as (...args: readonly number[]) => void;
    const into = CUTS[kernel];
    return (...args: readonly number[]): void => {
      const calls = queue.isShared() ? into(args, most, bytes) : null;
      if (calls === null) whole(...args);
      else queue.run(dtype === "f64" ? calls : calls.map((call) => ({ ...call, dtype })));
    };
  };
  const names = Object.keys(CUTS) as (keyof typeof CUTS)[];
  const sharing = (set: KernelSet) =>
    Object.freeze({ ...set, ...Object.fromEntries(names.map((name) => [name, cut(set, name)])) }) as KernelSet;
  return {
    kernels: Object.freeze({
      ...kernels,
      alone: kernels,
      f32: sharing(kernels.f32),
      f64: sharing(kernels.f64),
      threads,
      repeat: queue.repeat,
      runAll: queue.run,
    }),
    plan: { kernels: kernels.name, memory: memory.wasm, control, scratch },
    [Symbol.dispose]() {
      queue.close();
      for (const at of scratch) memory.free(at);
    },
  };
}

/**
 * Serves as one of the threads that share kernels, until the leader disposes them. Blocks the thread.
 *
 * @param plan The leader's plan, as a message brought it.
 * @param part Which part is this thread's, from 1.
 * @throws {RangeError} If the plan has no such part.
 * @throws What a kernel throws, after telling the leader.
 * @example A leader that is done already; others serve in a worker
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMemory, loadKernels } from "@resland/resland/kernels";
 * const shared = shareKernels(await loadKernels("simd", createMemory({ shared: true, megabytes: 16 })), 2);
 * shared[Symbol.dispose]();
 * assertEquals(await serveKernels(shared.plan, 1), undefined);
 * ```
 */
export async function serveKernels(plan: SharingPlan, part: number): Promise<void> {
  const scratch = plan.scratch[part - 1];
  if (scratch === undefined) {
    throw new RangeError(`Cannot serve as part ${part}: there is scratch for ${plan.scratch.length}`);
  }
  serveQueue(plan.control, await loadKernels(plan.kernels, attachMemory(plan.memory, [scratch])), scratch);
}
