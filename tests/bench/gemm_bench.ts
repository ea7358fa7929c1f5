/**
 * `deno bench tests/bench/gemm_bench.ts -- f32` (or `f64`, the default): products of every implementation beside as many
 * multiply-adds between registers. One precision a process: the engine's code for the twin gets about twice as slow once
 * it has met both kinds of arrays, and the twin is to be measured at its best.
 *
 * @module
 */
import { everyKernels, product, SHAPES } from "./gemm_shapes.ts";
import { peakRunner } from "./peak.ts";

const peak = await peakRunner();
const every = await everyKernels();
const dtype = Deno.args[0] === "f32" ? "f32" : "f64";

for (const shape of SHAPES) {
  const [name, m, n, k] = shape;
  const group = `${name}_${dtype} ${m} x ${n} x ${k}`;
  // A chunk of the peak is the least it runs: small shapes repeat until they have as many operations.
  const flops = peak(dtype, 2 * m * n * k);
  const repeats = Math.max(1, Math.round(flops / (2 * m * n * k)));
  Deno.bench({ name: `peak, ${group}`, group, baseline: true }, () => void peak(dtype, flops));
  for (const [kernels, set] of every) {
    const run = product(set, dtype, shape);
    Deno.bench({ name: `${kernels}, ${group}`, group }, () => {
      for (let i = 0; i < repeats; i++) run();
    });
  }
}
