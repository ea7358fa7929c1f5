import type { LinearBaseline } from "../baseline/mod.ts";
import { type Claim, type RunResult, type Status, verdictOf } from "../check/mod.ts";
import type { Dataset } from "../data/mod.ts";
import type { Dtype, KernelsName } from "../kernels/mod.ts";
import type { Layer, Network } from "../nn/mod.ts";

/** The machine-readable outcome of a check: `verdict.json` and `check --json`, schema `resland/verdict@1`. */
export interface Verdict {
  /** The schema's name and version. */
  readonly schema: "resland/verdict@1";
  /** The table and how it was read. */
  readonly problem: {
    readonly source: string;
    readonly rows: number;
    readonly features: readonly string[];
    readonly d: number;
    readonly outputs: number;
    readonly loss: string;
    readonly intercept: boolean;
  };
  /** The network. */
  readonly architecture: { readonly k: number; readonly parameters: number; readonly theta: Layer };
  /** The best linear predictor. */
  readonly linear: {
    readonly value: number;
    readonly attained: boolean;
    readonly gradientNorm: number;
    readonly radius: number | null;
    readonly weights: readonly number[];
  };
  /** One entry per seed and start. */
  readonly runs: readonly VerdictRun[];
  /** The statements of the theory, over all recorded points. */
  readonly claims: readonly Claim[];
  /** `fails` if a claim does, else `undecided` if one is, else `holds`. */
  readonly verdict: Status;
  /** Where and with what it was computed. `workers` is how many the machine can run side by side. */
  readonly environment: Environment;
}

/** The two sides of an inequality; null where it does not apply. */
export interface VerdictSides {
  /** The measured side. */
  readonly left: number | null;
  /** What it is at least. */
  readonly right: number | null;
  /** Whether it holds. */
  readonly holds: boolean;
}

/** Where one run ended. */
export interface VerdictRun {
  readonly seed: number;
  readonly start: string;
  readonly steps: number;
  readonly seconds: number;
  readonly value: number | null;
  readonly gap: number | null;
  readonly gradientNorm: number | null;
  readonly lambdaMin: number | null;
  readonly wNorm: number | null;
  readonly vNorm: number | null;
  readonly stationary: boolean;
  readonly certificate: { readonly bound: number | null; readonly holds: boolean };
  readonly features: { readonly value: number | null; readonly gap: number | null };
  readonly theorem1: VerdictSides;
  readonly theorem2: VerdictSides;
  /** The way down, when the run ended above the best linear predictor. */
  readonly escape: { readonly order: "first" | "second"; readonly value: number; readonly drop: number } | null;
  readonly model: string;
}

/** The runtime and the arithmetic. */
export interface Environment {
  readonly deno: string;
  readonly v8: string;
  readonly kernels: KernelsName;
  readonly dtype: Dtype;
  readonly workers: number;
}

/** A run with the time that it took. */
export type TimedRun = RunResult & { readonly seconds: number };

/** The file name of a run's model, such as `seed-1-default.safetensors`. */
export function modelName({ seed, start }: { readonly seed: number; readonly start: string }): string {
  return `seed-${seed}-${start}.safetensors`;
}

/**
 * The verdict of a check. Numbers that are not finite become null.
 *
 * @param parts What was checked and how it came out.
 * @returns The verdict, ready for `JSON.stringify`.
 */
export function makeVerdict(parts: {
  readonly data: Dataset;
  readonly net: Network;
  readonly loss: string;
  readonly linear: LinearBaseline;
  readonly runs: readonly TimedRun[];
  readonly claims: readonly Claim[];
  readonly environment: Environment;
}): Verdict {
  const { data, net, loss, linear, runs, claims, environment } = parts;
  const { source, features, x, intercept } = data;
  return {
    schema: "resland/verdict@1",
    problem: { source, rows: x.rows, features, d: net.d, outputs: net.outputs, loss, intercept },
    architecture: { k: net.k, parameters: net.size, theta: net.theta },
    linear: {
      value: linear.value,
      attained: linear.attained,
      gradientNorm: linear.gradientNorm,
      radius: linear.radius,
      weights: [...linear.weights],
    },
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
  const { seed, start, steps, seconds, escape } = run;
  const end = run.points.at(-1)!;
  const sides = (found: { left: number; right: number; holds: boolean } | null): VerdictSides => ({
    left: finite(found?.left ?? end.gradientNorm),
    right: finite(found?.right ?? null),
    holds: found?.holds ?? true,
  });
  return {
    seed,
    start,
    steps,
    seconds,
    value: finite(end.value),
    gap: finite(end.gap),
    gradientNorm: finite(end.gradientNorm),
    lambdaMin: finite(end.lambdaMin),
    wNorm: finite(end.wNorm),
    vNorm: finite(end.vNorm),
    stationary: end.stationary,
    certificate: { bound: finite(end.certificate.left), holds: end.certificate.holds },
    features: { value: finite(end.features.value), gap: finite(end.features.right) },
    theorem1: sides(end.theorem1),
    theorem2: sides(end.theorem2),
    escape,
    model: modelName(run),
  };
}

/** The number, or null when there is none or it is not finite. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
