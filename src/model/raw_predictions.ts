import { InputError } from "../data/mod.ts";
import { type AnyLoss, isJoint } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { fromUnits, type Targets } from "./metrics.ts";

/** How predictions were saved: as the loss reads them, as probabilities of the classes, or as values in the target's own unit. */
export type PredictionScale = "logit" | "probability" | "value";

/** Predictions of another program: [rows, cols], row after row. */
export interface SavedPredictions {
  /** Their file, for messages. */
  readonly file: string;
  /** Rows. */
  readonly rows: number;
  /** Columns. */
  readonly cols: number;
  /** The numbers. */
  readonly data: Float64Array | Float32Array;
}

/** Predictions as the loss reads them. */
export interface RawPredictions {
  /** The numbers [rows, outputs], row after row. */
  readonly data: Vector;
  /** How they were read. */
  readonly scale: PredictionScale;
  /** Probabilities of exactly 0 or 1 that were moved by {@linkcode RawPredictions.data}'s least step, since no finite logit has them. */
  readonly clipped: number;
  /** Whether there was a column for each of two classes, of which the second minus the first is taken. */
  readonly pairs: boolean;
}

/** Probabilities are kept this far from 0 and 1: the rounding of float32, in which most are saved. */
const EDGE = 2 ** -24;

/** How far the probabilities of a row may sum from 1: float16 and a division. */
const SUM = 1e-2;

/**
 * Predictions of any program as the loss reads them, the inverse of `readable`: of numbers `(value - mean) / scale` where the target is
 * standardised, and the logarithm of a rate; of two classes the log-odds of the second, from one column or two; of more
 * the logits of each, or the logarithms of their probabilities. Cost: a pass.
 *
 * @param targets How the targets were encoded.
 * @param loss The loss.
 * @param saved The predictions.
 * @param scale How they were saved; null for values of numbers and logits of classes, where it is clear that they are no probabilities.
 * @returns The predictions, and what was done to them.
 * @throws {InputError} If the number of columns does not fit, a number is NaN or infinite, a probability is outside 0 to 1, those of a row do
 * not sum to 1, or it is not clear what they are. It names the row, from 1.
 * @example Probabilities of the second of two classes
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { logistic } from "@resland/resland";
 * const targets = { targets: ["ill"], classes: ["no", "yes"], outputs: 1, standardisation: { x: { mean: [], scale: [] }, y: null } };
 * const saved = { file: "p.npy", rows: 2, cols: 1, data: Float64Array.of(0.5, 0.75) };
 * assertAlmostEquals(rawPredictions(targets, logistic, saved, "probability").data[1], Math.log(3), 1e-15);
 * ```
 */
export function rawPredictions(
  targets: Targets,
  loss: AnyLoss,
  saved: SavedPredictions,
  scale: PredictionScale | null,
): RawPredictions {
  const { classes, outputs: m } = targets;
  const { file, cols, data } = saved;
  const place = (at: number) => `row ${Math.floor(at / cols) + 1}${cols > 1 ? `, column ${at % cols + 1}` : ""}`;
  const refuse = (problem: string): never => {
    throw new InputError(problem, { file });
  };
  const pairs = classes?.length === 2 && cols === 2;
  if (cols !== m && !pairs) {
    const wanted = classes === null
      ? `${m === 1 ? "one column" : `${m} columns, one for each of ${targets.targets.join(", ")}`}`
      : classes.length === 2
      ? `one column, of ${classes[1]}, or two, of ${classes.join(" and ")}`
      : `${m} columns, one for each class: ${classes.join(", ")}`;
    refuse(`the predictions have ${cols} columns; save ${wanted}`);
  }
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    refuse(`the prediction in ${place(wrong)} is ${data[wrong]}; correct the model or leave that row out`);
  }
  if (classes === null && scale === "probability") {
    refuse("the target is a number, which has no probabilities; save values");
  }
  if (classes !== null && scale === "value") refuse("the target has classes; save logits or probabilities");
  const likely = classes !== null && isLikelyProbability(saved, pairs || m > 1);
  if (likely && scale === null) {
    refuse("the predictions lie between 0 and 1: say whether they are logits or probabilities");
  }
  const used = scale ?? (classes === null ? "value" : "logit");
  if (used === "probability") return { ...fromProbabilities(saved, m, pairs, place, refuse, loss), scale: used, pairs };
  const joined = pairs ? differences(data) : Float64Array.from(data);
  return {
    data: used === "value" ? fromValues(targets, loss, joined, place, refuse) : joined,
    scale: used,
    clipped: 0,
    pairs,
  };
}

/** Whether numbers could be probabilities: all from 0 to 1, and where a row has all classes a sum of 1. */
function isLikelyProbability({ rows, cols, data }: SavedPredictions, whole: boolean): boolean {
  if (!data.every((value) => value >= 0 && value <= 1)) return false;
  for (let i = 0; whole && i < rows; i++) {
    if (Math.abs(sumOf(data, i * cols, cols) - 1) > SUM) return false;
  }
  return true;
}

function sumOf(data: ArrayLike<number>, from: number, count: number): number {
  let sum = 0;
  for (let at = from; at < from + count; at++) sum += data[at];
  return sum;
}

/** Of each row of two, the second minus the first. */
function differences(data: ArrayLike<number>): Vector {
  return Float64Array.from({ length: data.length / 2 }, (_, i) => data[2 * i + 1] - data[2 * i]);
}

function fromProbabilities(
  { rows, cols, data }: SavedPredictions,
  m: number,
  pairs: boolean,
  place: (at: number) => string,
  refuse: (problem: string) => never,
  loss: AnyLoss,
): { readonly data: Vector; readonly clipped: number } {
  if (!isJoint(loss) && loss.link === null) refuse(`the loss ${loss.name} knows no probabilities; save scores`);
  const outside = data.findIndex((value) => value < 0 || value > 1);
  if (outside >= 0) refuse(`the prediction in ${place(outside)} is ${data[outside]}, which is not a probability`);
  for (let i = 0; cols > 1 && i < rows; i++) {
    const sum = sumOf(data, i * cols, cols);
    if (Math.abs(sum - 1) > SUM) {
      refuse(`the probabilities in row ${i + 1} sum to ${Number(sum.toPrecision(6))}, not to 1`);
    }
  }
  let clipped = 0;
  const inside = (p: number): number => {
    const kept = Math.min(1 - EDGE, Math.max(EDGE, p));
    if (p === 0 || p === 1) clipped++;
    return p === 0 || p === 1 ? kept : p;
  };
  if (pairs || m > 1) {
    const logs = Float64Array.from(data, (p) => Math.log(inside(p)));
    return { data: pairs ? differences(logs) : logs, clipped };
  }
  return {
    data: Float64Array.from(data, (p) => {
      const q = inside(p);
      return Math.log(q) - Math.log1p(-q);
    }),
    clipped,
  };
}

/** Values in the target's own unit, as the loss reads them. */
function fromValues(
  targets: Targets,
  loss: AnyLoss,
  values: Vector,
  place: (at: number) => string,
  refuse: (problem: string) => never,
): Vector {
  if (targets.standardisation.y !== null) return fromUnits(targets, values);
  if (isJoint(loss) || loss.link === null || loss.link(0.5) === 0.5) return values;
  if (loss.name !== "poisson") {
    refuse(`values of the loss ${loss.name} cannot be read back; save what its link is applied to, the logits`);
  }
  const wrong = values.findIndex((value) => !(value > 0));
  if (wrong >= 0) refuse(`the prediction in ${place(wrong)} is ${values[wrong]}; a rate is above 0`);
  return values.map((value) => Math.log(value));
}
