import { areNumbers, className } from "./_classes.ts";
import { cellsOf, columnIndex, numbersOf, refuseBlank } from "./_columns.ts";
import { standardise } from "./_scaling.ts";
import { listed, quoted } from "./_wording.ts";
import { dropBlanks } from "./columns.ts";
import { encodeInputs, type Encoding } from "./encode_inputs.ts";
import { InputError } from "./input_error.ts";
import type { Table } from "./parse_table.ts";
import type { Dataset } from "./types.ts";

/** The targets of the rows: -1 and +1 for two classes, unit vectors for more, otherwise the numbers in the stored units. */
function encodeTargets(table: Table, { targets, classes, standardisation: { y } }: Encoding): Float64Array {
  const at = targets.map((name) => columnIndex(table, name, "the model's target"));
  if (classes !== null) return encodeClasses(table, at[0], classes);
  const m = targets.length;
  const out = new Float64Array(m * table.rows.length);
  at.forEach((index, output) => {
    numbersOf(table, index, "target").forEach((value, row) => {
      const entry = y === null ? value : standardise(value, { mean: y.mean[output], scale: y.scale[output] });
      if (!Number.isFinite(entry)) {
        const cell = quoted(table.rows[row][index].trim());
        throw new InputError(`${cell} is too large for the scale of the target; check its unit`, {
          file: table.file,
          line: table.lines[row],
          column: targets[output],
        });
      }
      out[row * m + output] = entry;
    });
  });
  return out;
}

function encodeClasses(table: Table, at: number, classes: readonly string[]): Float64Array {
  const [cells, numeric] = [cellsOf(table, at), areNumbers(classes)];
  refuseBlank(table, at, cells);
  const names = classes.map((name) => className(name, numeric));
  const indices = cells.map((cell, row) => {
    const index = names.indexOf(className(cell, numeric));
    if (index >= 0) return index;
    const problem = `${quoted(cell)} is not one of the model's classes ${listed(classes.map((name) => quoted(name)))}`;
    const place = { file: table.file, line: table.lines[row], column: table.columns[at] };
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
export function encodeWith(table: Table, encoding: Encoding): Dataset {
  const { features, columns, missing, targets, intercept, classes, standardisation } = encoding;
  const whole = missing === "drop" ? dropBlanks(table, [...targets, ...columns.map(({ name }) => name)]) : table;
  const x = encodeInputs(whole, encoding);
  const y = encodeTargets(whole, encoding);
  return Object.freeze({
    source: sourceOf(table.file),
    features,
    columns,
    missing,
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
