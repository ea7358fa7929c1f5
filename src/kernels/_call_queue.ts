import { awaitChange } from "./_await_change.ts";
import { type KernelSets, NUMBERS, runCall, SHARED, taskOf } from "./_calls.ts";
import { clock } from "./_clock.ts";
import { makeReady, readTasks, type ReadyTask, readyTasks, writeTasks } from "./_kept_tasks.ts";
import { createJudge, type Judge } from "./_repeat_judge.ts";
import { createShareMeter, type ShareMeter } from "./_share_meter.ts";
import type { Address, KernelCall, Kernels, KernelTask, Repeated } from "./types.ts";

/** Most calls of one order, and most tasks; more are made in several. */
const [SLOTS, TASKS] = [256, 64];

/** Numbers of a call: the kernel's, 1 for single precision, how many arguments there are, and room for those of a pass over rows. */
const SLOT = 18;

/** Bytes of the integers at the start of the block. */
const HEAD = 64;

/** Bytes of the block through which the threads talk: its integers, its calls, and where the calls of each task begin. */
export const QUEUE_BYTES: number = HEAD + 8 * SLOT * SLOTS + 4 * (TASKS + 1);

/**
 * The integers of the block: tasks not yet taken, tasks done, the order's number, whether one failed, members that serve, members asleep, whether to
 * leave; of an order of kept tasks their number, above 0, and where they lie.
 */
const [LEFT, DONE, ORDER, FAILED, MEMBERS, ASLEEP, HOME, KEPT, PLACE] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** Kept tasks that a member has ready; it reads those that it needs again. */
const READY = 64;

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
  /** See {@linkcode Kernels.repeat}; a judge of its own decides. */
  repeat(): Repeated;
  /** Ends the service of the members. */
  close(): void;
}

/** The kernels of a queue: a member needs no memory of its own but theirs. */
export type QueueKernels = KernelSets & Pick<Kernels, "memory">;

/**
 * Leads a queue of tasks, from which every thread takes the next one when it is free. A member that comes late, or never, takes none, and the
 * leader does them all; it only ever waits for tasks that a member has begun.
 */
export function leadQueue(
  control: SharedArrayBuffer,
  kernels: QueueKernels,
  now: (() => number) | null = clock,
): CallQueue {
  const state = new Int32Array(control);
  const { slots, starts } = viewsOf(control);
  const meter: ShareMeter = now === null ? ALWAYS : createShareMeter(now);
  const time = now ?? (() => 0);
  let lastKept = 0;
  const isServed = () => Atomics.load(state, MEMBERS) > 0;
  /** Writes calls to the block. */
  const write = (tasks: readonly KernelTask[]): void => {
    let at = 0;
    tasks.forEach((task, index) => {
      starts[index] = at;
      for (const { kernel, dtype, args } of task) {
        const slot = SLOT * at++;
        slots[slot] = NUMBERS.get(kernel)!;
        slots[slot + 1] = dtype === "f32" ? 1 : 0;
        slots[slot + 2] = args.length;
        slots.set(args, slot + 3);
      }
    });
    starts[tasks.length] = at;
    Atomics.store(state, KEPT, 0);
  };
  const make = (task: KernelTask): void => {
    for (const call of task) runCall(kernels, call);
  };
  const share = (count: number, makeTask: (at: number) => void): Order => {
    const begun = time();
    announce(state, count);
    let own = 0;
    for (let at = take(state); at >= 0; at = take(state)) {
      makeTask(at);
      Atomics.add(state, DONE, 1);
      own++;
    }
    const mine = time() - begun;
    awaitTasks(state, count);
    return { all: time() - begun, mine, own };
  };
  /** The same of any number of tasks. */
  const shareAll = (tasks: readonly KernelTask[], tell: (order: Order, count: number) => void): void => {
    for (let from = 0; from < tasks.length;) {
      const count = fitting(tasks, from);
      if (count > 1) {
        write(tasks.slice(from, from + count));
        tell(share(count, (at) => make(tasks[from + at])), count);
      } else {
        make(tasks[from]);
      }
      from += Math.max(1, count);
    }
  };
  return {
    isShared: () => isServed() && meter.worth(),
    run(given) {
      const tasks = given.map(taskOf);
      // Long calls wait in the queue also for a member that is still on its way.
      if (tasks.length < 2 || !meter.worth()) return tasks.forEach(make);
      shareAll(tasks, ({ all, mine, own }, count) => meter.record(all, own > 0 ? mine * count / own : all));
    },
    repeat() {
      const judge: Judge = now === null ? SHARED_ALWAYS : createJudge(now);
      const places: Address[] = [];
      let asked = false;
      return {
        isShared(piece) {
          asked = isServed();
          return asked && judge.shared(piece);
        },
        run: (tasks) => shareAll(tasks, () => {}),
        keep(tasks) {
          const place = writeTasks(kernels.memory, tasks);
          const number = ++lastKept;
          const ready = readyTasks(kernels, tasks);
          const makeTask = (at: number) => makeReady(ready[at]);
          places.push(place);
          return () => {
            Atomics.store(state, PLACE, place);
            Atomics.store(state, KEPT, number);
            share(ready.length, makeTask);
          };
        },
        done: () => asked && judge.done(),
        [Symbol.dispose]: () => places.splice(0).forEach(kernels.memory.free),
      };
    },
    close() {
      Atomics.store(state, HOME, 1);
      Atomics.add(state, ORDER, 1);
      Atomics.notify(state, ORDER);
    },
  };
}

/** Puts so many tasks, which lie there, into the queue. */
function announce(state: Int32Array, count: number): void {
  Atomics.store(state, DONE, 0);
  Atomics.store(state, LEFT, count);
  Atomics.add(state, ORDER, 1);
  if (Atomics.load(state, ASLEEP) > 0) Atomics.notify(state, ORDER);
}

/** Waits for the tasks that members have begun, until as many as there are are done. */
function awaitTasks(state: Int32Array, count: number): void {
  for (let done = Atomics.load(state, DONE); done !== count; done = Atomics.load(state, DONE)) {
    if (!awaitChange(state, DONE, done, { looks: LOOKS, naps: PATIENCE })) {
      throw new Error(
        `A thread that shares the kernels does not answer: ${
          count - done
        } calls are not done; start again with one thread`,
      );
    }
  }
  if (Atomics.load(state, FAILED) !== 0) {
    throw new Error("A thread that shares the kernels failed; start again with one thread");
  }
}

/** How long an order took, and the leader's part of it [ms]; how many tasks that was. */
interface Order {
  readonly all: number;
  readonly mine: number;
  readonly own: number;
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
export function serveQueue(control: SharedArrayBuffer, kernels: QueueKernels, scratch: Address): void {
  const state = new Int32Array(control);
  const { slots, starts } = viewsOf(control);
  const ready = new Map<number, readonly ReadyTask[]>();
  const makeCall = (at: number): void => {
    const { kernel, scratch: hasScratch } = SHARED[slots[at]];
    const dtype = slots[at + 1] === 1 ? "f32" : "f64";
    const args = Array.from(slots.subarray(at + 3, at + 3 + slots[at + 2]));
    if (hasScratch) args[args.length - 1] = scratch;
    runCall(kernels, { kernel, dtype, args });
  };
  const kept = (number: number): readonly ReadyTask[] => {
    const found = ready.get(number);
    if (found !== undefined) return found;
    if (ready.size === READY) ready.clear();
    const tasks = readyTasks(kernels, readTasks(kernels.memory, Atomics.load(state, PLACE) >>> 0), scratch);
    ready.set(number, tasks);
    return tasks;
  };
  const make = (task: number): void => {
    // The leader writes the next order only when this task is done.
    const number = Atomics.load(state, KEPT);
    try {
      if (number > 0) return makeReady(kept(number)[task]);
      const end = starts[task + 1];
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

/** Share everything. */
const ALWAYS: ShareMeter = { worth: () => true, record() {} };
const SHARED_ALWAYS: Judge = { shared: () => true, done() {} };
