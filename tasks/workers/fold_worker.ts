/**
 * The worker of `fit` that trains on a fold: theta anew, then (W, V) under each ridge, and predicts the rows left out.
 *
 * @module
 */
import { type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { anyLossByName } from "../../src/loss/mod.ts";
import { layerFromJson, type LayerJson, network } from "../../src/nn/mod.ts";
import type { Examples } from "../../src/objective/mod.ts";
import { type FitSettings, networkFold, takeExamples } from "../../src/train/mod.ts";
import type { Vector } from "../../src/tensor/mod.ts";
import { poolWorker, runSteps } from "./_pool_worker.ts";

/** What every fold shares, as it crosses to a worker. */
export interface FoldSetup {
  /** The layer tree, as data. */
  readonly body: LayerJson;
  /** Name of the loss. */
  readonly loss: string;
  /** Rows of all folds. */
  readonly examples: Examples;
  /** Whether the first column of x is the intercept. */
  readonly intercept: boolean;
  /** How theta is trained. */
  readonly settings: FitSettings;
  /** Strengths on x. */
  readonly strengths: readonly number[];
  /** Which kernels. */
  readonly kernels: KernelsName;
}

/** A fold. */
export interface FoldJob {
  /** Its name. */
  readonly name: string;
  /** Rows to train on. */
  readonly training: readonly number[];
  /** Rows to predict. */
  readonly validation: readonly number[];
  /** The linear predictor on the training rows [m, d]. */
  readonly weights: Vector;
  /** Where theta starts from. */
  readonly seed: number;
}

/** The predictions of a fold, for each strength on x and on f. */
export interface FoundFold {
  readonly name: string;
  readonly predictions: readonly (readonly Vector[])[];
}

/** The inside of the worker. */
export const foldWorker = poolWorker<FoldSetup, FoldJob, FoundFold>(
  async ({ body, loss, examples, intercept, settings, strengths, kernels: kind }, post) => {
    const kernels = await loadKernels(kind);
    const net = network(examples.x.cols, layerFromJson(body), { outputs: examples.y.length / examples.x.rows });
    return ({ name, training, validation, weights, seed }) => {
      const rows = {
        training: takeExamples(examples, training),
        validation: takeExamples(examples, validation),
        intercept,
      };
      const task = {
        net,
        loss: anyLossByName(loss),
        training: rows.training,
        heldOut: null,
        settings: { ...settings, seed },
      };
      return { name, predictions: runSteps(networkFold(kernels, task, rows, strengths, { weights }), post) };
    };
  },
);
