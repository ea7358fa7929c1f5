import type { Address, Kernels } from "../kernels/mod.ts";
import { type RowSource, ShapeError, type Vector } from "../tensor/mod.ts";
import { rowsOfChunk } from "./_chunk_sums.ts";
import { createRowChunks, type RowChunks } from "./_row_chunks.ts";
import { createRowWindow, type RowWindow } from "./_row_window.ts";
import type { RowPart } from "./row_part.ts";

/** Kernel memory and products of one pass after the other over rows with d inputs and m outputs. */
export interface LinearPasses {
  /** n. */
  readonly n: number;
  /** m. */
  readonly m: number;
  /** d. */
  readonly d: number;
  /** The rows. */
  readonly source: RowSource;
  /** The rows, piece by piece. */
  readonly window: RowWindow;
  /** The weights that `predict` uses, and the sums of `add` [m, d]. */
  readonly head: Address;
  readonly sums: Address;
  /** Predictions and slopes of the rows of a piece [rows, m]. */
  readonly inP: Address;
  readonly inSlopes: Address;
  /** Passes that read the rows once, for losses that the kernels know. */
  chunks(): RowChunks;
  /** Memory of so many bytes, until `free()`. */
  reserve(bytes: number): Address;
  /** The same for f64 numbers. */
  buffer(elements: number): Address;
  /** Refuses weights that are not [m, d]. */
  checkHead(w: Vector): void;
  /** Sets the weights [m, d] that `predict` uses. */
  setHead(w: Vector): void;
  /** Refuses numbers that are not [n, m]. */
  checkNumbers(c: Vector): void;
  /** `rows weightsᵀ` [count, p] for weights [p, d]. */
  multiplyRows(count: number, p: number, inputs: readonly RowPart[], weights: Address, to: Address): void;
  /** The predictions of some rows, in `inP`. */
  predict(inputs: readonly RowPart[], count: number): void;
  /** Adds `sum c x'` over some rows to the sums, c at `inSlopes`; further 0 starts anew. */
  add(inputs: readonly RowPart[], count: number, further: 0 | 1): void;
  /** The sums over n [m, d]. */
  mean(): Vector;
  /** Gives the memory back. */
  free(): void;
}

/**
 * Places what passes over the rows need.
 *
 * @param kernels The kernels to compute with.
 * @param source The inputs [n, d].
 * @param m The number of outputs.
 * @param resident Bytes of inputs up to which they stay in kernel memory.
 * @returns The passes.
 */
export function createLinearPasses(
  kernels: Kernels,
  source: RowSource,
  m: number,
  resident?: number,
): LinearPasses {
  const { memory, f64: set, work } = kernels;
  const { rows: n, cols: d } = source;
  const blocks: Address[] = [];
  const reserve = (bytes: number): Address => {
    const at = memory.allocate(bytes);
    blocks.push(at);
    return at;
  };
  const buffer = (elements: number): Address => reserve(elements * 8);
  const shape = { n, m, cols: d };
  const window = createRowWindow(buffer, source, { resident, step: rowsOfChunk(shape, set.bytes) });
  const [inP, inSlopes] = [window.rows * m, window.rows * m].map(buffer);
  const [head, sums] = [m * d, m * d].map(buffer);
  const multiplyRows: LinearPasses["multiplyRows"] = (count, p, inputs, weights, to) => {
    for (const { at, first, cols } of inputs) {
      const own = weights + 8 * first;
      const further = first > 0 ? 1 : 0;
      if (p === 1) set.gemvN(count, cols, at, cols, own, to, further);
      else set.gemmNT(count, p, cols, at, cols, own, d, to, p, further, work);
    }
  };
  let chunks: RowChunks | null = null;
  const checkHead = (w: Vector) => {
    if (w.length !== m * d) throw new ShapeError("predict linearly", `[${m * d}]`, `[${w.length}]`);
  };
  return {
    chunks: () =>
      chunks ??= createRowChunks(kernels, "f64", shape, {
        parts: window.parts,
        most: window.stays ? n : window.rows,
      }, reserve),
    ...{ n, m, d, source, window, head, sums, inP, inSlopes, reserve, buffer, multiplyRows },
    checkHead,
    setHead(w) {
      checkHead(w);
      memory.view("f64", head, m * d).set(w);
    },
    checkNumbers(c) {
      if (c.length !== n * m) throw new ShapeError("sum over the rows", `[${n}, ${m}]`, `[${c.length}]`);
    },
    predict: (inputs, count) => multiplyRows(count, m, inputs, head, inP),
    add(inputs, count, further) {
      for (const { at, first, cols } of inputs) {
        const own = sums + 8 * first;
        if (m === 1) set.gemvT(count, cols, at, cols, inSlopes, own, further);
        else set.gemmTN(m, cols, count, inSlopes, m, at, cols, own, d, further, work);
      }
    },
    mean() {
      set.scale(m * d, 1 / n, sums);
      return memory.view("f64", sums, m * d).slice() as Vector;
    },
    free() {
      for (const block of blocks.splice(0)) memory.free(block);
    },
  };
}
