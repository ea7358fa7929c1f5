import type { Encoding } from "../data/mod.ts";
import { letGo, type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import { columnInputs } from "./column_inputs.ts";

/** How the mean prediction depends on one column. */
export interface PartialDependence {
  /** The name of the column. */
  readonly name: string;
  /** The values that were set: numbers in the column's unit, or its categories. */
  readonly values: readonly number[] | readonly string[];
  /** The mean prediction at each of them [values, outputs]. */
  readonly means: Matrix;
}

/** Options of {@linkcode partialDependence}. */
export interface DependenceOptions {
  /** How many values of a column of numbers (default 20). */
  readonly points?: number;
}

/** The share of the rows beyond the grid on either side: there are few rows there, and predictions are extrapolated. */
const BEYOND = 0.05;

/**
 * Partial dependence: the mean over all rows of the prediction when one column has the same value in each. Numbers run evenly from the 5th to the 95th
 * percentile of their rows, or over their different values where those are no more than `points`; of a categorical column it is each category. Where
 * columns go together, some of these rows could not occur. Source: J. H. Friedman, "Greedy function approximation",
 * Annals of Statistics 29 (2001). Cost: a prediction of all rows for each value; give fewer rows for less.
 *
 * @param predict Predictions [rows, outputs] of inputs, such as `readable` ones in the target's unit; an array of their own each time, which is
 * freed once it has been read.
 * @param x Encoded rows [rows, d].
 * @param encoding How the columns were encoded.
 * @param column The name of the column.
 * @param options `points` (default 20).
 * @returns The values, and the mean prediction at each.
 * @throws {RangeError} If there is no such column, no row, or fewer than 2 points.
 * @example Of y = a + b, with a mean b of 4
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeTable, parseTable } from "@resland/resland";
 * const table = parseTable("a,b,y\n1,3,4\n3,5,8\n", { file: "t.csv" });
 * const data = encodeTable(table, { target: "y", targetKind: "number" });
 * // Both columns have the scale 1, and the means 2 and 4.
 * const sum = ({ data }: { data: Float64Array }) => Float64Array.of(data[1] + data[2] + 6, data[4] + data[5] + 6);
 * const { values, means } = partialDependence(sum, data.x, data, "a");
 * assertEquals([values, [...means.data]], [[1, 3], [5, 7]]);
 * ```
 */
export function partialDependence(
  predict: (x: Matrix) => Vector,
  x: Matrix,
  encoding: Pick<Encoding, "columns" | "intercept" | "standardisation">,
  column: string,
  { points = 20 }: DependenceOptions = {},
): PartialDependence {
  const at = encoding.columns.findIndex(({ name }) => name === column);
  if (at < 0 || x.rows === 0 || !(Number.isInteger(points) && points >= 2)) {
    const got = `${JSON.stringify(column)}, ${x.rows} rows and ${points} points`;
    throw new RangeError(`Cannot compute a partial dependence: a column, a row and 2 points or more, got ${got}`);
  }
  const { from } = columnInputs(encoding)[at];
  const { levels, constant, indicator } = encoding.columns[at];
  const { mean, scale } = encoding.standardisation.x;
  const input = from - (encoding.intercept ? 1 : 0);
  const encoded = (value: number, j: number) => (value - mean[input + j]) / scale[input + j];
  // A value that is set is not missing.
  const isThere = indicator ? [encoded(0, levels?.length ?? 1)] : [];
  if (levels !== null) {
    const settings = levels.map((_, own) => [...levels.map((_, j) => encoded(j === own ? 1 : 0, j)), ...isThere]);
    return { name: column, values: levels, means: meansAt(predict, x, from, settings) };
  }
  const cells = Float64Array.from({ length: x.rows }, (_, row) => x.data[row * x.cols + from]).sort();
  const grid = gridOf(cells, points);
  const values = grid.map((value) => constant ? mean[input] : value * scale[input] + mean[input]);
  return { name: column, values, means: meansAt(predict, x, from, grid.map((value) => [value, ...isThere])) };
}

/** Values of sorted cells: the different ones where they are few, else evenly between two percentiles. */
function gridOf(cells: Vector, points: number): readonly number[] {
  const different = new Set<number>();
  for (const cell of cells) if (different.add(cell).size > points) break;
  if (different.size <= points) return [...different];
  const last = cells.length - 1;
  const [low, high] = [cells[Math.floor(BEYOND * last)], cells[Math.ceil((1 - BEYOND) * last)]];
  // Nearly all rows are alike: then from end to end.
  const [start, end] = low < high ? [low, high] : [cells[0], cells[last]];
  return Array.from({ length: points }, (_, i) => start + (end - start) * i / (points - 1));
}

/** Mean predictions with some inputs of every row set, [settings, outputs]. */
function meansAt(
  predict: (x: Matrix) => Vector,
  x: Matrix,
  from: number,
  settings: readonly (readonly number[])[],
): Matrix {
  const data = x.data.slice();
  const means = settings.map((setting) => {
    for (let row = 0; row < x.rows; row++) data.set(setting, row * x.cols + from);
    const predictions = predict({ ...x, data });
    const m = predictions.length / x.rows;
    const sums = new Float64Array(m);
    for (let from = 0; from < predictions.length; from += m) {
      for (let j = 0; j < m; j++) sums[j] += predictions[from + j];
    }
    letGo(predictions);
    return sums.map((sum) => sum / x.rows);
  });
  return matrix(means.length, means[0].length, means.flatMap((row) => [...row]));
}
