import {
  type Address,
  attachMemory,
  type Crew,
  CREW_BYTES,
  type Dtype,
  GEMM_WORK_BYTES,
  isShared,
  type Kernels,
  type KernelsName,
  leadCrew,
  loadKernels,
  serveCrew,
} from "../kernels/mod.ts";
import { type AnyLoss, isBuiltInLoss, lossFromJson, type LossJson, lossToJson } from "../loss/mod.ts";
import { isBuiltIn, layerFromJson, type Network, network } from "../nn/mod.ts";
import { ShapeError, type Vector } from "../tensor/mod.ts";
import { COMBINE, GRADIENTS, sharesOf, SIGNALS } from "./_batch_shares.ts";
import { type PlacedNetwork, placeNetwork } from "./_placed_network.ts";
import { type PlacedRows, placeRows } from "./_placed_rows.ts";
import { type Resident, withResident } from "./_resident.ts";
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
  /** What another thread needs to do its part, for {@linkcode serveBatches}; null with one part. */
  readonly crew: CrewPlan | null;
}

/** How batches are computed. */
export interface BatchOptions {
  /** Most rows of a batch. */
  readonly batch: number;
  /** Precision of the arithmetic; parameters and gradients are f64 outside (default f64). */
  readonly dtype?: Dtype;
  /**
   * How many threads share each step (default 1). The others are the caller's to start, each with {@linkcode serveBatches}
   * on {@linkcode Batches.crew}; the kernels' memory must be shared, and the loss and every layer the library's own. The bits of the
   * result do not depend on it: threads share out rows and parameters, and no sum is cut.
   */
  readonly parts?: number;
  /**
   * Whether threads share every step, or only while that is measured to be faster than one thread alone (default "measured"):
   * see {@linkcode leadCrew}.
   */
  readonly sharing?: "measured" | "always";
}

/** The message to a thread of a crew: the layout that its leader made. */
export interface CrewPlan {
  /** Which kernels. */
  readonly kernels: KernelsName;
  /** Precision of the arithmetic. */
  readonly dtype: Dtype;
  /** The leader's memory. */
  readonly memory: WebAssembly.Memory;
  /** The block through which the crew talks. */
  readonly control: SharedArrayBuffer;
  /** How many threads, the leader included. */
  readonly parts: number;
  /** The network, of which the data cross. */
  readonly net: Network;
  /** The loss, by name. */
  readonly loss: LossJson;
  /** Most rows of a batch. */
  readonly rows: number;
  /** Whether rows have weights. */
  readonly weighted: boolean;
  /** Scratch of each thread but the leader. */
  readonly scratch: readonly Address[];
  /** Every block of the layout, in the order in which it is made. */
  readonly blocks: readonly Address[];
}

/**
 * Lays a data set and a network out for minibatch training.
 *
 * @param kernels The kernels to compute with.
 * @param net The network.
 * @param loss The loss.
 * @param data Inputs [n, d] and targets [n * outputs].
 * @param options The largest batch, the precision, and the number of threads.
 * @returns The gradient as a pure function of the parameters and a choice of rows.
 * @throws {ShapeError} If the data do not fit the network.
 * @throws {RangeError} If several threads are asked for but cannot share the memory, the loss or a layer.
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
  const { batch, dtype = "f64", parts = 1, sharing = "measured" } = options;
  checkData(net, data);
  if (parts > 1) requireShareable(kernels, net, loss);
  const { memory } = kernels;
  const set = kernels[dtype];
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
    const at = allocate(elements * set.bytes);
    blocks.push(at);
    return at;
  };
  const placed = placeNetwork(kernels, dtype, net, loss, { rows, tangents: false, weighted, parts, buffer });
  const scratch = Array.from({ length: parts - 1 }, () => allocate(GEMM_WORK_BYTES));
  const control = parts > 1 ? new SharedArrayBuffer(CREW_BYTES) : null;
  const crew = leadCrew(control, parts, sharesOf(set, placed), sharing === "always" ? { now: null } : {});
  const resident = residentIn(kernels, {
    dtype,
    size: net.size,
    batch,
    rows: data.x.rows,
    placed,
    all,
    crew,
    allocate,
  });
  const batches: Batches = {
    rows: data.x.rows,
    crew: control && {
      ...{ kernels: kernels.name, dtype, memory: memory.wasm, control, parts, net, loss: lossToJson(loss) },
      ...{ rows, weighted, scratch, blocks },
    },
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
      crew.disband();
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
  readonly crew: Crew;
  readonly allocate: (bytes: number) => Address;
}

/** Vectors of parameters in kernel memory, and gradients there; a step makes no object. */
function residentIn(kernels: Kernels, { dtype, size, batch, rows, placed, all, crew, allocate }: Layout): Resident {
  const { memory, [dtype]: set } = kernels;
  const { args } = crew;
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
      memory.view(dtype, slot, size).set(values);
    },
    read: (slot) => Float64Array.from(memory.view(dtype, slot, size)),
    combine(alpha, x, beta, y) {
      args[0] = size, args[1] = alpha, args[2] = x, args[3] = beta, args[4] = y;
      crew.run(COMBINE);
    },
    norm: (slot) => set.nrm2(size, slot),
    setOrder: all.setOrderOfAll,
    differentiate(from, count) {
      if (!(from >= 0 && count >= 1 && count <= batch && from + count <= rows)) {
        throw new RangeError(
          `Cannot take rows ${from} to ${from + count}: there are ${rows}, and a batch holds up to ${batch}`,
        );
      }
      all.take(from, count, placed.weights);
      args[0] = all.batch.inputs;
      args[1] = all.batch.targets;
      args[2] = count;
      args[3] = 1 / count;
      crew.run(SIGNALS);
      args[1] = count;
      crew.run(GRADIENTS);
    },
  };
}

/**
 * Serves as one thread of a crew until the leader disposes its batches. Blocks the thread.
 *
 * @param plan The leader's {@linkcode Batches.crew}, as a message brought it.
 * @param part Which part is this thread's, from 1.
 * @param onReady Called once the kernels are loaded, before the first work: the leader should wait for it.
 * @throws {RangeError} If the plan has no such part.
 * @throws What a piece of work throws, after telling the leader.
 * @example A crew whose leader is done already; others serve in a worker
 * ```ts
 * import { assert } from "@std/assert";
 * import { createMemory, loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { dense, network } from "@resland/resland/nn";
 * import { matrix } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd", createMemory({ shared: true, megabytes: 16 }));
 * const data = { x: matrix(2, 1, [1, 1]), y: Float64Array.of(1, 3) };
 * const batches = createBatches(kernels, network(1, dense(1, 1)), squared, data, { batch: 2, parts: 2 });
 * batches[Symbol.dispose]();
 * let ready = false;
 * await serveBatches(batches.crew!, 1, () => ready = true);
 * assert(ready);
 * ```
 */
export async function serveBatches(plan: CrewPlan, part: number, onReady: () => void): Promise<void> {
  const { dtype, rows, weighted, parts, control, blocks } = plan;
  if (!(part >= 1 && part < parts)) throw new RangeError(`Cannot serve as part ${part}: the crew has ${parts}`);
  const memory = attachMemory(plan.memory, [plan.scratch[part - 1], ...blocks]);
  const kernels = await loadKernels(plan.kernels, memory);
  const loss = lossFromJson(plan.loss);
  const { d, body, outputs, kind } = plan.net;
  // Functions do not cross to another thread: the layers are made again from their data.
  const net = network(d, layerFromJson(body), { outputs, kind });
  const buffer = (elements: number): Address => memory.allocate(elements * kernels[dtype].bytes);
  const placed = placeNetwork(kernels, dtype, net, loss, { rows, tangents: false, weighted, parts, buffer });
  onReady();
  serveCrew(control, part, parts, sharesOf(kernels[dtype], placed));
}

function requireShareable({ memory }: Kernels, { body }: Network, loss: AnyLoss): void {
  if (!isShared(memory)) {
    throw new RangeError(
      "Cannot share a step between threads: the kernels' memory is not shared; make it with createMemory({ shared: true })",
    );
  }
  if (!isBuiltInLoss(loss)) {
    throw new RangeError(
      `Cannot share a step between threads: the loss "${loss.name}" is a function of its own; leave parts at 1`,
    );
  }
  if (!isBuiltIn(body)) {
    throw new RangeError(
      "Cannot share a step between threads: the network has a layer of your own; leave parts at 1",
    );
  }
}
