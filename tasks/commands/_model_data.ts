import {
  type Dataset,
  dropMissingRows,
  dropWeightlessRows,
  encodeWith,
  InputError,
  type KnownRows,
  readingOf,
  recogniseRows,
  type RowSplit,
  type Table,
  takeRows,
} from "../../src/data/mod.ts";
import { findBestLinear } from "../../src/baseline/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import { decodeModel, type Model, type Split } from "../../src/model/mod.ts";
import { createObjective, createRidgeObjective, type Objective, type Ridge } from "../../src/objective/mod.ts";
import { findRidgeLinear, ridgeOfStrengths } from "../../src/train/mod.ts";
import { UsageError } from "../../src/cli/mod.ts";
import { readTensors } from "../io/files.ts";
import { drive } from "../io/interrupt.ts";
import { heldOutRows, refuseTargets } from "./_problem.ts";
import { loadTable } from "../io/tables.ts";

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
  /** Whether the table holds the rows that the model was made from, in their order or another; null where the model does not say which. */
  readonly rows: KnownRows["state"] | null;
}

/** Reads the model and the table that the options name. */
export async function loadModelData(options: ModelDataOptions): Promise<ModelData> {
  const { model: file, data: path } = options;
  if (file === null) {
    throw new UsageError(
      "--model is missing; name a model, such as runs/fit/model.safetensors, or its run with --run runs/fit",
    );
  }
  if (path === null) throw new UsageError("--data is missing; name the table to evaluate the model on");
  const model = decodeModel(await readTensors(file), file);
  const by = options["all-rows"] ? [] : [model.split?.by?.column ?? []].flat();
  const weights = model.weighting?.column ?? [];
  const used = new Set([...model.targets, ...[weights].flat(), ...model.columns.map(({ name }) => name), ...by]);
  const table = await loadTable(path, { keep: (name) => used.has(name), reading: readingOf(model) });
  const rows = rowsOf(model, table, options);
  refuseTargets(model.loss, rows.data);
  return { model, ...rows };
}

function rowsOf(model: Model, whole: Table, options: ModelDataOptions): Omit<ModelData, "model"> {
  // A model of now was split after rows without a target were left out; one of old, before.
  const weights = model.weighting?.column ?? null;
  const withTargets = model.reading === undefined || model.missing === "refuse"
    ? whole
    : dropMissingRows(whole, [...model.targets, ...weights === null ? [] : [weights]]);
  const table = dropWeightlessRows(withTargets, weights);
  const { split } = model;
  const known = model.rows === undefined ? null : recogniseRows(table, model, model.rows);
  const rows = known?.state ?? null;
  if (split === undefined || options["all-rows"]) return { data: encodeWith(table, model), heldOut: 0, rows };
  if (split.rows !== table.rows) {
    throw new InputError(
      `the model was trained on a part of ${split.rows} rows, but the table has ${table.rows}; ` +
        "give the same table, or --all-rows for this one",
      { file: table.file },
    );
  }
  const { training, heldOut } = known === null || known.state === "same"
    ? splitRows(model, table, split)
    : splitKnown(known, table);
  return { data: encodeWith(takeRows(table, training), model), heldOut: heldOut.length, rows };
}

/** The rows of a table in another order, or with other rows among them: those that are known as held out stay so. */
function splitKnown({ state, heldOut, wanted }: KnownRows, table: Table): RowSplit {
  const what = state === "reordered"
    ? "the rows are in another order than when the model was trained"
    : "the rows are not those that the model was trained on";
  if (heldOut === null) {
    throw new InputError(
      `${what}, and the model file does not say which were held out, as they were many; give the table as it was, or --all-rows`,
      { file: table.file },
    );
  }
  if (heldOut.length < wanted) {
    throw new InputError(
      `${what}: ${
        wanted - heldOut.length
      } of the ${wanted} held-out rows are not there; give the table as it was, or --all-rows for this one`,
      { file: table.file },
    );
  }
  const held = new Set(heldOut);
  return { heldOut, training: Array.from({ length: table.rows }, (_, row) => row).filter((row) => !held.has(row)) };
}

function splitRows({ targets, loss }: Model, table: Table, split: Split): ReturnType<typeof heldOutRows> {
  try {
    return heldOutRows(table, targets, loss.target, split);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`the model's "split" does not fit the table: ${error.message}; use --all-rows`, {
      file: table.file,
    });
  }
}

/** The ridge that a model was settled under; null for none. A model without features has none on them. */
export function ridgeOf({ ridge, intercept }: Model): Ridge | null {
  return ridge === undefined ? null : ridgeOfStrengths(ridge, intercept);
}

/** The loss that a model was trained for: with its ridge where it has one. Dispose it to free its memory. */
export function objectiveOf(kernels: Kernels, { model, data }: Pick<ModelData, "model" | "data">): Objective {
  const objective = createObjective(kernels, model.net, model.loss, data);
  const ridge = ridgeOf(model);
  return ridge === null ? objective : createRidgeObjective(objective, model.net, ridge);
}

/** The same loss of the best linear predictor: under the same ridge. Ends early at a signal. */
export async function linearLevel(
  kernels: Kernels,
  { model, data }: Pick<ModelData, "model" | "data">,
  signal: AbortSignal,
): Promise<number> {
  const { loss } = model;
  const best = await drive(findBestLinear(kernels, loss, data), signal);
  const ridge = ridgeOf(model);
  if (ridge === null) return best.value;
  return (await drive(findRidgeLinear(kernels, { loss, training: data }, ridge, best.weights), signal)).value;
}

/** What is added to the loss, in a sentence; nothing without a ridge. */
export function ridgeSentences(ridge: { readonly x: number; readonly f: number } | null): readonly string[] {
  if (ridge === null) return [];
  return [
    `The loss includes the model's ridge, ${ridge.x} on w and ${ridge.f} on V'w; the linear predictor is the best under it.`,
  ];
}

/** Refuses a plain network, to which the theorems do not apply. */
export function requireResidual({ net }: Model, file: string): void {
  if (net.kind === "residual-to-output") return;
  throw new InputError(
    "the model is a plain network, without the skip from x to the output: certificates and (w, V) are of residual networks only",
    { file },
  );
}

/** Refuses a model whose loss or gradient on the rows is not finite. */
export function requireFinite(
  kernels: Kernels,
  { model, data }: Pick<ModelData, "model" | "data">,
  file: string,
): void {
  const { net, loss, params } = model;
  using objective = createObjective(kernels, net, loss, data);
  const { value, gradient } = objective.valueAndGradient(params);
  if (Number.isFinite(value) && gradient.every(Number.isFinite)) return;
  throw new InputError(
    `the loss on ${data.source} is ${value}, or its gradient is not finite; the model or the units of the table are wrong`,
    { file },
  );
}
