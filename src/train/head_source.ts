import type { Address, Kernels, Memory } from "../kernels/mod.ts";
import { type Examples, featureRows, type LinearRows } from "../objective/mod.ts";
import { matrixRows, type RowSource, sideBySide, spreadRows } from "../tensor/mod.ts";
import type { FittedNetwork } from "./task.ts";

/** Numbers of features up to which they are held for the passes over them; beyond, they are computed anew on each. */
const HELD = 8e6;

/** Rows of `[x f]` at a point. Dispose it to free its buffers. */
export interface HeadSource extends Disposable {
  /** The rows [n, d + k]. */
  readonly source: RowSource;
  /** Those of x alone [n, d]. */
  readonly inputs: RowSource;
  /** Those of f alone [n, k]. */
  readonly features: RowSource;
  /** d. */
  readonly d: number;
}

/**
 * `[x f_theta(x)]` row by row: f is held where it is small, and computed on every pass where it is not, so that memory grows
 * with the table alone.
 *
 * @param kernels The kernels to compute with.
 * @param fitted The network, its parameters and the data; of the parameters only theta counts.
 * @returns The rows.
 * @throws {ShapeError} If the parts do not fit each other.
 * @throws {RangeError} If the network is a plain one: without the skip from x to the output there is no (W, V).
 * @example One input and one feature, 2x + 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { collectRows } from "@resland/resland/tensor";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const examples = { x: matrix(2, 1, [-1, 1]), y: Float64Array.of(0, 1) };
 * const fitted = { net: network(1, dense(1, 1)), params: Float64Array.of(0, 0, 2, 1), loss: squared, examples };
 * using rows = headSource(kernels, fitted);
 * assertEquals([...collectRows(kernels.memory, rows.source).data], [-1, -1, 1, 3]);
 * ```
 */
export function headSource(kernels: Kernels, { net, params, examples: { x } }: FittedNetwork): HeadSource {
  if (net.kind === "plain") {
    throw new RangeError(
      "Cannot certify a plain network: the theorems need the skip from x to the output, p = W (x + V f(x))",
    );
  }
  const rows = featureRows(kernels, net, params, x);
  const inputs = matrixRows(kernels.memory, x);
  if (x.rows * net.k > HELD) {
    const source = sideBySide(inputs, rows);
    return { source, inputs, features: rows, d: net.d, [Symbol.dispose]: () => rows[Symbol.dispose]() };
  }
  const features = placedRows(kernels.memory, rows);
  rows[Symbol.dispose]();
  return {
    source: sideBySide(inputs, features),
    inputs,
    features,
    d: net.d,
    [Symbol.dispose]: () => kernels.memory.free(features.at(0)),
  };
}

/**
 * Rows of inputs, with the targets and the weights of examples.
 *
 * @param source The rows.
 * @param examples What they are the rows of.
 * @returns Both together.
 * @example Two rows without weights
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels, matrix } from "@resland/resland";
 * import { matrixRows } from "@resland/resland/tensor";
 * const examples = { x: matrix(2, 1, [1, 1]), y: Float64Array.of(3, 4) };
 * const rows = rowsOf(matrixRows((await loadKernels("simd")).memory, examples.x), examples);
 * assertEquals([rows.y, rows.weights], [examples.y, undefined]);
 * ```
 */
export const rowsOf = (source: RowSource, { y, weights }: Examples): LinearRows => ({
  source,
  y,
  ...weights && { weights },
});

/** Rows, written once to kernel memory; the caller frees the block, which starts at the first row. */
function placedRows(memory: Memory, { rows, cols, write }: RowSource) {
  const at = memory.allocate(8 * rows * cols);
  write(0, rows, at, cols);
  const addressOf = (row: number): Address => at + 8 * row * cols;
  return Object.freeze({
    rows,
    cols,
    write(from: number, count: number, to: Address, ld: number) {
      spreadRows(memory.view("f64", addressOf(from), count * cols) as Float64Array, cols, memory, to, ld);
    },
    at: addressOf,
  });
}
