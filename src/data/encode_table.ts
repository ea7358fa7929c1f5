import { classesOf } from "./_classes.ts";
import { centredScalingOf, type ColumnScaling, sumsByColumn, uncentredScalingOf } from "./_scaling.ts";
import { listed, quoted } from "./_wording.ts";
import {
  type ColumnEncoding,
  fitColumn,
  inferColumnEncoding,
  inputNames,
  type Missing,
  scalingsOfColumn,
} from "./column_encoding.ts";
import type { InputRoom } from "./encode_inputs.ts";
import { encodeWith, refuseLog } from "./encode_with.ts";
import { InputError, type Remedy } from "./input_error.ts";
import { columnAt, columnIndex, dropMissingRows, numbersAt, type Table } from "./table.ts";
import type { Reading, Spelling } from "./reading.ts";
import type { ColumnSummary } from "./summarise_columns.ts";
import { type TargetTransform, transformTarget, yeoJohnsonLambda } from "./target_transform.ts";
import type { Dataset, Scaling } from "./types.ts";
import { balancedWeights, classNumbers, dropWeightlessRows, rowWeights, weightsInColumn } from "./weighting.ts";

/** Options of {@linkcode encodeTable}. */
export interface EncodeOptions {
  /** The name of the target column, or of several that hold numbers. */
  readonly target: string | readonly string[];
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
  /** How missing values are treated; "refuse" (an error) by default. "drop" leaves out rows with a missing value in a column that is used. */
  readonly missing?: Missing;
  /** The column of row weights: no feature, and rows of weight 0 are left out; by default all rows count the same. */
  readonly weights?: string;
  /** "balanced" weights every class by `n / (m n_c)`, so that all count the same; by default rows count the same. */
  readonly classWeight?: "balanced";
  /** What is done to targets of numbers before they are standardised (default nothing); Yeo and Johnson's lambda is that of the largest likelihood on these rows. */
  readonly transformTarget?: TargetTransform["kind"];
  /** The columns and classes of a larger table that this one is a part of; by default they are found in this one. */
  readonly known?: KnownColumns;
  /** Makes the array that the inputs are written to; by default a new one. */
  readonly room?: InputRoom;
}

/** What is known of a table's columns, so that a part of it without a rare level or class is encoded as the rest. */
export interface KnownColumns {
  /** The columns with their levels. */
  readonly columns: readonly ColumnEncoding[];
  /** The classes, or null for numbers. */
  readonly classes: readonly string[] | null;
  /** What was read in the columns, for reports. */
  readonly summary?: readonly ColumnSummary[];
}

/** The first of some names that is there a second time. */
function firstTwice(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** The names of the columns to learn from, all of them there, no target among them. */
function featureColumns(
  table: Table,
  targets: readonly string[],
  { features, drop = [], weights }: EncodeOptions,
): string[] {
  const { file, columns } = table;
  for (const name of targets) columnIndex(table, name, "target", { option: "target" });
  for (const name of drop) columnIndex(table, name, "column to leave out", { option: "drop" });
  for (const name of features ?? []) columnIndex(table, name, "feature", { option: "features" });
  const refuse = (problem: string, column: string, option: Remedy["option"]): never => {
    throw new InputError(problem, { file, column, remedy: { option } });
  };
  const again = targets.find((name, at) => targets.indexOf(name) < at);
  if (again !== undefined) refuse("the column is named twice as a target; name it once", again, "target");
  const isDropped = new Set(drop);
  const dropped = targets.find((name) => isDropped.has(name));
  if (dropped !== undefined) refuse("the target cannot be left out; take it off that list", dropped, "drop");
  const used = targets.find((name) => features?.includes(name));
  if (used !== undefined) refuse("the target cannot be a feature too; take it off that list", used, "features");
  const twice = firstTwice(features ?? []);
  if (twice !== undefined) refuse("the column is named twice as a feature; name it once", twice, "features");
  const both = features?.find((name) => isDropped.has(name));
  if (both !== undefined) refuse("the column is both a feature and left out; take it off one list", both, "drop");
  if (weights !== undefined && targets.includes(weights)) {
    refuse("the target cannot be the column of weights too; name another column", weights, "weights");
  }
  const left = features ??
    columns.filter((name) => !targets.includes(name) && !isDropped.has(name) && name !== weights);
  if (left.length > 0) return [...left];
  const beside = targets.map((name) => quoted(name)).join(", ");
  throw new InputError(`no feature is left beside the target ${beside}; the columns are ${listed(columns)}`, { file });
}

/** How a table was read, with what was found in its cells. */
function readingNow({ columns, spellings, reading: { types: _, ...reading } }: Table): Reading {
  const found = <T>(of: (spelling: Spelling) => T | undefined): Record<string, T> =>
    Object.fromEntries(columns.flatMap((name, at) => {
      const one = of(spellings[at]);
      return one === undefined ? [] : [[name, one] as const];
    }));
  const [symbols, dateOrders] = [found(({ symbol }) => symbol), found(({ dateOrder }) => dateOrder)];
  return Object.freeze({
    ...Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== false)),
    ...Object.keys(symbols).length > 0 && { symbols: Object.freeze(symbols) },
    ...Object.keys(dateOrders).length > 0 && { dateOrders: Object.freeze(dateOrders) },
  });
}

/** The rows that are learned from. */
function usedRows(
  table: Table,
  names: readonly string[],
  { target, missing = "refuse", weights }: EncodeOptions,
): Table {
  const needed = [target, weights ?? []].flat();
  const known = missing === "refuse"
    ? table
    : dropMissingRows(table, missing === "drop" ? [...needed, ...names] : needed);
  return dropWeightlessRows(known, weights ?? null);
}

function classesIn(table: Table, at: number, { targetKind, positive }: EncodeOptions): readonly string[] | null {
  if (targetKind === "class") return classesOf(table, at, "two", positive);
  return targetKind === "classes" ? classesOf(table, at, "several") : null;
}

/**
 * The levels and classes of a table, for encoding parts of it: a part that lacks a rare one is encoded as the others.
 *
 * @param table The whole table.
 * @param options The target, the features and how to read them.
 * @returns What {@linkcode encodeTable} takes as `known`.
 * @throws {InputError} As {@linkcode encodeTable}.
 * @example A level that the part does not have
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * import { takeRows } from "./table.ts";
 * const table = parseTable("a,y\nx,1\nz,2\nx,3\nz,4\nw,5\n", { file: "a.csv" });
 * const options = { target: "y", targetKind: "number" } as const;
 * const known = surveyColumns(table, options);
 * assertEquals(encodeTable(takeRows(table, [0, 1, 2, 3]), { ...options, known }).features, ["a=w", "a=x", "a=z"]);
 * ```
 */
export function surveyColumns(table: Table, options: EncodeOptions): KnownColumns {
  const targets = typeof options.target === "string" ? [options.target] : options.target;
  const names = featureColumns(table, targets, options);
  const whole = usedRows(table, names, options);
  const classes = targets.length > 1 ? null : classesIn(whole, whole.places.get(targets[0])!, options);
  return Object.freeze({ columns: Object.freeze(names.map((name) => inferColumnEncoding(whole, name))), classes });
}

/** Means and scales, frozen; and the values for missing values where those are not the means. */
function scalingsOf(columns: readonly ColumnScaling[], missing: Missing): Scaling {
  const filled = missing !== "refuse" && columns.some(({ fill }) => fill !== undefined);
  return Object.freeze({
    mean: Object.freeze(columns.map(({ mean }) => mean)),
    scale: Object.freeze(columns.map(({ scale }) => scale)),
    ...filled && { fill: Object.freeze(columns.map(({ mean, fill = mean }) => fill)) },
  });
}

/**
 * Turns a table into a data set. Features are standardised, `(cell - mean) / scale` with the population standard
 * deviation as scale; a constant column, one whose numbers differ by rounding only included, has scale 1 and becomes zeros, in new rows too.
 * Without an intercept nothing is centred: the means are 0, the scales root mean squares. The target is standardised in the same way, kept
 * as it is, or made -1 and +1; classes are compared as numbers when every cell is one, so that 1 and 1.0 are the
 * same, and are put in the order of their names. Categorical columns are one-hot encoded. A missing value
 * is an error unless `missing` says otherwise; it is never 0, and text is never NaN. Cost: a few passes.
 *
 * @param table The table.
 * @param options The target, the features and how to read them.
 * @returns The data set: `x` [rows, d], `y` [rows, outputs], and how to convert back to the user's units.
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
  const { targetKind, intercept = true, positive, missing = "refuse" } = options;
  const targets = typeof options.target === "string" ? [options.target] : options.target;
  const names = featureColumns(table, targets, options);
  const whole = usedRows(table, names, options);
  const [target] = targets;
  const at = whole.places.get(target)!;
  const place = { file: table.file, column: target };
  if (positive !== undefined && targetKind !== "class") {
    throw new InputError("a positive class is named, but the target is read as numbers; name none", {
      ...place,
      remedy: { option: "positive" },
    });
  }
  if (targets.length > 1 && (targetKind === "class" || targetKind === "classes")) {
    throw new InputError("several targets must hold numbers; name one target, or use a loss for numbers", place);
  }
  const { known } = options;
  const knownColumns = new Map(known?.columns.map((column) => [column.name, column]));
  const read = names.map((name) =>
    fitColumn(whole, knownColumns.get(name) ?? inferColumnEncoding(whole, name), missing)
  );
  const features = read.flatMap(inputNames);
  const clash = firstTwice(features);
  if (clash !== undefined) {
    throw new InputError(`two features would be called ${quoted(clash)}; rename a column`, { file: table.file });
  }
  const classes = known ? known.classes : classesIn(whole, at, options);
  const column = options.weights ?? null;
  const weights = weightsInColumn(whole, { column, classes: null });
  const scaling = intercept ? centredScalingOf : uncentredScalingOf;
  const sums = sumsByColumn(weights === null ? plainColumns(whole, read) : [], intercept);
  const measure = (values: Float64Array, own: Float64Array | null = weights) =>
    scaling(values, own, own === null ? sums.get(values) : null);
  const transform = transformOf(whole, targets, options, weights);
  const y = targetKind === "standardised"
    ? scalingsOf(
      targets.map((name, output) => measure(transformedTargets(whole, whole.places.get(name)!, output, transform))),
      "refuse",
    )
    : null;
  const scalings = read.map((column) => scalingsOfColumn(whole, column, missing, measure, weights));
  const columns = read.map((column, at) =>
    column.levels === null && scalings[at][0].constant ? Object.freeze({ ...column, constant: true as const }) : column
  );
  const x = scalingsOf(scalings.flat(), missing);
  const standardisation = Object.freeze({ x, y, ...transform && { transform } });
  const encoding = {
    features: Object.freeze(features),
    columns: Object.freeze(columns),
    missing,
    reading: readingNow(whole),
    targets: Object.freeze([...targets]),
    intercept,
    classes,
    standardisation,
    ...column !== null && { weighting: { column, classes: null } },
  };
  const unbalanced = encodeWith(whole, encoding, options.room);
  const data = options.classWeight === undefined ? unbalanced : balanced(whole, unbalanced, place);
  return known?.summary ? Object.freeze({ ...data, summary: known.summary }) : data;
}

/** The numbers of the columns that have one in every row. */
function plainColumns(table: Table, columns: readonly ColumnEncoding[]): readonly Float64Array[] {
  return columns.flatMap(({ name, levels }) => {
    const { numbers, codes } = columnAt(table, table.places.get(name)!);
    return levels === null && codes === null ? [numbers] : [];
  });
}

/** The rows with weights by which every class counts the same. */
function balanced(table: Table, data: Dataset, place: { readonly file: string; readonly column: string }): Dataset {
  const { classes, y, outputs, weights } = data;
  if (classes !== null) {
    const column = data.weighting?.column ?? null;
    const weighting = { column, classes: balancedWeights(classNumbers(y, outputs), classes.length, weights ?? null) };
    return Object.freeze({ ...data, weighting, weights: rowWeights(table, weighting, y) });
  }
  throw new InputError("classes are to be balanced, but the target is read as numbers; leave them as they are", {
    ...place,
    remedy: { option: "class-weight" },
  });
}

/** The transform of the targets, its lambdas by likelihood; null for none. */
function transformOf(
  table: Table,
  targets: readonly string[],
  { transformTarget: kind, targetKind }: EncodeOptions,
  weights: Float64Array | null,
): TargetTransform | null {
  if (kind === undefined) return null;
  if (targetKind !== "standardised") {
    throw new InputError("a target is transformed only for a loss of numbers: squared, huber or pseudo_huber", {
      file: table.file,
      column: targets[0],
      remedy: { option: "transform-target" },
    });
  }
  if (kind === "log") return Object.freeze({ kind });
  const numbers = targets.map((name) => numbersAt(table, table.places.get(name)!, "target"));
  return Object.freeze({ kind, lambda: Object.freeze(numbers.map((values) => yeoJohnsonLambda(values, weights))) });
}

/** The numbers of a target as they are learned, before they are standardised. */
function transformedTargets(table: Table, at: number, output: number, transform: TargetTransform | null): Float64Array {
  const numbers = numbersAt(table, at, "target");
  if (transform === null) return numbers;
  return numbers.map((value, row) => {
    if (transform.kind === "log") refuseLog(table, at, row, value);
    return transformTarget(transform, value, output);
  });
}
