import type { Dataset } from "../../src/data/mod.ts";
import { type AnyLoss, isJoint, rowLosses, squared } from "../../src/loss/mod.ts";
import { crossValidatedInterval, pairedInterval } from "../../src/model/mod.ts";
import { type ValidationReport, validationReport } from "../../src/report/mod.ts";
import type { Vector } from "../../src/tensor/mod.ts";
import type { RidgeChoice } from "../../src/train/mod.ts";

/** Targets, and how they were encoded. */
type Encoded = Pick<Dataset, "standardisation" | "outputs" | "classes">;

/** What a mean loss is called, and what a loss is multiplied by for it: squared errors in the unit of the target have a root. */
function figureOf(loss: AnyLoss, { standardisation: { y }, outputs }: Encoded) {
  if (loss === squared && outputs === 1) {
    return { figure: "RMSE", factor: 2 * (y?.scale[0] ?? 1) ** 2, root: true } as const;
  }
  const isLog = isJoint(loss) || loss.target.startsWith("class") && loss.link !== null;
  return { figure: isLog ? "log-loss" : "loss", factor: 1, root: false } as const;
}

/** Predictions [rows, m] of each model on held-out rows. */
export interface HeldOutPredictions {
  readonly model: Vector;
  readonly linear: Vector;
  /** Of the linear model that regularisation chose; null without one. */
  readonly chosenLinear: Vector | null;
  /** The group of each row; rows of a group are not independent. Null for none. */
  readonly groups: readonly string[] | null;
}

/** The model beside linear ones on held-out rows, by paired t. */
export function validateHeldOut(loss: AnyLoss, data: Dataset, found: HeldOutPredictions): ValidationReport {
  const { linear, chosenLinear, groups } = found;
  const { figure, factor, root } = figureOf(loss, data);
  const losses = (p: Vector) => rowLosses(loss, p, data.y, data.outputs).map((one) => factor * one);
  const model = losses(found.model);
  const beside = (p: Vector) => pairedInterval(model, losses(p), { root, ...groups && { groups } });
  return validationReport({
    on: "held-out rows",
    figure,
    linear: beside(linear),
    ridge: chosenLinear && distinct(chosenLinear, linear) ? beside(chosenLinear) : null,
  });
}

/** Predictions that differ by no more than the guard against collinear columns does are those of one model. */
const SAME = 1e-4;

const distinct = (a: Vector, b: Vector): boolean =>
  a.some((value, at) => Math.abs(value - b[at]) > SAME * (1 + Math.abs(value)));

/** The model chosen beside linear ones on the rows that the folds left out, by the corrected t over folds. */
export function validateFolds(
  loss: AnyLoss,
  data: Encoded,
  { losses, kind, linearKind, places, rows, folds }: Pick<RidgeChoice, "kind" | "linearKind" | "losses"> & {
    /** Rows that were predicted, in every partition. */
    readonly rows: number;
    /** Folds of each partition. */
    readonly folds: number;
    /** For each partition the positions of each fold's rows. */
    readonly places: readonly (readonly (readonly number[])[])[];
  },
): ValidationReport {
  const { figure, factor, root } = figureOf(loss, data);
  /** The losses of one partition after another. */
  const all = (parts: readonly Vector[]) =>
    Float64Array.from(parts.flatMap((part) => Array.from(part, (one) => factor * one)));
  const positions = places.flatMap((partition, at) => partition.map((fold) => fold.map((place) => at * rows + place)));
  const model = all(losses.chosen);
  const beside = (other: readonly Vector[]) =>
    folds === 1
      ? pairedInterval(model, all(other), { root })
      : crossValidatedInterval(model, all(other), positions, { root, trainingRows: rows - rows / folds });
  return validationReport({
    on: folds === 1 ? "held-out rows" : "cross-validated rows",
    figure,
    linear: beside(losses.linear),
    ridge: linearKind === "ridge" && kind === "network" ? beside(losses.chosenLinear) : null,
  });
}
