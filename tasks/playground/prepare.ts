import {
  type Dataset,
  encodeTable,
  encodeWith,
  holdOut,
  summariseColumns,
  surveyColumns,
  type Table,
  takeRows,
  textsOf,
} from "../../src/data/mod.ts";
import { examplesOf } from "../../src/examples.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import type { Settings } from "./settings.ts";

/** A table split and encoded as `fit` does it. */
export interface Prepared {
  /** The column to predict. */
  readonly target: string;
  /** The rows to train on. */
  readonly training: Dataset;
  /** Held-out rows, or null. */
  readonly heldOut: Dataset | null;
  /** The loss that fits the target. */
  readonly loss: AnyLoss;
  /** Rows of the table. */
  readonly rows: number;
}

/**
 * Splits and encodes a table.
 *
 * @param table The table.
 * @param settings Target, left-out columns, missing values, the share to hold out, and the seed.
 * @param target The column to predict where the settings name none.
 * @throws {InputError} If the table does not hold what the settings name.
 * @throws {RangeError} If the share leaves too few rows.
 */
export function prepare(table: Table, settings: Settings, target: string): Prepared {
  const { drop, missing, valid, seed } = settings;
  const wanted = settings.target || target;
  const options = { target: wanted, drop, missing };
  const { loss } = examplesOf(table, options);
  const encode = { ...options, targetKind: loss.target };
  const known = { ...surveyColumns(table, encode), summary: summariseColumns(table, encode) };
  const whole = { target: wanted, loss, rows: table.rows };
  if (valid === 0) return { ...whole, training: encodeTable(table, { ...encode, known }), heldOut: null };
  const strata = loss.target.startsWith("class") ? textsOf(table, wanted) : null;
  const rows = holdOut(table.rows, valid, fold(key(seed), "split"), strata);
  const training = encodeTable(takeRows(table, rows.training), { ...encode, known });
  return { ...whole, training, heldOut: encodeWith(takeRows(table, rows.heldOut), training) };
}
