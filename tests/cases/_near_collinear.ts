import { key, normal, split, uniform } from "../../src/random/mod.ts";

/** The numbers of one table of jobs with their times of start and end. */
export interface JobsOptions {
  /** Rows. */
  readonly rows: number;
  /** Columns of noise beside the two times. */
  readonly extra: number;
  /** Standard deviation of how long a job takes, in seconds; the mean is five times that. */
  readonly deviation: number;
  /** Standard deviation of what is added to the target, in seconds. */
  readonly noise: number;
  /** Where the random numbers come from. */
  readonly seed: number;
}

/** A table of jobs. */
export interface Jobs {
  /** The table, with columns start_ms, end_ms, c0, c1, ... and the target seconds. */
  readonly csv: string;
  /** The target. */
  readonly seconds: readonly number[];
  /** `(end_ms - start_ms) / 1000`: a linear predictor of the target, and but for chance the best. */
  readonly durations: readonly number[];
}

/** 2023-01-01 in milliseconds, and a year of them. */
const NEW_YEAR = 1672531200000;
const YEAR = 365 * 86400 * 1000;

/** Times of start and end in milliseconds, which agree to 8 digits, and a target that is what lies between them. */
export function jobs({ rows, extra, deviation, noise, seed }: JobsOptions): Jobs {
  const [forStart, forDuration, forExtra, forNoise] = split(key(seed), 4);
  const starts = uniform(forStart, rows).map((share) => NEW_YEAR + Math.floor(share * YEAR));
  const took = normal(forDuration, rows).map((draw) => Math.max(1, Math.trunc(1000 * deviation * (5 + draw))));
  const others = normal(forExtra, rows * extra);
  const seconds = Array.from(normal(forNoise, rows), (draw, i) => Number((took[i] / 1000 + noise * draw).toFixed(4)));
  const header = ["start_ms", "end_ms", ...Array.from({ length: extra }, (_, j) => `c${j}`), "seconds"];
  const lines = seconds.map((target, i) => {
    const row = Array.from(others.subarray(i * extra, (i + 1) * extra), (value) => value.toFixed(3));
    return [starts[i], starts[i] + took[i], ...row, target].join(",");
  });
  return {
    csv: `${[header.join(","), ...lines].join("\n")}\n`,
    seconds,
    durations: Array.from(took, (value) => value / 1000),
  };
}
