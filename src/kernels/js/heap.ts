import type { Address, Dtype, FloatArray, Memory } from "../types.ts";

/** How the twins of one precision see memory: the whole of it as one typed array, and the index of an address in it. */
export interface Heap {
  /** The whole memory, current after growth. */
  readonly view: () => FloatArray;
  /** Binary logarithm of the element size: an address shifted right by it is an index. */
  readonly shift: 2 | 3;
}

/** The heap of one precision. */
export function heapOf(dtype: Dtype, memory: Memory): Heap {
  return dtype === "f32" ? { view: () => memory.heapF32, shift: 2 } : { view: () => memory.heapF64, shift: 3 };
}

/** The index of an address in the heap's view. */
export function indexOf(heap: Heap, address: Address): number {
  return address >>> heap.shift;
}

/** Rounds a number argument to the precision, as the call of a compiled kernel does. */
export function roundOf(dtype: Dtype): (value: number) => number {
  return dtype === "f32" ? Math.fround : (value) => value;
}
