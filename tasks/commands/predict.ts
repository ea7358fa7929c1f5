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
  spreadsheetText,
  type Table,
  textsOf,
  watchInputs,
} from "../../src/data/mod.ts";
import { fastestKernels, type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import {
  calibratedScores,
  decodeModel,
  label,
  type Model,
  type PredictionIntervals,
  predictionIntervals,
  probabilities,
  readable,
} from "../../src/model/mod.ts";
import { predictRows } from "../../src/objective/mod.ts";
import { grouped } from "../../src/report/mod.ts";
import { runOption, withRun } from "./_run_option.ts";
import type { Command } from "./command.ts";
import { onInterrupt } from "../io/interrupt.ts";
import { openTarget, readTensors, toJson, type WholeFile } from "../io/files.ts";
import { startProgress } from "../io/progress.ts";
import { piecesOf } from "../io/tables.ts";
import { clock } from "../io/clock.ts";

const predictOptions = {
  ...runOption,
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
  intervals: text(
    "SHARE",
    "Add the ends of prediction intervals (lower_ and upper_), such as 0.9 for nine of ten new rows; of numbers only",
  ),
  probabilities: choice(
    ["calibrated", "raw"],
    "calibrated",
    "Probabilities of classes: with the temperature that rows left out were shown to need (none otherwise), or as the model gives them (default calibrated)",
  ),
  keep: list("A,B,...", "Columns of the table to copy in front of the predictions"),
  formulas: choice(
    ["mark", "leave"],
    "mark",
    "Texts that a spreadsheet would run as formulas: with an apostrophe in front, or as they are (default mark)",
  ),
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
    [
      "--model runs/fit/model.safetensors --data new.csv --intervals 0.9",
      "with intervals that cover nine of ten new rows",
    ],
    ["--model model.safetensors --data new.csv --keep id", "to the terminal, after a column of the table"],
  ],
};

/** The command. */
export const predict: Command = { about, run };

async function run(args: readonly string[]): Promise<number> {
  const options = await withRun(parseOptions(args, predictOptions));
  const { model: file, data, out } = options;
  if (file === null) {
    throw new UsageError(
      "--model is missing; name a model, such as runs/fit/model.safetensors, or its run with --run runs/fit",
    );
  }
  if (data === null) throw new UsageError("--data is missing; name the table to predict");
  if (options.json && out === null) {
    throw new UsageError("--json prints a summary, so the predictions need a file; add --out FILE");
  }
  const stored = { ...decodeModel(await readTensors(file), file), unknown: options.unknown };
  const model = options.probabilities === "raw" ? withoutTemperature(stored) : stored;
  const coverage = coverageOf(options, model, file);
  const kernels = await loadKernels(fastestKernels());
  const started = clock();
  using interrupt = onInterrupt();
  await using target = await openTarget(out);
  const found = await predictAll(kernels, { model, data, coverage, options }, target, interrupt.signal);
  if (found === null) {
    console.error("resland predict: interrupted; nothing was written");
    return 3;
  }
  await target.finish();
  if (options.json) {
    const { rows, missing: blank, columns, trainedOn } = found;
    const how = { intervals: coverage, temperature: model.calibration?.temperature ?? null };
    const seconds = (clock() - started) / 1000;
    console.log(
      toJson({ schema: "resland/predict@1", rows, blank, columns, ...how, out, trainedOn, seconds }).trimEnd(),
    );
  } else if (out !== null && !options.quiet) {
    const without = found.missing > 0 ? `, ${grouped(found.missing)} without a prediction` : "";
    console.log(`${grouped(found.rows)} rows in ${out}${without}`);
    if (found.trainedOn) console.log(MADE_FROM);
  }
  return 0;
}

/** A model and the table that it is applied to. */
interface Task {
  readonly model: Model;
  readonly data: string;
  /** The coverage of intervals; null for none. */
  readonly coverage: number | null;
  readonly options: Options;
}

/** What was predicted. */
interface Predicted {
  readonly columns: readonly string[];
  readonly rows: number;
  /** Rows without a prediction. */
  readonly missing: number;
  /** Whether they are the rows that the model was made from; null where the model does not say which. */
  readonly trainedOn: boolean | null;
}

/** Predicts the rows of a table piece by piece; null where it was interrupted. */
async function predictAll(
  kernels: Kernels,
  { model, data, coverage, options }: Task,
  target: WholeFile,
  signal: AbortSignal,
): Promise<Predicted | null> {
  const progress = startProgress(options.quiet || options.out === null);
  const watch = model.rows === undefined ? null : watchInputs(model.columns, model.rows);
  const columns = [...options.keep ?? [], ...outputNames(model, coverage)];
  const counted = { rows: 0, missing: 0 };
  for await (const { table: raw, share } of piecesOf(data, columnsOf(model, options))) {
    if (signal.aborted) {
      progress.done();
      return null;
    }
    if (raw.rows === 0) continue;
    const table = settleTable(raw);
    const { rows, missing } = predictTable(kernels, model, table, { keep: options.keep, coverage });
    watch?.add(table);
    await target.write(csvText(counted.rows === 0 ? [columns, ...rows] : rows, options));
    counted.rows += table.rows;
    counted.missing += missing;
    progress.update(share, `${grouped(counted.rows)} rows`);
  }
  if (counted.rows === 0) {
    throw new InputError("the table has no row below its header; there is nothing to predict", { file: data });
  }
  progress.done();
  return { ...counted, columns, trainedOn: watch?.isKnown() ?? null };
}

/** Rows as CSV; texts that a spreadsheet would run are marked as texts. */
function csvText(rows: readonly (readonly (string | number)[])[], { formulas }: Options): string {
  if (formulas === "leave") return csvRows(rows);
  return csvRows(rows.map((row) => row.map((cell) => typeof cell === "string" ? spreadsheetText(cell) : cell)));
}

/** What is said of predictions for the rows that the model was made from. */
const MADE_FROM = "These are the rows that the model was made from: its errors on new rows are larger.";

/** The columns that the model reads, and those that are copied as they are written. */
function columnsOf(model: Model, { keep }: Options): Omit<ReadTableOptions, "file"> {
  const { columns } = model;
  const [used, kept] = [new Set(columns.map(({ name }) => name)), new Set(keep ?? [])];
  return { keep: (name) => used.has(name), written: (name) => kept.has(name), reading: readingOf(model) };
}

/** The names of the columns that a model predicts. */
function outputNames({ classes, targets }: Model, coverage: number | null): readonly string[] {
  const ends = coverage === null ? [] : ["lower", "upper"];
  if (classes === null) return targets.flatMap((name) => ["predicted", ...ends].map((what) => `${what}_${name}`));
  return [`predicted_${targets[0]}`, ...classes.map((name) => `chance_${name}`)];
}

/** The cells of some rows: what is copied, and the predictions. */
function predictTable(
  kernels: Kernels,
  model: Model,
  table: Table,
  { keep, coverage }: Pick<Options, "keep"> & { readonly coverage: number | null },
): { readonly rows: readonly (readonly (string | number)[])[]; readonly missing: number } {
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
  const data = { ...model, outputs: net.outputs };
  const values = readable(data, loss, calibratedScores(model, raw.data));
  const ends = coverage === null ? null : predictionIntervals(data, raw.data, coverage);
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
  const names = outputNames(model, coverage);
  const rows = Array.from({ length: table.rows }, (_, i): (string | number)[] => {
    const front = kept.map((column) => column[i]);
    const own = values.subarray(i * net.outputs, (i + 1) * net.outputs);
    if (isMissing(i)) {
      missing++;
      return [...front, ...names.map(() => "")];
    }
    if (classes !== null) return [...front, ...classCells(model, own)];
    if (ends === null) return [...front, ...own];
    return [...front, ...Array.from(own, (value, a) => [value, ...endsAt(ends, i * net.outputs + a)]).flat()];
  });
  return { rows, missing };
}

const endsAt = ({ lower, upper }: PredictionIntervals, at: number): readonly number[] => [lower[at], upper[at]];

/** A model whose probabilities are those of its scores as they are. */
const withoutTemperature = (model: Model): Model =>
  model.calibration ? { ...model, calibration: { ...model.calibration, temperature: null } } : model;

/** The coverage of the intervals that were asked for, which the model must be able to give; null for none. */
function coverageOf({ intervals }: Options, model: Model, file: string): number | null {
  if (intervals === null) return null;
  const coverage = Number(intervals);
  if (!(coverage > 0 && coverage < 1)) {
    throw new UsageError(`--intervals needs a share above 0 and below 1 such as 0.9, got "${intervals}"`);
  }
  if (model.classes !== null) {
    throw new UsageError("--intervals are of numbers; the model predicts classes, with their probabilities");
  }
  if (!model.calibration?.errors) {
    throw new InputError(
      "the model has no errors of rows that it was not fitted on, which intervals need; fit it with cross-validation (the default) or --valid",
      { file },
    );
  }
  try {
    predictionIntervals({ ...model, outputs: model.net.outputs }, new Float64Array(model.net.outputs), coverage);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--intervals ${intervals}: ${error.message}`);
    throw error;
  }
  return coverage;
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
