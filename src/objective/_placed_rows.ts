import type { Address, Dtype, Kernels, KernelSet } from "../kernels/mod.ts";
import { weightsOfMeanOne } from "../loss/mod.ts";
import { type Matrix, matrixRows, ShapeError, type Vector } from "../tensor/mod.ts";
import { cut } from "./_cut.ts";
import type { Examples } from "./objective.ts";

/**
 * Numbers of inputs in kernel memory from which on they are rounded to single precision batch by batch: a copy would be larger than the caches
 * too, and no faster.
 */
const HELD = 8 << 20;

/** The rows of a data set in kernel memory, from which batches are taken. */
export interface PlacedRows {
  /** Whether rows have weights. */
  readonly weighted: boolean;
  /** Where the inputs and the targets of the current batch are. */
  readonly batch: { readonly inputs: Address; readonly targets: Address };
  /** The rows from that place in the order on are the current batch: says where they will be. */
  begin(from: number): void;
  /** The same of so many rows, which are always put at the same place, from indices at one place. */
  beginAt(from: number, count: number): void;
  /** Puts some rows of the current batch there, with these kernels, unless they are, and their weights, where they have any, to theirs of an address. */
  take(set: KernelSet, first: number, count: number, weights: Address): void;
  /** Takes rows in this order from now on: some of them or all; null for the order of the data. The numbers are read now. */
  setOrder(order: Uint32Array | null): void;
  /** The same of all rows, as an epoch has them; nothing is done where it is the order that was set last. */
  setOrderOfAll(order: Uint32Array | null): void;
}

/** Numbers from which on threads round a copy together, in so many parts for each. */
const [MANY, PARTS] = [1 << 18, 2];

/** A copy of rows in single precision that several threads make; null where there is one, or rows do not lie in kernel memory. */
function roundedIn(
  { memory, threads, runAll }: Kernels,
  dtype: Dtype,
  x: Matrix,
  allocate: (bytes: number) => Address,
): Address | null {
  const from = matrixRows(memory, x).at?.(0);
  const { length } = x.data;
  if (dtype !== "f32" || threads < 2 || from === undefined || length < MANY) return null;
  const [to, index] = [allocate(4 * length), memory.allocate(4)];
  memory.indices(index, 1)[0] = 0;
  const parts = PARTS * threads;
  runAll(Array.from({ length: parts }, (_, part) => {
    const first = cut(length, part, parts);
    const count = cut(length, part + 1, parts) - first;
    return { kernel: "gatherDouble", dtype, args: [1, count, index, from + 8 * first, 0, to + 4 * first] };
  }));
  memory.free(index);
  return to;
}

/** Places the rows of a data set. Batches have up to `most` rows; `allocate` gives memory by the byte, which the caller frees. */
export function placeRows(
  kernels: Kernels,
  dtype: Dtype,
  { x, y, weights: given }: Examples,
  { outputs, most, allocate }: {
    readonly outputs: number;
    readonly most: number;
    readonly allocate: (bytes: number) => Address;
  },
): PlacedRows {
  const { memory, [dtype]: { bytes } } = kernels;
  const d = x.cols;
  const copyOf = (values: Vector): Address => {
    const at = allocate(values.length * bytes);
    memory.view(dtype, at, values.length).set(values);
    return at;
  };
  const inPlace = dtype === "f32" && x.rows * d >= HELD ? matrixRows(memory, x).at?.(0) ?? null : null;
  /** Rows that are rounded as they are gathered. */
  const inDouble = inPlace !== null;
  const [inputs, targets] = [inPlace ?? roundedIn(kernels, dtype, x, allocate) ?? copyOf(x.data), copyOf(y)];
  const ofRows = weightsOfMeanOne(given, x.rows);
  const weights = ofRows && copyOf(ofRows);
  /** The order of the rows, and those of a batch in it; allocated for the first order that is not the data's own, or for rows that are rounded. */
  const shuffled = { inputs: 0, targets: 0, indices: 0, current: 0 };
  const batch = { inputs, targets };
  let order: Uint32Array | null = null;
  /** Where the indices of the current batch are; 0 where its rows stand in the data, from one on. */
  let [current, place] = [0, 0];

  function begin(from: number): void {
    place = from;
    current = order === null && !inDouble ? 0 : shuffled.indices + from * 4;
    batch.inputs = current === 0 ? inputs + from * d * bytes : shuffled.inputs;
    batch.targets = current === 0 ? targets + from * outputs * bytes : shuffled.targets;
  }

  function beginAt(from: number, count: number): void {
    reserve();
    current = shuffled.current;
    [batch.inputs, batch.targets] = [shuffled.inputs, shuffled.targets];
    const { heapU32 } = memory;
    const [to, of] = [current / 4, shuffled.indices / 4 + from];
    const ordered = order !== null || inDouble;
    for (let at = 0; at < count; at++) heapU32[to + at] = ordered ? heapU32[of + at] : from + at;
  }

  function reserve(): void {
    shuffled.inputs ||= allocate(most * d * bytes);
    shuffled.targets ||= allocate(most * outputs * bytes);
    shuffled.indices ||= allocate(x.rows * 4);
    shuffled.current ||= allocate(most * 4);
  }

  function take(set: KernelSet, first: number, count: number, to: Address): void {
    const ofWeights = to + first * bytes;
    if (current === 0) {
      if (weights !== null) set.copy(count, weights + (place + first) * bytes, ofWeights);
      return;
    }
    const indices = current + first * 4;
    const row = batch.inputs + first * d * bytes;
    if (inDouble) set.gatherDouble(count, d, indices, inputs, d, row);
    else set.gatherRows(count, d, indices, inputs, d, row);
    set.gatherRows(count, outputs, indices, targets, outputs, batch.targets + first * outputs * bytes);
    if (weights !== null) set.gatherRows(count, 1, indices, weights, 1, ofWeights);
  }

  function setOrder(next: Uint32Array | null): void {
    const wanted = next ?? (inDouble ? Uint32Array.from({ length: x.rows }, (_, row) => row) : null);
    if (wanted !== null) {
      reserve();
      memory.indices(shuffled.indices, wanted.length).set(wanted);
    }
    order = next;
  }

  function setOrderOfAll(wanted: Uint32Array | null): void {
    if (wanted === order) return;
    if (wanted !== null && wanted.length !== x.rows) {
      throw new ShapeError("order the rows", `[${x.rows}]`, `[${wanted.length}]`);
    }
    setOrder(wanted);
  }

  if (inDouble) setOrder(null);
  return { weighted: weights !== null, batch, begin, beginAt, take, setOrder, setOrderOfAll };
}
