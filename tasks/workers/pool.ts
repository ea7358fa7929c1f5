import { startHelpers } from "./kernel_threads.ts";
import type { FromWorker, ToWorker } from "./_messages.ts";
import { type Role, startWorker } from "./start_worker.ts";

/** What a pool runs. */
export interface PoolWork<Setup, Job, Result> {
  /** What each worker is given first. */
  readonly setup: Setup;
  /** The jobs; each goes to the next free worker. */
  readonly jobs: readonly Job[];
  /** Called with the number of jobs that are done, counting begun ones in part. */
  readonly onProgress?: (done: number) => void;
  /** Called with each result as it arrives, and the index of its job; awaited before the work ends. */
  readonly onResult?: (result: Result, index: number) => Promise<void>;
  /** Ends the work early and keeps what was done: the workers are ended in the middle of it. */
  readonly signal?: AbortSignal;
}

/** Workers that load their module while their owner prepares the work; dispose them when it is done or cannot start. */
export interface Pool<Setup, Job, Result> extends Disposable {
  /**
   * Runs jobs, once. The results stand in the order of the jobs, whichever worker did them and when.
   * @returns A result per job; undefined for those that an abort left undone.
   * @throws {Error} The first failure of a worker.
   */
  run(work: PoolWork<Setup, Job, Result>): Promise<readonly (Result | undefined)[]>;

  /**
   * Runs jobs, once, and keeps no result: any number of jobs takes the memory of a few.
   * @throws {Error} The first failure of a worker, or of what is done with a result.
   */
  each(work: PoolWork<Setup, Job, Result>): Promise<void>;
}

/** Resolves after one turn of the event loop. */
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Starts a number of workers, and helpers for those that ask for them. */
export function startPool<Setup, Job, Result>(role: Role, count: number): Pool<Setup, Job, Result> {
  const workers = Array.from({ length: count }, () => startWorker(role));
  const helpers: Disposable[] = [];
  const stop = () => {
    workers.forEach((worker) => worker.terminate());
    helpers.splice(0).forEach((few) => few[Symbol.dispose]());
  };
  const each = async (work: PoolWork<Setup, Job, Result>) => {
    const course: Course<Setup, Job, Result> = {
      ...{ work, workers, helpers, kept: new Set(), next: 0, done: 0, broken: null },
      shares: workers.map(() => 0),
    };
    try {
      await untilDone(course);
    } finally {
      stop();
      await Promise.allSettled(course.kept);
    }
    // The last result may have been kept, or not, after its worker had no job left.
    if (course.broken !== null) throw course.broken.error;
  };
  return {
    async run(work) {
      const results: (Result | undefined)[] = work.jobs.map(() => undefined);
      await each({
        ...work,
        async onResult(result, index) {
          results[index] = result;
          await work.onResult?.(result, index);
        },
      });
      return results;
    },
    each,
    [Symbol.dispose]: stop,
  };
}

/** Work under way. */
interface Course<Setup, Job, Result> {
  readonly work: PoolWork<Setup, Job, Result>;
  readonly workers: readonly Worker[];
  /** Those of all workers. */
  readonly helpers: Disposable[];
  /** How far the jobs in the workers are; those that are done are counted. */
  readonly shares: number[];
  /** What is being done with results. */
  readonly kept: Set<Promise<void>>;
  /** The next job. */
  next: number;
  done: number;
  /** What went wrong with a result. */
  broken: { readonly error: unknown } | null;
}

/** Resolves when no job is left, or at the signal. */
async function untilDone<Setup, Job, Result>(course: Course<Setup, Job, Result>): Promise<void> {
  const { work: { signal }, workers } = course;
  if (signal?.aborted) return;
  const aborted = Promise.withResolvers<void>();
  const leave = () => aborted.resolve();
  signal?.addEventListener("abort", leave, { once: true });
  try {
    const finished = Promise.all(workers.map((worker, index) => employ(course, worker, index)));
    await Promise.race([prepareAll(course).then(() => finished), finished, aborted.promise]);
  } finally {
    signal?.removeEventListener("abort", leave);
  }
}

/** Copies the setup, which may be large, into one worker after another, and lets signals in between. */
async function prepareAll<Setup, Job, Result>(
  { work: { setup, signal }, workers }: Course<Setup, Job, Result>,
): Promise<void> {
  for (const worker of workers) {
    await nextTurn();
    if (signal?.aborted) return;
    worker.postMessage({ kind: "setup", setup } satisfies ToWorker<Setup, Job>);
  }
}

/** One worker, once it is prepared, until no job is left. */
function employ<Setup, Job, Result>(
  course: Course<Setup, Job, Result>,
  worker: Worker,
  index: number,
): Promise<void> {
  const { work: { jobs, onResult }, helpers } = course;
  return new Promise<void>((resolve, reject) => {
    let current = -1;
    const takeNext = () => {
      if (course.next >= jobs.length) return resolve();
      current = course.next++;
      worker.postMessage({ kind: "job", job: jobs[current] } satisfies ToWorker<Setup, Job>);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`A worker failed: ${event.message}`));
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker<Result>>) => {
      switch (data.kind) {
        case "ready":
          return takeNext();
        case "progress":
          return tell(course, index, data.share);
        case "recruit":
          return void helpers.push(startHelpers(data.plan));
        case "failed":
          return reject(new Error(data.message));
        case "done":
          course.done++;
          tell(course, index, 0);
          if (onResult) {
            void keep(course, data.result, current).then(() => course.broken && reject(course.broken.error));
          }
          takeNext();
      }
    };
  });
}

/** How far a worker's job is, and all of them with it. */
function tell<Setup, Job, Result>(
  { work: { onProgress }, shares, done }: Course<Setup, Job, Result>,
  worker: number,
  share: number,
): void {
  shares[worker] = share;
  onProgress?.(shares.reduce((sum, value) => sum + value, done));
}

/** Does with a result what is to be done; what goes wrong is noted. */
function keep<Setup, Job, Result>(
  course: Course<Setup, Job, Result>,
  result: Result,
  index: number,
): Promise<void> {
  const work = course.work.onResult!(result, index);
  course.kept.add(work);
  return work.catch((error) => void (course.broken ??= { error })).finally(() => course.kept.delete(work));
}
