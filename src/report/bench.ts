import type { Dtype, KernelsName } from "../kernels/mod.ts";

/** How reliable a timing is: the time given is the median; the best is what the code can do on an idle machine. */
export interface Sampled {
  /** The fastest sample, in the unit of the figure beside it. */
  readonly best: number;
  /** The middle half of the samples, as a share of the median. */
  readonly spread: number;
}

/** A kernel at a size. */
export interface BenchKernel extends Sampled {
  /** The kernel. */
  readonly name: string;
  /** Which orientation or function; empty where there is one only. */
  readonly variant: string;
  /** Precision. */
  readonly dtype: Dtype;
  /** Rows. */
  readonly m: number;
  /** Columns. */
  readonly n: number;
  /** Terms of a sum, 1 where there is none. */
  readonly k: number;
  /** Which implementation. */
  readonly kernels: KernelsName;
  /** Microseconds of a call. */
  readonly us: number;
  /** GFLOP/s of the best sample; null for kernels that are measured in bytes. */
  readonly gflops: number | null;
  /** GB/s of the best sample, read and written; null for kernels that are measured in operations. */
  readonly gbPerSecond: number | null;
  /** Best sample relative to the best of the reference: multiply-adds between registers, or a copy in the nearest cache. */
  readonly fractionOfPeak: number;
  /** How many times as fast as the `js` kernel, best against best. */
  readonly ratioToJs: number;
}

/** A whole training step. */
export interface BenchStep extends Sampled {
  /** S1 to S4. */
  readonly case: string;
  /** Precision. */
  readonly dtype: Dtype;
  /** Which implementation. */
  readonly kernels: KernelsName;
  /** Threads that share the step. */
  readonly workers: number;
  /** Microseconds of a step. */
  readonly usPerStep: number;
  /** GFLOP/s of the best sample, by the operations that a step needs. */
  readonly gflops: number;
  /** Best sample against the best of the peak of that many cores. */
  readonly fractionOfPeak: number;
  /** How many times as fast as the `js` step on one thread, best against best; null when that was not timed. */
  readonly ratioToJs: number | null;
  /** How many times as fast as one thread, best against best, timed in turns; null for one thread. */
  readonly ratioToOne: number | null;
}

/** What `bench --json` prints. */
export interface BenchReport {
  /** `resland/bench@1`. */
  readonly schema: "resland/bench@1";
  /** When. */
  readonly date: string;
  /** Whether it was the short one. */
  readonly quick: boolean;
  /** On what. */
  readonly environment: {
    readonly deno: string;
    readonly v8: string;
    readonly os: string;
    readonly arch: string;
    readonly cores: number;
  };
  /** GFLOP/s of fused multiply-adds between registers on one core. */
  readonly peak: Readonly<Record<Dtype, number>>;
  /** The same on all cores at once, summed. */
  readonly peakAllCores: Readonly<Record<Dtype, number>>;
  /** GB/s of a copy, read and written: in the nearest caches, and in memory. */
  readonly bandwidth: { readonly cache: number; readonly memory: number };
  /** Nanoseconds of a call that does nothing. */
  readonly callOverhead: readonly { readonly kernels: KernelsName; readonly ns: number }[];
  /** Every kernel. */
  readonly kernels: readonly BenchKernel[];
  /** Every step. */
  readonly steps: readonly BenchStep[];
  /** The exact (w, V) spectrum, f64. */
  readonly spectrum:
    readonly ({ readonly d: number; readonly k: number; readonly n: number; readonly ms: number } & Sampled)[];
  /** The best linear predictor with its certificate, f64. */
  readonly baseline:
    readonly ({ readonly loss: string; readonly n: number; readonly d: number; readonly ms: number } & Sampled)[];
  /** `check` from the command line's arguments to the written files. */
  readonly check: { readonly seeds: number; readonly workers: number; readonly seconds: number };
}
