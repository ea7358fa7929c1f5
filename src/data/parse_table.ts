import { refuseFew } from "./_header.ts";
import { startCollection } from "./collect_table.ts";
import { readTable, type ReadTableOptions } from "./read_table.ts";
import { settleTable } from "./settle_table.ts";
import type { Table } from "./table.ts";

/** Options of {@linkcode parseTable}. */
export interface ParseTableOptions extends ReadTableOptions {
  /** The least number of rows below the header; 2 by default, which training needs. */
  readonly minRows?: number;
}

/**
 * Reads CSV text with a header into a table. The separator is a comma, a semicolon, a tab or a bar (|), whichever
 * the header has most of outside quotes. Cells may be quoted and then hold separators, doubled quotes and line ends. A
 * byte-order mark, CR LF or CR line ends and blank lines are ignored. A number loses how it was written (`1.0` is 1), unless
 * `written` keeps it. Cost: linear in the length of the text.
 *
 * @param text The whole text.
 * @param options The name of the file, which columns to keep, and the least number of rows.
 * @returns The table; each row knows the line it starts at.
 * @throws {InputError} If the text is empty or not plain text, a name of the header is empty or there twice, a row has
 * more or fewer cells than the header, a quote is out of place or never closed, or there are too few rows.
 * @example Numbers and texts
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const table = parseTable("age,name\n3.0,\"Li, Wei\"\n\n4,Bo\n", { file: "people.csv" });
 * assertEquals(table.columns, ["age", "name"]);
 * assertEquals([...table.lines], [2, 4]);
 * const [age, name] = table.cells;
 * assertEquals([...age!.numbers!], [3, 4]);
 * assertEquals(name!.texts, ["Li, Wei", "Bo"]);
 * ```
 */
export function parseTable(text: string, { minRows = 2, ...options }: ParseTableOptions): Table {
  const reader = readTable(options);
  const collection = startCollection();
  const first = reader.push(text);
  if (first !== null) collection.add(first, 1);
  collection.add(reader.end(), 1);
  const table = settleTable(collection.finish());
  refuseFew(table.rows, minRows, options.file);
  return table;
}
