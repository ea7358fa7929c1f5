import { createMemory, type Dtype, loadKernels } from "../../src/kernels/mod.ts";
import type { CrewPlan } from "../../src/objective/mod.ts";
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
  /** Starts so many threads, which help with a plan. */
  readonly startHelpers: (count: number) => Disposable & { serve(plan: CrewPlan): Promise<void> };
}

/** Whole steps on all cores and on one, in turns. Runs where threads may be started. */
export async function measureCrews(
  { dtype, workers, quick, limit, startHelpers }: CrewOptions,
): Promise<readonly BenchStep[]> {
  const found: BenchStep[] = [];
  for (const one of STEP_CASES) {
    const alone = prepareStep(one, await loadKernels("relaxed"), dtype);
    const shared = await loadKernels("relaxed", createMemory({ shared: true }));
    using helpers = startHelpers(workers - 1);
    const together = prepareStep(one, shared, dtype, workers);
    // Disposed before the helpers, who would otherwise not hear that it is over.
    using _batches = together.batches;
    await helpers.serve(together.batches.crew!);
    const jobs: readonly Job[] = [{ name: "one", run: alone.run }, { name: "all", run: together.run }];
    const times = timeInTurns(jobs, 3 * budget(quick));
    const [single, all] = [times.get("one")!, times.get("all")!];
    const names = { name: one.name, dtype, kernels: "relaxed", workers } as const;
    found.push(stepOf(names, operationsOf(one), all, limit, null, single.best / all.best));
    alone.batches[Symbol.dispose]();
  }
  return found;
}
