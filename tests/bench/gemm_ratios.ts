/**
 * `deno run tests/bench/gemm_ratios.ts [f32|f64] [rounds]`: the speed of every product as a fraction of the machine's
 * peak, best (median) of interleaved rounds, as a Markdown table. One precision a process, as in `gemm_bench.ts`.
 *
 * @module
 */
import type { Kernels } from "../../src/kernels/mod.ts";
import { everyKernels, product, type Shape, SHAPES } from "./gemm_shapes.ts";
import { type Job, measure, peakRunner } from "./peak.ts";

/** Operations in one round of a job: about half a millisecond. */
const ROUND = 2.5e7;

const dtype = Deno.args[0] === "f32" ? "f32" : "f64";
const rounds = Number(Deno.args[1] ?? 25);
const peak = await peakRunner();
const every = await everyKernels();

function job(name: string, kernels: Kernels, shape: Shape): Job {
  const run = product(kernels, dtype, shape);
  const [, m, n, k] = shape;
  const repeats = Math.max(1, Math.round((kernels.name === "js" ? ROUND / 10 : ROUND) / (2 * m * n * k)));
  return {
    name,
    run: () => {
      let flops = 0;
      for (let i = 0; i < repeats; i++) flops += run();
      return flops;
    },
  };
}

const jobs = SHAPES.flatMap((shape) =>
  [...every].map(([name, kernels]) => job(`${name} ${shape.join(" ")}`, kernels, shape))
);
const speeds = measure([...jobs, { name: "peak", run: () => peak(dtype, ROUND) }], rounds);
const limit = speeds.get("peak")!;
console.log(`${dtype}: peak ${limit.best.toFixed(1)} GFLOP/s (median ${limit.median.toFixed(1)})\n`);
console.log("| product | m x n x k | relaxed | simd | js |\n| --- | --- | --- | --- | --- |");
for (const shape of SHAPES) {
  const cells = [...every.keys()].map((name) => {
    const { best, median } = speeds.get(`${name} ${shape.join(" ")}`)!;
    return `${(best / limit.best).toFixed(2)} (${(median / limit.median).toFixed(2)})`;
  });
  console.log(`| ${shape[0]} | ${shape.slice(1).join(" x ")} | ${cells.join(" | ")} |`);
}
