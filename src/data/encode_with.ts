import { areNumbers, className } from "./_classes.ts";
import { cellsOf, columnIndex, numbersOf, refuseBlank } from "./_columns.ts";
import { standardise } from "./_scaling.ts";
import { listed, quoted } from "./_wording.ts";
import { encodeInputs, type Encoding } from "./encode_inputs.ts";
import { InputError } from "./input_error.ts";
import type { Table } from "./parse_table.ts";
import type { Dataset } from "./types.ts";

/** The targets of the rows: -1 and +1 for two classes, unit vectors for more, otherwise the numbers in the stored units. */
function encodeTarget(table: Table, { target, classes, standardisation }: Encoding): Float64Array {
  const at = columnIndex(table, target, "the model's target");
  if (classes === null) {
    const { y } = standardisation;
    const values = numbersOf(table, at, "target");
    if (y === null) return values;
    return values.map((value, row) => {
      const entry = standardise(value, { mean: y.mean[0], scale: y.scale[0] });
      if (Number.isFinite(entry)) return entry;
      const problem = `${quoted(table.rows[row][at].trim())} is too large for the scale of the target; check its unit`;
      throw new InputError(problem, { file: table.file, line: table.lines[row], column: target });
    });
  }
  const [cells, numeric] = [cellsOf(table, at), areNumbers(classes)];
  refuseBlank(table, at, cells);
  const names = classes.map((name) => className(name, numeric));
  const indices = cells.map((cell, row) => {
    const index = names.indexOf(className(cell, numeric));
    if (index >= 0) return index;
    const problem = `${quoted(cell)} is not one of the model's classes ${listed(classes.map((name) => quoted(name)))}`;
    const place = { file: table.file, line: table.lines[row], column: target };
    throw new InputError(`${problem}; correct it, or leave the row out`, place);
  });
  const m = classes.length;
  if (m === 2) return Float64Array.from(indices, (index) => index === 1 ? 1 : -1);
  const units = new Float64Array(m * indices.length);
  indices.forEach((index, row) => units[row * m + index] = 1);
  return units;
}

/**
 * Encodes new rows with a stored encoding: same features, same units, same classes. Other columns are ignored.
 *
 * @param table The rows, target included; without targets use {@linkcode encodeInputs}.
 * @param encoding The encoding kept with the model; a {@linkcode Dataset} is one.
 * @returns The data set: `x` [rows, d], `y` [rows] or [rows, classes].
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
export function encodeWith(table: Table, encoding: Encoding): Dataset {
  const { features, target, intercept, classes, standardisation } = encoding;
  return Object.freeze({
    source: sourceOf(table.file),
    features,
    target,
    x: encodeInputs(table, encoding),
    y: encodeTarget(table, encoding),
    intercept,
    classes,
    standardisation,
  });
}

/** The base name of a file. */
function sourceOf(file: string): string {
  return file.split(/[/\\]/).at(-1) || file;
}
