import type { Dtype, Kernels } from "../kernels/mod.ts";
import type { Loss } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import { ShapeError, type Vector } from "../tensor/mod.ts";
import { placeNetwork } from "./_placed_network.ts";
import type { Examples, ValueAndGradient } from "./objective.ts";

/** Gradients of minibatches, over data that stay resident in kernel memory. Dispose it to free them. */
export interface Batches extends Disposable {
  /** Rows of the data set. */
  readonly rows: number;
  /**
   * The mean loss and its gradient over `count` rows from position `from` of an order of the rows. The order is laid out
   * once and reused while the same array is passed, so the rows of a batch are consecutive in memory.
   * Cost: about three forward passes over the batch.
   */
  gradient(point: Vector, order: Uint32Array, from: number, count: number): ValueAndGradient;
}

/** How batches are computed. */
export interface BatchOptions {
  /** Most rows of a batch. */
  readonly batch: number;
  /** Precision of the arithmetic; points and gradients are f64 outside (default f64). */
  readonly dtype?: Dtype;
}

/**
 * Lays a data set and a network out for minibatch training.
 *
 * @param kernels The kernels to compute with.
 * @param net The network.
 * @param loss The loss.
 * @param data Inputs [n, d] and targets [n * outputs].
 * @param options The largest batch, and the precision.
 * @returns Pure functions of a point and a choice of rows.
 * @throws {ShapeError} If the data do not fit the network.
 * @example The batch of all rows has the objective's gradient
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { dense, network } from "@resland/resland/nn";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(2, 1, [1, 1]), y: Float64Array.of(1, 3) };
 * const net = network(1, dense(1, 1));
 * using batches = createBatches(await loadKernels("simd"), net, squared, data, { batch: 2 });
 * const { gradient } = batches.gradient(new Float64Array(net.size), Uint32Array.of(0, 1), 0, 2);
 * assertEquals(gradient[0], -2);
 * ```
 */
export function createBatches(
  kernels: Kernels,
  net: Network,
  loss: Loss,
  data: Examples,
  options: BatchOptions,
): Batches {
  const { x, y } = data;
  const { batch, dtype = "f64" } = options;
  const { d, outputs, size } = net;
  if (x.cols !== d) throw new ShapeError("train the network on the data", `[rows, ${d}]`, `[${x.rows}, ${x.cols}]`);
  if (y.length !== x.rows * outputs) {
    throw new ShapeError("pair inputs with targets", `[${x.rows * outputs}]`, `[${y.length}]`);
  }
  const { memory } = kernels;
  const set = kernels[dtype];
  const place = (values: Vector) => {
    const at = memory.allocate(values.length * set.bytes);
    memory.view(dtype, at, values.length).set(values);
    return at;
  };
  const [inputs, targets] = [place(x.data), place(y)];
  const [shuffledInputs, shuffledTargets] = [place(x.data), place(y)];
  const indices = memory.allocate(x.rows * 4);
  const placed = placeNetwork(kernels, dtype, net, loss, { rows: Math.min(batch, x.rows), tangents: false });
  let current: Uint32Array | null = null;

  const layOut = (order: Uint32Array) => {
    if (order === current) return;
    if (order.length !== x.rows) throw new ShapeError("order the rows", `[${x.rows}]`, `[${order.length}]`);
    memory.indices(indices, x.rows).set(order);
    set.gatherRows(x.rows, d, indices, inputs, d, shuffledInputs);
    set.gatherRows(x.rows, outputs, indices, targets, outputs, shuffledTargets);
    current = order;
  };
  return {
    rows: x.rows,
    gradient(point, order, from, count) {
      if (point.length !== size) throw new ShapeError("take a gradient at a point", `[${size}]`, `[${point.length}]`);
      if (!(from >= 0 && count >= 1 && count <= batch && from + count <= x.rows)) {
        throw new RangeError(
          `Cannot take rows ${from} to ${from + count}: there are ${x.rows}, and a batch holds up to ${batch}`,
        );
      }
      layOut(order);
      memory.view(dtype, placed.vectors.point, size).set(point);
      const sum = placed.gradient(
        shuffledInputs + from * d * set.bytes,
        shuffledTargets + from * outputs * set.bytes,
        count,
        1 / count,
      );
      return { value: sum / count, gradient: Float64Array.from(memory.view(dtype, placed.vectors.gradient, size)) };
    },
    [Symbol.dispose]() {
      placed.dispose();
      for (const address of [inputs, targets, shuffledInputs, shuffledTargets, indices]) memory.free(address);
    },
  };
}
