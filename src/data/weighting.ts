import { quoted } from "./_wording.ts";
import { InputError } from "./input_error.ts";
import { columnIndex, numbersAt, placeOf, type Table, takeRows } from "./table.ts";
import type { Vector } from "../tensor/mod.ts";

/** How rows are weighted: by a column, by their class, or by the product of both. */
export interface Weighting {
  /** The column that holds the weight of each row; null for none. */
  readonly column: string | null;
  /** The weight of each class, in the order of the classes; null for none. */
  readonly classes: readonly number[] | null;
}

/** The weights in a column of a table, 0 or more. */
function columnOfWeights(table: Table, name: string): Float64Array {
  const at = columnIndex(table, name, "column of weights", { option: "weights" });
  const numbers = numbersAt(table, at, "target");
  const wrong = numbers.findIndex((value) => value < 0);
  if (wrong < 0) return numbers;
  throw new InputError(
    `${quoted(String(numbers[wrong]))} is no weight; weights are 0 or more: correct it, or leave the row out`,
    {
      ...placeOf(table, wrong),
      column: name,
    },
  );
}

/**
 * The rows of a table without those of weight 0: they take no part in anything.
 *
 * @param table The table.
 * @param column The column of weights, or null for none.
 * @returns The table itself where no weight is 0.
 * @throws {InputError} If a weight is missing, no number or negative, or fewer than 2 are above 0.
 * @example One of three rows has no weight
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a,w\n1,2\n3,0\n5,1\n", { file: "a.csv" });
 * assertEquals([...dropWeightlessRows(table, "w").lines], [2, 4]);
 * ```
 */
export function dropWeightlessRows(table: Table, column: string | null): Table {
  if (column === null) return table;
  const weights = columnOfWeights(table, column);
  const kept = Array.from(weights.keys()).filter((row) => weights[row] > 0);
  if (kept.length === table.rows) return table;
  if (kept.length > 1) return takeRows(table, kept);
  throw new InputError("fewer than 2 rows have a weight above 0; correct the weights, or name another column", {
    file: table.file,
    column,
    remedy: { option: "weights" },
  });
}

/**
 * The weight of each class with which every class counts the same: `n / (m n_c)` for n rows, m classes and n_c rows of class c, where a row of weight
 * w counts as w rows.
 *
 * @param classOf The number of the class of each row, from 0.
 * @param classes How many classes.
 * @param weights The weight of each row; null for equal ones.
 * @returns A weight per class; 1 for a class without rows.
 * @example One row of the first class, three of the second
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(balancedWeights([0, 1, 1, 1], 2, null), [2, 2 / 3]);
 * ```
 */
export function balancedWeights(
  classOf: ArrayLike<number>,
  classes: number,
  weights: ArrayLike<number> | null,
): readonly number[] {
  const sums = new Float64Array(classes);
  for (let row = 0; row < classOf.length; row++) sums[classOf[row]] += weights === null ? 1 : weights[row];
  const total = sums.reduce((sum, one) => sum + one, 0);
  return Array.from(sums, (sum) => sum > 0 ? total / (classes * sum) : 1);
}

/** The weights in the column that a weighting names, all above 0; null where it names none. */
export function weightsInColumn(table: Table, { column }: Weighting): Float64Array | null {
  return column === null ? null : columnOfWeights(table, column);
}

/** The number of the class of each row, from encoded targets [n, m]: -1 and +1 of two classes, else unit vectors. */
export function classNumbers(y: Vector, outputs: number): Uint32Array {
  return Uint32Array.from({ length: y.length / outputs }, (_, row) => {
    if (outputs === 1) return y[row] > 0 ? 1 : 0;
    return y.subarray(row * outputs, (row + 1) * outputs).indexOf(1);
  });
}

/** The weight of each row: that of its column times that of its class. */
export function rowWeights(table: Table, weighting: Weighting, y: Vector): Float64Array<ArrayBuffer> {
  const own = weightsInColumn(table, weighting);
  const { classes } = weighting;
  const outputs = y.length / table.rows;
  const classOf = classes === null ? null : classNumbers(y, outputs);
  return Float64Array.from(
    { length: table.rows },
    (_, row) => (own === null ? 1 : own[row]) * (classOf === null ? 1 : classes![classOf[row]]),
  );
}
