import { parseTable, type Table } from "../../src/data/mod.ts";

/** A table, and how its numbers were written. */
export interface ReadTable {
  readonly table: Table;
  /** Whether decimals follow a comma, as in 2,5. */
  readonly decimalComma: boolean;
}

/** Whether some texts look like numbers with decimal commas. */
const hasCommas = ({ spellings }: Table): boolean => spellings.some(({ refused }) => refused?.option === "decimal");

/**
 * Reads a table as the program does; where the texts of a column look like numbers with decimal commas, with those. Points are read as they were.
 *
 * @param text The table, as CSV.
 * @param file Its name, for messages.
 * @throws {InputError} If the text holds no table.
 */
export function readTable(text: string, file: string): ReadTable {
  const table = parseTable(text, { file });
  if (!hasCommas(table)) return { table, decimalComma: false };
  return { table: parseTable(text, { file, reading: { decimalComma: true } }), decimalComma: true };
}
