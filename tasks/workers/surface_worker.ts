/**
 * The worker of `surface`: evaluates one row of the grid after another, and posts each.
 *
 * @module
 */
import { type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { anyLossByName } from "../../src/loss/mod.ts";
import { layerFromJson, type LayerJson, network, type NetworkKind } from "../../src/nn/mod.ts";
import { createObjective, type Examples } from "../../src/objective/mod.ts";
import { evaluateRow, type Grid, type Plane } from "../../src/surface/mod.ts";
import { poolWorker } from "./_pool_worker.ts";

/** What every row needs; a loss is functions, so its name goes instead. */
export interface SurfaceSetup {
  readonly theta: LayerJson;
  readonly kind: NetworkKind;
  readonly outputs: number;
  readonly loss: { readonly name: string; readonly parameter: number };
  readonly examples: Examples;
  readonly plane: Plane;
  readonly grid: Grid;
  readonly kernels: KernelsName;
}

/** A row of the grid. */
export interface SurfaceRow {
  readonly row: number;
  readonly values: Float64Array;
}

/** The inside of the worker. */
export const surfaceWorker = poolWorker<SurfaceSetup, number, SurfaceRow>(async (setup) => {
  const { theta, kind, outputs, loss, examples, plane, grid, kernels } = setup;
  const net = network(examples.x.cols, layerFromJson(theta), { outputs, kind });
  const own = anyLossByName(loss.name, loss.parameter === 0 ? {} : { parameter: loss.parameter });
  const objective = createObjective(await loadKernels(kernels), net, own, examples);
  return (row) => ({ row, values: evaluateRow(objective, plane, grid, row) });
});
