import { classCount } from "./_classes.ts";
import { distinctTexts } from "./column.ts";
import { InputError } from "./input_error.ts";
import { columnAt, columnIndex, numbersAt, refuseMissing, type Table } from "./table.ts";

/**
 * The kind of a target column: numbers when every cell is one, classes when there is text: "class" for two
 * distinct values, "classes" for three or more that recur.
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
  const column = columnAt(table, at);
  const texts = column.codes?.reduce((count, code) => code < 0 ? count : count + 1, 0) ?? 0;
  if (texts === 0) return "number";
  const distinct = distinctTexts(column).sort();
  if (distinct.length === 2) return "class";
  // Mostly numbers: the text among them is the mistake, and this names its line.
  if (2 * texts < table.rows) numbersAt(table, at, "target");
  if (distinct.length > 2 && 2 * distinct.length <= table.rows) return "classes";
  const problem = distinct.length === 1
    ? `${classCount(distinct)}; give it at least two`
    : `${classCount(distinct)}, most of them once; classes have to recur`;
  throw new InputError(problem, { file: table.file, column: target });
}
