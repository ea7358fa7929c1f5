import type { Address, Kernels } from "../kernels/mod.ts";
import type { Network } from "../nn/mod.ts";
import { type Matrix, matrixRows, type RowSource, ShapeError, spreadRows, type Vector } from "../tensor/mod.ts";
import { placeNetwork } from "./_placed_network.ts";

/** Rows of one pass through the network: enough to fill the kernels, little enough to stay in the cache. */
const CHUNK = 1024;

/**
 * `f_theta(x)` row by row, computed anew on every pass: features need not be held anywhere, which for a table of a few inputs
 * they would outgrow. Cost of a pass: one forward pass through f. Dispose it to free its buffers.
 *
 * @param kernels The kernels to compute with.
 * @param net The network.
 * @param params Its parameters; of these only theta counts.
 * @param x Inputs [n, d].
 * @returns The rows [n, k].
 * @throws {ShapeError} If the inputs or the parameters do not fit the network.
 * @example f(x) = 2x + 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { collectRows } from "@resland/resland/tensor";
 * import { dense, loadKernels, matrix, network } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * using rows = featureRows(kernels, network(1, dense(1, 1)), Float64Array.of(0, 0, 2, 1), matrix(3, 1, [-1, 0, 1]));
 * assertEquals(collectRows(kernels.memory, rows).data, Float64Array.of(-1, 1, 3));
 * ```
 */
export function featureRows(kernels: Kernels, net: Network, params: Vector, x: Matrix): RowSource & Disposable {
  const { d, k, size } = net;
  if (x.cols !== d) throw new ShapeError("compute features", `[rows, ${d}]`, `[${x.rows}, ${x.cols}]`);
  if (params.length !== size) throw new ShapeError("compute features", `[${size}]`, `[${params.length}]`);
  const { memory } = kernels;
  const blocks: Address[] = [];
  const buffer = (elements: number): Address => {
    const at = memory.allocate(elements * 8);
    blocks.push(at);
    return at;
  };
  const rows = Math.max(1, Math.min(CHUNK, x.rows));
  const placed = placeNetwork(kernels, "f64", net, null, { rows, tangents: false, buffer });
  memory.view("f64", placed.vectors.point, size).set(params);
  const source = matrixRows(memory, x);
  const inputs = source.at ? 0 : buffer(rows * d);
  return {
    rows: x.rows,
    cols: k,
    write(from, count, to, ld) {
      for (let done = 0; done < count; done += rows) {
        const part = Math.min(rows, count - done);
        if (!source.at) source.write(from + done, part, inputs, d);
        placed.compute(source.at?.(from + done) ?? inputs, part);
        spreadRows(memory.view("f64", placed.features, part * k), k, memory, to + 8 * done * ld, ld);
      }
    },
    [Symbol.dispose]() {
      for (const block of blocks.splice(0)) memory.free(block);
    },
  };
}
