import { numberIn } from "./_number.ts";
import { missingCode, textAt } from "./column.ts";
import type { EncodeOptions } from "./encode_table.ts";
import type { Remedy } from "./input_error.ts";
import { looksOf, quoted } from "./_wording.ts";
import { columnAt, countCodes, type Table, typeOf } from "./table.ts";

/** What was read in a column. */
export interface ColumnSummary {
  /** Its name. */
  readonly name: string;
  /** What it is for. */
  readonly role: "feature" | "target" | "weights";
  /** What its cells were read as: numbers, or texts that are categories or classes. */
  readonly type: "number" | "text";
  /** How many values are missing. */
  readonly missing: number;
  /** The spellings of those beside the empty cell. */
  readonly missingAs: readonly string[];
  /** How many different texts there are; null for numbers. */
  readonly levels: number | null;
  /** Whether all values that are known are the same. */
  readonly constant: boolean;
  /** What a reader should look at: codes read as numbers, a column that numbers the rows, classes read as numbers, mixed cells. */
  readonly suspicious: readonly string[];
  /** The option that would change how it is read, where something is suspicious; null where none would. */
  readonly remedy: Remedy | null;
}

/**
 * What was read in each column that is used: type, missing values, levels, constant columns, and what looks suspicious.
 * Cost: two passes over the cells at most, and no more memory than a few numbers a column.
 *
 * @param table The table, before rows are left out.
 * @param options Which columns are used, and how the target is read.
 * @returns A summary a column, that of weights and targets last.
 * @example A level per row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("id,a,y\n1,x,1\n2,x,2.5\n3,NA,3\n4,z,4\n5,z,7\n", { file: "a.csv" });
 * const [id, a] = summariseColumns(table, { target: "y", targetKind: "number" });
 * assertEquals([a.type, a.levels, a.missing, a.missingAs], ["text", 2, 1, ["NA"]]);
 * assertEquals(id.suspicious, ["it counts the rows: leave it out if it is only their number"]);
 * ```
 */
export function summariseColumns(table: Table, options: EncodeOptions): readonly ColumnSummary[] {
  const { targetKind, features, drop = [], weights } = options;
  const targets = typeof options.target === "string" ? [options.target] : options.target;
  const isDropped = new Set(drop);
  const names = features ??
    table.columns.filter((name) => !targets.includes(name) && !isDropped.has(name) && name !== weights);
  return Object.freeze([
    ...names.map((name) => summarise(table, name, "feature", typeOf(table, table.places.get(name)!))),
    ...weights === undefined ? [] : [summarise(table, weights, "weights", "number")],
    ...targets.map((name) => summarise(table, name, "target", targetKind.startsWith("class") ? "text" : "number")),
  ]);
}

function summarise(table: Table, name: string, role: ColumnSummary["role"], type: "number" | "text"): ColumnSummary {
  const at = table.places.get(name)!;
  const column = columnAt(table, at);
  const { codes, numbers } = column;
  const blank = missingCode(column);
  const missing = blank === null ? 0 : codes!.reduce((count, code) => code === blank ? count + 1 : count, 0);
  const levels = type === "number" ? null : levelsIn(table, at);
  const shape = numbers === null ? NO_NUMBERS : shapeOf(numbers);
  const seen: Seen = { table, at, role, shape, known: table.rows - missing };
  const { what, remedy } = levels === null ? suspiciousNumbers(seen) : suspiciousTexts(seen, levels);
  return Object.freeze({
    name,
    role,
    type,
    missing,
    missingAs: table.spellings[at].missing ?? [],
    levels: levels?.length ?? null,
    constant: levels === null ? shape.constant : levels.length === 1,
    suspicious: Object.freeze(what),
    remedy,
  });
}

/** What was seen in a column. */
interface Seen {
  readonly table: Table;
  readonly at: number;
  readonly role: ColumnSummary["role"];
  readonly shape: Shape;
  /** How many values are not missing. */
  readonly known: number;
}

/** What a reader should look at in a column, and the option that would change it. */
interface Suspicion {
  readonly what: readonly string[];
  readonly remedy: Remedy | null;
}

function suspiciousNumbers({ table, at, role, shape, known }: Seen): Suspicion {
  const what: string[] = [];
  const numbers = columnAt(table, at).numbers ?? new Float64Array();
  if (role === "weights") return { what, remedy: null };
  if (role === "target") {
    const few = countCodes(numbers);
    if (few < 2) return { what, remedy: null };
    what.push(`it holds ${few === 2 ? 2 : `${few} whole`} numbers: this looks like classes`);
    return { what, remedy: { option: "loss", value: few === 2 ? "logistic" : "softmax" } };
  }
  if (shape.counts && known > 4) what.push("it counts the rows: leave it out if it is only their number");
  if (shape.days) what.push(`its numbers look like dates: write them as 1999-12-31 if they are`);
  if (!table.spellings[at].zeros) return { what, remedy: null };
  what.push("its numbers have zeros in front: read it as text if they are codes");
  return { what, remedy: { option: "types", value: `${table.columns[at]}=text` } };
}

/** Categories that are numbers with a unit are told from names with a number in front by how many there are at least. */
const FEWEST_AMOUNTS = 3;

/** An amount, such as 12 kg, 12:30, <5 or (12), in the digits of any script. */
const AMOUNT = /^[(<>\u2264\u2265~\u2248=+-]*\s*[\p{Nd}.,:]+\s*\P{Nd}*$/u;

/** Whether a text is an amount that is no plain number, which somebody said to read as a text. */
const isAmount = (text: string): boolean => AMOUNT.test(text) && numberIn(text) === null;

function suspiciousTexts({ table, at, role, known }: Seen, levels: readonly string[]): Suspicion {
  const what: string[] = [];
  const { numbers, texts } = columnAt(table, at);
  const word = texts.find((text) => text !== "");
  if (numbers !== null && word !== undefined) {
    what.push(`it holds numbers and texts such as ${quoted(word)}: all of it is read as text`);
  } else if (role === "feature" && levels.length >= FEWEST_AMOUNTS && levels.every(isAmount)) {
    what.push(`its texts are amounts such as ${quoted(levels[0])}: write plain numbers to have them read as such`);
  }
  const twins = lookAlikes(levels);
  if (twins !== null) {
    what.push(`it holds ${quoted(twins[0])} and ${quoted(twins[1])}: write both in one way if they are the same`);
  }
  if (role === "feature" && levels.length > 1 && 2 * levels.length > known) {
    what.push("most of its texts are there once");
  }
  return { what, remedy: null };
}

/** The first two texts that differ in case, spaces or forms of letters only; null when there are none. */
function lookAlikes(texts: readonly string[]): readonly [string, string] | null {
  const seen = new Map<string, string>();
  for (const text of texts) {
    const look = looksOf(text).toLowerCase();
    const first = seen.get(look);
    if (first !== undefined) return [first, text];
    seen.set(look, text);
  }
  return null;
}

/** The different texts, missing values left out. */
function levelsIn(table: Table, at: number): readonly string[] {
  const column = columnAt(table, at);
  if (column.numbers === null) return column.texts.filter((text) => text !== "");
  const found = new Set<string>();
  for (let row = 0; row < table.rows; row++) found.add(textAt(column, row));
  found.delete("");
  return [...found];
}

/** What numbers are like. */
interface Shape {
  /** Whether all are the same. */
  readonly constant: boolean;
  /** Whether they count the rows. */
  readonly counts: boolean;
  /** Whether all are dates such as 19991231. */
  readonly days: boolean;
}

const NO_NUMBERS: Shape = { constant: false, counts: false, days: false };

/** Whether a number is written as the date of a day from 1900 to 2099. */
function isDay(value: number): boolean {
  const [month, day] = [Math.floor(value / 100) % 100, value % 100];
  return value >= 19000101 && value <= 20991231 && Number.isInteger(value) && month >= 1 && month <= 12 && day >= 1 &&
    day <= 31;
}

function shapeOf(numbers: Float64Array): Shape {
  let [first, last, constant, counts, days] = [NaN, NaN, true, true, true];
  for (const value of numbers) {
    if (value !== value) continue;
    if (first !== first) first = value;
    else {
      if (value !== first) constant = false;
      if (value !== last + 1) counts = false;
    }
    if (days && !isDay(value)) days = false;
    last = value;
    if (!constant && !counts && !days) break;
  }
  const some = first === first;
  return { constant: constant && some, counts: counts && !constant, days: days && some && !constant };
}
