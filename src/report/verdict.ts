import type { LinearBaseline } from "../baseline/mod.ts";
import type { RunResult } from "../train/mod.ts";
import { type Claim, isEvaluated, type Judgement, type Status, verdictOf } from "../claims/mod.ts";
import type { Dataset } from "../data/mod.ts";
import type { Network } from "../nn/mod.ts";
import { type LinearReport, linearReport } from "./linear.ts";
import { plain } from "./plain.ts";
import { type ByTheorem, byTheorem, claimReport, type PointReport, pointReport } from "./point_report.ts";
import {
  type ArchitectureReport,
  architectureReport,
  type Environment,
  type ProblemReport,
  problemReport,
} from "./problem.ts";

/** The machine-readable outcome of a check: `verdict.json` and `check --json`, schema `resland/verdict@1`. */
export interface Verdict {
  /** The schema's name and version. */
  readonly schema: "resland/verdict@1";
  /** The table and its encoding. */
  readonly problem: ProblemReport;
  /** The network. */
  readonly architecture: ArchitectureReport;
  /** The best linear predictor. */
  readonly linear: LinearReport;
  /** One entry per seed and start. */
  readonly runs: readonly VerdictRun[];
  /** The statements of the theory, over all recorded points. */
  readonly claims: readonly Claim[];
  /** `fails` if a claim does, else `undecided` if one is, else `holds`. */
  readonly verdict: Status;
  /** Where and with what it was computed. `workers` is how many the machine can run side by side. */
  readonly environment: Environment;
}

/** An inequality at a point; null, with the reason, when it does not apply. */
export interface VerdictInequality {
  /** The larger side; for Theorems 3 and A the bound on the gap. */
  readonly left: number | null;
  /** What it is at least. */
  readonly right: number | null;
  /** Whether it holds; null when it does not apply. */
  readonly holds: boolean | null;
  /** Why it does not apply; null when it does. */
  readonly reason: string | null;
}

/** Where one run ended. */
export interface VerdictRun
  extends PointReport, ByTheorem<VerdictInequality>, Omit<TimedRun, "points" | "params" | "diverged"> {
  /** File name of the model. */
  readonly model: string;
}

/** A run with the time that it took. */
export type TimedRun = RunResult & { readonly seconds: number };

/**
 * The file name of a run's model, such as `seed-1-default.safetensors`.
 *
 * @example A seed and a start
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(modelName({ seed: 1, start: "zero" }), "seed-1-zero.safetensors");
 * ```
 */
export function modelName({ seed, start }: { readonly seed: number; readonly start: string }): string {
  return `seed-${seed}-${start}.safetensors`;
}

/**
 * The verdict of a check. Numbers that are not finite become null.
 *
 * @param parts What was checked, and the results.
 * @returns The verdict, ready for `JSON.stringify`.
 * @example One short run
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bestLinear, checkRun, decideAll, dense, encodeTable, loadKernels, network, parseTable, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const table = parseTable("age,price\n1,2\n2,3\n3,5\n", { file: "prices.csv" });
 * const data = encodeTable(table, { target: "price", targetKind: "standardised" });
 * const linear = bestLinear(kernels, squared, data);
 * const settings = {
 *   epochs: 2, batch: 3, learningRate: 0.1, epsilon: 1e-6, descend: true, dtype: "f64", radius: 100, penalty: null, ball: null,
 * } as const;
 * const net = network(2, dense(2, 2));
 * const run = checkRun(kernels, { net, loss: squared, examples: data, linear, settings }, { seed: 1, start: "default" });
 * let step = run.next();
 * while (!step.done) step = run.next();
 * const runs = [{ ...step.value, seconds: 0.1 }];
 * const { points } = step.value;
 * const claims = decideAll({ points, ends: points.slice(-1), loss: squared, linear, outputs: 1, inputs: 2, promised: true });
 * const environment = { deno: "2.9.6", v8: "15.0", kernels: "simd", dtype: "f64", workers: 2 } as const;
 * const verdict = makeVerdict({ data, net, loss: "squared", linear, runs, claims, environment });
 * assertEquals([verdict.verdict, verdict.runs[0].model], ["holds", "seed-1-default.safetensors"]);
 * ```
 */
export function makeVerdict(parts: {
  /** The table. */
  readonly data: Dataset;
  /** The network. */
  readonly net: Network;
  /** Name of the loss. */
  readonly loss: string;
  /** The best linear predictor. */
  readonly linear: LinearBaseline;
  /** The runs. */
  readonly runs: readonly TimedRun[];
  /** The claims over all of them, such as {@linkcode decideAll} gives. */
  readonly claims: readonly Claim[];
  /** Where and with what it was computed. */
  readonly environment: Environment;
}): Verdict {
  const { data, net, loss, linear, runs, claims, environment } = parts;
  return {
    schema: "resland/verdict@1",
    problem: problemReport(data, loss, 0),
    architecture: architectureReport(net),
    linear: linearReport(linear, data),
    runs: runs.map(describe),
    claims: claims.map(claimReport),
    verdict: verdictOf(claims),
    environment,
  };
}

function describe(run: TimedRun): VerdictRun {
  const { seed, start, steps, seconds, descent, escape, points } = run;
  const end = points.at(-1)!;
  return {
    ...{ seed, start, steps, seconds },
    ...pointReport(end),
    ...byTheorem(end, reported),
    descent,
    escape,
    model: modelName(run),
  };
}

const reported = (one: Judgement): VerdictInequality =>
  isEvaluated(one)
    ? plain({ left: one.left, right: one.right, holds: one.holds, reason: null })
    : { left: null, right: null, holds: null, reason: one.outside };
