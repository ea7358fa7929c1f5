import { encodeInputs, type Table } from "../data/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { predictRows } from "../objective/mod.ts";
import { type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import { calibratedScores } from "./calibration.ts";
import { readable } from "./metrics.ts";
import type { Model } from "./model.ts";

/** What a model says of the rows of a table. */
export interface Predictions {
  /**
   * Row after row: a number per target in its own unit, or a probability per class; of a loss that knows no probabilities the score
   * of the second class alone.
   */
  readonly values: Matrix;
  /** The predicted class of each row; null for numbers. */
  readonly labels: readonly string[] | null;
}

/**
 * Predicts the rows of a table in the target's own unit. Columns are matched by name.
 *
 * @param kernels The kernels to compute with.
 * @param model The model.
 * @param table The table; a target column may be there or not.
 * @returns A number per target or a probability per class (calibrated where the model has a temperature), and the classes.
 * @throws {InputError} If the table lacks a column of the model, or a value does not fit it.
 * @example The best linear model, y = 2x
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, loadKernels, network, parseTable, squared } from "@resland/resland";
 * const scaling = { mean: [0], scale: [1] };
 * const model = {
 *   net: network(1, dense(1, 1)), params: Float64Array.of(2, 0, 0, 0), loss: squared, features: ["x"],
 *   columns: [{ name: "x", levels: null }], missing: "refuse", targets: ["y"], standardisation: { x: scaling, y: scaling },
 *   intercept: false, classes: null,
 * } as const;
 * const { values } = predictTable(await loadKernels("simd"), model, parseTable("x\n1\n3\n", { file: "new.csv" }));
 * assertEquals([...values.data], [2, 6]);
 * ```
 */
export function predictTable(kernels: Kernels, model: Model, table: Table): Predictions {
  const { net, loss, classes } = model;
  const raw = predictRows(kernels, net, model.params, encodeInputs(table, model));
  const told = readable({ ...model, outputs: net.outputs }, loss, calibratedScores(model, raw.data));
  const rows = Array.from({ length: raw.rows }, (_, i) => told.subarray(i * net.outputs, (i + 1) * net.outputs));
  const values = rows.map((row) => classes === null ? [...row] : probabilities(model, row) ?? [...row]);
  return {
    values: matrix(raw.rows, values[0]?.length ?? net.outputs, values.flat()),
    labels: classes === null ? null : rows.map((row) => label(model, row)),
  };
}

/**
 * The predicted class.
 *
 * @param model The model, of classes.
 * @param told What {@linkcode readable} gives for the row.
 * @returns The class of the largest probability, or by the sign of the score.
 * @throws {TypeError} If the model predicts numbers.
 * @example The second of two
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { logistic } from "@resland/resland";
 * assertEquals(label({ classes: ["no", "yes"], loss: logistic }, Float64Array.of(0.75)), "yes");
 * ```
 */
export function label({ classes, loss }: Pick<Model, "classes" | "loss">, told: Vector): string {
  if (classes === null) throw new TypeError("Cannot name a class: the model predicts numbers");
  if (classes.length > 2) return classes[told.indexOf(Math.max(...told))];
  return classes[told[0] > (loss.link === null ? 0 : 0.5) ? 1 : 0];
}

/**
 * The probability of each class.
 *
 * @param model The model, of classes.
 * @param told What {@linkcode readable} gives for the row.
 * @returns One per class; null where the loss knows no probabilities.
 * @example Of two classes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { logistic } from "@resland/resland";
 * assertEquals(probabilities({ classes: ["no", "yes"], loss: logistic }, Float64Array.of(0.75)), [0.25, 0.75]);
 * ```
 */
export function probabilities(
  { classes, loss }: Pick<Model, "classes" | "loss">,
  told: Vector,
): readonly number[] | null {
  if (classes !== null && classes.length > 2) return [...told];
  return loss.link === null ? null : [1 - told[0], told[0]];
}
