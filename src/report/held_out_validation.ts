import type { Dataset } from "../data/mod.ts";
import { type AnyLoss, isJoint, rowLosses, squared } from "../loss/mod.ts";
import { crossValidatedInterval, inUnits, pairedInterval } from "../model/mod.ts";
import type { RidgeChoice } from "../train/mod.ts";
import type { SentenceParts } from "./held_out_sentence.ts";
import { type ValidationReport, validationReport } from "./validation.ts";

/** Targets, and how they were encoded. */
export type EncodedTargets = Pick<Dataset, "standardisation" | "outputs" | "classes" | "targets">;

/** The figure by which models are compared on rows that they were not fitted on. */
export interface HeldOutFigure {
  /** What its mean is called. */
  readonly figure: SentenceParts["figure"];
  /** The figure of each row, from predictions [n, m] and targets [n, m]. */
  readonly of: (p: Float64Array, y: Float64Array) => Float64Array;
  /** Whether the root of the mean is shown. */
  readonly root: boolean;
}

/**
 * The figure of a loss: squared errors in the unit of the target, whose mean has a root, where the loss is squared and there is one output;
 * the loss itself otherwise. Cost of a figure: linear in the rows.
 *
 * @param loss The loss.
 * @param data How the targets were encoded.
 * @returns Its name, and the figure of each row.
 * @example Errors of a target that was standardised are in its unit
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { encodeTable, parseTable, squared } from "@resland/resland";
 * const data = encodeTable(parseTable("x,y\n1,10\n2,30\n", { file: "t.csv" }), { target: "y", targetKind: "number" });
 * const { figure, of } = heldOutFigure(squared, data);
 * const [error] = of(Float64Array.of(0, 0), data.y);
 * assertAlmostEquals(error, 100);
 * console.assert(figure === "RMSE");
 * ```
 */
export function heldOutFigure(loss: AnyLoss, data: EncodedTargets): HeldOutFigure {
  if (loss === squared && data.outputs === 1) {
    const errors = (p: Float64Array, y: Float64Array) => {
      const [told, actual] = [inUnits(data, p), inUnits(data, y)];
      return told.map((value, row) => (value - actual[row]) ** 2);
    };
    return { figure: "RMSE", of: errors, root: true };
  }
  const isLog = isJoint(loss) || loss.target.startsWith("class") && loss.link !== null;
  const losses = (p: Float64Array, y: Float64Array) => rowLosses(loss, p, y, data.outputs);
  return { figure: isLog ? "log-loss" : "loss", of: losses, root: false };
}

/** Predictions [rows, m] of each model on held-out rows. */
export interface HeldOutPredictions {
  /** Of the model. */
  readonly model: Float64Array;
  /** Of the best linear predictor on the training rows. */
  readonly linear: Float64Array;
  /** Of the linear model that regularisation chose; null without one. */
  readonly chosenLinear: Float64Array | null;
  /** The group of each row; rows of a group are not independent. Null for none. */
  readonly groups: readonly string[] | null;
}

/**
 * The model beside linear ones on held-out rows: intervals of the differences of mean losses, by paired t over rows or over groups of them. Squared
 * errors of one output are in the target's unit. Cost: linear in the rows.
 *
 * @param loss The loss that both were fitted with.
 * @param data The held-out rows: targets [rows, m], and how they were encoded.
 * @param found Predictions [rows, m] of each model.
 * @returns The intervals, and the finding in a sentence.
 * @throws {ShapeError} If the predictions do not have an entry per target.
 * @example Half the error of a linear model
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { encodeTable, parseTable, squared } from "@resland/resland";
 * const data = encodeTable(parseTable("x,y\n1,1\n2,2\n3,4\n4,3\n", { file: "t.csv" }), { target: "y", targetKind: "number" });
 * const off = (size: number) => data.y.map((y, row) => y + size * (1 + row / 10));
 * const { sentence } = validateHeldOut(squared, data, { model: off(1), linear: off(2), chosenLinear: null, groups: null });
 * assertStringIncludes(sentence, "Better than linear on held-out rows by 50 %");
 * ```
 */
export function validateHeldOut(loss: AnyLoss, data: Dataset, found: HeldOutPredictions): ValidationReport {
  const { linear, chosenLinear, groups } = found;
  const { weights } = data;
  const { figure, of, root } = heldOutFigure(loss, data);
  const losses = (p: Float64Array) => of(p, data.y);
  const model = losses(found.model);
  const beside = (p: Float64Array) =>
    pairedInterval(model, losses(p), { root, ...groups && { groups }, ...weights && { weights } });
  return validationReport({
    on: "held-out rows",
    figure,
    linear: beside(linear),
    ridge: chosenLinear && distinct(chosenLinear, linear) ? beside(chosenLinear) : null,
  });
}

/** Predictions that differ by no more than the guard against collinear columns does are those of one model. */
const SAME = 1e-4;

const distinct = (a: Float64Array, b: Float64Array): boolean =>
  a.some((value, at) => Math.abs(value - b[at]) > SAME * (1 + Math.abs(value)));

/** What the folds predicted, and which rows each of them left out. */
export interface FoldedPredictions extends Pick<RidgeChoice, "kind" | "linearKind" | "predictions"> {
  /** The targets of the predicted rows [rows, m]. */
  readonly y: Float64Array;
  /** Rows that were predicted, in every partition. */
  readonly rows: number;
  /** The weight of each of them (default: equal ones). */
  readonly weights?: Float64Array;
  /** Folds of each partition. */
  readonly folds: number;
  /** For each partition the positions of each fold's rows. */
  readonly places: readonly (readonly (readonly number[])[])[];
}

/**
 * The model chosen beside linear ones on the rows that the folds left out, by the corrected t over folds; with a single fold by paired t.
 *
 * @param loss The loss that all were fitted with.
 * @param data How targets were encoded.
 * @param found What was predicted for each row left out, by partition.
 * @returns The intervals, and the finding in a sentence.
 * @throws {RangeError} If there are too few folds for an interval.
 * @example Two folds of two rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeTable, parseTable, squared } from "@resland/resland";
 * const data = encodeTable(parseTable("x,y\n1,1\n2,2\n3,4\n4,3\n", { file: "t.csv" }), { target: "y", targetKind: "number" });
 * const [model, linear] = [[data.y.map((y, row) => y + 1 + row / 9)], [data.y.map((y, row) => y + 4 + row / 9)]];
 * const predictions = { chosen: model, linear, chosenLinear: linear };
 * const found = { predictions, y: data.y, kind: "network", linearKind: "linear", places: [[[0, 1], [2, 3]]], rows: 4, folds: 2 } as const;
 * const { figure, linear: beside } = validateFolds(squared, data, found);
 * assertEquals([figure, beside.outcome], ["RMSE", "better"]);
 * ```
 */
export function validateFolds(
  loss: AnyLoss,
  data: EncodedTargets,
  { predictions, y, kind, linearKind, places, rows, folds, weights: ofRows }: FoldedPredictions,
): ValidationReport {
  const { figure, of, root } = heldOutFigure(loss, data);
  /** The losses of one partition after another. */
  const all = (parts: readonly Float64Array[]) => Float64Array.from(parts.flatMap((part) => [...of(part, y)]));
  const positions = places.flatMap((partition, at) => partition.map((fold) => fold.map((place) => at * rows + place)));
  const model = all(predictions.chosen);
  const weights = ofRows && Float64Array.from(model, (_, at) => ofRows[at % rows]);
  const shared = { root, ...weights && { weights } };
  const beside = (other: readonly Float64Array[]) =>
    folds === 1
      ? pairedInterval(model, all(other), shared)
      : crossValidatedInterval(model, all(other), positions, { ...shared, trainingRows: rows - rows / folds });
  return validationReport({
    on: folds === 1 ? "held-out rows" : "cross-validated rows",
    figure,
    linear: beside(predictions.linear),
    ridge: linearKind === "ridge" && kind === "network" ? beside(predictions.chosenLinear) : null,
  });
}
