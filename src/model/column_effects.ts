import type { Dataset } from "../data/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import { fold, type Key, permutation } from "../random/mod.ts";
import { letGo, type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import { type ColumnImportance, permutationImportance } from "./importance.ts";
import { readable } from "./metrics.ts";
import { partialDependence } from "./partial_dependence.ts";

/** How the mean predictions of a model and of a linear one depend on a column. */
export interface ColumnDependence {
  /** The name of the column. */
  readonly name: string;
  /** The values that were set: numbers in the column's unit, or its categories. */
  readonly values: readonly number[] | readonly string[];
  /** The mean prediction of the model at each of them [values, outputs], in the target's unit. */
  readonly model: Matrix;
  /** That of the linear model; null without one. */
  readonly linear: Matrix | null;
}

/** What a model reads of which column. */
export interface ColumnEffects {
  /** How many rows were used. */
  readonly rows: number;
  /** Permutation importance of every column, the largest first. */
  readonly importance: readonly ColumnImportance[];
  /** Partial dependence on the most important columns. */
  readonly dependence: readonly ColumnDependence[];
}

/** Raw predictions [rows, outputs] of inputs, in an array of their own each time, which is freed once it has been read. */
export interface Predictors {
  /** Of the model. */
  readonly model: (x: Matrix) => Vector;
  /** Of the linear model beside it; null for none. */
  readonly linear: ((x: Matrix) => Vector) | null;
}

/** Options of {@linkcode columnEffects}. */
export interface EffectsOptions {
  /** Up to how many rows, picked at random (default 2,000). */
  readonly rows?: number;
  /** Of how many columns the dependence is computed (default 6). */
  readonly columns?: number;
}

/**
 * Permutation importance of every column, and partial dependence on the most important ones, of a model beside a linear one, on no more than some rows. Best on
 * rows that the model was not fitted on. Cost: 5 predictions of the rows for each column, and 20 for each of `columns`.
 *
 * @param predictors Raw predictions.
 * @param data The rows.
 * @param loss The loss.
 * @param from Where the randomness comes from.
 * @param options `rows` (default 2,000) and `columns` (default 6).
 * @returns Importance and dependence; of a column that the model does not need there is no dependence.
 * @throws {RangeError} If there is no row.
 * @example A model that reads one of two columns
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeTable, key, parseTable, squared } from "@resland/resland";
 * const data = encodeTable(parseTable("a,b,y\n1,5,2\n2,3,4\n3,1,6\n", { file: "t.csv" }), { target: "y", targetKind: "number" });
 * const model = ({ data }: { data: Float64Array }) => data.filter((_, at) => at % 3 === 1);
 * const { importance, dependence } = columnEffects({ model, linear: null }, data, squared, key(1));
 * assertEquals([importance.map(({ name }) => name), dependence.map(({ name }) => name)], [["a", "b"], ["a"]]);
 * ```
 */
export function columnEffects(
  { model, linear }: Predictors,
  data: Dataset,
  loss: AnyLoss,
  from: Key,
  { rows: most = 2000, columns = 6 }: EffectsOptions = {},
): ColumnEffects {
  const { x, y, outputs } = data;
  if (x.rows === 0) throw new RangeError("Cannot compute effects of columns: 1 row or more, got 0");
  const rows = Math.min(most, x.rows);
  const picked = permutation(fold(from, "rows"), x.rows).slice(0, rows).sort();
  const [inputs, targets] = [takeRows(x.data, picked, x.cols), takeRows(y, picked, outputs)];
  const weights = data.weights && takeRows(data.weights, picked, 1);
  const part = { ...data, x: matrix(rows, x.cols, inputs), y: targets, ...weights && { weights } };
  const importance = permutationImportance(model, part, loss, fold(from, "importance"))
    .toSorted((a, b) => rank(b.increase) - rank(a.increase));
  const read = (p: Vector): Vector => {
    const found = readable(part, loss, p);
    letGo(p);
    return found;
  };
  const dependence = importance.filter(({ increase }) => increase > 0).slice(0, columns).map(({ name }) => {
    const told = (predict: (x: Matrix) => Vector) =>
      partialDependence((inputs) => read(predict(inputs)), part.x, part, name);
    const { values, means } = told(model);
    return { name, values, model: means, linear: linear && told(linear).means };
  });
  return { rows, importance, dependence };
}

/** NaN comes last. */
const rank = (increase: number): number => Number.isNaN(increase) ? -Infinity : increase;

/** Some rows of a row-major array. */
function takeRows(data: Vector, rows: ArrayLike<number>, width: number): Vector {
  const taken = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) taken.set(data.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return taken;
}
