import type { FromWorker, ToWorker, WorkerBody } from "./_messages.ts";

/** How a worker answers its pool. */
export type Answer<Result> = (message: FromWorker<Result>) => void;

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
