import { quoted } from "./_wording.ts";

/** Where the bad input is. */
export interface InputPlace {
  /** The file, as the user named it. */
  readonly file: string;
  /** The line in the file, from 1; null (default) when no single line is to blame. */
  readonly line?: number | null;
  /** The row of a file that has no lines, from 1; null (default) when no single row is to blame. */
  readonly row?: number | null;
  /** The name of the column; null (default) when no single column is to blame. */
  readonly column?: string | null;
  /** The option that would repair it; null (default) when none would. */
  readonly remedy?: Remedy | null;
}

/** An option of {@linkcode encodeTable} that would repair bad input. A program that has such an option names it after the message. */
export interface Remedy {
  /** The option. */
  readonly option:
    | "target"
    | "weights"
    | "class-weight"
    | "transform-target"
    | "features"
    | "drop"
    | "positive"
    | "missing"
    | "types"
    | "loss"
    | "unknown"
    | "decimal"
    | "thousands"
    | "percent"
    | "currency"
    | "dates";
  /** The value to give it; undefined when the user has to choose one. */
  readonly value?: string;
  /** Another option that would; none if absent. */
  readonly or?: Remedy;
}

/**
 * Bad input of a user. The message is one sentence: file, line and column where they exist, the problem, the repair.
 *
 * @example A missing value
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const error = new InputError("the value is missing; fill it in", { file: "a.csv", line: 7, column: "bmi" });
 * assertEquals(error.message, 'a.csv, line 7, column "bmi": the value is missing; fill it in');
 * ```
 */
export class InputError extends Error {
  /** The file, as the user named it. */
  readonly file: string;
  /** The line in the file, from 1, or null. */
  readonly line: number | null;
  /** The row of a file that has no lines, from 1, or null. */
  readonly row: number | null;
  /** The name of the column, or null. */
  readonly column: string | null;
  /** The option that would repair it, or null. */
  readonly remedy: Remedy | null;

  /**
   * Makes the error; the message starts with the place.
   * @param problem What is wrong and how to repair it, without the place.
   * @param place Where it is.
   */
  constructor(problem: string, { file, line = null, row = null, column = null, remedy = null }: InputPlace) {
    const where = [
      file,
      ...line === null ? [] : [`line ${line}`],
      ...row === null ? [] : [`row ${row}`],
      ...column === null ? [] : [`column ${quoted(column)}`],
    ];
    super(`${where.join(", ")}: ${problem}`);
    this.name = "InputError";
    this.file = file;
    this.line = line;
    this.row = row;
    this.column = column;
    this.remedy = remedy;
  }
}
