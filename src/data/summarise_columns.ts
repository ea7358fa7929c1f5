import { missingCode, textAt } from "./column.ts";
import type { EncodeOptions } from "./encode_table.ts";
import type { Remedy } from "./input_error.ts";
import { quoted } from "./_wording.ts";
import { columnAt, countCodes, type Table, typeOf } from "./table.ts";

/** What was read in a column. */
export interface ColumnSummary {
  /** Its name. */
  readonly name: string;
  /** What it is for. */
  readonly role: "feature" | "target";
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
 * @returns A summary a column, targets last.
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
  const { targetKind, features, drop = [] } = options;
  const targets = typeof options.target === "string" ? [options.target] : options.target;
  const isDropped = new Set(drop);
  const names = features ?? table.columns.filter((name) => !targets.includes(name) && !isDropped.has(name));
  return Object.freeze([
    ...names.map((name) => summarise(table, name, "feature", typeOf(table, table.places.get(name)!))),
    ...targets.map((name) => summarise(table, name, "target", targetKind.startsWith("class") ? "text" : "number")),
  ]);
}

function summarise(table: Table, name: string, role: "feature" | "target", type: "number" | "text"): ColumnSummary {
  const at = table.places.get(name)!;
  const column = columnAt(table, at);
  const { codes, numbers, texts } = column;
  const blank = missingCode(column);
  const missing = blank === null ? 0 : codes!.reduce((count, code) => code === blank ? count + 1 : count, 0);
  const known = table.rows - missing;
  const levels = type === "number" ? null : levelsIn(table, at);
  const { constant, counts } = numbers === null ? NO_NUMBERS : shapeOf(numbers);
  const suspicious: string[] = [];
  let remedy: Remedy | null = null;
  const word = texts.find((text) => text !== "");
  if (type === "text" && numbers !== null && word !== undefined) {
    suspicious.push(`it holds numbers and texts such as ${quoted(word)}: all of it is read as text`);
  }
  if (type === "number" && role === "feature" && counts && known > 4) {
    suspicious.push("it counts the rows: leave it out if it is only their number");
  }
  if (type === "number" && table.spellings[at].zeros && role === "feature") {
    suspicious.push("its numbers have zeros in front: read it as text if they are codes");
    remedy = { option: "types", value: `${name}=text` };
  }
  const few = type === "number" && role === "target" ? countCodes(numbers ?? new Float64Array()) : 0;
  if (few > 1) {
    suspicious.push(`it holds ${few === 2 ? 2 : `${few} whole`} numbers: this looks like classes`);
    remedy = { option: "loss", value: few === 2 ? "logistic" : "softmax" };
  }
  if (levels !== null && role === "feature" && levels > 1 && 2 * levels > known) {
    suspicious.push("most of its texts are there once");
  }
  return Object.freeze({
    name,
    role,
    type,
    missing,
    missingAs: table.spellings[at].missing ?? [],
    levels,
    constant: type === "number" ? constant : levels === 1,
    suspicious: Object.freeze(suspicious),
    remedy,
  });
}

/** How many different texts there are, missing values left out. */
function levelsIn(table: Table, at: number): number {
  const column = columnAt(table, at);
  if (column.numbers === null) return column.texts.filter((text) => text !== "").length;
  const found = new Set<string>();
  for (let row = 0; row < table.rows; row++) found.add(textAt(column, row));
  found.delete("");
  return found.size;
}

const NO_NUMBERS = { constant: false, counts: false };

/** Whether numbers are all the same, and whether they count the rows. */
function shapeOf(numbers: Float64Array): { readonly constant: boolean; readonly counts: boolean } {
  let [first, last, constant, counts] = [NaN, NaN, true, true];
  for (const value of numbers) {
    if (value !== value) continue;
    if (first !== first) first = value;
    else {
      if (value !== first) constant = false;
      if (value !== last + 1) counts = false;
    }
    last = value;
    if (!constant && !counts) break;
  }
  return { constant: constant && first === first, counts: counts && !constant };
}
