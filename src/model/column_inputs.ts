import { type Encoding, inputNames } from "../data/mod.ts";

/** Which inputs of an encoded row come from a column of the table. */
export interface ColumnInputs {
  /** The name of the column. */
  readonly name: string;
  /** The position of its first input. */
  readonly from: number;
  /** How many inputs it has: one, or one for each category; and one more where it has an indicator of missing values. */
  readonly width: number;
}

/**
 * The inputs of each column of a table; a categorical column has one for each category, one with an indicator of missing values that one too.
 *
 * @param encoding The columns, and whether the first input is the intercept.
 * @returns A range of inputs for each column.
 * @example After the intercept, a number and a category
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const columns = [{ name: "age", levels: null }, { name: "town", levels: ["Aach", "Ulm"] }];
 * assertEquals(columnInputs({ columns, intercept: true }), [
 *   { name: "age", from: 1, width: 1 },
 *   { name: "town", from: 2, width: 2 },
 * ]);
 * ```
 */
export function columnInputs({ columns, intercept }: Pick<Encoding, "columns" | "intercept">): readonly ColumnInputs[] {
  let next = intercept ? 1 : 0;
  return columns.map((column) => {
    const [from, width] = [next, inputNames(column).length];
    next += width;
    return { name: column.name, from, width };
  });
}
