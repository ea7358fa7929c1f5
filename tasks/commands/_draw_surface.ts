import { loadCharts } from "./_charts.ts";
import { csvRows, InputError } from "../../src/data/mod.ts";
import type { KernelsName } from "../../src/kernels/mod.ts";
import { lossToJson } from "../../src/loss/mod.ts";
import { encodeNpy } from "../../src/model/mod.ts";
import { onlyExamples } from "../../src/objective/mod.ts";
import { surfaceSvg } from "../../src/report/mod.ts";
import {
  axis,
  emptyGrid,
  type Grid,
  gridCsv,
  lineAt,
  missingRows,
  parseGridCsv,
  type PathPoint,
  type Plane,
  PLANE_AXES,
  type PlaneName,
  pointAt,
  summariseLosses,
  type Surface,
  withRow,
} from "../../src/surface/mod.ts";
import { clock } from "../io/clock.ts";
import { readInput, toJson, writeWhole } from "../io/files.ts";
import { drive, INTERRUPTED } from "../io/interrupt.ts";
import { startProgress } from "../io/progress.ts";
import { openRun } from "../io/run_folder.ts";
import { startPool } from "../workers/pool.ts";
import type { SurfaceRow, SurfaceSetup } from "../workers/surface_worker.ts";
import { printReport } from "./command.ts";
import { type ModelData, ridgeOf, ridgeSentences } from "./_model_data.ts";
import type { Slice } from "./_slice.ts";
import type { SurfaceOptions } from "./_surface_options.ts";

/** What is drawn: the loss of a model on a slice, with the level of the best linear predictor. */
export interface SurfaceTask {
  readonly subject: ModelData;
  readonly kernels: KernelsName;
  readonly objective: Surface;
  readonly linear: number;
  readonly slice: Slice;
  readonly folder: string;
  readonly options: SurfaceOptions;
}

/** Milliseconds between two writes of an unfinished grid. */
const EVERY = 1000;

/** Evaluates, draws and reports a plane. */
export async function drawPlane(task: SurfaceTask, signal: AbortSignal): Promise<number> {
  const { subject, objective, slice, folder, options } = task;
  const { steps } = options;
  const start = await resume(folder, settingsOf(options), emptyGrid(steps, slice.reach));
  const grid = await evaluateGrid(start, task, signal);
  const missing = missingRows(grid).length;
  if (missing > 0) {
    await save(task, grid, []);
    console.error(
      `resland surface: interrupted after ${
        steps - missing
      } of ${steps} rows; resume it with the same options and --out ${folder}`,
    );
    return INTERRUPTED;
  }
  await writeWhole(`${folder}/surface.csv`, gridCsv(grid));
  await save(task, grid, await drive(measured(objective, slice), signal));
  const summary = summaryOf(task, objective.value(subject.model.params), grid.values);
  await writeWhole(`${folder}/surface.json`, toJson(summary));
  printReport(summary, surfaceText, options);
  return 0;
}

/** Evaluates the rows that a grid lacks, on all cores, and keeps what is there every second. */
async function evaluateGrid(start: Grid, task: SurfaceTask, signal: AbortSignal): Promise<Grid> {
  const { folder, options: { workers, quiet } } = task;
  let grid = start;
  const open = missingRows(grid);
  if (open.length === 0) return grid;
  const progress = startProgress(quiet);
  let written = clock();
  using pool = startPool<SurfaceSetup, number, SurfaceRow>(
    "surface",
    Math.min(workers ?? navigator.hardwareConcurrency, open.length),
  );
  await pool.run({
    setup: setupOf(task, grid),
    jobs: open,
    onProgress: (done) => progress.update(done / open.length, `${Math.floor(done)} of ${open.length} rows`),
    onResult: async ({ row, values }) => {
      grid = withRow(grid, row, values);
      if (clock() - written < EVERY) return;
      written = clock();
      await writeWhole(`${folder}/surface.csv`, gridCsv(grid));
    },
    signal,
  });
  progress.done();
  return grid;
}

/** What the workers are given. */
function setupOf({ subject: { model, data }, kernels, slice: { plane } }: SurfaceTask, grid: Grid): SurfaceSetup {
  const { net, loss } = model;
  return {
    ...{ theta: net.body.toJson(), kind: net.kind, outputs: net.outputs, loss: lossToJson(loss) },
    ...{ examples: onlyExamples(data), ridge: ridgeOf(model), plane, kernels, grid },
  };
}

/** Evaluates, draws and reports a line. */
export async function drawLine(task: SurfaceTask, signal: AbortSignal): Promise<number> {
  const { objective, linear, slice, folder, options } = task;
  await resume(folder, settingsOf(options), emptyGrid(options.steps, slice.reach));
  const points = await drive(lineOf(objective, slice.plane, axis(options.steps, slice.reach.a)), signal);
  const { trainingSvg } = await loadCharts();
  const title = "Loss along a random direction through the model";
  await writeWhole(`${folder}/surface.csv`, csvRows([["alpha", "value"], ...points]));
  await writeWhole(`${folder}/surface.svg`, trainingSvg([{ name: "loss", points }], linear, { title, x: "distance" }));
  const values = points.map(([, value]) => value);
  const summary = summaryOf(task, values[(values.length - 1) / 2] ?? null, values);
  await writeWhole(`${folder}/surface.json`, toJson(summary));
  printReport(
    summary,
    () => [...ridgeSentences(summary.ridge), `Saved in ${folder}: surface.svg, surface.csv`].join("\n"),
    options,
  );
  return 0;
}

/** What a surface is of, as config.json and the summary have it. */
const settingsOf = ({ model, data, "all-rows": allRows, plane, steps, reach, seed, path }: SurfaceOptions) => ({
  ...{ command: "surface", model, data, allRows, plane, steps, reach, seed },
  ...path !== null && { path },
});

/** What `surface` reports: where the model is, and how much of what was evaluated is at or below linear. */
function summaryOf(
  { subject, linear, folder, options }: SurfaceTask,
  value: number | null,
  values: ArrayLike<number>,
) {
  const ridge = ridgeOf(subject.model);
  return {
    schema: "resland/surface@1",
    ...settingsOf(options),
    ridge: ridge && { x: ridge.x, f: ridge.f },
    folder,
    ...{ value, linear },
    ...summariseLosses(values, linear),
  };
}

function surfaceText({ value, linear, lowest, below, folder, ridge }: ReturnType<typeof summaryOf>): string {
  return [
    `The model has F = ${value!.toPrecision(6)}, the best linear predictor ${linear.toPrecision(6)}.`,
    lowest === null
      ? "The loss is not finite anywhere on this plane; take a smaller --reach."
      : `${(100 * below).toFixed(1)} % of the plane is at or below linear; its lowest point has F = ${
        lowest.toPrecision(6)
      }.`,
    ...ridgeSentences(ridge),
    "",
    `Saved in ${folder}: surface.svg, surface.csv, surface.npy`,
  ].join("\n");
}

/** A point of the path with its loss, and the loss where the plane shows it. */
interface MeasuredPoint extends PathPoint {
  readonly loss: number;
  readonly projected: number;
}

/** The losses at the points of a path, one after another. */
function* measured(
  objective: Surface,
  { plane, path, points }: Slice,
): Generator<void, readonly MeasuredPoint[], void> {
  const found: MeasuredPoint[] = [];
  for (const [at, one] of path.entries()) {
    const projected = objective.value(pointAt(plane, one.alpha, one.beta));
    found.push({ ...one, loss: objective.value(points[at]), projected });
    yield;
  }
  return found;
}

/** The losses along a line, one after another. */
function* lineOf(
  objective: Surface,
  plane: Plane,
  alphas: Float64Array,
): Generator<void, readonly (readonly [number, number])[], void> {
  const found: (readonly [number, number])[] = [];
  for (const alpha of alphas) {
    found.push([alpha, lineAt(objective, plane, Float64Array.of(alpha))[0]]);
    yield;
  }
  return found;
}

/** The grid of an unfinished run with the same settings; an empty one for a new run. */
async function resume(
  folder: string,
  settings: Readonly<Record<string, unknown>>,
  empty: Grid,
): Promise<Grid> {
  const names = await openRun(folder, { settings }, "surface.json");
  const csv = `${folder}/surface.csv`;
  if (!names.has("surface.csv")) return empty;
  const grid = gridIn(await readInput(csv), csv);
  const same = grid.alphas.length === empty.alphas.length && grid.betas.length === empty.betas.length;
  return same ? { ...empty, values: grid.values } : empty;
}

function gridIn(text: string, file: string): Grid {
  try {
    return parseGridCsv(text);
  } catch (error) {
    throw new InputError(`${(error as Error).message}; remove it, and the grid is computed again`, { file });
  }
}

async function save(
  { subject, linear, folder, options }: SurfaceTask,
  grid: Grid,
  path: readonly MeasuredPoint[],
): Promise<void> {
  const kind = options.plane as PlaneName;
  const what = ridgeOf(subject.model) === null ? "Loss" : "Loss with its ridge";
  await writeWhole(`${folder}/surface.csv`, gridCsv(grid));
  if (path.length > 0) {
    const rows = path.map(({ alpha, beta, drift, loss, projected }, at) => [at, alpha, beta, drift, loss, projected]);
    await writeWhole(
      `${folder}/path.csv`,
      csvRows([["point", "alpha", "beta", "drift", "loss", "projected_loss"], ...rows]),
    );
  }
  await writeWhole(`${folder}/surface.npy`, encodeNpy([grid.betas.length, grid.alphas.length], grid.values));
  await writeWhole(
    `${folder}/surface.svg`,
    surfaceSvg({
      grid,
      linear,
      title: `${what} around the model, ${kind} plane`,
      axes: PLANE_AXES[kind],
      path: path.map(({ alpha, beta }) => [alpha, beta] as const),
      ...path.length > 0 && { drift: path.reduce((most, { drift }) => Math.max(most, drift), 0) },
      point: [0, 0],
    }),
  );
}
