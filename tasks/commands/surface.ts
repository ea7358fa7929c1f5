/**
 * The command `surface`: a slice of the loss around a model, with the level of the best linear predictor drawn on it.
 *
 * @module
 */
import { parseOptions } from "../../src/cli/mod.ts";
import { fastestKernels, loadKernels } from "../../src/kernels/mod.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { onInterrupt, unlessInterrupted } from "../io/interrupt.ts";
import { runFolder } from "../io/run_folder.ts";
import type { Command } from "./command.ts";
import { drawLine, drawPlane } from "./_draw_surface.ts";
import { linearLevel, loadModelData, objectiveOf, requireFinite } from "./_model_data.ts";
import { withRun } from "./_run_option.ts";
import { sliceOf } from "./_slice.ts";
import { aboutSurface, surfaceOptions } from "./_surface_options.ts";

/** The command. */
export const surface: Command = { about: aboutSurface, run };

/** Bytes of a point of the grid: as a number, and in three files as text. */
const POINT = 64;

async function run(args: readonly string[]): Promise<number> {
  const options = await withRun(parseOptions(args, surfaceOptions));
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  refuseOverMemory({ beside: POINT * options.steps ** 2 }, "use fewer --steps");
  const subject = await unlessInterrupted(loadModelData(options), signal);
  const { net } = subject.model;
  refuseOverMemory(
    { rows: subject.data.x.rows, inputs: net.d, features: net.k, outputs: net.outputs },
    "take a smaller model, or a machine with more",
  );
  const kernels = await loadKernels(fastestKernels());
  requireFinite(kernels, subject, options.model!);
  const linear = await linearLevel(kernels, subject, signal);
  using objective = objectiveOf(kernels, subject);
  const slice = await sliceOf(subject, { kernels, objective, linear }, options, signal);
  const folder = options.out ?? runFolder("surface");
  const task = { subject, kernels: kernels.name, objective, linear, slice, folder, options };
  return await (options.plane === "line" ? drawLine(task, signal) : drawPlane(task, signal));
}
