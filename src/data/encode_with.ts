import { areNumbers, className, refuseLostTexts } from "./_classes.ts";
import { standardise } from "./_scaling.ts";
import { listed, quoted } from "./_wording.ts";
import { distinctTexts, textAt } from "./column.ts";
import { encodeInputs, type Encoding, type InputRoom } from "./encode_inputs.ts";
import { InputError } from "./input_error.ts";
import { columnAt, columnIndex, dropMissingRows, numbersAt, placeOf, refuseMissing, type Table } from "./table.ts";
import { transformTarget } from "./target_transform.ts";
import type { Dataset } from "./types.ts";
import { dropWeightlessRows, rowWeights } from "./weighting.ts";

/** The targets of the rows: -1 and +1 for two classes, unit vectors for more, otherwise the numbers in the stored units. */
function encodeTargets(table: Table, encoding: Encoding): Float64Array {
  const { targets, classes, standardisation: { y, transform } } = encoding;
  const at = targets.map((name) => columnIndex(table, name, "model's target"));
  if (classes !== null) return encodeClasses(table, at[0], classes, encoding.reading === undefined);
  const m = targets.length;
  const out = new Float64Array(m * table.rows);
  at.forEach((index, output) => {
    numbersAt(table, index, "target").forEach((written, row) => {
      if (transform?.kind === "log") refuseLog(table, index, row, written);
      const value = transform ? transformTarget(transform, written, output) : written;
      const entry = y === null ? value : standardise(value, { mean: y.mean[output], scale: y.scale[output] });
      if (!Number.isFinite(entry)) {
        throw new InputError(`${quoted(String(written))} is too large for the scale of the target; check its unit`, {
          ...placeOf(table, row),
          column: targets[output],
        });
      }
      out[row * m + output] = entry;
    });
  });
  return out;
}

/**
 * Refuses a number that has no logarithm.
 *
 * @param table The table that it stands in.
 * @param at Its column, from 0.
 * @param row Its row, from 0.
 * @param value The number.
 * @throws {InputError} If it is not above 0.
 * @example A duration of 0
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a,hours\n1,2\n2,0\n", { file: "a.csv" });
 * refuseLog(table, 1, 0, 2);
 * assertThrows(() => refuseLog(table, 1, 1, 0), Error, '"0" has no logarithm');
 * ```
 */
export function refuseLog(table: Table, at: number, row: number, value: number): void {
  if (value > 0) return;
  throw new InputError(
    `${
      quoted(String(value))
    } has no logarithm; correct it, leave the row out, or use the transform yeo-johnson, which takes any number`,
    { ...placeOf(table, row), column: table.columns[at], remedy: { option: "transform-target", value: "yeo-johnson" } },
  );
}

function encodeClasses(
  table: Table,
  at: number,
  classes: readonly string[],
  /** Whether the encoding is of a time when classes were compared as numbers. */
  isOld: boolean,
): Float64Array {
  const numeric = isOld && areNumbers(classes);
  refuseMissing(table, at);
  if (!isOld) refuseLostTexts(table, at);
  const column = columnAt(table, at);
  const names = classes.map((name) => className(name, numeric));
  const known = new Map(distinctTexts(column).map((text) => [text, names.indexOf(className(text, numeric))]));
  const m = classes.length;
  const out = new Float64Array((m === 2 ? 1 : m) * table.rows);
  for (let row = 0; row < table.rows; row++) {
    const text = textAt(column, row);
    const index = known.get(text)!;
    if (index < 0) {
      const problem = `${quoted(text)} is not one of the model's classes ${
        listed(classes.map((name) => quoted(name)))
      }`;
      const place = { ...placeOf(table, row), column: table.columns[at] };
      throw new InputError(`${problem}; correct it, or leave the row out`, place);
    }
    if (m === 2) out[row] = index === 1 ? 1 : -1;
    else out[row * m + index] = 1;
  }
  return out;
}

/**
 * Encodes new rows with a stored encoding: same features, same units, same classes. Other columns are ignored.
 *
 * @param table The rows, target included; without targets use {@linkcode encodeInputs}.
 * @param encoding The encoding kept with the model; a {@linkcode Dataset} is one.
 * @param room Makes the array that the inputs are written to (default: a new one).
 * @returns The data set: `x` [rows, d], `y` [rows, outputs].
 * @throws {InputError} If a column is missing, a cell holds no number, or a class that the encoding does not have.
 * @example The second half of a table in the units of the first
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeTable } from "./encode_table.ts";
 * import { parseTable } from "./parse_table.ts";
 * const first = parseTable("a,y\n1,10\n3,20\n", { file: "first.csv" });
 * const encoding = encodeTable(first, { target: "y", targetKind: "standardised" });
 * const second = encodeWith(parseTable("y,a\n20,5\n15,2\n", { file: "second.csv" }), encoding);
 * assertEquals([...second.x.data], [1, 3, 1, 0]);
 * assertEquals([...second.y], [1, 0]);
 * ```
 */
export function encodeWith(table: Table, encoding: Encoding, room?: InputRoom): Dataset {
  const { features, columns, missing, weighting, targets, intercept, classes, standardisation } = encoding;
  const needed = [...targets, ...weighting?.column ? [weighting.column] : []];
  const names = [...needed, ...columns.map(({ name }) => name)];
  const known = missing === "refuse" ? table : dropMissingRows(table, missing === "drop" ? names : needed);
  const whole = dropWeightlessRows(known, weighting?.column ?? null);
  const x = encodeInputs(whole, encoding, room);
  const y = encodeTargets(whole, encoding);
  return Object.freeze({
    source: sourceOf(table.file),
    features,
    columns,
    missing,
    ...encoding.reading && { reading: encoding.reading },
    ...weighting && { weighting, weights: rowWeights(whole, weighting, y) },
    targets,
    x,
    y,
    lines: whole.lines,
    outputs: y.length / x.rows,
    intercept,
    classes,
    standardisation,
  });
}

/** The base name of a file. */
function sourceOf(file: string): string {
  return file.split(/[/\\]/).at(-1) || file;
}
