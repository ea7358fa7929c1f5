import { UsageError } from "../../src/cli/mod.ts";
import { InputError, placeOf, type Table, textsOf } from "../../src/data/mod.ts";
import type { FeatureTable } from "../../src/train/mod.ts";
import { type FileArray, readArrays } from "../io/arrays.ts";

/** Features or predictions at the rows of a table. */
export interface RowArray extends FeatureTable {
  /** Their file. */
  readonly file: string;
  /** The names of the columns; null where they have none. */
  readonly names: readonly string[] | null;
}

/** What the files hold. */
export interface FeatureFiles {
  readonly features: RowArray | null;
  readonly predictions: RowArray | null;
  /** The targets of the rows as the program that saved them had them; null where they were not saved. */
  readonly targets: RowArray | null;
}

/** The options that name the files. */
export interface FeatureFileOptions {
  readonly features: string | null;
  readonly predictions: string | null;
}

/** Reads features, predictions and, where they are saved beside, targets. */
export async function readFeatureFiles(options: FeatureFileOptions): Promise<FeatureFiles> {
  const { features: f, predictions: p } = options;
  const first = f === null ? [] : await readArrays(f);
  const second = p === null || p === f ? first : await readArrays(p);
  const predictionsFile = p ?? f!;
  const pick = (arrays: readonly FileArray[], file: string, name: string) =>
    rowArray(choose(arrays, file, name), file, name);
  const beside = (arrays: readonly FileArray[], name: string) => arrays.find((one) => one.name === name) ?? null;
  const predictions = p !== null ? choose(second, p, "predictions") : beside(first, "predictions");
  const targets = beside(first, "targets") ?? beside(second, "targets");
  return {
    features: f === null ? null : pick(first, f, "features"),
    predictions: predictions && rowArray(predictions, predictionsFile, "predictions"),
    targets: targets && rowArray(targets, f ?? predictionsFile, "targets"),
  };
}

/** The array of that name, or the only one. */
function choose(arrays: readonly FileArray[], file: string, name: string): FileArray {
  const named = arrays.find((one) => one.name === name);
  if (named) return named;
  if (arrays.length === 1) return arrays[0];
  const names = arrays.map((one) => `"${one.name}"`).join(", ") || "none";
  throw new InputError(`no tensor is called "${name}", and there is not just one (${names}); name it so`, { file });
}

/** Checks shape and numbers. */
function rowArray({ shape, data, precision, columns }: FileArray, file: string, what: string): RowArray {
  if (shape.length < 1 || shape.length > 2) {
    throw new InputError(`the ${what} have the shape [${shape.join(", ")}]; save [rows, numbers], flattened`, { file });
  }
  const [rows, cols = 1] = shape;
  if (rows < 2 || cols < 1) {
    throw new InputError(`the ${what} have the shape [${shape.join(", ")}]; at least 2 rows and 1 column are needed`, {
      file,
    });
  }
  const wrong = firstNotFinite(data);
  if (wrong >= 0) {
    const [row, col] = [Math.floor(wrong / cols), wrong % cols];
    const column = columns?.[col] ?? null;
    const place = column === null ? `, column ${col + 1}` : "";
    throw new InputError(
      `the ${what} have ${data[wrong]} in row ${
        row + 1
      }${place}; correct the model, or leave that row out of both files`,
      { file, column },
    );
  }
  return { rows, cols, data, precision, file, names: columns };
}

/** Where the first number is that is NaN or infinite; -1 where none is. A loop, for tens of millions of numbers. */
function firstNotFinite(data: Float64Array | Float32Array): number {
  for (let at = 0; at < data.length; at++) if (!(Math.abs(data[at]) < Infinity)) return at;
  return -1;
}

/** Which row of the file starts at a line, from 0. */
type RowOfLine = ReadonlyMap<number, number>;

/** Refuses arrays that have not a row for each row of the table. */
export function requireRows(
  { features, predictions, targets }: FeatureFiles,
  table: { readonly file: string; readonly rows: number },
): void {
  for (const [what, array] of Object.entries({ features, predictions, targets })) {
    if (array === null || array.rows === table.rows) continue;
    const turned = array.cols === table.rows ? ` (it has ${array.cols} columns: transpose it)` : "";
    throw new InputError(
      `the ${what} have ${array.rows} rows, but ${table.file} has ${table.rows}${turned}; save one row for each row of the table, in its order`,
      { file: array.file },
    );
  }
}

/** Targets that differ from the line through those of the table by more than this share of their spread are of other rows. */
const APART = 1e-3;

/** Refuses arrays of another table, or of its rows in another order, where the targets were saved beside them. */
export function requireTargets(
  saved: RowArray | null,
  table: Table,
  rowOf: RowOfLine,
  targets: readonly string[],
  isClass: boolean,
): void {
  if (saved === null) return;
  const places = Array.from(table.lines, (line) => rowOf.get(line)!);
  const refuse = (row: number, what: string): never => {
    throw new InputError(
      `the targets saved with the features are not those of ${table.file}: row ${places[row] + 1} (line ${
        table.lines[row]
      }) ${what}; ` +
        "save them again, one row for each row of the table, in its order",
      { file: saved.file },
    );
  };
  if (isClass) return requireClasses(saved, textsOf(table, targets[0]), places, refuse);
  if (saved.cols !== targets.length) refuse(0, `has ${saved.cols} targets, not ${targets.length}`);
  for (const [output, name] of targets.entries()) {
    const texts = textsOf(table, name);
    // Missing targets are refused, or their rows left out, when the table is encoded.
    const rows = texts.flatMap((text, row) => text === "" ? [] : [row]);
    const [theirs, ours] = [
      rows.map((row) => saved.data[places[row] * saved.cols + output]),
      rows.map((row) => Number(texts[row])),
    ];
    const apart = distanceFromLine(theirs, ours);
    if (apart !== null) refuse(rows[apart], `has ${name} = ${ours[apart]}, saved as ${theirs[apart]}`);
  }
}

/** The first place where numbers are clearly not on the line through both arrays: a change of unit or sign only; null where they are. */
function distanceFromLine(a: readonly number[], b: readonly number[]): number | null {
  const equal = a.findIndex((value, i) => Math.abs(value - b[i]) > 1e-6 * (1 + Math.abs(b[i])));
  if (equal < 0) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  const [aa, ab, bb] = [dot(a, ma, a, ma), dot(a, ma, b, mb), dot(b, mb, b, mb)];
  if (aa === 0 || bb === 0) return aa === bb ? null : equal;
  const slope = ab / aa;
  const spread = Math.sqrt(bb / b.length);
  const left = b.map((value, i) => Math.abs(value - mb - slope * (a[i] - ma)));
  if (!left.some((one) => one > APART * spread)) return null;
  return equal;
}

/** The numbers of classes must be one for each class. */
function requireClasses(
  saved: RowArray,
  classes: readonly string[],
  places: readonly number[],
  refuse: (row: number, what: string) => never,
): void {
  const code = (row: number) => saved.data.subarray(places[row] * saved.cols, (places[row] + 1) * saved.cols).join(" ");
  const [classOf, codeOf] = [new Map<string, string>(), new Map<string, string>()];
  classes.forEach((name, row) => {
    if (name === "") return;
    const own = code(row);
    if ((classOf.get(own) ?? name) !== name) {
      refuse(row, `is "${name}", but its saved class is that of "${classOf.get(own)}"`);
    }
    if ((codeOf.get(name) ?? own) !== own) {
      refuse(row, `is "${name}", saved as ${own} and elsewhere as ${codeOf.get(name)}`);
    }
    classOf.set(own, name);
    codeOf.set(name, own);
  });
}

/** Words that mark a row as held out in a column of the table. */
const HELD_OUT = new Set(["1", "true", "yes", "valid", "validation", "val", "test", "held-out", "heldout"]);
const TRAINED = new Set(["0", "false", "no", "train", "training", ""]);

/** The rows that were not trained on, by a column of the table, by ranges such as `301-442`, or by a file of NumPy; null where none are named. */
export async function heldOutMask(
  table: Table,
  rowOf: RowOfLine,
  { "valid-rows": spec, "valid-column": column }: {
    readonly "valid-rows": string | null;
    readonly "valid-column": string | null;
  },
): Promise<Uint8Array | null> {
  if (spec !== null && column !== null) {
    throw new UsageError("--valid-rows and --valid-column both name rows; give only one of them");
  }
  if (spec === null && column === null) return null;
  const mask = column !== null ? byColumn(table, rowOf, column) : await byRows(rowOf.size, table.file, spec!);
  const held = mask.reduce((sum, one) => sum + one, 0);
  const option = column !== null ? "--valid-column" : "--valid-rows";
  if (held < 2 || rowOf.size - held < 2) {
    throw new UsageError(
      `${option} leaves ${rowOf.size - held} rows to train on and ${held} held out; at least 2 of each are needed`,
    );
  }
  return mask;
}

function byColumn(table: Table, rowOf: RowOfLine, column: string): Uint8Array {
  const mask = new Uint8Array(rowOf.size);
  textsOf(table, column).forEach((text, row) => {
    const word = text.toLowerCase();
    if (!HELD_OUT.has(word) && !TRAINED.has(word)) {
      throw new InputError(`"${text}" does not say whether the row was held out; write 1 or 0, valid or train`, {
        ...placeOf(table, row),
        column,
      });
    }
    mask[rowOf.get(table.lines[row])!] = HELD_OUT.has(word) ? 1 : 0;
  });
  return mask;
}

async function byRows(rows: number, file: string, spec: string): Promise<Uint8Array> {
  if (!/^\s*\d+(\s*-\s*\d+)?(\s*,\s*\d+(\s*-\s*\d+)?)*\s*$/.test(spec)) return await byFile(rows, spec, file);
  const mask = new Uint8Array(rows);
  for (const part of spec.split(",")) {
    const [from, to = from] = part.split("-").map(Number);
    if (!(from >= 1 && to >= from && to <= rows)) {
      throw new UsageError(`--valid-rows: ${part.trim()} is not a range of the rows 1 to ${rows} of ${file}`);
    }
    mask.fill(1, from - 1, to);
  }
  return mask;
}

/** A mask with a number per row, or the rows counted from 0 as NumPy does. */
async function byFile(rows: number, path: string, table: string): Promise<Uint8Array> {
  const [{ data, shape }, ...more] = await readArrays(path);
  if (more.length > 0 || shape.filter((extent) => extent !== 1).length > 1) {
    throw new InputError(
      "the file must hold one list: a mask with 0 or 1 for each row, or the numbers of rows, from 0",
      { file: path },
    );
  }
  if (data.length === rows && data.every((value) => value === 0 || value === 1)) return Uint8Array.from(data);
  const mask = new Uint8Array(rows);
  data.forEach((row, at) => {
    if (!(Number.isInteger(row) && row >= 0 && row < rows)) {
      throw new InputError(`entry ${at + 1} is ${row}, which is not a row of ${table}, from 0 to ${rows - 1}`, {
        file: path,
      });
    }
    mask[row] = 1;
  });
  return mask;
}
