import type { Address, Dtype, Kernels } from "../kernels/mod.ts";
import { weightsOfMeanOne } from "../loss/mod.ts";
import { matrixRows, ShapeError, type Vector } from "../tensor/mod.ts";
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
  /** Where the inputs and the targets of the batch are that was taken last. */
  readonly batch: { readonly inputs: Address; readonly targets: Address };
  /** Puts some rows in the order one after another, unless they stand so, and their weights, where they have any, to an address. */
  take(from: number, count: number, weights: Address): void;
  /** Takes rows in this order from now on: some of them or all; null for the order of the data. The numbers are read now. */
  setOrder(order: Uint32Array | null): void;
  /** The same of all rows, as an epoch has them; nothing is done where it is the order that was set last. */
  setOrderOfAll(order: Uint32Array | null): void;
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
  const { memory } = kernels;
  const set = kernels[dtype];
  const d = x.cols;
  const copyOf = (values: Vector): Address => {
    const at = allocate(values.length * set.bytes);
    memory.view(dtype, at, values.length).set(values);
    return at;
  };
  const place = dtype === "f32" && x.rows * d >= HELD ? matrixRows(memory, x).at?.(0) ?? null : null;
  /** Rows that are rounded as they are gathered. */
  const inDouble = place !== null;
  const [inputs, targets] = [place ?? copyOf(x.data), copyOf(y)];
  const ofRows = weightsOfMeanOne(given, x.rows);
  const weights = ofRows && copyOf(ofRows);
  /** The order of the rows, and those of a batch in it; allocated for the first order that is not the data's own, or for rows that are rounded. */
  const shuffled = { inputs: 0, targets: 0, indices: 0 };
  const batch = { inputs, targets };
  let order: Uint32Array | null = null;

  function take(from: number, count: number, to: Address): void {
    if (order === null && !inDouble) {
      batch.inputs = inputs + from * d * set.bytes;
      batch.targets = targets + from * outputs * set.bytes;
      if (weights !== null) set.copy(count, weights + from * set.bytes, to);
      return;
    }
    const indices = shuffled.indices + from * 4;
    [batch.inputs, batch.targets] = [shuffled.inputs, shuffled.targets];
    if (inDouble) set.gatherDouble(count, d, indices, inputs, d, batch.inputs);
    else set.gatherRows(count, d, indices, inputs, d, batch.inputs);
    set.gatherRows(count, outputs, indices, targets, outputs, batch.targets);
    if (weights !== null) set.gatherRows(count, 1, indices, weights, 1, to);
  }

  function setOrder(next: Uint32Array | null): void {
    const wanted = next ?? (inDouble ? Uint32Array.from({ length: x.rows }, (_, row) => row) : null);
    if (wanted !== null) {
      shuffled.inputs ||= allocate(most * d * set.bytes);
      shuffled.targets ||= allocate(most * outputs * set.bytes);
      shuffled.indices ||= allocate(x.rows * 4);
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
  return { weighted: weights !== null, batch, take, setOrder, setOrderOfAll };
}
