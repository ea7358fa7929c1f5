/**
 * The command `surface`: a slice of the loss around a model, with the level of the best linear predictor drawn on it.
 *
 * @module
 */
import { bestLinear } from "../src/baseline/mod.ts";
import {
  choice,
  flag,
  helpText,
  integer,
  integerOrAuto,
  type OptionValues,
  parseOptions,
  positive,
  text,
} from "../src/cli/mod.ts";
import { extremeEigenvalues } from "../src/curvature/mod.ts";
import { InputError } from "../src/data/mod.ts";
import { fastestKernels, loadKernels } from "../src/kernels/mod.ts";
import { isJoint } from "../src/loss/mod.ts";
import { createObjective } from "../src/objective/mod.ts";
import { fold, key } from "../src/random/mod.ts";
import {
  type Directions,
  emptyGrid,
  encodeNpy,
  type Grid,
  gridCsv,
  headDirections,
  missingRows,
  orthonormalPlane,
  parseGridCsv,
  randomDirection,
  withRow,
} from "../src/surface/mod.ts";
import { type Command, onInterrupt } from "./_command.ts";
import { makeFolder, readInput, refuseOccupied, runFolder, toJson, writeWhole } from "./_files.ts";
import { loadModelData, type ModelData } from "./_model_data.ts";
import { startPool } from "./_pool.ts";
import { startProgress } from "./_progress.ts";
import type { SurfaceRow, SurfaceSetup } from "./surface_worker.ts";

const surfaceOptions = {
  model: text("FILE", "The model"),
  data: text("FILE", "The table"),
  "all-rows": flag("Use all rows, also those that were held out when the model was fitted"),
  plane: choice(
    ["random", "head", "hessian"],
    "random",
    "Through the model along two random filter-normalised directions, along w and V, or along the Hessian's two leading eigenvectors (default random)",
  ),
  steps: integer(51, 2, "Points along each axis"),
  reach: positive(0.5, "How far each axis goes to either side"),
  seed: integer(1, 0, "Where the directions come from"),
  out: text(
    "FOLDER",
    "Where it is saved; new, empty, or an unfinished run to go on with (default runs/surface-<time>)",
  ),
  workers: integerOrAuto("How many rows of the grid at a time; results do not depend on it"),
  json: flag("Print a summary as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

type Options = OptionValues<typeof surfaceOptions>;

/** The command. */
export const surface: Command = { help, run };

function help(): string {
  return helpText({
    name: "surface",
    summary:
      "Evaluates the loss on a plane through a model, in f64, and draws it with the level of the best linear predictor as a contour: " +
      "points above it and below it are told apart. Writes surface.svg, surface.csv and surface.npy.",
    options: surfaceOptions,
    notes: [
      "An interrupted run goes on where it was when it is started again with the same options and --out.",
      "Exit codes: 0 done; 2 bad usage or bad input; 3 interrupted, what was finished is kept.",
    ],
    examples: [
      ["--model runs/fit/model.safetensors --data houses.csv", "two random directions"],
      ["--model model.safetensors --data houses.csv --plane head --reach 3", "along w and V"],
    ],
  });
}

/** Milliseconds between two writes of an unfinished grid. */
const EVERY = 1000;

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, surfaceOptions);
  const subject = await loadModelData(options);
  const { model: { net, loss, point }, data } = subject;
  const name = fastestKernels();
  const kernels = await loadKernels(name);
  const linear = bestLinear(kernels, loss, data);
  const plane = { origin: point, ...await directionsOf(subject, options) };
  const folder = options.out ?? runFolder("surface", new Date());
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
  };
  let grid = await resume(folder, settings, emptyGrid(steps, { a: [-reach, reach], b: [-reach, reach] }));
  const open = missingRows(grid);
  using interrupt = onInterrupt();
  const progress = startProgress(options.quiet);
  let written = performance.now();
  if (open.length > 0) {
    using pool = startPool<SurfaceSetup, number, SurfaceRow>(
      new URL("./surface_worker.ts", import.meta.url),
      Math.min(options.workers ?? navigator.hardwareConcurrency, open.length),
    );
    await pool.run({
      setup: {
        theta: net.theta,
        outputs: net.outputs,
        loss: { name: loss.name, parameter: isJoint(loss) ? 0 : loss.parameter },
        examples: { x: data.x, y: data.y },
        plane,
        grid,
        kernels: name,
      },
      jobs: open,
      onProgress: (done) => progress.update(done / open.length, `${Math.floor(done)} of ${open.length} rows`),
      onResult: async ({ row, values }) => {
        grid = withRow(grid, row, values);
        if (performance.now() - written < EVERY) return;
        written = performance.now();
        await writeWhole(`${folder}/surface.csv`, gridCsv(grid));
      },
      signal: interrupt.signal,
    });
  }
  progress.done();
  await save(folder, grid, linear.value, `Loss around the model, ${kind} plane`);
  if (interrupt.signal.aborted) {
    console.error(
      `resland surface: interrupted after ${steps - missingRows(grid).length} of ${steps} rows; ${folder} holds those`,
    );
    return 3;
  }
  using objective = createObjective(kernels, net, loss, data);
  const values = [...grid.values];
  const summary = {
    schema: "resland/surface@1",
    ...settings,
    folder,
    value: objective.value(point),
    linear: linear.value,
    lowest: Math.min(...values),
    highest: finiteOrNull(Math.max(...values)),
    below: values.filter((value) => value <= linear.value).length / values.length,
  };
  await writeWhole(`${folder}/surface.json`, toJson(summary));
  console.log(options.json ? toJson(summary).trimEnd() : surfaceText(summary));
  return 0;
}

const finiteOrNull = (value: number): number | null => Number.isFinite(value) ? value : null;

function surfaceText({ value, linear, lowest, below, folder }: {
  readonly value: number;
  readonly linear: number;
  readonly lowest: number;
  readonly below: number;
  readonly folder: string;
}): string {
  return [
    `The model has F = ${value.toPrecision(6)}, the best linear predictor ${linear.toPrecision(6)}.`,
    `${(100 * below).toFixed(1)} % of the plane is at or below linear; its lowest point has F = ${
      lowest.toPrecision(6)
    }.`,
    "",
    `Saved in ${folder}: surface.svg, surface.csv, surface.npy`,
  ].join("\n");
}

async function directionsOf({ model: { net, point, loss }, data }: ModelData, options: Options): Promise<Directions> {
  const from = key(options.seed);
  switch (options.plane) {
    case "random":
      return orthonormalPlane(
        randomDirection(net, point, fold(from, "a")),
        randomDirection(net, point, fold(from, "b")),
      );
    case "head":
      return headDirections(net, point);
    case "hessian": {
      const kernels = await loadKernels(fastestKernels());
      using objective = createObjective(kernels, net, loss, data);
      const { high } = extremeEigenvalues(kernels, (v) => objective.hvp(point, v), net.size, from, {
        count: Math.min(2, net.size),
        block: 1,
      });
      return { a: high[0].vector, b: high[1].vector };
    }
  }
}

/** A new folder, or the grid of an unfinished run with the same settings. */
async function resume(folder: string, settings: unknown, empty: Grid): Promise<Grid> {
  const config = toJson(settings);
  const has = (name: string) => Deno.stat(`${folder}/${name}`).then(() => true, () => false);
  if (await has("config.json") && !await has("surface.json")) {
    const file = `${folder}/config.json`;
    if (await readInput(file) !== config) {
      throw new InputError("the folder holds an unfinished run with other options; name a new one, or give the same", {
        file,
      });
    }
    const csv = `${folder}/surface.csv`;
    if (!await has("surface.csv")) return empty;
    const grid = gridIn(await readInput(csv), csv);
    const same = grid.alphas.length === empty.alphas.length && grid.betas.length === empty.betas.length;
    return same ? { ...empty, values: grid.values } : empty;
  }
  await refuseOccupied(folder);
  await makeFolder(folder);
  await writeWhole(`${folder}/config.json`, config);
  return empty;
}

function gridIn(text: string, file: string): Grid {
  try {
    return parseGridCsv(text);
  } catch (error) {
    throw new InputError(`${(error as Error).message}; remove it, and the grid is computed again`, { file });
  }
}

async function save(folder: string, grid: Grid, linear: number, title: string): Promise<void> {
  const { surfaceSvg } = await import("../src/plot/mod.ts");
  await writeWhole(`${folder}/surface.csv`, gridCsv(grid));
  await writeWhole(`${folder}/surface.npy`, encodeNpy([grid.betas.length, grid.alphas.length], grid.values));
  await writeWhole(`${folder}/surface.svg`, surfaceSvg(grid, linear, title));
}
