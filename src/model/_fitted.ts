import type { Encoding, RowsRead } from "../data/mod.ts";
import type { Calibration } from "./calibration.ts";
import { isRecord, type Metadata } from "./_metadata.ts";
import type { Model, Split, SplitColumn } from "./model.ts";

/** What a model file may hold of the fit that made it. */
export function readFitted(
  { optional }: Metadata,
  { targets }: Encoding,
): Pick<Model, "split" | "rows" | "ridge" | "calibration"> {
  const split = optional("split", readSplit, "a share held out, a seed and a number of rows");
  const rows = optional("rows", readRows, "the fingerprint of the rows: count, inputs, table, order");
  const ridge = optional("ridge", readRidge, "strengths x above 0 and f above 0 or null");
  const calibration = optional(
    "calibration",
    (value) => readCalibration(value, targets.length),
    "rows left out: on which, how many, errors (a list per target, ascending) or null, temperature above 0 or null",
  );
  return { ...split && { split }, ...rows && { rows }, ...ridge && { ridge }, ...calibration && { calibration } };
}

/** Which rows were held out, as the metadata of a model say it; null when they do not fit. */
function readSplit(value: unknown): Split | null {
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
function readRows(value: unknown): RowsRead | null {
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

function readRidge(value: unknown): Model["ridge"] | null {
  if (!isRecord(value)) return null;
  const { x, f } = value;
  const isStrength = (one: unknown): one is number => typeof one === "number" && one > 0 && one < Infinity;
  return isStrength(x) && (f === null || isStrength(f)) ? { x, f } : null;
}

function readCalibration(value: unknown, targets: number): Calibration | null {
  if (!isRecord(value)) return null;
  const { rows, errors, temperature } = value;
  const on = (["held-out rows", "cross-validated rows"] as const).find((known) => known === value.on);
  const isTemperature = temperature === null ||
    typeof temperature === "number" && temperature > 0 && temperature < Infinity;
  const areSizes = (own: unknown): own is number[] =>
    Array.isArray(own) && own.length > 0 &&
    own.every((one, at) => one >= (at === 0 ? 0 : own[at - 1]) && one < Infinity);
  const areErrors = errors === null || Array.isArray(errors) && errors.length === targets && errors.every(areSizes);
  if (on === undefined || !Number.isSafeInteger(rows) || Number(rows) < 1 || !isTemperature || !areErrors) return null;
  return { on, rows: Number(rows), errors: errors as Calibration["errors"], temperature };
}
