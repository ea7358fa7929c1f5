import type { Address, Kernels, KernelTask } from "../kernels/mod.ts";
import type { Network } from "../nn/mod.ts";
import { type Matrix, matrixRows, type RowSource, ShapeError, spreadRows, type Vector } from "../tensor/mod.ts";
import { canBeNoted, noteCalls } from "./_noted_calls.ts";
import { placeNetwork } from "./_placed_network.ts";

/** Rows of one pass through the network: enough to fill the kernels, little enough to stay in the cache. And so many of them threads take turns at. */
const [CHUNK, TOGETHER] = [1024, 8];

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
  const source = matrixRows(memory, x);
  const noted = canBeNoted(net.body);
  const together = noted ? TOGETHER : 1;
  /** A place for some rows, and the calls that make them there, or, where a layer is none of the kernels', what makes them at once. */
  const place = () => {
    const notes = noteCalls(kernels, "f64");
    const placed = placeNetwork(noted ? notes.kernels : kernels, "f64", net, null, { rows, tangents: false, buffer });
    memory.view("f64", placed.vectors.point, size).set(params);
    const inputs = source.at ? 0 : buffer(rows * d);
    return {
      features: placed.features,
      compute(from: number, count: number): KernelTask {
        if (!source.at) source.write(from, count, inputs, d);
        placed.compute(source.at?.(from) ?? inputs, count);
        return notes.taken();
      },
    };
  };
  const places = [place()];
  return {
    rows: x.rows,
    cols: k,
    write(from, count, to, ld) {
      while (places.length < Math.min(together, Math.ceil(count / rows))) places.push(place());
      for (let round = 0; round < count; round += together * rows) {
        const parts = places.flatMap((own, at) => {
          const first = round + at * rows;
          return first < count && at < together ? [{ own, first, part: Math.min(rows, count - first) }] : [];
        });
        kernels.runAll(parts.map(({ own, first, part }) => {
          const calls = own.compute(from + first, part);
          const out = to + 8 * first * ld;
          return ld === k ? [...calls, { kernel: "copy", args: [part * k, own.features, out] }] : calls;
        }));
        for (const { own, first, part } of ld === k ? [] : parts) {
          spreadRows(memory.view("f64", own.features, part * k), k, memory, to + 8 * first * ld, ld);
        }
      }
    },
    [Symbol.dispose]() {
      for (const block of blocks.splice(0)) memory.free(block);
    },
  };
}
