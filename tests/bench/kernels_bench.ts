/**
 * `deno bench --no-prompt tests/bench/kernels_bench.ts -- f32` (or `f64`, the default): every kernel at every size of
 * `deno task bench`, one group per size, the plain-TypeScript twin as the baseline of each. One precision a process: the
 * engine's code for the twin gets about twice as slow once it has met both kinds of arrays.
 */
import { type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { kernelCases } from "../../tasks/bench/kernel_jobs.ts";

const NAMES: readonly KernelsName[] = ["js", "simd", "relaxed"];
const dtype = Deno.args[0] === "f32" ? "f32" : "f64";

for (const one of kernelCases(false)) {
  const group = `${one.name} ${one.variant} ${one.m} x ${one.n} x ${one.k}, ${dtype}`;
  for (const name of NAMES) {
    const run = one.prepare(await loadKernels(name), dtype);
    Deno.bench({ name: `${name}, ${group}`, group, baseline: name === "js" }, run);
  }
}
