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
export interface Verdict extends CheckReport {
  /** The schema's name and version. */
  readonly schema: "resland/verdict@1";
  /** One entry per seed and start. */
  readonly runs: readonly VerdictRun[];
  /** Where and with what it was computed. `workers` is how many the machine can run side by side. */
  readonly environment: Environment;
}

/** The outcome of a check as plain data, without clocks and machines. */
export interface CheckReport {
  /** The table and its encoding. */
  readonly problem: ProblemReport;
  /** The network. */
  readonly architecture: ArchitectureReport;
  /** The best linear predictor. */
  readonly linear: LinearReport;
  /** One entry per seed and start. */
  readonly runs: readonly CheckedRun[];
  /** The statements of the theory, over all recorded points. */
  readonly claims: readonly Claim[];
  /** `fails` if a claim does, else `undecided` if one is, else `holds`. */
  readonly verdict: Status;
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
export interface CheckedRun
  extends PointReport, ByTheorem<VerdictInequality>, Omit<RunResult, "points" | "params" | "diverged"> {
  /** File name of the model. */
  readonly model: string;
}

/** The same, with the time that the run took. */
export interface VerdictRun extends CheckedRun {
  /** Seconds. */
  readonly seconds: number;
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
 * import { bestLinear, checkRun, dense, encodeTable, loadKernels, network, parseTable, squared } from "@resland/resland";
 * import { decideAll } from "@resland/resland/claims";
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
export function makeVerdict({ environment, ...parts }: VerdictParts): Verdict {
  const report = checkReport(parts);
  return {
    schema: "resland/verdict@1",
    ...report,
    runs: report.runs.map((run, at) => ({ ...run, seconds: parts.runs[at].seconds })),
    environment,
  };
}

/** What was checked, and the results. */
export interface CheckParts {
  /** The table. */
  readonly data: Dataset;
  /** The network. */
  readonly net: Network;
  /** Name of the loss. */
  readonly loss: string;
  /** The best linear predictor. */
  readonly linear: LinearBaseline;
  /** The runs. */
  readonly runs: readonly RunResult[];
  /** The claims over all of them, such as {@linkcode checkClaims} gives. */
  readonly claims: readonly Claim[];
}

/** The same, with what only the program that ran the check knows. */
export interface VerdictParts extends CheckParts {
  /** The runs. */
  readonly runs: readonly TimedRun[];
  /** Where and with what it was computed. */
  readonly environment: Environment;
}

/**
 * The outcome of a check as plain data. Numbers that are not finite become null.
 *
 * @param parts What was checked, and the results.
 * @returns The outcome, ready for `JSON.stringify`.
 * @example Before the first run
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bestLinear, dense, encodeTable, loadKernels, network, parseTable, squared } from "@resland/resland";
 * const table = parseTable("age,price\n1,2\n2,3\n3,5\n", { file: "prices.csv" });
 * const data = encodeTable(table, { target: "price", targetKind: "standardised" });
 * const linear = bestLinear(await loadKernels("simd"), squared, data);
 * const { problem } = checkReport({ data, net: network(2, dense(2, 2)), loss: "squared", linear, runs: [], claims: [] });
 * assertEquals([problem.source, problem.rows], ["prices.csv", 3]);
 * ```
 */
export function checkReport({ data, net, loss, linear, runs, claims }: CheckParts): CheckReport {
  return {
    problem: problemReport(data, loss, 0, linear),
    architecture: architectureReport(net),
    linear: linearReport(linear, data),
    runs: runs.map(describe),
    claims: claims.map(claimReport),
    verdict: verdictOf(claims),
  };
}

function describe(run: RunResult): CheckedRun {
  const { seed, start, steps, descent, escape, points } = run;
  const end = points.at(-1)!;
  return {
    ...{ seed, start, steps },
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
