import type { Dataset } from "../../src/data/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import { calibrate, computeMetrics } from "../../src/model/mod.ts";
import { createLinearObjective, createObjective, predictRows } from "../../src/objective/mod.ts";
import {
  architectureReport,
  certificateReport,
  type Comparison,
  comparison,
  type FitReport,
  linearReport,
  problemReport,
  type UnregularisedReport,
  validateHeldOut,
} from "../../src/report/mod.ts";
import { letGo } from "../../src/tensor/mod.ts";
import type { CertifiedPoint } from "../../src/train/mod.ts";
import { clock } from "../io/clock.ts";
import { environmentOf } from "../io/environment.ts";
import { describeEffects } from "./_effects.ts";
import type { FittedModel } from "./_fit_model.ts";
import type { FitPlan } from "./_fit_plan.ts";

/** What was found beside the model: its certificate, its predictions of held-out rows, and the figures of each fold. */
export interface FoundBeside {
  readonly certificate: CertifiedPoint;
  readonly told: Told | null;
  readonly folds: readonly Comparison[] | null;
  /** When the fit began, by the clock. */
  readonly started: number;
}

/** What `fit` reports of a model. */
export function reportOf(
  kernels: Kernels,
  plan: FitPlan,
  fitted: FittedModel,
  { certificate, told, folds, started }: FoundBeside,
): FitReport {
  const { training, heldOut, loss, settings } = plan;
  const { net, result, regularisation, linear, comparator, chosenLinear } = fitted;
  return {
    schema: "resland/fit@1",
    problem: problemReport(training, loss.name, heldOut?.x.rows ?? 0, linear),
    architecture: architectureReport(net),
    linear: linearReport(comparator, training),
    regularisation,
    unregularised: fitted.ridge && unregularised(kernels, plan, fitted),
    ...certificateReport(certificate),
    metrics: {
      training: compareOn(kernels, loss, fitted, training, result.evaluation.predictions),
      heldOut: told && compare(loss, told),
    },
    folds,
    effects: describeEffects(kernels, plan, {
      ...{ net, params: result.params },
      linear: regularisation?.f === null ? null : chosenLinear.weights,
    }),
    validation: told
      ? validateHeldOut(loss, told.data, {
        model: told.network,
        linear: told.linear,
        chosenLinear: told.isRidge ? told.chosenLinear : null,
        groups: plan.heldOutGroups,
      })
      : fitted.validation,
    training: {
      seed: settings.seed,
      epochs: result.history.length,
      keptEpoch: result.epoch,
      diverged: result.diverged,
      descentSteps: result.steps,
      prunedFeatures: result.pruned.length,
      seconds: (clock() - started) / 1000,
    },
    sentence: certificate.sentence,
    model: "model.safetensors",
    environment: environmentOf(plan.kernels, settings.dtype),
  };
}

/** Rows, and predictions of them: of the network (computed where they are not known), of the best linear predictor, and of the linear model that regularisation chose. */
export interface Told {
  readonly data: Dataset;
  readonly network: Float64Array;
  readonly linear: Float64Array;
  readonly chosenLinear: Float64Array;
  /** Whether regularisation chose. */
  readonly isRidge: boolean;
}

/** Predicts the rows of some data. */
export function predictionsOn(
  kernels: Kernels,
  loss: AnyLoss,
  { net, result, linear: best, chosenLinear, ridge }: FittedModel,
  data: Dataset,
  network: Float64Array = predictRows(kernels, net, result.params, data.x).data,
): Told {
  using linear = createLinearObjective(kernels, loss, data);
  return {
    data,
    network,
    linear: linear.project(best.weights),
    chosenLinear: linear.project(chosenLinear.weights),
    isRidge: ridge !== null,
  };
}

/** What held-out rows say of predictions, where no folds did. */
export function calibrateOnHeldOut(loss: AnyLoss, { data, network, chosenLinear }: Told): FittedModel["calibration"] {
  const folds = [Array.from({ length: data.x.rows }, (_, row) => row)];
  const { y, weights } = data;
  const calibrated = (predictions: Float64Array) =>
    calibrate(loss, data, { on: "held-out rows", predictions, y, folds, ...weights && { weights } });
  return { chosen: calibrated(network), linear: calibrated(chosenLinear) };
}

/** The losses without the ridge. */
function unregularised(
  kernels: Kernels,
  { loss, training }: FitPlan,
  { net, result, linear }: FittedModel,
): UnregularisedReport {
  using objective = createObjective(kernels, net, loss, training);
  const value = objective.value(result.params);
  return { value, linear: linear.value, gap: value - linear.value };
}

/** The best linear predictor, the one that regularisation chose, and the network on the same rows. */
function compare(loss: AnyLoss, { data, network, linear, chosenLinear, isRidge }: Told): Comparison {
  const figures = (predictions: Float64Array) => computeMetrics(data, loss, predictions, data.y);
  return comparison(figures(linear), figures(network), isRidge ? figures(chosenLinear) : undefined);
}

/** The same of rows whose predictions nothing else needs; those of the network may be known. */
export function compareOn(
  kernels: Kernels,
  loss: AnyLoss,
  fitted: FittedModel,
  data: Dataset,
  known?: Float64Array,
): Comparison {
  const told = predictionsOn(kernels, loss, fitted, data, known);
  const found = compare(loss, told);
  letGo(told.network, told.linear, told.chosenLinear);
  return found;
}
