import { awaitChange } from "./_await_change.ts";
import { type KernelSets, runCall, SHARED } from "./_calls.ts";
import { clock } from "./_clock.ts";
import { createShareMeter, type ShareMeter } from "./_share_meter.ts";
import type { Address, KernelCall } from "./types.ts";

/** Most calls of one order; more are made in several. */
const SLOTS = 64;

/** Numbers of a call: the kernel's, 1 for single precision, how many arguments there are, and room for those of a pass over rows. */
const SLOT = 18;

/** Bytes of the integers at the start of the block. */
const HEAD = 64;

/** Bytes of the block through which the threads talk. */
export const QUEUE_BYTES: number = HEAD + 8 * SLOT * SLOTS;

/** The integers of the block: calls not yet taken, calls done, the order's number, whether one failed, members that serve, members asleep, whether to leave. */
const [LEFT, DONE, ORDER, FAILED, MEMBERS, ASLEEP, HOME] = [0, 1, 2, 3, 4, 5, 6];

/** Looks at the next order before a member goes to sleep, about 50 microseconds: passes over rows do as much between two products. */
const LOOKS = 1000;

/** Naps after which a member counts as lost: a minute. */
const PATIENCE = 600;

/** The leader's side of a queue of calls. */
export interface CallQueue {
  /** Whether anybody would take a short call now. */
  isShared(): boolean;
  /**
   * Makes calls that are independent of each other; returns when all are done.
   * @throws {Error} If one failed in another thread, or that does not answer.
   */
  run(calls: readonly KernelCall[]): void;
  /** Ends the service of the members. */
  close(): void;
}

/**
 * Leads a queue of calls, from which every thread takes the next one when it is free. A member that comes late, or never, takes none, and the
 * leader does them all; it only ever waits for calls that a member has begun.
 */
export function leadQueue(
  control: SharedArrayBuffer,
  sets: KernelSets,
  now: (() => number) | null = clock,
): CallQueue {
  const state = new Int32Array(control);
  const slots = new Float64Array(control, HEAD);
  const meter: ShareMeter = now === null ? ALWAYS : createShareMeter(now);
  const time = now ?? (() => 0);
  const isShared = () => Atomics.load(state, MEMBERS) > 0 && meter.worth();
  const order = (calls: readonly KernelCall[]): void => {
    calls.forEach(({ kernel, dtype, args }, at) => {
      slots[at * SLOT] = SHARED.findIndex((shared) => shared.kernel === kernel);
      slots[at * SLOT + 1] = dtype === "f32" ? 1 : 0;
      slots[at * SLOT + 2] = args.length;
      slots.set(args, at * SLOT + 3);
    });
    Atomics.store(state, DONE, 0);
    Atomics.store(state, LEFT, calls.length);
    Atomics.add(state, ORDER, 1);
    if (Atomics.load(state, ASLEEP) > 0) Atomics.notify(state, ORDER);
  };
  const share = (calls: readonly KernelCall[]): void => {
    const begun = time();
    order(calls);
    let own = 0;
    for (let at = take(state); at >= 0; at = take(state)) {
      runCall(sets, calls[at]);
      Atomics.add(state, DONE, 1);
      own++;
    }
    const mine = time() - begun;
    for (let done = Atomics.load(state, DONE); done !== calls.length; done = Atomics.load(state, DONE)) {
      if (!awaitChange(state, DONE, done, { looks: LOOKS, naps: PATIENCE })) {
        throw new Error(
          `A thread that shares the kernels does not answer: ${
            calls.length - done
          } calls are not done; start again with one thread`,
        );
      }
    }
    if (Atomics.load(state, FAILED) !== 0) {
      throw new Error("A thread that shares the kernels failed; start again with one thread");
    }
    const all = time() - begun;
    meter.record(all, own > 0 ? mine * calls.length / own : all);
  };
  return {
    isShared,
    run(calls) {
      // Long calls wait in the queue also for a member that is still on its way.
      if (calls.length < 2 || !meter.worth()) {
        for (const call of calls) runCall(sets, call);
        return;
      }
      for (let from = 0; from < calls.length; from += SLOTS) share(calls.slice(from, from + SLOTS));
    },
    close() {
      Atomics.store(state, HOME, 1);
      Atomics.add(state, ORDER, 1);
      Atomics.notify(state, ORDER);
    },
  };
}

/** Serves a queue until its leader closes it: blocks the thread. Products use the thread's own scratch. */
export function serveQueue(control: SharedArrayBuffer, sets: KernelSets, scratch: Address): void {
  const state = new Int32Array(control);
  const slots = new Float64Array(control, HEAD);
  const make = (at: number): void => {
    const { kernel, scratch: hasScratch } = SHARED[slots[at * SLOT]];
    const dtype = slots[at * SLOT + 1] === 1 ? "f32" : "f64";
    const args = Array.from(slots.subarray(at * SLOT + 3, at * SLOT + 3 + slots[at * SLOT + 2]));
    if (hasScratch) args[args.length - 1] = scratch;
    try {
      runCall(sets, { kernel, dtype, args });
    } catch (error) {
      Atomics.store(state, FAILED, 1);
      throw error;
    } finally {
      Atomics.add(state, DONE, 1);
      Atomics.notify(state, DONE);
    }
  };
  Atomics.add(state, MEMBERS, 1);
  try {
    for (;;) {
      const served = Atomics.load(state, ORDER);
      if (Atomics.load(state, HOME) !== 0) return;
      for (let at = take(state); at >= 0; at = take(state)) make(at);
      if (awaitChange(state, ORDER, served, { looks: LOOKS, naps: 0 })) continue;
      Atomics.add(state, ASLEEP, 1);
      awaitChange(state, ORDER, served, { looks: 0, naps: Infinity });
      Atomics.sub(state, ASLEEP, 1);
    }
  } finally {
    Atomics.sub(state, MEMBERS, 1);
  }
}

/** Takes the next call; -1 when none is left. The order cannot end, nor its numbers change, before that call is done. */
function take(state: Int32Array): number {
  for (;;) {
    const left = Atomics.load(state, LEFT);
    if (left === 0) return -1;
    if (Atomics.compareExchange(state, LEFT, left, left - 1) === left) return left - 1;
  }
}

/** Shares everything. */
const ALWAYS: ShareMeter = { worth: () => true, record() {} };
