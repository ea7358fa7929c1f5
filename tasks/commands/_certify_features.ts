import { loadCharts } from "./_charts.ts";
import { UsageError } from "../../src/cli/mod.ts";
import { type Dataset, encodeTable, encodeWith, InputError, takeRows } from "../../src/data/mod.ts";
import { createMemory, fastestKernels, type Memory } from "../../src/kernels/mod.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import { encodeHeads, type PredictionScale, type RawPredictions, rawPredictions } from "../../src/model/mod.ts";
import { featureFindings, type FeaturesReport, featuresReport } from "../../src/report/mod.ts";
import {
  type CertifiedFeatures,
  certifyFeatures,
  type FeatureRows,
  type FeatureTable,
  placeFeatures,
} from "../../src/train/mod.ts";
import { startKernels } from "../workers/kernel_threads.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { drive } from "../io/interrupt.ts";
import { writeWhole } from "../io/files.ts";
import {
  type FeatureFileOptions,
  type FeatureFiles,
  heldOutMask,
  readFeatureFiles,
  requireRows,
  requireTargets,
  type RowArray,
} from "./_features_input.ts";
import { type ProblemOptions, readProblem, refuseTargets } from "./_problem.ts";

/** The options of `certify` for a model that is known by its features and predictions. */
export interface CertifyFeaturesCommand extends FeatureFileOptions, Omit<ProblemOptions, "features" | "no-intercept"> {
  readonly columns: readonly string[] | null;
  readonly "predictions-are": PredictionScale | null;
  readonly "valid-rows": string | null;
  readonly "valid-column": string | null;
  readonly epsilon: number;
  readonly radius: number;
  readonly out: string | null;
  readonly picture: string | null;
}

/** Certifies a model by files of features and predictions. */
export async function certifyByFeatures(options: CertifyFeaturesCommand, signal: AbortSignal): Promise<FeaturesReport> {
  requireTable(options);
  const files = readFeatureFiles(options);
  const rows = await readRows(files, options);
  return await certifyRows(rows, { files: await files, assumed: [] }, options, signal);
}

/** Refuses a command line without a table, or the column that the model predicts. */
export function requireTable({ data, target }: Pick<CertifyFeaturesCommand, "data" | "target">): void {
  if (data === null) throw new UsageError("--data is missing; name the table that the model was evaluated on");
  if (target === null) throw new UsageError("--target is missing; name the column that the model predicts");
}

/** What a model computes at the rows of a table, and what was assumed to know it. */
export interface ModelOutputs {
  readonly files: FeatureFiles;
  readonly assumed: readonly string[];
}

/** Certifies a model by what it computes at the rows of a table. */
export async function certifyRows(
  rows: Rows,
  { files, assumed }: ModelOutputs,
  options: CertifyFeaturesCommand,
  signal: AbortSignal,
): Promise<FeaturesReport> {
  const { loss, training, heldOut } = rows;
  const scale = options["predictions-are"];
  if (scale !== null && files.predictions === null) throw new UsageError("--predictions-are needs --predictions");
  const raw = files.predictions && readPredictions(files.predictions, rows, scale);
  const predictions: FeatureTable | null = raw && {
    rows: files.predictions!.rows,
    cols: training.data.outputs,
    data: raw.data,
    precision: files.predictions!.precision,
  };
  const k = (files.features ?? predictions!).cols;
  refuseOverMemory(
    { rows: training.rows.x.rows, inputs: training.data.x.cols, features: k, outputs: training.data.outputs },
    `it is asked for by ${k} features; take fewer of them, or a machine with more`,
  );
  using threaded = await startKernels(fastestKernels(), threadsFor(training.rows.x.rows * k, training.data.outputs, k));
  const { epsilon, radius } = options;
  const found = await drive(
    certifyFeatures(threaded.kernels, {
      loss,
      training: training.rows,
      heldOut: heldOut && heldOut.rows,
      features: inKernelMemory(files, threaded.kernels.memory),
      predictions,
    }, { epsilon, radius }),
    signal,
  );
  if (found.unrelated) refuseOrder(files.predictions!.file, options.data!, found);
  if (options.out !== null) await writeWhole(options.out, headsOf(found, raw, k, training.data));
  const report = featuresReport(found, {
    files: { features: files.features?.file ?? null, predictions: files.predictions?.file ?? null },
    loss,
    training: training.data,
    heldOut: heldOut && heldOut.data,
    names: files.features?.names ?? null,
    predictionsAre: raw?.scale ?? null,
    notes: [...assumed, ...notesOf(raw, training.data)],
    written: options.out,
  }, featureFindings);
  if (options.picture !== null) {
    const { featuresSvg } = await loadCharts();
    await writeWhole(options.picture, featuresSvg(report));
  }
  return report;
}

/** The better last layers, as a file. */
function headsOf({ head, skip }: CertifiedFeatures, raw: RawPredictions | null, k: number, data: Dataset): Uint8Array {
  return encodeHeads({
    ...{ head: head.optimum.weights, skip: skip.optimum.weights, k },
    ...{ data: inUnitsOf(raw, data), pairs: raw?.pairs ?? false },
  });
}

/** Refuses predictions that are those of other rows. */
function refuseOrder(file: string, data: string, { model, constant }: CertifiedFeatures): never {
  const [loss, level] = [model!.training, constant.training].map((value) => value.toPrecision(3));
  throw new UsageError(
    `${file}: the predictions are of other rows than ${data}: they have nothing to do with its inputs, and their loss, ${loss}, is above that ` +
      `of the best constant, ${level}; save them in the order of its rows, or leave them out`,
  );
}

/** The features, in kernel memory where threads share it; they are then no longer held a second time. */
function inKernelMemory({ features, predictions }: FeatureFiles, memory: Memory): RowArray | null {
  const placed = features && placeFeatures(memory, features);
  const { buffer } = features?.data ?? {};
  if (placed !== features && buffer instanceof ArrayBuffer && buffer !== predictions?.data.buffer) buffer.transfer(0);
  return placed;
}

/** Numbers of features from which on threads share the work, and bytes of kernel memory for each, at most [MiB]. */
const [SHARED, COPIES, MOST] = [4e6, 24, 4000];

/** How many threads, and the memory that they share. */
function threadsFor(numbers: number, outputs: number, k: number): Parameters<typeof startKernels>[1] {
  const threads = navigator.hardwareConcurrency;
  const operations = numbers * (Math.min(k, 64) + outputs);
  if (numbers < SHARED || threads < 2) return { threads: 1, memory: null, operations };
  return { threads, memory: memoryOf(Math.min(MOST, 512 + COPIES * numbers / 2 ** 20)), operations };
}

/** Memory that threads can share; null where the runtime refuses it. */
function memoryOf(megabytes: number): Memory | null {
  try {
    return createMemory({ shared: true, megabytes });
  } catch {
    return null;
  }
}

/** The encoding that the last layers are written in: of a model that predicts the standardised target, theirs too. */
const inUnitsOf = (raw: RawPredictions | null, data: Dataset): Dataset =>
  raw?.scale === "logit" ? { ...data, standardisation: { ...data.standardisation, y: null } } : data;

/** Some rows of the table, and which of its rows they are. */
export interface Part {
  readonly data: Dataset;
  readonly rows: FeatureRows;
}

/** The table's rows, split, and the loss. */
export interface Rows {
  /** Rows of the whole table. */
  readonly count: number;
  readonly loss: AnyLoss;
  readonly training: Part;
  readonly heldOut: Part | null;
}

/** Reads the table while the files are read, checks that they have its rows, and splits it. */
export async function readRows(files: Promise<FeatureFiles>, options: CertifyFeaturesCommand): Promise<Rows> {
  try {
    return await splitRows(files, options);
  } catch (error) {
    // Here the option of that name is a file.
    if (!(error instanceof InputError) || error.remedy?.option !== "features") throw error;
    throw new UsageError(`${error.message} (--columns)`);
  }
}

async function splitRows(reading: Promise<FeatureFiles>, options: CertifyFeaturesCommand): Promise<Rows> {
  const { columns, "valid-column": column } = options;
  // The column that marks rows is no input, but has to be read.
  const features = columns && column !== null ? [...columns, column] : columns;
  const read = await Promise.allSettled([reading, readProblem({ ...options, features, "no-intercept": false })]);
  // What is wrong with the files is said first, whichever is read first.
  const [files, problem] = [settled(read[0]), settled(read[1])];
  const { table, loss, lines } = problem;
  const rowOf = new Map(Array.from(lines, (line, row) => [line, row]));
  const place = { file: table.file, rows: lines.length };
  const encode = {
    ...problem.encode,
    ...columns && { features: columns },
    ...column !== null && { drop: [...(options.drop ?? []), column] },
  };
  requireRows(files, place);
  requireTargets(files.targets, table, rowOf, encode.target, loss.target === "class" || loss.target === "classes");
  const mask = await heldOutMask(table, rowOf, options);
  const rowsWhere = (held: number) =>
    Array.from(table.lines.keys()).filter((row) => mask![rowOf.get(table.lines[row])!] === held);
  const first = mask === null ? null : rowsWhere(0);
  const training = encodeTable(first === null ? table : takeRows(table, first), encode);
  const heldOut = mask === null ? null : encodeWith(takeRows(table, rowsWhere(1)), training);
  for (const data of [training, heldOut]) if (data !== null) refuseTargets(loss, data);
  return { count: lines.length, loss, training: partOf(training, rowOf), heldOut: heldOut && partOf(heldOut, rowOf) };
}

/** What a promise came to: its value, or its error. */
function settled<T>(result: PromiseSettledResult<T>): T {
  if (result.status === "rejected") throw result.reason;
  return result.value;
}

/** A data set with the rows of the file that it holds, found by their lines; rows with missing values may have been left out. */
function partOf(data: Dataset, rowOf: ReadonlyMap<number, number>): Part {
  const whole = data.x.rows === rowOf.size;
  const picked = whole ? null : Uint32Array.from(data.lines, (line) => rowOf.get(line)!);
  return { data, rows: { x: data.x, y: data.y, picked } };
}

function readPredictions(saved: RowArray, { training, loss }: Rows, scale: PredictionScale | null): RawPredictions {
  try {
    return rawPredictions(training.data, loss, saved, scale);
  } catch (error) {
    if (!(error instanceof InputError) || scale !== null || !/logits or probabilities/.test(error.message)) throw error;
    throw new InputError(`${error.message.slice(saved.file.length + 2)} (--predictions-are logit or probability)`, {
      file: saved.file,
    });
  }
}

/** What was done to the predictions. */
function notesOf(raw: RawPredictions | null, { classes, standardisation }: Dataset): readonly string[] {
  if (raw === null) return [];
  const columns = classes === null
    ? ""
    : classes.length > 2 || raw.pairs
    ? `, their columns in the order ${classes.join(", ")}`
    : ` of ${classes[1]}`;
  const read = raw.scale === "value"
    ? "values in the target's own unit"
    : raw.scale === "logit"
    ? classes === null
      ? `what the loss reads${standardisation.y === null ? "" : ", in units of the target's standard deviation"}`
      : `logits${columns}`
    : `probabilities${columns}`;
  return [
    `Predictions were read as ${read}.`,
    ...raw.clipped === 0 ? [] : [`${raw.clipped} probabilities of exactly 0 or 1 were read as 6e-8 away from there.`],
  ];
}
