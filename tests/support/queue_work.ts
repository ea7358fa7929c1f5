import type { QueueKernels } from "../../src/kernels/_call_queue.ts";
import { createMemory, type KernelSet } from "../../src/kernels/mod.ts";

/** What a member of a test's queue is told. */
export interface QueueJob {
  readonly control: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly scratch: number;
}

/** The counters: calls made, calls that are waiting to meet, calls whose scratch was the members'. */
export const [MADE, MEETING, OWN_SCRATCH] = [0, 1, 2];

/** The scratch of members in the tests. */
export const MEMBER_SCRATCH = 77;

/**
 * Kernels that count: `gemvN(mode)` with mode 0 is counted, with mode 1 waits until two threads make such a call at once, with mode 2 fails where it is
 * a member that makes it, with mode 3 waits for another call; the scratch of `gemmNN` is compared with the members'.
 */
export function meetingSet(counters: SharedArrayBuffer, isLeader = false): QueueKernels {
  const state = new Int32Array(counters);
  const set = {
    gemvN(mode: number) {
      Atomics.add(state, MADE, 1);
      if (mode === 1) {
        const end = performance.now() + 5000;
        Atomics.add(state, MEETING, 1);
        while (Atomics.load(state, MEETING) % 2 === 1 && performance.now() < end);
      }
      if (mode === 2 && !isLeader) throw new RangeError("no such row");
      // Of an order of two, leaves the other call to the other thread.
      if (mode === 3) {
        const end = performance.now() + 5000;
        while (Atomics.load(state, MADE) % 2 === 1 && performance.now() < end);
      }
    },
    gemmNN(...args: readonly number[]) {
      Atomics.add(state, MADE, 1);
      if (args[10] === MEMBER_SCRATCH) Atomics.add(state, OWN_SCRATCH, 1);
      const end = performance.now() + 5000;
      Atomics.add(state, MEETING, 1);
      while (Atomics.load(state, MEETING) % 2 === 1 && performance.now() < end);
    },
  };
  return { f32: set as unknown as KernelSet, f64: set as unknown as KernelSet, memory: createMemory({ megabytes: 1 }) };
}
