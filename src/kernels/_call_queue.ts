import { awaitChange } from "./_await_change.ts";
import { type KernelSets, runCall, SHARED, taskOf } from "./_calls.ts";
import { clock } from "./_clock.ts";
import { createShareMeter, type ShareMeter } from "./_share_meter.ts";
import type { Address, KernelCall, KernelTask } from "./types.ts";

/** Most calls of one order, and most tasks; more are made in several. */
const [SLOTS, TASKS] = [256, 64];

/** Numbers of a call: the kernel's, 1 for single precision, how many arguments there are, and room for those of a pass over rows. */
const SLOT = 18;

/** Bytes of the integers at the start of the block. */
const HEAD = 64;

/** Bytes of the block through which the threads talk: its integers, its calls, and where the calls of each task begin. */
export const QUEUE_BYTES: number = HEAD + 8 * SLOT * SLOTS + 4 * (TASKS + 1);

/** The integers of the block: tasks not yet taken, tasks done, the order's number, whether one failed, members that serve, members asleep, whether to leave. */
const [LEFT, DONE, ORDER, FAILED, MEMBERS, ASLEEP, HOME] = [0, 1, 2, 3, 4, 5, 6];

/** Looks at the next order before a member goes to sleep, about 50 microseconds: passes over rows do as much between two products. */
const LOOKS = 1000;

/** Naps after which a member counts as lost: a minute. */
const PATIENCE = 600;

/** The leader's side of a queue of tasks. */
export interface CallQueue {
  /** Whether anybody would take a short call now. */
  isShared(): boolean;
  /**
   * Makes calls, or tasks, that are independent of each other; returns when all are done.
   * @throws {Error} If one failed in another thread, or that does not answer.
   */
  run(tasks: readonly (KernelCall | KernelTask)[]): void;
  /** Ends the service of the members. */
  close(): void;
}

/**
 * Leads a queue of tasks, from which every thread takes the next one when it is free. A member that comes late, or never, takes none, and the
 * leader does them all; it only ever waits for tasks that a member has begun.
 */
export function leadQueue(
  control: SharedArrayBuffer,
  sets: KernelSets,
  now: (() => number) | null = clock,
): CallQueue {
  const state = new Int32Array(control);
  const { slots, starts } = viewsOf(control);
  const meter: ShareMeter = now === null ? ALWAYS : createShareMeter(now);
  const time = now ?? (() => 0);
  const isShared = () => Atomics.load(state, MEMBERS) > 0 && meter.worth();
  const order = (tasks: readonly KernelTask[]): void => {
    let at = 0;
    tasks.forEach((task, index) => {
      starts[index] = at;
      for (const { kernel, dtype, args } of task) {
        const slot = SLOT * at++;
        slots[slot] = SHARED.findIndex((shared) => shared.kernel === kernel);
        slots[slot + 1] = dtype === "f32" ? 1 : 0;
        slots[slot + 2] = args.length;
        slots.set(args, slot + 3);
      }
    });
    starts[tasks.length] = at;
    Atomics.store(state, DONE, 0);
    Atomics.store(state, LEFT, tasks.length);
    Atomics.add(state, ORDER, 1);
    if (Atomics.load(state, ASLEEP) > 0) Atomics.notify(state, ORDER);
  };
  const make = (task: KernelTask): void => {
    for (const call of task) runCall(sets, call);
  };
  const share = (tasks: readonly KernelTask[]): void => {
    const begun = time();
    order(tasks);
    let own = 0;
    for (let at = take(state); at >= 0; at = take(state)) {
      make(tasks[at]);
      Atomics.add(state, DONE, 1);
      own++;
    }
    const mine = time() - begun;
    for (let done = Atomics.load(state, DONE); done !== tasks.length; done = Atomics.load(state, DONE)) {
      if (!awaitChange(state, DONE, done, { looks: LOOKS, naps: PATIENCE })) {
        throw new Error(
          `A thread that shares the kernels does not answer: ${
            tasks.length - done
          } calls are not done; start again with one thread`,
        );
      }
    }
    if (Atomics.load(state, FAILED) !== 0) {
      throw new Error("A thread that shares the kernels failed; start again with one thread");
    }
    const all = time() - begun;
    meter.record(all, own > 0 ? mine * tasks.length / own : all);
  };
  return {
    isShared,
    run(given) {
      const tasks = given.map(taskOf);
      // Long calls wait in the queue also for a member that is still on its way.
      if (tasks.length < 2 || !meter.worth()) return tasks.forEach(make);
      for (let from = 0; from < tasks.length;) {
        const count = fitting(tasks, from);
        if (count > 1) share(tasks.slice(from, from + count));
        else make(tasks[from]);
        from += Math.max(1, count);
      }
    },
    close() {
      Atomics.store(state, HOME, 1);
      Atomics.add(state, ORDER, 1);
      Atomics.notify(state, ORDER);
    },
  };
}

/** How many tasks, from one on, fit into an order; 0 where not even that one does. */
function fitting(tasks: readonly KernelTask[], from: number): number {
  let [count, calls] = [0, 0];
  for (let at = from; at < tasks.length && count < TASKS; at++, count++) {
    calls += tasks[at].length;
    if (calls > SLOTS) break;
  }
  return count;
}

/** The calls of the block, and the first of every task. */
const viewsOf = (control: SharedArrayBuffer) => ({
  slots: new Float64Array(control, HEAD, SLOT * SLOTS),
  starts: new Int32Array(control, HEAD + 8 * SLOT * SLOTS),
});

/** Serves a queue until its leader closes it: blocks the thread. Products use the thread's own scratch. */
export function serveQueue(control: SharedArrayBuffer, sets: KernelSets, scratch: Address): void {
  const state = new Int32Array(control);
  const { slots, starts } = viewsOf(control);
  const makeCall = (at: number): void => {
    const { kernel, scratch: hasScratch } = SHARED[slots[at]];
    const dtype = slots[at + 1] === 1 ? "f32" : "f64";
    const args = Array.from(slots.subarray(at + 3, at + 3 + slots[at + 2]));
    if (hasScratch) args[args.length - 1] = scratch;
    runCall(sets, { kernel, dtype, args });
  };
  const make = (task: number): void => {
    // The leader writes the next order only when this task is done.
    const end = starts[task + 1];
    try {
      for (let call = starts[task]; call < end; call++) makeCall(SLOT * call);
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

/** Takes the next task; -1 when none is left. The order cannot end, nor its numbers change, before that task is done. */
function take(state: Int32Array): number {
  for (;;) {
    const left = Atomics.load(state, LEFT);
    if (left === 0) return -1;
    if (Atomics.compareExchange(state, LEFT, left, left - 1) === left) return left - 1;
  }
}

/** Shares everything. */
const ALWAYS: ShareMeter = { worth: () => true, record() {} };
