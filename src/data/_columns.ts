import { cellsAt, type Frame } from "./frame.ts";
import { numberProblem } from "./_number.ts";
import { dropping, quoted, suggestion } from "./_wording.ts";
import { InputError } from "./input_error.ts";

/** The index of a column, or an InputError that says who asked for it. */
export function columnIndex(
  { file, columns }: { readonly file: string; readonly columns: readonly string[] },
  name: string,
  asker: string,
): number {
  const at = columns.indexOf(name);
  if (at >= 0) return at;
  throw new InputError(`${asker} ${quoted(name)} is not a column; ${suggestion(name, columns)}`, { file });
}

/** The text of a cell; a number as it is written shortest. */
export function textAt(frame: Frame, at: number, row: number): string {
  const { numbers, codes, texts } = cellsAt(frame, at);
  return codes === null || codes[row] < 0 ? String(numbers[row]) : texts[codes[row]];
}

/** The code of a blank in a column, or null when there is none. */
export function blankCode(frame: Frame, at: number): number | null {
  const code = cellsAt(frame, at).texts.indexOf("");
  return code < 0 ? null : code;
}

/** The different texts of a column, those of its numbers included, each once. */
export function distinctTexts(frame: Frame, at: number): string[] {
  const { numbers, texts } = cellsAt(frame, at);
  const values = new Set<number>();
  for (const value of numbers) if (!Number.isNaN(value)) values.add(value);
  return [...new Set([...texts, ...Array.from(values, String)])];
}

/** The first cell that is blank, as an InputError; does nothing when there is none. */
export function refuseBlank(frame: Frame, at: number): void {
  const blank = blankCode(frame, at);
  if (blank === null) return;
  const row = cellsAt(frame, at).codes!.indexOf(blank);
  throw new InputError("the cell is blank; fill it in, or leave the row out", {
    file: frame.file,
    line: frame.lines[row],
    column: frame.columns[at],
  });
}

/**
 * The numbers of a column, not to be changed; the first cell that holds none is an InputError, with the repair for its kind of
 * column. A blank is NaN where blanks are not refused.
 */
export function numbersOf(
  frame: Frame,
  at: number,
  kind: "feature" | "target",
  missing: "refuse" | "mean" | "drop" = "refuse",
): Float64Array {
  const { numbers, codes, texts } = cellsAt(frame, at);
  if (codes === null) return numbers;
  const { file, columns, lines } = frame;
  const row = codes.findIndex((code) => code >= 0 && (texts[code] !== "" || missing === "refuse"));
  if (row < 0) return numbers;
  const cell = texts[codes[row]];
  const instead = kind === "feature" ? `leave the column out with ${dropping(columns[at])}` : "leave the row out";
  const problem = `${numberProblem(cell, quoted(cell))}, or ${instead}`;
  throw new InputError(problem, { file, line: lines[row], column: columns[at] });
}
