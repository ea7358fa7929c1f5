/**
 * `deno bench --no-prompt --allow-read tests/bench/steps_bench.ts -- f32` (or `f64`, the default): the training steps S1 to
 * S4 of `deno task bench`, the plain-TypeScript twin as the baseline, and `relaxed` shared by all cores.
 */
import { createMemory, type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { startKernels } from "../../tasks/workers/kernel_threads.ts";
import { prepareStep, STEP_CASES } from "../../tasks/bench/step_cases.ts";

const NAMES: readonly KernelsName[] = ["js", "simd", "relaxed"];
const dtype = Deno.args[0] === "f32" ? "f32" : "f64";
const cores = navigator.hardwareConcurrency;

for (const one of STEP_CASES) {
  const group = `${one.name}, ${dtype}`;
  for (const name of NAMES) {
    const { run } = prepareStep(one, await loadKernels(name), dtype);
    Deno.bench({ name: `${name}, ${group}`, group, baseline: name === "js" }, run);
  }
  if (cores > 1) {
    const memory = createMemory({ shared: true });
    const { kernels } = await startKernels("relaxed", { threads: cores, memory, operations: Infinity });
    const { run } = prepareStep(one, kernels, dtype);
    Deno.bench({ name: `relaxed on ${cores} threads, ${group}`, group }, run);
  }
}
