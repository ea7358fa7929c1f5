import type { Dtype } from "../../src/kernels/mod.ts";
import { moduleBytes } from "../../src/kernels/wasm.ts";

/** Operations in one iteration of `kernels/peak.ts`. */
const OPERATIONS = { f32: 96, f64: 48 } as const;

/** Iterations in one call: short, so that the engine soon swaps in its optimised code. */
const CHUNK = 2000;

/**
 * The yardstick: fused multiply-adds between registers, as many as an operation under test has flops.
 *
 * @returns A function that runs about `flops` operations (at least one chunk) and returns how many it ran.
 */
export async function peakRunner(): Promise<(dtype: Dtype, flops: number) => number> {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65536 });
  const { instance } = await WebAssembly.instantiate(moduleBytes("relaxed"), { env: { memory, abort() {} } });
  const exports = instance.exports as Record<string, (iterations: number) => number>;
  return (dtype, flops) => {
    const chunks = Math.max(1, Math.round(flops / (CHUNK * OPERATIONS[dtype])));
    const peak = exports[`peak_${dtype}`];
    for (let i = 0; i < chunks; i++) peak(CHUNK);
    return chunks * CHUNK * OPERATIONS[dtype];
  };
}

/** Something to measure: runs, and returns how many floating-point operations it did. */
export interface Job {
  /** What the table calls it. */
  readonly name: string;
  /** Runs once; some milliseconds are best. */
  readonly run: () => number;
}

/** Speeds in GFLOP/s. */
export interface Speed {
  /** The fastest round: what the machine can do when nobody else uses it. */
  readonly best: number;
  /** The middle round. */
  readonly median: number;
}

/** Rounds that only warm up: the engine compiles a hot kernel a second time, optimised. */
const WARM = 6;

/** Runs all jobs in turn, round after round, so that noise and clock changes meet all of them. */
export function measure(jobs: readonly Job[], rounds: number): ReadonlyMap<string, Speed> {
  const speeds = new Map<string, number[]>(jobs.map(({ name }) => [name, []]));
  for (let round = -WARM; round < rounds; round++) {
    for (const { name, run } of jobs) {
      const start = performance.now();
      const flops = run();
      if (round >= 0) speeds.get(name)!.push(flops / (performance.now() - start) / 1e6);
    }
  }
  return new Map(
    [...speeds].map((
      [name, all],
    ) => [name, { best: Math.max(...all), median: all.toSorted((a, b) => a - b)[rounds >> 1] }]),
  );
}
