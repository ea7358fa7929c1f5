import { aloneKernels } from "./_calls.ts";
import { forSharedMemory } from "./_shared_import.ts";
import { ARENA_START, createMemory, isShared } from "./memory.ts";
import { type Dtype, type Kernels, type KernelSet, type KernelsName, type Memory, WORK_BYTES } from "./types.ts";
import * as relaxed from "./generated/relaxed.ts";
import * as simd from "./generated/simd.ts";

/** Every kernel, by its exported name without the suffix `_f32` or `_f64`. */
const KERNELS: Readonly<Record<Exclude<keyof KernelSet, "dtype" | "bytes">, true>> = {
  gemmNN: true,
  gemmTN: true,
  gemmNT: true,
  gemvN: true,
  gemvT: true,
  bendSingle: true,
  ger: true,
  dot: true,
  axpy: true,
  axpby: true,
  scaleRows: true,
  centreRows: true,
  scale: true,
  fill: true,
  copy: true,
  mul: true,
  nrm2: true,
  columnSums: true,
  biasActivation: true,
  loss: true,
  softmax: true,
  chances: true,
  bendRows: true,
  lossRows: true,
  gatherRows: true,
  gatherDouble: true,
  scatterRows: true,
  readSingle: true,
  exp: true,
  log1p: true,
  tanh: true,
  erf: true,
  cholesky: true,
  choleskySolve: true,
  qrUpdate: true,
  solveRight: true,
  eigh: true,
};

/** The bytes of the kernels' module. */
export const moduleBytes = (name: Exclude<KernelsName, "js">): Uint8Array<ArrayBuffer> =>
  bytesOf(name === "relaxed" ? relaxed.base64 : simd.base64);

/** The bytes of a module, from the text that the build wrote. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  // Ten times as fast, but not in every browser yet.
  const { fromBase64 } = Uint8Array as Partial<Uint8ArrayConstructor>;
  return fromBase64?.(text) ?? Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** Compiles and instantiates a module; gives what it exports. */
export async function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  memory: Memory,
): Promise<Readonly<Record<string, CallableFunction>>> {
  const module = isShared(memory) ? forSharedMemory(bytes, memory) : bytes;
  const { instance } = await WebAssembly.instantiate(module, {
    env: { memory: memory.wasm, abort: unreachable },
  });
  const exports = instance.exports as Record<string, CallableFunction>;
  const end = exports.constantsEnd() as number;
  if (end > ARENA_START) {
    throw new RangeError(`Cannot load the kernels: their constants end at ${end}, past ${ARENA_START}`);
  }
  return exports;
}

/**
 * Compiles and instantiates a kernel build.
 *
 * @param name `relaxed` or `simd`.
 * @param memory The memory to calculate in; made when left out.
 * @returns The kernels.
 * @throws {WebAssembly.CompileError} If this runtime lacks the instructions of the build.
 */
export async function loadWasm(name: Exclude<KernelsName, "js">, memory: Memory = createMemory()): Promise<Kernels> {
  const exports = await instantiate(moduleBytes(name), memory);
  const set = (dtype: Dtype): KernelSet =>
    Object.freeze({
      dtype,
      bytes: dtype === "f32" ? 4 : 8,
      ...Object.fromEntries(Object.keys(KERNELS).map((kernel) => [kernel, exports[`${kernel}_${dtype}`]])),
    }) as unknown as KernelSet;
  return aloneKernels({ name, memory, f32: set("f32"), f64: set("f64"), work: memory.allocate(WORK_BYTES) });
}

function unreachable(): never {
  throw new Error("Cannot continue: a kernel reached a state that its checks exclude");
}
