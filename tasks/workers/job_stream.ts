import type { FromWorker, ToWorker } from "./_messages.ts";
import { type Role, startWorker } from "./start_worker.ts";

/** A job for a worker, and what it is sent as. */
export interface Sent<Job, Message> {
  /** The job. */
  readonly job: Job;
  /** What the worker gets. */
  readonly message: Message;
}

/** Jobs that come one after another, as many as there are: neither they nor their results are kept. */
export interface StreamWork<Setup, Job, Message, Result> {
  /** What each worker is given first. */
  readonly setup: Setup;
  /**
   * The next job, for a worker that knows some things already (and is to know more); null when there is none any more. A job that fails to be
   * made is reported as failed.
   */
  readonly next: (known: Set<string>) => Promise<Sent<Job, Message> | null>;
  /** Called with each result as it arrives. */
  readonly onDone: (job: Job, result: Result) => void;
  /** Called with each job that failed, and why; the worker goes on, or a new one does. */
  readonly onFailed: (job: Job, message: string) => void;
  /** Ends the work: the workers are ended in the middle of their jobs. */
  readonly signal: AbortSignal;
}

/** Runs a stream of jobs on some workers; resolves when there is no job any more, or at an abort. */
export async function runStream<Setup, Job, Message, Result>(
  role: Role,
  count: number,
  work: StreamWork<Setup, Job, Message, Result>,
): Promise<void> {
  const running = new Set<Worker>();
  let leave = () => {};
  const aborted = new Promise<void>((resolve) => {
    leave = () => resolve();
    if (work.signal.aborted) leave();
    else work.signal.addEventListener("abort", leave, { once: true });
  });
  try {
    await Promise.race([aborted, Promise.all(Array.from({ length: count }, () => serve(role, work, running)))]);
  } finally {
    work.signal.removeEventListener("abort", leave);
    for (const worker of running) worker.terminate();
  }
}

/** One worker after another, each until it breaks; ends with the jobs. */
async function serve<Setup, Job, Message, Result>(
  role: Role,
  { setup, next, onDone, onFailed, signal }: StreamWork<Setup, Job, Message, Result>,
  running: Set<Worker>,
): Promise<void> {
  let worker: Worker | null = null;
  let known = new Set<string>();
  while (!signal.aborted) {
    const sent = await next(known);
    if (sent === null || signal.aborted) break;
    if (worker === null) {
      worker = startWorker(role);
      running.add(worker);
      const answer = await ask<Setup, Message, Result>(worker, { kind: "setup", setup });
      if (answer.kind !== "ready") {
        throw new Error(answer.kind === "done" ? "The worker did a job before it had one" : answer.message);
      }
    }
    const answer = await ask<Setup, Message, Result>(worker, { kind: "job", job: sent.message });
    if (signal.aborted) break;
    if (answer.kind === "done") onDone(sent.job, answer.result);
    else if (answer.kind !== "ready") onFailed(sent.job, answer.message);
    if (answer.kind !== "broken") continue;
    worker.terminate();
    running.delete(worker);
    [worker, known] = [null, new Set<string>()];
  }
  worker?.terminate();
}

/** What came of a message: an answer, or a worker that no longer is. */
type Answer<Result> =
  | Extract<FromWorker<Result>, { readonly kind: "ready" | "done" | "failed" }>
  | { readonly kind: "broken"; readonly message: string };

function ask<Setup, Message, Result>(worker: Worker, message: ToWorker<Setup, Message>): Promise<Answer<Result>> {
  return new Promise((resolve) => {
    worker.onerror = (event) => {
      event.preventDefault();
      resolve({ kind: "broken", message: `the worker failed: ${event.message}` });
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker<Result>>) => {
      if (data.kind === "ready" || data.kind === "done" || data.kind === "failed") resolve(data);
    };
    worker.postMessage(message);
  });
}
