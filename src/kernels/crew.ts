import { awaitChange } from "./_await_change.ts";
import { clock } from "./_clock.ts";
import { createJudge, type Judge } from "./_crew_judge.ts";

/**
 * One thread's share of a piece of work: part `part` of `parts`, with the arguments that the leader left. In how many parts it is
 * cut may not change the result: no sum is cut, and a leader that continues alone does it as part 0 of 1.
 */
export type Share = (part: number, parts: number, args: Float64Array) => void;

/** The leader's side of threads that do the same work together, each on its own part. */
export interface Crew {
  /** How many threads, the leader included. */
  readonly parts: number;
  /** The arguments of the next work: up to {@linkcode CREW_ARGUMENTS} numbers. */
  readonly args: Float64Array;
  /**
   * Does the work of that number: the leader its part, every member its own, or the leader the whole of it where that was
   * measured to be faster. Returns when all is done. Work 0 begins a step, which is shared or done alone as a whole.
   * @throws {Error} If a member failed, or does not answer.
   */
  run(work: number): void;
  /** Ends the service of the members. */
  disband(): void;
}

/** Most arguments of one piece of work. */
export const CREW_ARGUMENTS = 8;

/** Bytes of the block through which a crew talks. */
export const CREW_BYTES: number = 64 + 8 * CREW_ARGUMENTS;

/** The integers of the block: number of the order, members still at work, what to do, and whether a member failed. */
const ORDER = 0;
const BUSY = 1;
const WORK = 2;
const FAILED = 3;

/** The work that ends a member's service. */
const HOME = -1;

/** Looks at a number before a thread goes to sleep: about 15 microseconds, in which a step's next part often comes. */
const LOOKS = 300;

/** Naps after which a member counts as lost: a minute. */
const PATIENCE = 600;

/** How a crew is led. */
export interface CrewOptions {
  /**
   * The clock by which the leader measures whether sharing pays [ms] (default `performance.now`, the one clock of the library: no
   * result depends on it). Null: every piece of work is shared.
   */
  readonly now?: (() => number) | null;
}

/**
 * Leads a crew, or works alone. On a machine whose cores others use too, a thread that waits for a member whose core is busy
 * loses more than sharing gains; so the leader times steps alone and shared, continues alone while sharing loses, and tries again
 * later. Members that have nothing to do sleep. Cost: a step of 10 us or more is timed throughout, for 2 % at most.
 *
 * @param control The block through which the crew talks, {@linkcode CREW_BYTES} long; null for a leader alone.
 * @param parts How many threads, the leader included.
 * @param shares What the work numbers mean; every member has the same list.
 * @param options The clock.
 * @returns The leader's side.
 * @example A crew of one
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const seen: number[] = [];
 * const crew = leadCrew(null, 1, [(part, parts, args) => seen.push(part, parts, args[0])]);
 * crew.args[0] = 7;
 * crew.run(0);
 * assertEquals(seen, [0, 1, 7]);
 * ```
 */
export function leadCrew(
  control: SharedArrayBuffer | null,
  parts: number,
  shares: readonly Share[],
  options: CrewOptions = {},
): Crew {
  if (control === null) {
    const args = new Float64Array(CREW_ARGUMENTS);
    return { parts: 1, args, run: (work) => shares[work](0, 1, args), disband() {} };
  }
  const state = new Int32Array(control);
  const args = new Float64Array(control, 64, CREW_ARGUMENTS);
  const order = (work: number) => {
    Atomics.store(state, WORK, work);
    Atomics.store(state, BUSY, parts - 1);
    Atomics.add(state, ORDER, 1);
    Atomics.notify(state, ORDER);
  };
  const together = (work: number) => {
    order(work);
    shares[work](0, parts, args);
    for (let busy = Atomics.load(state, BUSY); busy !== 0; busy = Atomics.load(state, BUSY)) {
      if (!awaitChange(state, BUSY, busy, { looks: LOOKS, naps: PATIENCE })) {
        throw new Error(
          `A thread of the crew does not answer: ${busy} of ${
            parts - 1
          } are still at work; start again with one thread`,
        );
      }
    }
    if (Atomics.load(state, FAILED) !== 0) throw new Error("A thread of the crew failed; its own error says why");
  };
  const { now = clock } = options;
  const judge = now === null ? ALWAYS : createJudge(now);
  return {
    parts,
    args,
    run(work) {
      if (judge.shared(work)) together(work);
      else shares[work](0, 1, args);
      judge.done();
    },
    disband: () => order(HOME),
  };
}

/**
 * Serves in a crew until its leader disbands it. Blocks the thread.
 *
 * @param control The leader's block.
 * @param part Which part is this thread's, from 1.
 * @param parts How many threads, the leader included.
 * @param shares The leader's list.
 * @throws What a share throws, after telling the leader.
 * @example A crew that was disbanded before its member came
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const control = new SharedArrayBuffer(CREW_BYTES);
 * leadCrew(control, 2, []).disband();
 * assertEquals(serveCrew(control, 1, 2, []), undefined);
 * ```
 */
export function serveCrew(control: SharedArrayBuffer, part: number, parts: number, shares: readonly Share[]): void {
  const state = new Int32Array(control);
  const args = new Float64Array(control, 64, CREW_ARGUMENTS);
  for (let served = 0;; served = served + 1 | 0) {
    awaitChange(state, ORDER, served, { looks: LOOKS, naps: Infinity });
    const work = Atomics.load(state, WORK);
    if (work === HOME) return;
    try {
      shares[work](part, parts, args);
    } catch (error) {
      Atomics.store(state, FAILED, 1);
      throw error;
    } finally {
      if (Atomics.sub(state, BUSY, 1) === 1) Atomics.notify(state, BUSY);
    }
  }
}

/** Shares everything. */
const ALWAYS: Judge = { shared: () => true, done() {} };
