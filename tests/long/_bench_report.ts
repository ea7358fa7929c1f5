import { assert, assertEquals } from "@std/assert";
import type { BenchReport } from "../../src/report/mod.ts";

/** Asserts that a report of `bench --quick` has every step, kernel and figure, at positive finite numbers. */
export function assertWhole(report: BenchReport): void {
  assertEquals([report.schema, report.quick], ["resland/bench@1", true]);
  const positive = (values: readonly number[]) => values.every((value) => value > 0 && Number.isFinite(value));
  assert(
    positive([
      ...Object.values(report.peak),
      ...Object.values(report.peakAllCores),
      ...Object.values(report.bandwidth),
    ]),
  );
  for (const dtype of ["f32", "f64"] as const) {
    for (const name of ["relaxed", "simd", "js"] as const) {
      const steps = report.steps.filter((step) => step.dtype === dtype && step.kernels === name && step.workers === 1);
      assertEquals(steps.map((step) => step.case), ["S1", "S2", "S3", "S4"]);
      assert(
        positive(steps.flatMap(({ usPerStep, fractionOfPeak, ratioToJs }) => [usPerStep, fractionOfPeak, ratioToJs!])),
      );
      const kernels = report.kernels.filter((kernel) => kernel.dtype === dtype && kernel.kernels === name);
      assert(
        kernels.some((kernel) => kernel.name === "gemm" && kernel.m === 256 && kernel.n === 256 && kernel.k === 256),
      );
      assert(positive(kernels.flatMap((kernel) => [kernel.us, kernel.fractionOfPeak, kernel.ratioToJs])));
      assert(kernels.every(({ gflops, gbPerSecond }) => (gflops === null) !== (gbPerSecond === null)));
    }
  }
  const { cores } = report.environment;
  assertEquals(report.steps.filter(({ workers }) => workers === cores).length >= (cores > 1 ? 8 : 24), true);
  assert(
    positive(report.spectrum.map(({ ms }) => ms)) &&
      report.spectrum.some(({ d, k, n }) => d === 32 && k === 64 && n === 2048),
  );
  assert(
    positive([
      ...report.baseline.map(({ ms }) => ms),
      report.check.seconds,
      ...report.callOverhead.map(({ ns }) => ns),
    ]),
  );
}
