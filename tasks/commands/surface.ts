/**
 * The command `surface`: a slice of the loss around a model, with the level of the best linear predictor drawn on it.
 *
 * @module
 */
import {
  choice,
  flag,
  type HelpParts,
  integer,
  integerOrAuto,
  type OptionValues,
  parseOptions,
  positive,
  text,
} from "../../src/cli/mod.ts";
import { csvRows, InputError } from "../../src/data/mod.ts";
import { fastestKernels, loadKernels } from "../../src/kernels/mod.ts";
import { lossToJson } from "../../src/loss/mod.ts";
import { onlyExamples, type Ridge } from "../../src/objective/mod.ts";
import { encodeNpy } from "../../src/model/mod.ts";
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
import { runOption, withRun } from "./_run_option.ts";
import { type Command, printReport } from "./command.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { drive, INTERRUPTED, onInterrupt, unlessInterrupted } from "../io/interrupt.ts";
import { readInput, toJson, writeWhole } from "../io/files.ts";
import { linearLevel, loadModelData, objectiveOf, requireFinite, ridgeOf, ridgeSentences } from "./_model_data.ts";
import { startPool } from "../workers/pool.ts";
import { startProgress } from "../io/progress.ts";
import type { SurfaceRow, SurfaceSetup } from "../workers/surface_worker.ts";
import { openRun, runFolder } from "../io/run_folder.ts";
import { type Slice, sliceOf } from "./_slice.ts";
import { clock } from "../io/clock.ts";

const surfaceOptions = {
  ...runOption,
  model: text("FILE", "The model"),
  data: text("FILE", "The table"),
  "all-rows": flag("Use all rows, including those held out when the model was fitted"),
  plane: choice(
    ["random", "head", "hessian", "path", "line"],
    "random",
    "Through the model along two random filter-normalised directions, along w and V, along the Hessian's two leading eigenvectors, through the path of training, or a line along one random direction (default random)",
  ),
  path: text("FILE", "For --plane path: path.npy, as fit --keep-path writes it"),
  steps: integer(51, 2, "Points along each axis"),
  reach: positive(null, "Half the length of each axis (default: somewhat beyond the contour of the linear level)"),
  seed: integer(1, 0, "Random seed of the directions"),
  out: text(
    "FOLDER",
    "Output folder; new, empty, or an unfinished run to resume (default runs/surface-<time>)",
  ),
  workers: integerOrAuto("Number of grid rows in parallel; results do not depend on it"),
  json: flag("Print a summary as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

type Options = OptionValues<typeof surfaceOptions>;

const about: HelpParts = {
  name: "surface",
  summary:
    "Evaluates the loss on a plane through a model, in f64, and draws it with the level of the best linear predictor as a contour, " +
    "which separates points above and below it. Of a model with a ridge it is the loss with the ridge. Writes surface.svg, surface.csv and surface.npy.",
  options: surfaceOptions,
  notes: [
    "To resume an interrupted run, start it again with the same options and --out.",
    "Exit codes: 0 done; 2 bad usage or bad input; 3 interrupted, what was finished is kept.",
  ],
  examples: [
    ["--model runs/fit/model.safetensors --data houses.csv", "two random directions"],
    ["--model model.safetensors --data houses.csv --plane head --reach 3", "along w and V"],
    [
      "--model runs/fit/model.safetensors --data houses.csv --plane path --path runs/fit/path.npy",
      "the path of training",
    ],
  ],
};

/** The command. */
export const surface: Command = { about, run };

/** Bytes of a point of the grid: as a number, and in three files as text. */
const POINT = 64;

/** Milliseconds between two writes of an unfinished grid. */
const EVERY = 1000;

async function run(args: readonly string[]): Promise<number> {
  const options = await withRun(parseOptions(args, surfaceOptions));
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  refuseOverMemory({ beside: POINT * options.steps ** 2 }, "use fewer --steps");
  const subject = await unlessInterrupted(loadModelData(options), signal);
  const { model: { net, loss, params }, data } = subject;
  const { rows } = data.x;
  refuseOverMemory(
    { rows, inputs: net.d, features: net.k, outputs: net.outputs },
    "take a smaller model, or a machine with more",
  );
  const ridge = ridgeOf(subject.model);
  const name = fastestKernels();
  const kernels = await loadKernels(name);
  requireFinite(kernels, subject, options.model!);
  const linear = await linearLevel(kernels, subject, signal);
  using objective = objectiveOf(kernels, subject);
  const slice = await sliceOf(subject, { kernels, objective, linear }, options, signal);
  const { plane } = slice;
  const folder = options.out ?? runFolder("surface");
  const { model, data: path, plane: kind, steps, reach, seed } = options;
  const settings = {
    command: "surface",
    model,
    data: path,
    allRows: options["all-rows"],
    plane: kind,
    steps,
    reach,
    seed,
    ...options.path !== null && { path: options.path },
  };
  if (kind === "line") {
    await resume(folder, settings, emptyGrid(steps, slice.reach));
    const line = await drive(lineOf(objective, plane, axis(steps, slice.reach.a)), signal);
    return await drawLine(folder, { ...settings, ridge: strengthsOf(ridge) }, line, linear, options);
  }
  const empty = emptyGrid(steps, slice.reach);
  const grid = await evaluateGrid(
    await resume(folder, settings, empty),
    {
      theta: net.body.toJson(),
      kind: net.kind,
      outputs: net.outputs,
      loss: lossToJson(loss),
      examples: onlyExamples(data),
      ridge,
      plane,
      kernels: name,
    },
    `${folder}/surface.csv`,
    options,
    signal,
  );
  const drawn = { linear, kind, ridged: ridge !== null };
  const missing = missingRows(grid).length;
  if (missing > 0) {
    await save(folder, grid, drawn, []);
    console.error(
      `resland surface: interrupted after ${
        steps - missing
      } of ${steps} rows; resume it with the same options and --out ${folder}`,
    );
    return INTERRUPTED;
  }
  await writeWhole(`${folder}/surface.csv`, gridCsv(grid));
  await save(folder, grid, drawn, await drive(measured(objective, slice), signal));
  const summary = summaryOf(
    { ...settings, ridge: strengthsOf(ridge), folder },
    objective.value(params),
    linear,
    grid.values,
  );
  await writeWhole(`${folder}/surface.json`, toJson(summary));
  printReport(summary, surfaceText, options);
  return 0;
}

/** Evaluates the rows that a grid lacks, on all cores, and keeps what is there every second. */
async function evaluateGrid(
  start: Grid,
  setup: Omit<SurfaceSetup, "grid">,
  file: string,
  { workers, quiet }: Options,
  signal: AbortSignal,
): Promise<Grid> {
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
    setup: { ...setup, grid },
    jobs: open,
    onProgress: (done) => progress.update(done / open.length, `${Math.floor(done)} of ${open.length} rows`),
    onResult: async ({ row, values }) => {
      grid = withRow(grid, row, values);
      if (clock() - written < EVERY) return;
      written = clock();
      await writeWhole(file, gridCsv(grid));
    },
    signal,
  });
  progress.done();
  return grid;
}

/** The strengths of a ridge. */
type Strengths = Pick<Ridge, "x" | "f">;

/** What `surface` reports: where the model is, and how much of what was evaluated is at or below linear. */
function summaryOf<S extends { readonly folder: string; readonly ridge: Strengths | null }>(
  settings: S,
  value: number | null,
  linear: number,
  values: ArrayLike<number>,
) {
  return {
    schema: "resland/surface@1",
    ...settings,
    value,
    linear,
    ...summariseLosses(values, linear),
  };
}

/** A ridge as the summary has it. */
const strengthsOf = (ridge: Ridge | null) => ridge && { x: ridge.x, f: ridge.f };

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

/** Saves and reports a line. */
async function drawLine(
  folder: string,
  settings: Readonly<Record<string, unknown>> & { readonly ridge: Strengths | null },
  points: readonly (readonly [number, number])[],
  linear: number,
  options: Options,
): Promise<number> {
  const { trainingSvg } = await import("../../src/report/charts/mod.ts");
  const title = "Loss along a random direction through the model";
  await writeWhole(`${folder}/surface.csv`, csvRows([["alpha", "value"], ...points]));
  await writeWhole(`${folder}/surface.svg`, trainingSvg([{ name: "loss", points }], linear, { title, x: "distance" }));
  const values = points.map(([, value]) => value);
  const summary = summaryOf({ ...settings, folder }, values[(values.length - 1) / 2] ?? null, linear, values);
  await writeWhole(`${folder}/surface.json`, toJson(summary));
  printReport(
    summary,
    () => [...ridgeSentences(summary.ridge), `Saved in ${folder}: surface.svg, surface.csv`].join("\n"),
    options,
  );
  return 0;
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
  folder: string,
  grid: Grid,
  { linear, kind, ridged }: { readonly linear: number; readonly kind: PlaneName; readonly ridged: boolean },
  path: readonly MeasuredPoint[],
): Promise<void> {
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
      title: `Loss${ridged ? " with its ridge" : ""} around the model, ${kind} plane`,
      axes: PLANE_AXES[kind],
      path: path.map(({ alpha, beta }) => [alpha, beta] as const),
      ...path.length > 0 && { drift: path.reduce((most, { drift }) => Math.max(most, drift), 0) },
      point: [0, 0],
    }),
  );
}
