/**
 * A member of a test's queue of calls, in a thread of its own: serves, and says how it ended.
 *
 * @module
 */
import { serveQueue } from "../../src/kernels/_call_queue.ts";
import { meetingSet, type QueueJob } from "./queue_work.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<QueueJob>) => void) | null;
  postMessage(message: string): void;
};

scope.onmessage = ({ data: { control, counters, scratch } }) => {
  scope.postMessage("ready");
  try {
    serveQueue(control, meetingSet(counters), scratch);
    scope.postMessage("went home");
  } catch (error) {
    scope.postMessage(String(error));
  }
};
