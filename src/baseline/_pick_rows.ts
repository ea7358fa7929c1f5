import type { RowSource } from "../tensor/mod.ts";

/** Some rows of a source, in the given order. */
export function pickRows(source: RowSource, rows: readonly number[]): RowSource {
  return Object.freeze({
    rows: rows.length,
    cols: source.cols,
    write(from: number, count: number, to: number, ld: number) {
      for (let i = 0; i < count; i++) source.write(rows[from + i], 1, to + 8 * ld * i, ld);
    },
  });
}
