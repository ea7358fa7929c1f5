import type { Table } from "../../src/data/mod.ts";

/** Keeps every column as it is written. */
export const asWritten = { written: () => true } as const;

/** The cells of a table as they are written, row by row. */
export function rowsIn({ rows, written }: Table): readonly (readonly string[])[] {
  return Array.from({ length: rows }, (_, row) => written.map((cells) => cells![row]));
}
