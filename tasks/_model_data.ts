import { type Dataset, encodeWith, InputError, parseTable, type Table } from "../src/data/mod.ts";
import { takeRows } from "../src/fit/mod.ts";
import { decodeModel, type Model } from "../src/model/mod.ts";
import { UsageError } from "../src/cli/mod.ts";
import { readBytes, readInput } from "./_files.ts";
import { heldOutRows } from "./_problem.ts";

/** The options that name a model and the rows to look at it on. */
export interface ModelDataOptions {
  readonly model: string | null;
  readonly data: string | null;
  readonly "all-rows": boolean;
}

/** A model with the rows that it was trained on, in its units, or with all rows of a table. */
export interface ModelData {
  readonly model: Model;
  readonly data: Dataset;
  /** Rows of the table that the model was not trained on and that are left out. */
  readonly heldOut: number;
}

/** Reads the model and the table that the options name. */
export async function loadModelData(options: ModelDataOptions): Promise<ModelData> {
  const { model: file, data: path } = options;
  if (file === null) throw new UsageError("--model is missing; name a model, such as runs/fit/model.safetensors");
  if (path === null) throw new UsageError("--data is missing; name the table that the model is to be held to");
  const model = decodeModel(await readBytes(file), file);
  const table = parseTable(await readInput(path), { file: path });
  return { model, ...rowsOf(model, table, options) };
}

function rowsOf(model: Model, table: Table, options: ModelDataOptions): Omit<ModelData, "model"> {
  const { split } = model;
  if (split === undefined || options["all-rows"]) return { data: encodeWith(table, model), heldOut: 0 };
  if (split.rows !== table.rows.length) {
    throw new InputError(
      `the model was trained on a part of ${split.rows} rows, but the table has ${table.rows.length}; ` +
        "give the same table, or --all-rows for this one",
      { file: table.file },
    );
  }
  const rows = heldOutRows(table, model.targets, model.loss.target, split);
  return { data: encodeWith(takeRows(table, rows.training), model), heldOut: rows.heldOut.length };
}
