import { bestLinear } from "../../src/baseline/mod.ts";
import { type Dtype, type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { createHeadObjective, headSpectrum } from "../../src/landscape/mod.ts";
import { logistic, type Loss, squared } from "../../src/loss/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import type { BenchKernel, BenchReport, BenchStep } from "../../src/report/mod.ts";
import { copyCase, kernelCases } from "./kernel_jobs.ts";
import { timeInTurns, type Timing } from "./measure.ts";
import { budget, giga, stepOf } from "./figures.ts";
import { peakJob, peakOperations } from "./peak.ts";
import { operationsOf, prepareStep, STEP_CASES } from "./step_cases.ts";

const NAMES: readonly KernelsName[] = ["relaxed", "simd", "js"];

const loadAll = () => Promise.all(NAMES.map((name) => loadKernels(name)));

/** The request of a section of the bench; each runs in its own thread with a fresh engine. */
export type Section =
  | { readonly kind: "peak"; readonly dtype: Dtype; readonly quick: boolean }
  | { readonly kind: "kernels"; readonly dtype: Dtype; readonly quick: boolean }
  | { readonly kind: "steps"; readonly dtype: Dtype; readonly quick: boolean }
  | { readonly kind: "rest"; readonly quick: boolean };

/** What each section finds. */
export interface Findings {
  readonly peak: number;
  readonly kernels: readonly BenchKernel[];
  readonly steps: readonly BenchStep[];
  readonly rest: Pick<BenchReport, "bandwidth" | "callOverhead" | "spectrum" | "baseline">;
}

/** Runs a section. */
export async function runSection(section: Section): Promise<Findings[Section["kind"]]> {
  switch (section.kind) {
    case "peak":
      return await measurePeak(section.dtype, section.quick);
    case "kernels":
      return await measureKernels(section.dtype, section.quick);
    case "steps":
      return await measureSteps(section.dtype, section.quick);
    case "rest":
      return await measureRest(section.quick);
  }
}

/** The best of a core, in GFLOP/s. */
async function measurePeak(dtype: Dtype, quick: boolean): Promise<number> {
  const times = timeInTurns([await peakJob(dtype)], 2 * budget(quick));
  return giga(peakOperations(dtype), times.get("peak")!.best);
}

/** Every kernel in one precision, at every size: the implementations and the reference in turns. */
async function measureKernels(dtype: Dtype, quick: boolean): Promise<readonly BenchKernel[]> {
  const peak = await peakJob(dtype);
  const copy = copyCase(CACHE);
  const found: BenchKernel[] = [];
  for (const one of kernelCases(quick)) {
    const sets = await loadAll();
    const jobs = sets.map((kernels) => ({ name: kernels.name, run: one.prepare(kernels, dtype) }));
    const yardstick = one.unit === "flop" ? peak : { name: "peak", run: copy.prepare(sets[0], "f32") };
    const times = timeInTurns([...jobs, yardstick], budget(quick));
    const [work, yard] = one.unit === "flop"
      ? [one.work(0), giga(peakOperations(dtype), times.get("peak")!.best)]
      : [one.work(dtype === "f32" ? 4 : 8), giga(copy.work(4), times.get("peak")!.best)];
    for (const kernels of NAMES) {
      const { best, median, spread } = times.get(kernels)!;
      const speed = giga(work, best);
      const { name, variant, m, n, k } = one;
      found.push({
        ...{ name, variant, dtype, m, n, k, kernels, us: median, best, spread },
        gflops: one.unit === "flop" ? speed : null,
        gbPerSecond: one.unit === "byte" ? speed : null,
        fractionOfPeak: speed / yard,
        ratioToJs: times.get("js")!.best / best,
      });
    }
  }
  return found;
}

/** Whole steps on one thread: the implementations and the peak in turns. */
async function measureSteps(dtype: Dtype, quick: boolean): Promise<readonly BenchStep[]> {
  const peak = await peakJob(dtype);
  const found: BenchStep[] = [];
  for (const one of STEP_CASES) {
    const steps = (await loadAll()).map((kernels) => ({ name: kernels.name, ...prepareStep(one, kernels, dtype) }));
    const times = timeInTurns([...steps, peak], 2 * budget(quick));
    const limit = giga(peakOperations(dtype), times.get("peak")!.best);
    for (const kernels of NAMES) {
      const time = times.get(kernels)!;
      const ratioToJs = times.get("js")!.best / time.best;
      found.push(
        stepOf({ name: one.name, dtype, kernels, workers: 1 }, operationsOf(one), time, limit, ratioToJs, null),
      );
    }
    for (const { batches } of steps) batches[Symbol.dispose]();
  }
  return found;
}

/** Bytes of each side of a copy that stays in the nearest caches, and of one that does not. */
const CACHE = 128 << 10;
const MEMORY = 32 << 20;

async function measureRest(quick: boolean): Promise<Findings["rest"]> {
  return {
    bandwidth: { cache: await bandwidthOf(CACHE, quick), memory: await bandwidthOf(MEMORY, quick) },
    callOverhead: await measureCalls(quick),
    spectrum: await measureSpectrum(quick),
    baseline: await measureBaseline(quick),
  };
}

async function bandwidthOf(bytes: number, quick: boolean): Promise<number> {
  const copy = copyCase(bytes);
  const times = timeInTurns([{ name: "copy", run: copy.prepare(await loadKernels("relaxed"), "f32") }], budget(quick));
  return giga(copy.work(4), times.get("copy")!.best);
}

/** A call with nothing to do. */
async function measureCalls(quick: boolean): Promise<BenchReport["callOverhead"]> {
  const jobs = (await loadAll()).map(({ name, f64 }) => ({ name, run: () => f64.axpy(0, 1, 0, 0) }));
  const times = timeInTurns(jobs, budget(quick));
  return NAMES.map((kernels) => ({ kernels, ns: 1000 * times.get(kernels)!.best }));
}

const sampled = ({ best, median, spread }: Timing) => ({ ms: median / 1000, best: best / 1000, spread });

async function measureSpectrum(quick: boolean): Promise<BenchReport["spectrum"]> {
  const kernels = await loadKernels("relaxed");
  const sizes = [{ d: 10, k: 16, n: 2048 }, { d: 32, k: 64, n: 2048 }, { d: 64, k: 128, n: 2048 }];
  return sizes.map(({ d, k, n }) => {
    const [forX, forF, forY, forHead] = split(key(1), 4);
    const x = { rows: n, cols: d, data: normal(forX, n * d) };
    const f = { rows: n, cols: k, data: normal(forF, n * k).map(Math.tanh) };
    const y = normal(forY, n).map((value) => value < 0 ? -1 : 1);
    const head = normal(forHead, d + d * k).map((value) => 0.1 * value);
    using objective = createHeadObjective(kernels, { x, f, y, loss: logistic });
    const W = { rows: 1, cols: d, data: head.slice(0, d) };
    const point = objective.at({ W, V: { rows: d, cols: k, data: head.slice(d) } });
    const times = timeInTurns(
      [{ name: "spectrum", run: () => void headSpectrum(objective, point) }],
      4 * budget(quick),
    );
    return { d, k, n, ...sampled(times.get("spectrum")!) };
  });
}

async function measureBaseline(quick: boolean): Promise<BenchReport["baseline"]> {
  const kernels = await loadKernels("relaxed");
  const cases: readonly (readonly [Loss, number, number])[] = [
    [squared, 442, 10],
    [logistic, 442, 10],
    [squared, 10_000, 50],
    [logistic, 10_000, 50],
  ];
  return cases.map(([loss, n, d]) => {
    const [forX, forY] = split(key(2), 2);
    const x = { rows: n, cols: d, data: normal(forX, n * d) };
    const noise = normal(forY, n).map((value, i) => value + x.data[i * d]);
    const y = loss.target === "class" ? noise.map((value) => value < 0 ? -1 : 1) : noise;
    const times = timeInTurns(
      [{ name: "fit", run: () => void bestLinear(kernels, loss, { x, y }) }],
      2 * budget(quick),
    );
    return { loss: loss.name, n, d, ...sampled(times.get("fit")!) };
  });
}
