import {
  type Address,
  type Dtype,
  type Kernels,
  type KernelSet,
  type KernelsName,
  loadKernels,
} from "../../src/kernels/mod.ts";

/** A kernel set in one precision with a bench to lay operands on. */
export interface Lab {
  /** For test names: `relaxed f32`. */
  readonly label: string;
  /** Which implementation. */
  readonly name: KernelsName;
  /** The precision. */
  readonly dtype: Dtype;
  /** The kernels under test. */
  readonly set: KernelSet;
  /** Both precisions, memory and scratch. */
  readonly kernels: Kernels;
  /** Half the distance from 1 to the next number: 2^-24 or 2^-53. */
  readonly unit: number;
  /** Copies numbers into kernel memory, rounded to the precision, `offset` elements past a 64-byte boundary. */
  put(values: ArrayLike<number>, offset?: number): Address;
  /** Copies unsigned integers into kernel memory. */
  putIndices(values: ArrayLike<number>): Address;
  /** Copies numbers out. */
  get(address: Address, length: number): Float64Array;
}

async function lab(name: KernelsName, dtype: Dtype): Promise<Lab> {
  const kernels = await loadKernels(name);
  const { memory } = kernels;
  const set = kernels[dtype];
  return {
    label: `${name} ${dtype}`,
    name,
    dtype,
    set,
    kernels,
    unit: dtype === "f32" ? 2 ** -24 : 2 ** -53,
    put(values, offset = 0) {
      const at = memory.allocate((values.length + offset) * set.bytes) + offset * set.bytes;
      memory.view(dtype, at, values.length).set(values);
      return at;
    },
    putIndices(values) {
      const at = memory.allocate(values.length * 4);
      memory.indices(at, values.length).set(values);
      return at;
    },
    get: (address, length) => Float64Array.from(memory.view(dtype, address, length)),
  };
}

/** The compiled builds, in both precisions, each with a fresh memory. */
export function compiledLabs(): Promise<readonly Lab[]> {
  return Promise.all([lab("simd", "f32"), lab("simd", "f64"), lab("relaxed", "f32"), lab("relaxed", "f64")]);
}

/** The plain-TypeScript twin in one precision, with a fresh memory. */
export function twinLab(dtype: Dtype): Promise<Lab> {
  return lab("js", dtype);
}

/** Lengths at which kernels go wrong: none, one, vector widths and unrolled blocks plus and minus one, primes. */
export const SIZES: readonly number[] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 61, 127];

/** Reproducible numbers in (-1, 1), different for each salt: a Weyl sequence. */
export function weyl(length: number, salt: number): Float64Array {
  return Float64Array.from(
    { length },
    (_, i) => 2 * (((i + 1) * 0.6180339887498949 + salt * 0.7548776662466927) % 1) - 1,
  );
}
