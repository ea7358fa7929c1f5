import type { RowsRead } from "../data/mod.ts";
import type { Split, SplitColumn } from "./model.ts";

/** Whether a value is an object with entries. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Which rows were held out, as the metadata of a model say it; null when they do not fit. */
export function readSplit(value: unknown): Split | null {
  if (!isRecord(value)) return null;
  const { share, seed, rows, by } = value;
  const column = by === undefined ? null : readSplitColumn(by);
  if (by !== undefined && column === null) return null;
  const whole = [seed, rows].every((number) => Number.isSafeInteger(number));
  return typeof share === "number" && share > 0 && share < 1 && whole
    ? { share, seed: Number(seed), rows: Number(rows), ...column && { by: column } }
    : null;
}

/** The fingerprint of the rows, likewise. */
export function readRows(value: unknown): RowsRead | null {
  if (!isRecord(value)) return null;
  const { count, inputs, table, order, heldOut } = value;
  const isHash = (one: unknown): one is string => typeof one === "string" && /^[0-9a-f]{16}$/.test(one);
  const isList = typeof heldOut === "string" && /^(?:[A-Za-z0-9+/]{8})+$/.test(heldOut);
  if (!Number.isSafeInteger(count) || !isHash(inputs) || !isHash(table) || !isHash(order)) return null;
  if (heldOut !== undefined && !isList) return null;
  return { count: Number(count), inputs, table, order, ...isList && { heldOut } };
}

function readSplitColumn(value: unknown): SplitColumn | null {
  if (!isRecord(value) || typeof value.column !== "string") return null;
  const kind = (["column", "group", "time"] as const).find((known) => known === value.kind);
  return kind === undefined ? null : { kind, column: value.column };
}
