import { computeMetrics, encodeModel } from "../../src/model/mod.ts";
import type { Dataset } from "../../src/data/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import { createLinearObjective, createObjective } from "../../src/objective/mod.ts";
import {
  architectureReport,
  certificateReport,
  type Comparison,
  comparison,
  type FitReport,
  givenRegularisation,
  linearReport,
  problemReport,
  validateHeldOut,
  type ValidationReport,
} from "../../src/report/internal.ts";
import type { Prepared } from "./prepare.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./settings.ts";

/** A model file of the residual network as it is. */
export function modelFile(
  { training, heldOut, loss, rows }: Prepared,
  session: Session,
  settings: Settings,
): Uint8Array {
  const { valid: share, seed } = settings;
  const { ridge } = session;
  const split = heldOut === null ? {} : { split: { share, seed, rows } };
  return encodeModel({
    ...training,
    net: session.net,
    params: session.params(),
    loss,
    ...split,
    ...ridge && { ridge: { x: ridge.x, f: ridge.f } },
  });
}

/** The loss without its ridge. */
function unregularised(kernels: Kernels, { training, loss }: Prepared, { net, linear, params }: Session) {
  using objective = createObjective(kernels, net, loss, training);
  const value = objective.value(params());
  return { value, linear: linear.value, gap: value - linear.value };
}

/** The network beside linear ones on the held-out rows. */
function onHeldOut(kernels: Kernels, loss: AnyLoss, session: Session, data: Dataset): ValidationReport {
  using objective = createObjective(kernels, session.net, loss, data);
  using line = createLinearObjective(kernels, loss, data);
  return validateHeldOut(loss, data, {
    model: objective.predict(session.params()),
    linear: line.project(session.linear.weights),
    chosenLinear: session.ridge === null ? null : line.project(session.comparator.weights),
    groups: null,
  });
}

/** What `fit` writes as verdict.json, of the residual network as it is. */
export function verdictReport(kernels: Kernels, prepared: Prepared, session: Session, settings: Settings): FitReport {
  const { training, heldOut, loss } = prepared;
  const { net, linear, comparator, ridge } = session;
  const found = session.certify();
  const result = session.result();
  const epochs = session.epoch();
  const compare = (data: Dataset): Comparison => {
    using objective = createObjective(kernels, net, loss, data);
    using line = createLinearObjective(kernels, loss, data);
    const figures = (predictions: Float64Array) => computeMetrics(data, loss, predictions, data.y);
    const ridged = ridge === null ? undefined : figures(line.project(comparator.weights));
    return comparison(figures(line.project(linear.weights)), figures(objective.predict(session.params())), ridged);
  };
  return {
    schema: "resland/fit@1",
    problem: problemReport(training, loss.name, heldOut?.x.rows ?? 0, linear),
    architecture: architectureReport(net),
    linear: linearReport(comparator, training),
    regularisation: ridge && givenRegularisation(ridge),
    unregularised: ridge && unregularised(kernels, prepared, session),
    ...certificateReport(found),
    metrics: { training: compare(training), heldOut: heldOut && compare(heldOut) },
    folds: null,
    validation: heldOut && onHeldOut(kernels, loss, session, heldOut),
    training: {
      seed: settings.seed,
      epochs,
      keptEpoch: result?.epoch ?? epochs,
      diverged: session.diverged().residual,
      descentSteps: result?.steps ?? 0,
      prunedFeatures: result?.pruned?.length ?? 0,
      seconds: 0,
    },
    sentence: found.sentence,
    model: "model.safetensors",
    environment: { deno: "none, in a browser", v8: "unknown", kernels: kernels.name, dtype: "f64", workers: 1 },
  };
}
