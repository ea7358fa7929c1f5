import { numberIn } from "./_number.ts";
import { listed, quoted } from "./_wording.ts";
import { distinctTexts } from "./column.ts";
import { InputError } from "./input_error.ts";
import { columnAt, refuseMissing, type Table } from "./table.ts";

/** Refuses a column of classes whose numbers have lost how they are written: 1E2 and 100 are two classes. */
export function refuseLostTexts({ file, columns, spellings, cells }: Table, at: number): void {
  if (cells[at]!.numbers === null || !spellings[at].rewritten) return;
  const problem =
    "the classes were read as numbers, and some are not written in their shortest form; read the column as text";
  const remedy = { option: "types" as const, value: `${columns[at]}=text` };
  throw new InputError(problem, { file, column: columns[at], remedy });
}

/** The name of a cell's class in an encoding of old; where classes are numbers, 1 and 1.0 are one class. */
export function className(cell: string, numeric: boolean): string {
  return numeric ? String((numberIn(cell) ?? NaN) + 0) : cell;
}

/** Whether every name is a number, so that classes are compared as numbers. */
export function areNumbers(names: readonly string[]): boolean {
  return names.every((name) => numberIn(name) !== null);
}

/** More classes than this are names or numbers of rows rather than classes; each of them is an output for every row. */
const MOST_CLASSES = 1000;

/** The classes: exactly two, [negative, positive], or three and more in the order of their names. */
export function classesOf(
  table: Table,
  at: number,
  wanted: "two" | "several",
  positive?: string,
): readonly string[] {
  refuseMissing(table, at);
  refuseLostTexts(table, at);
  const place = { file: table.file, column: table.columns[at] };
  const distinct = distinctTexts(columnAt(table, at)).sort();
  if (wanted === "several") {
    if (distinct.length < 3) {
      throw new InputError(`${classCount(distinct)}; give it at least three, or use a loss for two`, place);
    }
    if (distinct.length > MOST_CLASSES) {
      throw new InputError(
        `${classCount(distinct)}, more than ${MOST_CLASSES}; join rare ones into one, or name another target`,
        place,
      );
    }
    return Object.freeze(distinct);
  }
  if (distinct.length !== 2) throw new InputError(`${classCount(distinct)}; give it exactly two`, place);
  if (positive === undefined) return Object.freeze([distinct[0], distinct[1]] as const);
  const yes = positive.trim();
  if (!distinct.includes(yes)) {
    throw new InputError(
      `the positive class ${quoted(positive)} is not one of the classes ${listed(distinct)}; name one of them`,
      { ...place, remedy: { option: "positive" } },
    );
  }
  return Object.freeze([distinct.find((name) => name !== yes)!, yes] as const);
}

/** `the target holds 3 classes (a, b, c)`. */
export function classCount(distinct: readonly string[]): string {
  const count = `${distinct.length} class${distinct.length === 1 ? "" : "es"}`;
  return `the target holds ${count} (${listed(distinct.map((name) => quoted(name)))})`;
}
