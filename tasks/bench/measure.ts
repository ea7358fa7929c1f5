import { clock } from "../io/clock.ts";

/** Something to time. */
export interface Job {
  /** What the results call it. */
  readonly name: string;
  /** Does the work once. */
  readonly run: () => void;
}

/** How long one run takes, in microseconds. */
export interface Timing {
  /** The fastest sample: what the code can do on an idle machine. */
  readonly best: number;
  /** The middle sample: what the machine let it do. */
  readonly median: number;
  /** The middle half of the samples, as a share of the median. */
  readonly spread: number;
}

/** A sample is as many runs as take about this long [ms]: long against the clock's steps, short against what interrupts. */
const SAMPLE = 0.3;

/**
 * Each job runs this long [ms], or as long as it is sampled if that is less, and this often before it counts: the engine
 * compiles hot code a second time, on another thread.
 */
const WARM_UP = 40;
const WARM_RUNS = 8;

/** But a slow job warms up no longer than this many times what it is sampled for. */
const LONGEST_WARM_UP = 5;

/** Fewest samples of a job, and of one that takes many times what it is sampled for. */
const LEAST = 3;
const LEAST_OF_SLOW = 2;

/**
 * Times jobs in turns, a sample of each per round, so that noise and clock changes affect all of them alike.
 *
 * @param jobs The jobs.
 * @param milliseconds How long each job is sampled; one that is slow gets its fewest samples.
 * @returns The time of one run of each, by name.
 */
export function timeInTurns(jobs: readonly Job[], milliseconds: number): ReadonlyMap<string, Timing> {
  const trials = jobs.map(({ name, run }) => {
    const perRun = warmUp(run, milliseconds);
    return { name, run, repeats: Math.max(1, Math.round(SAMPLE / perRun)), used: 0, samples: [] as number[] };
  });
  for (let open = trials; open.length > 0;) {
    for (const trial of open) {
      const start = clock();
      for (let i = 0; i < trial.repeats; i++) trial.run();
      const took = clock() - start;
      trial.used += took;
      trial.samples.push(1000 * took / trial.repeats);
    }
    open = open.filter(({ used, samples }) =>
      used < milliseconds || samples.length < (used > 10 * milliseconds ? LEAST_OF_SLOW : LEAST)
    );
  }
  return new Map(trials.map(({ name, samples }) => [name, timingOf(samples)]));
}

/** Runs a job until it is warm; returns the milliseconds of a run at the end. */
function warmUp(run: () => void, milliseconds: number): number {
  const [least, most] = [Math.min(WARM_UP, milliseconds), LONGEST_WARM_UP * milliseconds];
  const begun = clock();
  for (let total = 0;;) {
    const start = clock();
    let runs = 0;
    do {
      run();
      runs++;
    } while (clock() - start < SAMPLE);
    const now = clock();
    total += runs;
    if (now - begun >= least && total >= WARM_RUNS || now - begun >= most) return (now - start) / runs;
  }
}

function timingOf(samples: readonly number[]): Timing {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { best: sorted[0], median: at(0.5), spread: (at(0.75) - at(0.25)) / at(0.5) };
}
