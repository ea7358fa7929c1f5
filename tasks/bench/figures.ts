import type { Dtype, KernelsName } from "../../src/kernels/mod.ts";
import type { BenchStep } from "../../src/report/mod.ts";
import type { Timing } from "./measure.ts";

/** Milliseconds that each job is sampled for. */
export const budget = (quick: boolean): number => quick ? 30 : 400;

/** GFLOP/s, or GB/s, of so much work in so many microseconds. */
export const giga = (work: number, microseconds: number): number => work / microseconds / 1000;

/** What is reported of a training step. */
export function stepOf(
  { name, ...names }: {
    readonly name: string;
    readonly dtype: Dtype;
    readonly kernels: KernelsName;
    readonly workers: number;
  },
  operations: number,
  { best, median, spread }: Timing,
  limit: number,
  ratioToJs: number | null,
  ratioToOne: number | null,
): BenchStep {
  const gflops = giga(operations, best);
  return {
    case: name,
    ...names,
    usPerStep: median,
    best,
    spread,
    gflops,
    fractionOfPeak: gflops / limit,
    ratioToJs,
    ratioToOne,
  };
}
