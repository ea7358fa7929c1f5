import type { Share } from "../../src/kernels/mod.ts";

/** What a member of a test's crew is told. */
export interface CrewJob {
  readonly control: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly part: number;
  readonly parts: number;
}

/** The work of the tests' crews: 0 adds the argument to each thread's own counter, 1 fails in all but the leader. */
export const countingShares = (counters: SharedArrayBuffer): readonly Share[] => [
  (part, _, args) => void Atomics.add(new Int32Array(counters), part, args[0]),
  (part) => {
    if (part > 0) throw new RangeError("no such row");
  },
];
