import { quoted } from "./_wording.ts";
import { textAt } from "./column.ts";
import { InputError } from "./input_error.ts";
import type { RowSplit } from "./split.ts";
import { columnAt, columnIndex, placeOf, refuseMissing, type Table } from "./table.ts";

/** What cells say, in small letters. */
const TRAINING = new Set(["train", "training", "fit", "in", "false", "no", "0"]);
const HELD_OUT = new Set([
  "test",
  "testing",
  "valid",
  "validation",
  "val",
  "held-out",
  "holdout",
  "out",
  "true",
  "yes",
  "1",
]);

/** Values that only say whether the name of the column is true. */
const ANSWERS = new Set(["false", "no", "0", "true", "yes", "1"]);

/**
 * The split that a column of the table says: `train` and `test` (or `valid`, `holdout`), or 0 and 1, `false` and `true`, `no` and `yes`, whatever the
 * case. 1, `true` and `yes` are held out, unless the name of the column contains "train".
 *
 * @param table The table.
 * @param name The column.
 * @returns The rows to train on and the held-out rows, ascending.
 * @throws {InputError} If there is no such column, a value is missing or none of these, or a side has too few rows.
 * @example Two rows to train on
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const table = parseTable("a,part\n1,train\n2,test\n3,train\n", { file: "a.csv" });
 * assertEquals(splitByColumn(table, "part"), { training: [0, 2], heldOut: [1] });
 * ```
 */
export function splitByColumn(table: Table, name: string): RowSplit {
  const at = columnIndex(table, name, "column of the split");
  refuseMissing(table, at, "split");
  const column = columnAt(table, at);
  const reversed = /train/i.test(name);
  const [training, heldOut]: [number[], number[]] = [[], []];
  for (let row = 0; row < table.rows; row++) {
    const text = textAt(column, row).toLowerCase();
    if (!TRAINING.has(text) && !HELD_OUT.has(text)) {
      const problem = `${
        quoted(textAt(column, row))
      } does not say on which side the row is; write train or test, or 0 or 1`;
      throw new InputError(problem, { ...placeOf(table, row), column: name });
    }
    const isHeld = HELD_OUT.has(text) !== (reversed && ANSWERS.has(text));
    (isHeld ? heldOut : training).push(row);
  }
  if (training.length >= 2 && heldOut.length >= 1) return { training, heldOut };
  const counts = `${training.length} to train on and ${heldOut.length} held out`;
  const problem = `the column splits the rows into ${counts}; 2 to train on and 1 held out are the least`;
  throw new InputError(problem, { file: table.file, column: name });
}
