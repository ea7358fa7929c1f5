import { classCount } from "./_classes.ts";
import { type Column, distinctTexts, textAt } from "./column.ts";
import { InputError } from "./input_error.ts";
import {
  columnAt,
  columnIndex,
  countTexts,
  numbersAt,
  refuseMissing,
  refuseSpelling,
  type Table,
  typeOf,
} from "./table.ts";

/**
 * The kind of a target column: numbers when every cell is one, classes when most cells are texts, or were said to be, or when every
 * different value recurs: "class" for two distinct values, "classes" for three or more.
 *
 * @param table The table.
 * @param target The name of the target column.
 * @returns "number", "class" or "classes".
 * @throws {InputError} If there is no such column, a value is missing, a single cell among numbers is text, or the text
 * makes one class, or so many that most rows have one of their own.
 * @example Two classes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a,y\n1,no\n2,yes\n3,no\n", { file: "a.csv" });
 * assertEquals(inferTargetKind(table, "y"), "class");
 * assertEquals(inferTargetKind(table, "a"), "number");
 * ```
 */
export function inferTargetKind(table: Table, target: string): "number" | "class" | "classes" {
  const at = columnIndex(table, target, "target", { option: "target" });
  refuseMissing(table, at);
  refuseSpelling(table, at);
  const column = columnAt(table, at);
  if (countTexts(column) === 0 || table.spellings[at].declared === "number") return "number";
  const distinct = distinctTexts(column).sort();
  if (distinct.length === 2) return "class";
  // Mostly numbers: a text among them that does not recur, or recurs beside many numbers, is a mistake, and this names its line.
  if (typeOf(table, at) === "number" && !recurs(column, distinct.length)) numbersAt(table, at, "target");
  if (distinct.length > 2 && 2 * distinct.length <= table.rows) return "classes";
  const problem = distinct.length === 1
    ? `${classCount(distinct)}; give it at least two`
    : `${classCount(distinct)}, most of them once; classes have to recur`;
  throw new InputError(problem, { file: table.file, column: target });
}

/** More different values than this are numbers with a mistake among them, not classes. */
const FEW = 20;

/** Whether the values of a column are few, and every one of them is there more than once. */
function recurs(column: Column, distinct: number): boolean {
  if (distinct > FEW) return false;
  const counts = new Map<string, number>();
  const rows = (column.codes ?? column.numbers!).length;
  for (let row = 0; row < rows; row++) {
    const text = textAt(column, row);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts.values()].every((count) => count > 1);
}
