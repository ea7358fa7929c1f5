import type { Network } from "../nn/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { headDirections } from "./directions.ts";
import { emptyGrid, type Grid, pointAt } from "./grid.ts";
import { reachOf, unitsOf } from "./reach.ts";

/** A loss that reads (W, V) only through numbers that are linear in W and linear in V, such as predictions. */
export interface BilinearLoss {
  /** The numbers at several parameters, all of one length. */
  readonly at: (points: readonly Vector[]) => readonly Vector[];
  /** The loss that they come to. */
  readonly loss: (numbers: Vector) => number;
}

/**
 * A loss over the (w, V) plane, from four evaluations: there the numbers that it reads are `z00 + alpha z10 + beta z01 + alpha beta z11`. The
 * grid reaches beyond the contour of a level. Cost: four evaluations, and for each point of the grid a sum over the numbers.
 *
 * @param loss The loss.
 * @param net The network.
 * @param params The point in the middle.
 * @param options Points along each axis, and the level.
 * @returns The grid.
 * @throws {ShapeError} If the point does not have the network's size.
 * @example The square of w (1 + v)
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland";
 * const product = ([w, v]: Float64Array) => Float64Array.of(w * (1 + v));
 * const loss = { at: (points: readonly Float64Array[]) => points.map(product), loss: ([p]: Float64Array) => p * p };
 * const { alphas, betas, values } = headGrid(loss, network(1, dense(1, 1, { bias: false })), Float64Array.of(1, 1, 0), { steps: 3, level: 9 });
 * assertAlmostEquals(values[8], ((1 + alphas[2]) * (2 + betas[2])) ** 2, 1e-9);
 * ```
 */
export function headGrid(
  { at, loss }: BilinearLoss,
  net: Network,
  params: Vector,
  { steps, level }: { readonly steps: number; readonly level: number },
): Grid {
  const plane = { origin: params, ...headDirections(net, params) };
  const [z00, z10, z01, z11] = at([[0, 0], [1, 0], [0, 1], [1, 1]].map(([a, b]) => pointAt(plane, a, b)));
  const numbers = new Float64Array(z00.length);
  const value = (alpha: number, beta: number): number => {
    const [w00, w10, w01, w11] = [(1 - alpha) * (1 - beta), alpha * (1 - beta), (1 - alpha) * beta, alpha * beta];
    for (let i = 0; i < numbers.length; i++) numbers[i] = w00 * z00[i] + w10 * z10[i] + w01 * z01[i] + w11 * z11[i];
    const found = loss(numbers);
    return Number.isFinite(found) ? found : Infinity;
  };
  const grid = emptyGrid(steps, reachOf(value, unitsOf(plane), level));
  return {
    ...grid,
    values: grid.values.map((_, i) => value(grid.alphas[i % steps], grid.betas[Math.floor(i / steps)])),
  };
}
