/** A message to a worker: first the setup, then jobs one at a time. */
export type ToWorker<Setup, Job> =
  | { readonly kind: "setup"; readonly setup: Setup }
  | { readonly kind: "job"; readonly job: Job };

/** A message from a worker about its current job, or that it wants one. */
export type FromWorker<Result> =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly message: string };

/** What a pool runs. */
export interface PoolOptions<Setup, Job, Result> {
  /** The worker's module. */
  readonly module: URL;
  /** How many workers. */
  readonly workers: number;
  /** What each worker is given first. */
  readonly setup: Setup;
  /** The jobs; each goes to the next free worker. */
  readonly jobs: readonly Job[];
  /** Called with the number of jobs that are done, counting begun ones in part. */
  readonly onProgress?: (done: number) => void;
  /** Called with each result as it arrives; awaited before the pool ends. */
  readonly onResult?: (result: Result, index: number) => Promise<void>;
  /** Ends the pool early, keeping what was done. */
  readonly signal?: AbortSignal;
}

/**
 * Runs jobs over workers. The results stand in the order of the jobs, whichever worker did them and when.
 *
 * @param options Workers, jobs and callbacks.
 * @returns A result per job; undefined for those that an abort left undone.
 * @throws {Error} The first failure of a worker; the others are stopped.
 */
export async function runPool<Setup, Job, Result>(
  options: PoolOptions<Setup, Job, Result>,
): Promise<readonly (Result | undefined)[]> {
  const { jobs, signal } = options;
  const results: (Result | undefined)[] = jobs.map(() => undefined);
  const shares = jobs.map(() => 0);
  const kept: Promise<void>[] = [];
  let next = 0;
  const onShare = (index: number, share: number) => {
    shares[index] = share;
    options.onProgress?.(shares.reduce((sum, value) => sum + value, 0));
  };
  const stop = new AbortController();
  const ended = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;

  /** One worker until no job is left; resolves early when the pool ends. */
  const employ = () =>
    new Promise<void>((resolve, reject) => {
      if (ended.aborted) return resolve();
      const worker = new Worker(options.module, { type: "module" });
      let current = -1;
      const leave = (settle: () => void) => {
        ended.removeEventListener("abort", onAbort);
        worker.terminate();
        settle();
      };
      const onAbort = () => leave(resolve);
      const post = (message: ToWorker<Setup, Job>) => worker.postMessage(message);
      const takeNext = () => {
        if (next >= jobs.length) return leave(resolve);
        current = next++;
        post({ kind: "job", job: jobs[current] });
      };
      ended.addEventListener("abort", onAbort);
      worker.onerror = (event) => {
        event.preventDefault();
        leave(() => reject(new Error(`A worker failed: ${event.message}`)));
      };
      worker.onmessage = ({ data }: MessageEvent<FromWorker<Result>>) => {
        switch (data.kind) {
          case "ready":
            return takeNext();
          case "progress":
            return onShare(current, data.share);
          case "failed":
            return leave(() => reject(new Error(data.message)));
          case "done":
            results[current] = data.result;
            onShare(current, 1);
            if (options.onResult) kept.push(options.onResult(data.result, current));
            takeNext();
        }
      };
      post({ kind: "setup", setup: options.setup });
    });

  try {
    await Promise.all(Array.from({ length: Math.min(options.workers, jobs.length) }, employ));
  } finally {
    stop.abort();
    await Promise.all(kept);
  }
  return results;
}
