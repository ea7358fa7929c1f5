/**
 * The worker of `sweep`: does one training run after another, and posts the outcome of each.
 *
 * @module
 */
import { findBestLinear, type LinearBaseline } from "../../src/baseline/mod.ts";
import type { Dataset } from "../../src/data/mod.ts";
import { type Kernels, type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { type AnyLoss, isJoint, lossFromJson, type LossJson } from "../../src/loss/mod.ts";
import { feedForward, type FeedForwardOptions, network } from "../../src/nn/mod.ts";
import { checkOutcome, fitOutcome, type Outcome, plainOutcome, plainRun } from "../../src/sweep/mod.ts";
import { checkRun, type CheckSettings, type FitSettings, type StartName, type Strengths } from "../../src/train/mod.ts";
import { poolWorker } from "./_pool_worker.ts";
import { clock } from "../io/clock.ts";
import { finish } from "../../src/tensor/internal.ts";

/** Encoded rows, as much of them as a run needs. */
export type SweepRows = Pick<Dataset, "x" | "y" | "outputs" | "intercept">;

/** Rows that several jobs share. */
export interface SweepProblem {
  /** The rows to train on. */
  readonly training: SweepRows;
  /** The held-out rows; null for none. */
  readonly heldOut: SweepRows | null;
  /** The loss. */
  readonly loss: LossJson;
  /** The group of each row to train on, which folds keep together; null for none. */
  readonly groups: readonly string[] | null;
}

/** A job as it crosses to a worker. */
export interface SweepMessage {
  /** Which rows, for the worker to keep; null for rows of this job alone. */
  readonly problem: string | null;
  /** The rows themselves, for a worker that does not have them; else null. */
  readonly data: SweepProblem | null;
  /** Which kernels. */
  readonly kernels: KernelsName;
  /** The shape of f. */
  readonly shape: FeedForwardOptions;
  /** The seed. */
  readonly seed: number;
  /** What is run. */
  readonly run:
    | { readonly kind: "residual"; readonly start: StartName; readonly settings: CheckSettings }
    | { readonly kind: "plain"; readonly settings: CheckSettings }
    | { readonly kind: "fit"; readonly regularise: "auto" | "none" | Strengths; readonly settings: FitSettings };
}

/** What a job found, and how long it took. */
export interface SweepResult {
  /** What it found. */
  readonly outcome: Outcome;
  /** Seconds. */
  readonly seconds: number;
}

/** Rows, and the best linear predictors on them by kernels and radius. */
interface KnownProblem {
  readonly problem: SweepProblem;
  readonly linear: Map<string, LinearBaseline>;
}

/** The worker's code. */
export const sweepWorker = poolWorker<null, SweepMessage, SweepResult>(() => {
  const kernels = new Map<KernelsName, Kernels>();
  const problems = new Map<string, KnownProblem>();
  return Promise.resolve(async (job) => {
    const started = clock();
    const sent = job.data && { problem: job.data, linear: new Map<string, LinearBaseline>() };
    if (sent !== null && job.problem !== null) problems.set(job.problem, sent);
    if (!kernels.has(job.kernels)) kernels.set(job.kernels, await loadKernels(job.kernels));
    const own = kernels.get(job.kernels)!;
    const { problem, linear } = sent ?? problems.get(job.problem!)!;
    const loss = lossFromJson(problem.loss);
    const { radius } = job.run.settings;
    const yardstick = `${job.kernels} ${radius}`;
    if (!linear.has(yardstick)) {
      linear.set(yardstick, finish(findBestLinear(own, loss, problem.training, { radius })));
    }
    const outcome = outcomeOf(own, job, problem, loss, linear.get(yardstick)!);
    return { outcome, seconds: (clock() - started) / 1000 };
  });
});

function outcomeOf(
  kernels: Kernels,
  { shape, seed, run }: SweepMessage,
  { training, heldOut, groups }: SweepProblem,
  loss: AnyLoss,
  linear: LinearBaseline,
): Outcome {
  const d = training.x.cols;
  const net = network(d, feedForward(d, shape), { outputs: training.outputs });
  if (run.kind === "fit") {
    const task = { net, loss, training, heldOut, settings: run.settings };
    const { intercept } = training;
    return finish(fitOutcome(kernels, task, { regularise: run.regularise, intercept, groups, linear }));
  }
  if (isJoint(loss)) throw new TypeError("check has one output, and the target holds three classes or more");
  const task = { net, loss, examples: training, linear, settings: run.settings };
  if (run.kind === "plain") {
    return plainOutcome(linear.value, finish(plainRun(kernels, { ...task, intercept: training.intercept }, seed)));
  }
  return checkOutcome(task, finish(checkRun(kernels, task, { seed, start: run.start })));
}
