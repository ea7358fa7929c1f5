import { startHelpers } from "./crew.ts";
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

/** Starts a number of workers, each of `threads` threads: the worker itself, and helpers for the jobs that recruit them. */
export function startPool<Setup, Job, Result>(role: Role, count: number, threads = 1): Pool<Setup, Job, Result> {
  const workers = Array.from({ length: count }, () => startWorker(role));
  const helpers = workers.map(() => startHelpers(threads - 1));
  const stop = () => {
    workers.forEach((worker) => worker.terminate());
    helpers.forEach((few) => few[Symbol.dispose]());
  };
  return {
    async run(work) {
      const results: (Result | undefined)[] = work.jobs.map(() => undefined);
      const onResult = async (result: Result, index: number) => {
        results[index] = result;
        await work.onResult?.(result, index);
      };
      await this.each({ ...work, onResult });
      return results;
    },
    async each({ setup, jobs, onProgress, onResult, signal }) {
      /** How far the jobs in the workers are; those that are done are counted. */
      const shares = workers.map(() => 0);
      const kept = new Set<Promise<void>>();
      let [next, done] = [0, 0];
      let broken: { readonly error: unknown } | null = null;
      const onShare = (worker: number, share: number) => {
        shares[worker] = share;
        onProgress?.(shares.reduce((sum, value) => sum + value, done));
      };
      const keep = (result: Result, index: number) => {
        const work = onResult!(result, index);
        kept.add(work);
        return work.catch((error) => void (broken ??= { error })).finally(() => kept.delete(work));
      };

      /** One worker, once it is prepared, until no job is left. */
      const employ = (worker: Worker, index: number) =>
        new Promise<void>((resolve, reject) => {
          let current = -1;
          const takeNext = () => {
            if (next >= jobs.length) return resolve();
            current = next++;
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
                return onShare(index, data.share);
              case "recruit":
                return void helpers[index].serve(data.plan).catch(reject);
              case "failed":
                return reject(new Error(data.message));
              case "done":
                done++;
                onShare(index, 0);
                if (onResult) void keep(data.result, current).then(() => broken && reject(broken.error));
                takeNext();
            }
          };
        });

      let leave = () => {};
      const aborted = new Promise<void>((resolve) => {
        leave = () => resolve();
        signal?.addEventListener("abort", leave, { once: true });
      });
      /** Copies the setup, which may be large, into one worker after another, and lets signals in between. */
      const prepareAll = async () => {
        for (const worker of workers) {
          await nextTurn();
          if (signal?.aborted) return;
          worker.postMessage({ kind: "setup", setup } satisfies ToWorker<Setup, Job>);
        }
      };
      try {
        if (!signal?.aborted) {
          const finished = Promise.all(workers.map(employ));
          await Promise.race([prepareAll().then(() => finished), finished, aborted]);
        }
      } finally {
        signal?.removeEventListener("abort", leave);
        stop();
        await Promise.allSettled(kept);
      }
      // The last result may have been kept, or not, after its worker had no job left.
      if (broken !== null) throw (broken as { readonly error: unknown }).error;
    },
    [Symbol.dispose]: stop,
  };
}
