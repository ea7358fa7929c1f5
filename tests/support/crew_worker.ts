/**
 * A member of a crew for the tests, in a thread of its own: serves, and says how it ended.
 *
 * @module
 */
import { serveCrew } from "../../src/kernels/mod.ts";
import { countingShares, type CrewJob } from "./crew_work.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<CrewJob>) => void) | null;
  postMessage(message: string): void;
};

scope.onmessage = ({ data: { control, counters, part, parts } }) => {
  scope.postMessage("ready");
  try {
    serveCrew(control, part, parts, countingShares(counters));
    scope.postMessage("went home");
  } catch (error) {
    scope.postMessage(String(error));
  }
};
