import { createMemory, type Dtype } from "../../src/kernels/mod.ts";
import { moduleBytes } from "../../src/kernels/wasm.ts";
import type { Job } from "./measure.ts";

/** Operations in one iteration of `kernels/peak.ts`. */
const OPERATIONS = { f32: 96, f64: 48 } as const;

/** Iterations in one call: short, so that the engine soon swaps in its optimised code. */
const ITERATIONS = 2000;

/** The reference for the kernels: what one call of {@linkcode peakJob} does. */
export const peakOperations = (dtype: Dtype): number => ITERATIONS * OPERATIONS[dtype];

/** Fused multiply-adds between registers and nothing else: the most that 128-bit vectors can do on this machine. */
export async function peakJob(dtype: Dtype): Promise<Job> {
  const { instance } = await WebAssembly.instantiate(moduleBytes("relaxed"), {
    env: { memory: createMemory().wasm, abort() {} },
  });
  const peak = instance.exports[`peak_${dtype}`] as (iterations: number) => number;
  return { name: "peak", run: () => void peak(ITERATIONS) };
}
