import type { BenchKernel, BenchReport } from "../../src/report/mod.ts";

/** A small bench, made up: the numbers are round so that what becomes of them can be told by heart. */
export function benchReport(): BenchReport {
  const sampled = { best: 1, spread: 0.25 };
  const kernel = (kernels: BenchKernel["kernels"], gflops: number): BenchKernel => ({
    ...{ name: "gemm", variant: "NN", dtype: "f32", m: 64, n: 64, k: 32, kernels, us: 2, ...sampled },
    ...{ gflops, gbPerSecond: null, fractionOfPeak: gflops / 50, ratioToJs: gflops / 2.5 },
  });
  const step = { case: "S2", dtype: "f32", kernels: "relaxed", ...sampled, usPerStep: 70, gflops: 30 } as const;
  return {
    schema: "resland/bench@1",
    date: "2026-01-02T03:04:05.678Z",
    quick: true,
    environment: { deno: "2.9.6", v8: "15.0", os: "linux", arch: "x86_64", cores: 2 },
    peak: { f32: 50, f64: 25 },
    peakAllCores: { f32: 100, f64: 50 },
    bandwidth: { cache: 100, memory: 20 },
    callOverhead: [{ kernels: "js", ns: 40 }],
    kernels: [kernel("relaxed", 40), kernel("simd", 30), kernel("js", 2.5)],
    steps: [
      { ...step, workers: 1, fractionOfPeak: 0.6, ratioToJs: 12, ratioToOne: null },
      { ...step, workers: 2, fractionOfPeak: 0.3, ratioToJs: null, ratioToOne: 1.5 },
    ],
    spectrum: [{ d: 32, k: 64, n: 2048, ms: 4, ...sampled }],
    baseline: [{ loss: "squared", n: 442, d: 10, ms: 0.5, ...sampled }],
    check: { seeds: 2, workers: 2, seconds: 1.5 },
  };
}
