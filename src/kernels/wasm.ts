import { aloneKernels } from "./_calls.ts";
import { forSharedMemory } from "./_shared_import.ts";
import { kernelSet } from "./js/mod.ts";
import { ARENA_START, createMemory, isShared } from "./memory.ts";
import type { Dtype, Kernels, KernelSet, KernelsName, Memory } from "./types.ts";
import { WORK_BYTES } from "./scratch.ts";
import * as relaxed from "./generated/relaxed.ts";
import * as simd from "./generated/simd.ts";

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
  const { instance } = await WebAssembly.instantiate(module, importsOf(memory));
  return exportsOf(instance);
}

/** The same at once, for a small module. */
export function instantiateNow(
  bytes: Uint8Array<ArrayBuffer>,
  memory: Memory,
): Readonly<Record<string, CallableFunction>> {
  return exportsOf(new WebAssembly.Instance(new WebAssembly.Module(bytes), importsOf(memory)));
}

const importsOf = (memory: Memory) => ({ env: { memory: memory.wasm, abort: unreachable } });

/** What a module exports whose constants are where they should be. */
function exportsOf(instance: WebAssembly.Instance): Readonly<Record<string, CallableFunction>> {
  const exports = instance.exports as Record<string, CallableFunction>;
  const end = exports.constantsEnd() as number;
  if (end > ARENA_START) {
    throw new RangeError(`Cannot load the kernels: their constants end at ${end}, past ${ARENA_START}`);
  }
  return exports;
}

/** The kernels in one precision that a module exports; for what was left out of it, the twins. */
export function compiledSet(
  exports: Readonly<Record<string, CallableFunction>>,
  dtype: Dtype,
  memory: Memory,
): KernelSet {
  const kernels = Object.entries(kernelSet(dtype, memory)).map(([name, twin]) =>
    [name, exports[`${name}_${dtype}`] ?? twin] as const
  );
  return Object.freeze(Object.fromEntries(kernels)) as unknown as KernelSet;
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
  const set = (dtype: Dtype): KernelSet => compiledSet(exports, dtype, memory);
  return aloneKernels({ name, memory, f32: set("f32"), f64: set("f64"), work: memory.allocate(WORK_BYTES) });
}

function unreachable(): never {
  throw new Error("Cannot continue: a kernel reached a state that its checks exclude");
}
