import { findBestLinear, findRidgeOptimum, type LinearOptimum } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { builtIn } from "../nn/mod.ts";
import { type Ridge, ridgeOnColumns } from "../objective/mod.ts";
import { collectRows, type Matrix, matrixRows, sideBySide } from "../tensor/mod.ts";
import { headSource, rowsOf } from "./head_source.ts";
import type { FittedNetwork } from "./task.ts";

/** What is known with the features of the first blocks alone. */
export interface BlockRung {
  /** How many blocks: 0 for none. */
  readonly blocks: number;
  /** How many features they have. */
  readonly features: number;
  /** The best predictor on `[x, f_1, ..., f_l]`. */
  readonly optimum: LinearOptimum;
}

/**
 * What each of several residual blocks adds: `H_l = min H` over `[x, f_1, ..., f_l]` for l = 0, ..., L. `H_0` is the best linear predictor, `H_L` the
 * feature optimum; no H_l is above the one before it, and the loss of the chain is at least `H_L` (docs/mathematics.md, section 17).
 * Cost: L - 1 predictors beyond the two that are known, and the features held once more, n times their number.
 *
 * @param kernels The kernels to compute with.
 * @param fitted The network, its parameters, the loss and the data.
 * @param known The best linear predictor, the feature optimum, and the ridge that was trained with (default none).
 * @returns A generator that yields as it works, and returns a rung for each number of blocks; null for a network whose f is not that of several blocks.
 * @throws {ShapeError} If the parts do not fit each other.
 * @example Two blocks of one unit
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { certifyPoint, feedForward, initialise, key, loadKernels, matrix, network, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const examples = { x: matrix(5, 2, [1, -2, 1, -1, 1, 0, 1, 1, 1, 2]), y: Float64Array.of(4, 1, 0, 1, 3) };
 * const net = network(2, feedForward(2, { width: 1, blocks: 2 }));
 * const fitted = { net, params: initialise(net, key(1)), loss: squared, examples };
 * const steps = blockLadder(kernels, fitted, certifyPoint(kernels, fitted));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * const values = step.value!.map(({ optimum }) => optimum.value);
 * assertEquals(step.value!.map(({ features }) => features), [0, 1, 2]);
 * assert(values[2] <= values[1] && values[1] <= values[0]);
 * ```
 */
export function* blockLadder(
  kernels: Kernels,
  fitted: FittedNetwork,
  { linear, featureOptimum, ridge = null }: {
    readonly linear: LinearOptimum;
    readonly featureOptimum: LinearOptimum;
    readonly ridge?: Ridge | null;
  },
): Generator<number, readonly BlockRung[] | null> {
  const { net: { d, body }, loss, examples } = fitted;
  const tree = builtIn(body);
  if (tree?.type !== "blocks") return null;
  const ends = tree.layers.reduce((sums, f) => [...sums, sums[sums.length - 1] + f.outputWidth(d)], [0]);
  using rows = headSource(kernels, fitted);
  const f = collectRows(kernels.memory, rows.features);
  const ladder: BlockRung[] = [];
  for (const [blocks, features] of ends.entries()) {
    let optimum = blocks === 0 ? linear : featureOptimum;
    if (blocks > 0 && blocks < tree.layers.length) {
      const first = matrixRows(kernels.memory, firstColumns(f, features));
      const columns = rowsOf(sideBySide(rows.inputs, first), examples);
      optimum = yield* ridge === null
        ? findBestLinear(kernels, loss, columns, { radius: Infinity })
        : findRidgeOptimum(kernels, loss, columns, ridgeOnColumns(ridge, d, features));
    }
    ladder.push({ blocks, features, optimum });
  }
  return ladder;
}

function firstColumns({ rows, cols, data }: Matrix, count: number): Matrix {
  const first = new Float64Array(rows * count);
  for (let i = 0; i < rows; i++) first.set(data.subarray(i * cols, i * cols + count), i * count);
  return { rows, cols: count, data: first };
}
