/**
 * The worker of `surface`: evaluates one row of the grid after another, and posts each.
 *
 * @module
 */
import { type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { lossFromJson, type LossJson } from "../../src/loss/mod.ts";
import { layerFromJson, type LayerJson, network, type NetworkKind } from "../../src/nn/mod.ts";
import { createObjective, createRidgeObjective, type Examples, type Ridge } from "../../src/objective/mod.ts";
import { evaluateRow, type Grid, type Plane } from "../../src/surface/mod.ts";
import { poolWorker } from "./_pool_worker.ts";

/** What every row needs; a loss is functions, so its name goes instead. */
export interface SurfaceSetup {
  readonly theta: LayerJson;
  readonly kind: NetworkKind;
  readonly outputs: number;
  readonly loss: LossJson;
  readonly examples: Examples;
  /** The ridge that is added to the loss; null for none. */
  readonly ridge: Ridge | null;
  readonly plane: Plane;
  readonly grid: Grid;
  readonly kernels: KernelsName;
}

/** A row of the grid. */
export interface SurfaceRow {
  readonly row: number;
  readonly values: Float64Array;
}

/** The worker's code. */
export const surfaceWorker = poolWorker<SurfaceSetup, number, SurfaceRow>(async (setup) => {
  const { theta, kind, outputs, loss, examples, ridge, plane, grid, kernels } = setup;
  const net = network(examples.x.cols, layerFromJson(theta), { outputs, kind });
  const plain = createObjective(await loadKernels(kernels), net, lossFromJson(loss), examples);
  const objective = ridge === null ? plain : createRidgeObjective(plain, net, ridge);
  return (row) => ({ row, values: evaluateRow(objective, plane, grid, row) });
});
