import type { Address, Kernels } from "../kernels/mod.ts";
import type { Network } from "../nn/mod.ts";
import { type Matrix, matrixRows, ShapeError, type Vector } from "../tensor/mod.ts";
import { placeNetwork } from "./_placed_network.ts";
import { createRowWindow } from "./_row_window.ts";

/** Rows of one pass through the network: enough to fill the kernels, little enough to stay in the cache. */
const CHUNK = 1024;

/** Numbers of one layer in a pass: a network of many units gets fewer rows, so that its layers do not outgrow the kernels' memory. */
const LAYER = 2 ** 22;

/**
 * The predictions of a network: what `forward` of the network gives, in the kernels. Cost: one forward pass.
 *
 * @param kernels The kernels to compute with.
 * @param net The network.
 * @param params Its parameters [size].
 * @param x Inputs [rows, d].
 * @returns The predictions [rows, outputs].
 * @throws {ShapeError} If the inputs or the parameters do not fit the network.
 * @example p = w (x + V f(x)) = 2 (3 + 10 * 4), f(x) = x + 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, loadKernels, matrix, network } from "@resland/resland";
 * const [net, params] = [network(1, dense(1, 1)), Float64Array.of(2, 10, 1, 1)];
 * assertEquals(predictRows(await loadKernels("simd"), net, params, matrix(1, 1, [3])).data, Float64Array.of(86));
 * ```
 */
export function predictRows(kernels: Kernels, net: Network, params: Vector, x: Matrix): Matrix {
  const { d, outputs, size } = net;
  if (x.cols !== d) throw new ShapeError("predict", `[rows, ${d}]`, `[${x.rows}, ${x.cols}]`);
  if (params.length !== size) throw new ShapeError("predict", `[${size}]`, `[${params.length}]`);
  const { memory } = kernels;
  const data = new Float64Array(x.rows * outputs);
  const blocks: Address[] = [];
  const buffer = (elements: number): Address => {
    const at = memory.allocate(elements * 8);
    blocks.push(at);
    return at;
  };
  try {
    const widest = net.parameters.reduce((most, { shape }) => Math.max(most, ...shape), 1);
    const rows = Math.max(1, Math.min(CHUNK, x.rows, Math.floor(LAYER / widest)));
    const placed = placeNetwork(kernels, "f64", net, null, { rows, tangents: false, buffer });
    const window = createRowWindow(buffer, matrixRows(memory, x), { resident: 0 });
    memory.view("f64", placed.vectors.point, size).set(params);
    window.each((address, first, count) => {
      for (let at = 0; at < count; at += rows) {
        const part = Math.min(rows, count - at);
        placed.predict(address + at * d * 8, part);
        data.set(memory.view("f64", placed.predictions, part * outputs), (first + at) * outputs);
      }
    });
  } finally {
    for (const block of blocks) memory.free(block);
  }
  return Object.freeze({ rows: x.rows, cols: outputs, data });
}
