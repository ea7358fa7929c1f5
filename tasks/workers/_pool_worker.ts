import type { Advance } from "../../src/train/mod.ts";
import { clock } from "../io/clock.ts";
import type { FromWorker, ToWorker, WorkerBody } from "./_messages.ts";

/** How a worker answers its pool. */
export type Answer<Result> = (message: FromWorker<Result>) => void;

/** Milliseconds between two reports of how far a job is. */
const EVERY = 100;

/** Runs the steps of a job to their end, and reports how far it is. */
export function runSteps<Found, Result>(
  steps: Generator<Advance<string>, Found, void>,
  post: Answer<Result>,
): Found {
  for (let told = clock();;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (clock() - told >= EVERY) {
      told = clock();
      post({ kind: "progress", share: value.share });
    }
  }
}

/** The code of a pool's worker: is prepared once, then does one job after another. */
export function poolWorker<Setup, Job, Result>(
  prepare: (setup: Setup, post: Answer<Result>) => Promise<(job: Job) => Result | Promise<Result>>,
): WorkerBody<ToWorker<Setup, Job>, FromWorker<Result>> {
  return (post) => {
    let work: ((job: Job) => Result | Promise<Result>) | null = null;
    return async (message) => {
      try {
        if (message.kind === "setup") {
          work = await prepare(message.setup, post);
          post({ kind: "ready" });
        } else {
          post({ kind: "done", result: await work!(message.job) });
        }
      } catch (error) {
        post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
      }
    };
  };
}
