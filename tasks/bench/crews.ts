import { createMemory, type Dtype, type Kernels, loadKernels, type Memory } from "../../src/kernels/mod.ts";
import type { BenchStep } from "../../src/report/mod.ts";
import { budget, stepOf } from "./figures.ts";
import { type Job, timeInTurns } from "./measure.ts";
import { operationsOf, prepareStep, STEP_CASES } from "./step_cases.ts";

/** What steps on all cores are measured with. */
export interface CrewOptions {
  /** Precision. */
  readonly dtype: Dtype;
  /** Threads, the leader's among them. */
  readonly workers: number;
  /** Fewer samples. */
  readonly quick: boolean;
  /** What all cores do at best, in GFLOP/s. */
  readonly limit: number;
  /** Kernels on so many threads. */
  readonly startKernels: (
    name: "relaxed",
    options: { readonly threads: number; readonly memory: Memory; readonly operations: number },
  ) => Promise<Disposable & { readonly kernels: Kernels }>;
}

/** Whole steps on all cores and on one, in turns. Runs where threads may be started. */
export async function measureCrews(
  { dtype, workers, quick, limit, startKernels }: CrewOptions,
): Promise<readonly BenchStep[]> {
  const found: BenchStep[] = [];
  for (const one of STEP_CASES) {
    const alone = prepareStep(one, await loadKernels("relaxed"), dtype);
    const memory = createMemory({ shared: true });
    using shared = await startKernels("relaxed", { threads: workers, memory, operations: Infinity });
    const together = prepareStep(one, shared.kernels, dtype);
    const jobs: readonly Job[] = [{ name: "one", run: alone.run }, { name: "all", run: together.run }];
    const times = timeInTurns(jobs, 3 * budget(quick));
    const [single, all] = [times.get("one")!, times.get("all")!];
    const names = { name: one.name, dtype, kernels: "relaxed", workers } as const;
    found.push(stepOf(names, operationsOf(one), all, limit, null, single.best / all.best));
    alone.batches[Symbol.dispose]();
  }
  return found;
}
