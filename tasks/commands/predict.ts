/**
 * The command `predict`: a model applied to the rows of a table, as a stream.
 *
 * @module
 */
import {
  choice,
  flag,
  type HelpParts,
  list,
  type OptionValues,
  parseOptions,
  text,
  UsageError,
} from "../../src/cli/mod.ts";
import {
  csvRows,
  encodeInputs,
  InputError,
  placeOf,
  readingOf,
  type ReadTableOptions,
  settleTable,
  type Table,
  textsOf,
} from "../../src/data/mod.ts";
import { fastestKernels, type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { decodeModel, label, type Model, probabilities, readable } from "../../src/model/mod.ts";
import { predictRows } from "../../src/objective/mod.ts";
import { grouped } from "../../src/report/mod.ts";
import type { Command } from "./command.ts";
import { onInterrupt } from "../io/interrupt.ts";
import { openTarget, readBytes, toJson } from "../io/files.ts";
import { startProgress } from "../io/progress.ts";
import { piecesOf } from "../io/tables.ts";
import { clock } from "../io/clock.ts";

const predictOptions = {
  model: text("FILE", "The model, as fit, check or PyTorch wrote it"),
  data: text(
    "FILE",
    "The rows to predict: a table (CSV, .csv.gz or Parquet) with the model's columns, in any order; others are ignored",
  ),
  unknown: choice(
    ["refuse", "zero"],
    "refuse",
    "Categories that the model does not know: an error, or none of its categories (default refuse)",
  ),
  keep: list("A,B,...", "Columns of the table to copy in front of the predictions"),
  out: text("FILE", "Where the predictions go (default: stdout)"),
  json: flag("Print a summary as one JSON document on stdout; needs --out"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

type Options = OptionValues<typeof predictOptions>;

const about: HelpParts = {
  name: "predict",
  summary:
    "Applies a model to the rows of a table. Columns are matched by name; numbers are predicted in the unit of the target, classes with " +
    "their probabilities. Rows are read, predicted and written as a stream: a file may be larger than memory.",
  options: predictOptions,
  notes: [
    "Missing values: an error, the column's mean, or a row without a prediction, as set by --missing in fit.",
    "Exit codes: 0 done; 2 bad usage or bad input; 3 interrupted. Nothing is written in both cases.",
  ],
  examples: [
    ["--model runs/fit/model.safetensors --data new.csv --out predicted.csv", "a file of predictions"],
    ["--model model.safetensors --data new.csv --keep id", "to the terminal, after a column of the table"],
  ],
};

/** The command. */
export const predict: Command = { about, run };

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, predictOptions);
  const { model: file, data, out } = options;
  if (file === null) throw new UsageError("--model is missing; name a model, such as runs/fit/model.safetensors");
  if (data === null) throw new UsageError("--data is missing; name the table to predict");
  if (options.json && out === null) {
    throw new UsageError("--json prints a summary, so the predictions need a file; add --out FILE");
  }
  const model = { ...decodeModel(await readBytes(file), file), unknown: options.unknown };
  const kernels = await loadKernels(fastestKernels());
  const started = clock();
  using interrupt = onInterrupt();
  const progress = startProgress(options.quiet || out === null);
  await using target = await openTarget(out);
  const counted = { rows: 0, missing: 0 };
  let first = true;
  for await (const { table: raw, share } of piecesOf(data, columnsOf(model, options))) {
    if (interrupt.signal.aborted) {
      progress.done();
      console.error("resland predict: interrupted; nothing was written");
      return 3;
    }
    if (raw.rows === 0) continue;
    const table = settleTable(raw);
    if (first) await target.write(csvRows([[...options.keep ?? [], ...outputNames(model)]]));
    first = false;
    const { text, missing } = predictTable(kernels, model, table, options);
    counted.rows += table.rows;
    counted.missing += missing;
    await target.write(text);
    progress.update(share, `${grouped(counted.rows)} rows`);
  }
  if (first) throw new InputError("the table has no row below its header; there is nothing to predict", { file: data });
  await target.finish();
  progress.done();
  if (options.json) {
    const seconds = (clock() - started) / 1000;
    const columns = [...options.keep ?? [], ...outputNames(model)];
    const { rows, missing: blank } = counted;
    console.log(toJson({ schema: "resland/predict@1", rows, blank, columns, out, seconds }).trimEnd());
  } else if (out !== null && !options.quiet) {
    const without = counted.missing > 0 ? `, ${grouped(counted.missing)} without a prediction` : "";
    console.log(`${grouped(counted.rows)} rows in ${out}${without}`);
  }
  return 0;
}

/** The columns that the model reads, and those that are copied as they are written. */
function columnsOf(model: Model, { keep }: Options): Omit<ReadTableOptions, "file"> {
  const { columns } = model;
  const [used, kept] = [new Set(columns.map(({ name }) => name)), new Set(keep ?? [])];
  return { keep: (name) => used.has(name), written: (name) => kept.has(name), reading: readingOf(model) };
}

/** The names of the columns that a model predicts. */
function outputNames({ classes, targets }: Model): readonly string[] {
  if (classes === null) return targets.map((name) => `predicted_${name}`);
  return [`predicted_${targets[0]}`, ...classes.map((name) => `chance_${name}`)];
}

/** The predictions for some rows, as CSV text. */
function predictTable(
  kernels: Kernels,
  model: Model,
  table: Table,
  { keep }: Options,
): { readonly text: string; readonly missing: number } {
  const kept = (keep ?? []).map((name) => {
    const cells = table.written[table.columns.indexOf(name)];
    if (cells) return cells;
    throw new InputError(`--keep "${name}" is not a column; the columns are ${table.columns.join(", ")}`, {
      file: table.file,
    });
  });
  const x = encodeInputs(table, model);
  const { net, loss, classes } = model;
  const raw = predictRows(kernels, net, model.params, x);
  const values = readable({ ...model, outputs: net.outputs }, loss, raw.data);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new InputError(
      `the prediction is ${values[wrong]}; a value of the row is far outside the training data`,
      {
        ...placeOf(table, Math.floor(wrong / net.outputs)),
      },
    );
  }
  const isMissing = rowsWithMissing(model, table);
  let missing = 0;
  const names = outputNames(model);
  const cells = Array.from({ length: table.rows }, (_, i): (string | number)[] => {
    const front = kept.map((column) => column[i]);
    const own = values.subarray(i * net.outputs, (i + 1) * net.outputs);
    if (isMissing(i)) {
      missing++;
      return [...front, ...names.map(() => "")];
    }
    return [...front, ...classes === null ? own : classCells(model, own)];
  });
  return { text: csvRows(cells), missing };
}

/** The class with the largest probability, and the probabilities; for a loss without probabilities, the score in place of that of the second class. */
const classCells = (model: Model, told: Float64Array): readonly (string | number)[] => [
  label(model, told),
  ...probabilities(model, told) ?? ["", told[0]],
];

/** Whether a row has no prediction: when the model was fitted without the rows that have missing values. */
function rowsWithMissing({ missing, columns }: Model, table: Table): (row: number) => boolean {
  if (missing !== "drop") return () => false;
  const isMissing = new Uint8Array(table.rows);
  for (const { name } of columns) {
    textsOf(table, name).forEach((text, row) => {
      if (text === "") isMissing[row] = 1;
    });
  }
  return (row) => isMissing[row] === 1;
}
