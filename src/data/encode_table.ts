import { classesOf } from "./_classes.ts";
import { columnIndex, numbersOf } from "./_columns.ts";
import { type ColumnScaling, scalingOf } from "./_scaling.ts";
import { listed, quoted } from "./_wording.ts";
import { encodeWith } from "./encode_with.ts";
import { InputError } from "./input_error.ts";
import type { Table } from "./parse_table.ts";
import type { Dataset, Scaling } from "./types.ts";

/** Options of {@linkcode encodeTable}. */
export interface EncodeOptions {
  /** The name of the target column. */
  readonly target: string;
  /** The feature columns in the order wanted; by default all but the target and the dropped ones, in file order. */
  readonly features?: readonly string[];
  /** Columns to leave out; none by default. */
  readonly drop?: readonly string[];
  /** How the target is read: standardised numbers, plain numbers, two classes as -1 and +1, or three and more as unit vectors. */
  readonly targetKind: "standardised" | "number" | "class" | "classes";
  /** Whether the first column of `x` is the constant 1; true by default. */
  readonly intercept?: boolean;
  /** The class that becomes +1; by default the second one in the order of their names. */
  readonly positive?: string;
}

/** The names of the features, all of them there, the target not among them. */
function featureNames(table: Table, { target, features, drop = [] }: EncodeOptions): string[] {
  const { file, columns } = table;
  columnIndex(table, target, "--target");
  for (const name of drop) columnIndex(table, name, "--drop");
  for (const name of features ?? []) columnIndex(table, name, "--features");
  const refuse = (problem: string, column: string): never => {
    throw new InputError(problem, { file, column });
  };
  if (drop.includes(target)) refuse("the target cannot be dropped; take it out of --drop", target);
  if (features?.includes(target)) refuse("the target cannot be a feature too; take it out of --features", target);
  const twice = features?.find((name, at) => features.indexOf(name) < at);
  if (twice !== undefined) refuse("--features names the column twice; take one of them out", twice);
  const both = features?.find((name) => drop.includes(name));
  if (both !== undefined) refuse("both --features and --drop name the column; take it out of one of them", both);
  const left = features ?? columns.filter((name) => name !== target && !drop.includes(name));
  if (left.length > 0) return [...left];
  throw new InputError(`no feature is left beside the target ${quoted(target)}; the columns are ${listed(columns)}`, {
    file,
  });
}

/** Means and scales, frozen. */
function scalingsOf(columns: readonly ColumnScaling[]): Scaling {
  return Object.freeze({
    mean: Object.freeze(columns.map(({ mean }) => mean)),
    scale: Object.freeze(columns.map(({ scale }) => scale)),
  });
}

/**
 * Turns a table into a data set. Features are standardised, `(cell - mean) / scale` with the population standard
 * deviation as scale; a constant column has scale 1 and becomes zeros. The target is standardised in the same way, kept
 * as it is, or made -1 and +1; classes are told apart as numbers where every cell is one, so that 1 and 1.0 are the
 * same, and are put in the order of their names. A blank is never 0 and text is never NaN. Cost: a few passes.
 *
 * @param table The table.
 * @param options The target, the features and how to read them.
 * @returns The data set: `x` [rows, d], `y` [rows], and what it takes to come back to the user's units.
 * @throws {InputError} If a name is not a column, the target is a feature or dropped, no feature is left, a cell holds
 * no number, or the target of "class" does not hold exactly two classes, or that of "classes" at least three.
 * @example A feature, an intercept and two classes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a,y\n1,no\n3,yes\n", { file: "a.csv" });
 * const { x, y, classes } = encodeTable(table, { target: "y", targetKind: "class" });
 * assertEquals([...x.data], [1, -1, 1, 1]);
 * assertEquals([...y], [-1, 1]);
 * assertEquals(classes, ["no", "yes"]);
 * ```
 */
export function encodeTable(table: Table, options: EncodeOptions): Dataset {
  const { target, targetKind, intercept = true, positive } = options;
  const features = Object.freeze(featureNames(table, options));
  const at = table.columns.indexOf(target);
  if (positive !== undefined && targetKind !== "class") {
    const problem = "--positive names a class but the target is read as numbers; leave --positive out";
    throw new InputError(problem, { file: table.file, column: target });
  }
  const columns = features.map((name) => scalingOf(numbersOf(table, table.columns.indexOf(name), "feature")));
  const classes = targetKind === "class"
    ? classesOf(table, at, "two", positive)
    : targetKind === "classes"
    ? classesOf(table, at, "several")
    : null;
  const y = targetKind === "standardised" ? scalingsOf([scalingOf(numbersOf(table, at, "target"))]) : null;
  const standardisation = Object.freeze({ x: scalingsOf(columns), y });
  return encodeWith(table, { features, target, intercept, classes, standardisation });
}
