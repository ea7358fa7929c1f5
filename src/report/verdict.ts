import type { LinearBaseline } from "../baseline/mod.ts";
import type { DescentEnd, RunResult } from "../train/mod.ts";
import { type Claim, isEvaluated, type Judgement, type Standing, type Status, verdictOf } from "../claims/mod.ts";
import type { Dataset } from "../data/mod.ts";
import type { Dtype, KernelsName } from "../kernels/mod.ts";
import type { LayerJson, Network } from "../nn/mod.ts";
import type { ReportedInterval } from "./certificate.ts";
import { type LinearReport, linearReport } from "./linear.ts";
import { finite } from "./format.ts";

/** The machine-readable outcome of a check: `verdict.json` and `check --json`, schema `resland/verdict@1`. */
export interface Verdict {
  /** The schema's name and version. */
  readonly schema: "resland/verdict@1";
  /** The table and how it was read. */
  readonly problem: {
    /** The file's base name. */
    readonly source: string;
    /** Rows of the table. */
    readonly rows: number;
    /** Names of the features, the intercept left out. */
    readonly features: readonly string[];
    /** Inputs, the intercept included. */
    readonly d: number;
    /** Predictions per row. */
    readonly outputs: number;
    /** Name of the loss. */
    readonly loss: string;
    /** Whether the first input is the constant 1. */
    readonly intercept: boolean;
  };
  /** The network. */
  readonly architecture: { readonly k: number; readonly parameters: number; readonly theta: LayerJson };
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

/** An inequality at a point; where it says nothing, null, and the reason. */
export interface VerdictInequality {
  /** The larger side; for Theorems 3 and A the bound on the gap. */
  readonly left: number | null;
  /** What it is at least. */
  readonly right: number | null;
  /** Whether it holds; null where it says nothing. */
  readonly holds: boolean | null;
  /** Why it says nothing; null where it does. */
  readonly reason: string | null;
}

/** Where one run ended. */
export interface VerdictRun {
  /** The seed. */
  readonly seed: number;
  /** The start. */
  readonly start: string;
  /** Steps of SGD. */
  readonly steps: number;
  /** Time that the run took. */
  readonly seconds: number;
  /** F there. */
  readonly value: number | null;
  /** F less the value of the linear predictor that it is compared with. */
  readonly gap: number | null;
  /** F less the infimum over linear predictors; null where that is not known. */
  readonly infimumGap: number | null;
  /** How F lies to linear: apart by more than rounding, or not. */
  readonly standing: Standing;
  /** Norm of the gradient. */
  readonly gradientNorm: number | null;
  /** The smallest eigenvalue of the Hessian over (w, V): the upper end of its interval. */
  readonly lambdaMin: number | null;
  /** The interval that holds that eigenvalue. */
  readonly lambda: ReportedInterval;
  /** `||w||`. */
  readonly wNorm: number | null;
  /** `||V||`, Frobenius. */
  readonly vNorm: number | null;
  /** Whether it is an epsilon-SOPSP for the epsilon asked for. */
  readonly stationary: boolean;
  /** How the descent over (w, V) ended, and after how many steps. */
  readonly descent: { readonly steps: number; readonly end: DescentEnd };
  /** The convex certificate against the best linear predictor; `holds` is null where the loss is not convex. */
  readonly certificate: { readonly bound: number | null; readonly holds: boolean | null };
  /** min H, the best that the features allow, and the distance to it. */
  readonly features: { readonly value: number | null; readonly gap: number | null };
  /** Theorem 1: gradient norm and its lower bound. */
  readonly theorem1: VerdictInequality;
  /** Theorem 2 at (0, V). */
  readonly theorem2: VerdictInequality;
  /** Theorem 3: the bound on the gap, and the gap. */
  readonly theorem3: VerdictInequality;
  /** Theorem A: the bound on the gap, and the gap. */
  readonly theoremA: VerdictInequality;
  /** The way down, when the run ended above the best linear predictor. */
  readonly escape: { readonly order: "first" | "second"; readonly value: number; readonly drop: number } | null;
  /** File name of the model. */
  readonly model: string;
}

/** The runtime and the arithmetic. */
export interface Environment {
  /** Version of Deno. */
  readonly deno: string;
  /** Version of V8. */
  readonly v8: string;
  /** Which kernels. */
  readonly kernels: KernelsName;
  /** Precision of training. */
  readonly dtype: Dtype;
  /** How many workers the machine can run side by side. */
  readonly workers: number;
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
 * @param parts What was checked and how it came out.
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
  const { source, features, x, intercept } = data;
  return {
    schema: "resland/verdict@1",
    problem: { source, rows: x.rows, features, d: net.d, outputs: net.outputs, loss, intercept },
    architecture: { k: net.k, parameters: net.size, theta: net.body.toJson() },
    linear: linearReport(linear, data),
    runs: runs.map(describe),
    claims: claims.map((claim) => ({
      ...claim,
      measured: finite(claim.measured),
      bound: finite(claim.bound),
    })),
    verdict: verdictOf(claims),
    environment,
  };
}

function describe(run: TimedRun): VerdictRun {
  const { seed, start, steps, seconds, descent, escape } = run;
  const end = run.points.at(-1)!;
  const { inequalities, lambda } = end;
  const certificate = reported(inequalities["convex-certificate"]);
  return {
    seed,
    start,
    steps,
    seconds,
    value: finite(end.value),
    gap: finite(end.gap),
    infimumGap: finite(end.infimumGap),
    standing: end.standing,
    gradientNorm: finite(end.gradientNorm),
    lambdaMin: finite(lambda.upper),
    lambda: { lower: finite(lambda.lower), upper: finite(lambda.upper) },
    wNorm: finite(end.wNorm),
    vNorm: finite(end.vNorm),
    stationary: end.stationary,
    descent,
    certificate: { bound: certificate.left, holds: certificate.holds },
    features: { value: finite(end.featureOptimum.value), gap: finite(end.featureOptimum.gap) },
    theorem1: reported(inequalities["theorem-1"]),
    theorem2: reported(inequalities["theorem-2"]),
    theorem3: reported(inequalities["theorem-3"]),
    theoremA: reported(inequalities["theorem-a"]),
    escape,
    model: modelName(run),
  };
}

const reported = (judgement: Judgement): VerdictInequality =>
  isEvaluated(judgement)
    ? { left: finite(judgement.left), right: finite(judgement.right), holds: judgement.holds, reason: null }
    : { left: null, right: null, holds: null, reason: judgement.outside };
