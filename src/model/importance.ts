import type { Dataset } from "../data/mod.ts";
import { type AnyLoss, isJoint, rowLosses, weightRows, weightsOfMeanOne } from "../loss/mod.ts";
import { fold, type Key, permutation } from "../random/mod.ts";
import { letGo, type Matrix, type Vector } from "../tensor/mod.ts";
import { columnInputs } from "./column_inputs.ts";

/** How much a model needs a column. */
export interface ColumnImportance {
  /** The name of the column. */
  readonly name: string;
  /** The mean of the loss after the column was permuted, minus the loss before; near 0 where the model does not need it. */
  readonly increase: number;
  /** The standard deviation of that increase over the permutations. */
  readonly standardDeviation: number;
}

/** Options of {@linkcode permutationImportance}. */
export interface ImportanceOptions {
  /** How many permutations of each column (default 5). */
  readonly repeats?: number;
}

/**
 * Permutation importance: how much the mean loss grows when the rows of one column of the table are permuted among each other, which leaves its
 * distribution but takes away what it says of the row. The inputs of a categorical column move together. Best on rows that the model was not fitted on.
 * Columns that say the same share their importance: each alone may look unimportant. Source: L. Breiman, "Random forests",
 * Machine Learning 45 (2001). Cost: `repeats` predictions of all rows for each column.
 *
 * @param predict Raw predictions [rows, outputs] of inputs; an array of their own each time, which is freed once it has been read.
 * @param data The rows, with targets and columns.
 * @param loss The loss.
 * @param from Where the randomness comes from; a column's permutations depend on the key and its name only.
 * @param options `repeats` (default 5).
 * @returns For each column, in the order of the table.
 * @throws {RangeError} If `repeats` is below 1.
 * @example A model that reads one of two columns
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { encodeTable, key, parseTable, squared } from "@resland/resland";
 * const table = parseTable("a,b,y\n1,5,1\n2,3,2\n3,1,3\n4,4,4\n", { file: "t.csv" });
 * const data = encodeTable(table, { target: "y", targetKind: "standardised" });
 * const [a, b] = permutationImportance((x) => x.data.filter((_, at) => at % 3 === 1), data, squared, key(1));
 * assert(a.increase > 0.1);
 * assertEquals(b, { name: "b", increase: 0, standardDeviation: 0 });
 * ```
 */
export function permutationImportance(
  predict: (x: Matrix) => Vector,
  data: Pick<Dataset, "x" | "y" | "outputs" | "columns" | "intercept" | "weights">,
  loss: AnyLoss,
  from: Key,
  { repeats = 5 }: ImportanceOptions = {},
): readonly ColumnImportance[] {
  if (!(Number.isInteger(repeats) && repeats > 0)) {
    throw new RangeError(`Cannot permute columns: 1 repeat or more, got ${repeats}`);
  }
  const { x, y, outputs } = data;
  const weights = weightsOfMeanOne(data.weights, x.rows);
  const meanOf = (p: Vector): number => {
    if (isJoint(loss) && weights === null) return loss.evaluate({ n: x.rows, m: outputs, p, y }, 1, []) / x.rows;
    const losses = rowLosses(loss, p, y, outputs);
    if (weights !== null) weightRows(weights, 1, losses);
    return mean(losses);
  };
  const meanLoss = (inputs: Matrix): number => {
    const p = predict(inputs);
    const found = meanOf(p);
    letGo(p);
    return found;
  };
  const before = meanLoss(x);
  return columnInputs(data).map(({ name, from: first, width }) => {
    const keyOfColumn = fold(from, name);
    const increases = Float64Array.from({ length: repeats }, (_, repeat) => {
      const order = permutation(fold(keyOfColumn, repeat), x.rows);
      const moved = x.data.slice();
      order.forEach((other, row) => {
        const start = other * x.cols + first;
        moved.set(x.data.subarray(start, start + width), row * x.cols + first);
      });
      const increase = meanLoss({ ...x, data: moved }) - before;
      letGo(moved);
      return increase;
    });
    const increase = mean(increases);
    const squares = increases.reduce((sum, value) => sum + (value - increase) ** 2, 0);
    return { name, increase, standardDeviation: repeats > 1 ? Math.sqrt(squares / (repeats - 1)) : 0 };
  });
}

const mean = (values: Vector): number => values.reduce((sum, value) => sum + value, 0) / values.length;
