import type { Address, Dtype, Kernels } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import { ShapeError, type Vector } from "../tensor/mod.ts";
import { type PlacedNetwork, placeNetwork } from "./_placed_network.ts";
import { type PlacedRows, placeRows } from "./_placed_rows.ts";
import { type Resident, withResident } from "./_resident.ts";
import { type SharedStep, shareStep } from "./_shared_step.ts";
import { createUpdates } from "./_updates.ts";
import { stepOperations } from "./step_operations.ts";
import type { Examples, ValueAndGradient } from "./objective.ts";

/** Gradients of minibatches, over data that stay resident in kernel memory. Dispose it to free them. */
export interface Batches extends Disposable {
  /** Rows of the data set. */
  readonly rows: number;
  /**
   * The mean loss over some rows, and its gradient. Cost: about three forward passes over them.
   * @throws {RangeError} If there are none or more than a batch holds, or one is not a row of the data.
   * @throws {ShapeError} If there are more or fewer numbers than parameters.
   */
  gradient(params: Vector, rows: Uint32Array): ValueAndGradient;
}

/** How batches are computed. */
export interface BatchOptions {
  /** Most rows of a batch. */
  readonly batch: number;
  /** Precision of the arithmetic; parameters and gradients are f64 outside (default f64). */
  readonly dtype?: Dtype;
  /** Operations of a step, by {@linkcode stepOperations}, from which on the threads of shared kernels take it together (default 4e6). No bit depends on it. */
  readonly least?: number;
}

/** Operations of a step from which on sharing it among threads gains more than it costs. */
const WORTH_SHARING = 4e6;

/**
 * Whether threads take a step together where nobody says from how many operations on.
 *
 * @param net The network.
 * @param batch Batch size.
 * @returns Whether {@linkcode stepOperations} is 4e6 or more.
 * @example A thousand inputs, and ten
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland/nn";
 * assertEquals([1000, 10].map((d) => isStepShared(network(d, dense(d, 32)), 64)), [true, false]);
 * ```
 */
export const isStepShared = (net: Network, batch: number): boolean => stepOperations(net, batch) >= WORTH_SHARING;

/**
 * Lays a data set and a network out for minibatch training. The threads of kernels from `shareKernels` take large steps together, where every layer
 * is one of the library's.
 *
 * @param kernels The kernels to compute with.
 * @param net The network.
 * @param loss The loss.
 * @param data Inputs [n, d] and targets [n * outputs].
 * @param options The largest batch, the precision, and which steps are shared.
 * @returns The gradient as a pure function of the parameters and a choice of rows.
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
 * const { gradient } = batches.gradient(new Float64Array(net.size), Uint32Array.of(0, 1));
 * assertEquals(gradient[0], -2);
 * ```
 */
export function createBatches(
  kernels: Kernels,
  net: Network,
  loss: AnyLoss,
  data: Examples,
  options: BatchOptions,
): Batches {
  const { batch, dtype = "f64", least = WORTH_SHARING } = options;
  checkData(net, data);
  const { memory, alone } = kernels;
  const owned: Address[] = [];
  const allocate = (bytes: number): Address => {
    const at = memory.allocate(bytes);
    owned.push(at);
    return at;
  };
  const rows = Math.min(batch, data.x.rows);
  const all = placeRows(kernels, dtype, data, { outputs: net.outputs, most: rows, allocate });
  const { weighted } = all;
  const blocks: Address[] = [];
  const buffer = (elements: number): Address => {
    const at = allocate(elements * alone[dtype].bytes);
    blocks.push(at);
    return at;
  };
  const placement = { rows, tangents: false, weighted, parts: kernels.threads, buffer };
  const placed = placeNetwork(alone, dtype, net, loss, placement);
  const shared = shareStep(kernels, { dtype, net, loss, placed, blocks, rows, weighted, all, least });
  const resident = residentIn(kernels, {
    dtype,
    size: net.size,
    batch,
    rows: data.x.rows,
    placed,
    all,
    shared,
    allocate,
  });
  const batches: Batches = {
    rows: data.x.rows,
    gradient(params, chosen) {
      const count = chosen.length;
      const missing = chosen.find((row) => row >= data.x.rows);
      if (count < 1 || count > rows || missing !== undefined) {
        const got = missing === undefined ? `${count} of them` : `row ${missing} of ${data.x.rows}`;
        throw new RangeError(`Cannot take the rows of a batch: there must be 1 to ${rows}, got ${got}`);
      }
      resident.write(resident.params, params);
      all.setOrder(chosen.slice());
      resident.differentiate(0, count);
      const value = placed.loss(all.batch.targets, count) / count;
      return { value, gradient: resident.read(resident.gradient) };
    },
    [Symbol.dispose]() {
      shared?.repeated[Symbol.dispose]();
      for (const address of owned.splice(0)) memory.free(address);
    },
  };
  return withResident(batches, resident);
}

function checkData({ d, outputs }: Network, { x, y }: Examples): void {
  if (x.cols !== d) throw new ShapeError("train the network on the data", `[rows, ${d}]`, `[${x.rows}, ${x.cols}]`);
  if (y.length !== x.rows * outputs) {
    throw new ShapeError("pair inputs with targets", `[${x.rows * outputs}]`, `[${y.length}]`);
  }
}

/** The first piece of a step. */
const GRADIENT = 0;

/** What the steps of training find in kernel memory. */
interface Layout {
  readonly dtype: Dtype;
  /** Parameters. */
  readonly size: number;
  /** Most rows of a batch, and how many rows there are. */
  readonly batch: number;
  readonly rows: number;
  readonly placed: PlacedNetwork;
  readonly all: PlacedRows;
  readonly shared: SharedStep | null;
  readonly allocate: (bytes: number) => Address;
}

/** Vectors of parameters in kernel memory, and gradients there; a step on one thread makes no object. */
function residentIn(kernels: Kernels, { dtype, size, batch, rows, placed, all, shared, allocate }: Layout): Resident {
  const { memory, alone: { [dtype]: set } } = kernels;
  const repeated = shared?.repeated ?? kernels.alone.repeat();
  const updates = createUpdates(kernels, dtype, { size, repeated });
  return {
    size,
    params: placed.vectors.point,
    gradient: placed.vectors.gradient,
    reserve() {
      const at = allocate(size * set.bytes);
      set.fill(size, 0, at);
      return at;
    },
    write(slot, values) {
      if (values.length !== size) {
        throw new ShapeError("write a vector of parameters", `[${size}]`, `[${values.length}]`);
      }
      updates.make();
      memory.view(dtype, slot, size).set(values);
    },
    read(slot) {
      updates.make();
      return Float64Array.from(memory.view(dtype, slot, size));
    },
    combine: updates.add,
    norm(slot) {
      updates.make();
      return set.nrm2(size, slot);
    },
    setOrder: all.setOrderOfAll,
    differentiate(from, count) {
      if (!(from >= 0 && count >= 1 && count <= batch && from + count <= rows)) {
        throw new RangeError(
          `Cannot take rows ${from} to ${from + count}: there are ${rows}, and a batch holds up to ${batch}`,
        );
      }
      updates.make();
      if (repeated.isShared(GRADIENT)) {
        shared!.differentiate(from, count);
      } else {
        all.begin(from);
        all.take(set, 0, count, placed.weights);
        placed.gradient(all.batch.inputs, all.batch.targets, count, 1 / count);
      }
      repeated.done();
    },
  };
}
