/**
 * The worker of `compare`: fits a model on the training rows of a fold, its ridge chosen there, and predicts the rows left out.
 *
 * @module
 */
import { type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { lossFromJson, type LossJson } from "../../src/loss/mod.ts";
import { feedForward, type FeedForwardOptions, network } from "../../src/nn/mod.ts";
import {
  fitLinearModels,
  fitNetworkOfFold,
  type FitSettings,
  type Fold,
  type FoldModel,
  type Folds,
} from "../../src/train/mod.ts";
import { poolWorker, runSteps } from "./_pool_worker.ts";

/** The rows of a fold, and how its training rows are divided to choose a ridge. */
export interface ComparedFold extends Fold {
  /** The folds of the training rows. */
  readonly inner: Folds;
}

/** What every job shares, as it crosses to a worker. */
export interface CompareSetup {
  /** The loss. */
  readonly loss: LossJson;
  /** The folds; the last one is all rows. */
  readonly folds: readonly ComparedFold[];
  /** The networks. */
  readonly shapes: readonly FeedForwardOptions[];
  /** How they are trained. */
  readonly settings: FitSettings;
  /** Which kernels. */
  readonly kernels: KernelsName;
}

/** A model of a fold. */
export interface CompareJob {
  /** Which fold. */
  readonly fold: number;
  /** Which network; null for the linear models. */
  readonly shape: number | null;
}

/** What was fitted: the network, or the linear models without a ridge and with one. */
export interface CompareResult extends CompareJob {
  /** The models. */
  readonly models: readonly FoldModel[];
}

/** The inside of the worker. */
export const compareWorker = poolWorker<CompareSetup, CompareJob, CompareResult>(
  async ({ loss: json, folds, shapes, settings, kernels: name }, post) => {
    const [kernels, loss] = [await loadKernels(name), lossFromJson(json)];
    const fit = function* ({ fold: index, shape }: CompareJob) {
      const fold = folds[index];
      if (shape === null) return yield* fitLinearModels(kernels, loss, fold, fold.inner);
      const { training } = fold;
      const d = training.x.cols;
      const net = network(d, feedForward(d, shapes[shape]), { outputs: training.y.length / training.x.rows });
      return [yield* fitNetworkOfFold(kernels, { net, loss, training, heldOut: null, settings }, fold, fold.inner)];
    };
    return (job) => ({ ...job, models: runSteps(fit(job), post) });
  },
);
