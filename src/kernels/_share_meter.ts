import { CREDIT, LONGEST_REST, PATIENCE, PENANCE, REST } from "./_sharing_limits.ts";

/** Decides whether sharing calls pays on this machine now, by what it cost so far. */
export interface ShareMeter {
  /** Whether the next calls are to be shared. */
  worth(): boolean;
  /** What calls took when shared, and what the leader would have taken alone, by what its own part of them took [ms]. */
  record(shared: number, alone: number): void;
}

/**
 * A meter of shared calls. What the leader would have taken alone is known from its own part, so nothing need be timed alone: where a member
 * lost its core with a call in hand, the leader waits for it, and that is the loss.
 *
 * `now` is a clock that never goes back [ms].
 */
export function createShareMeter(now: () => number): ShareMeter {
  let [behind, rest, until, shareTime] = [0, 0, -Infinity, 0];
  return {
    worth: () => until === -Infinity || now() >= until,
    record(shared, alone) {
      behind = Math.max(-CREDIT, behind + shared - alone);
      shareTime += shared;
      if (behind > PATIENCE) {
        rest = Math.max(PENANCE * behind, Math.min(LONGEST_REST, Math.max(REST, 2 * rest)));
        until = now() + rest;
        [behind, shareTime] = [0, 0];
        return;
      }
      until = -Infinity;
      // It went well for as long as it rested: the next loss is another one.
      if (shareTime > rest) rest = 0;
    },
  };
}
