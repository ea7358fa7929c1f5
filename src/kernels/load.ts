import { createJsKernels } from "./js/mod.ts";
import type { Kernels, KernelsName, Memory } from "./types.ts";
import { loadWasm, moduleBytes } from "./wasm.ts";

/**
 * The fastest kernels that this runtime can run: `relaxed` where it validates them, else `simd`, else `js`.
 *
 * @returns The name to give to {@linkcode loadKernels}.
 * @example Deno has fused multiply-add
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(fastestKernels(), "relaxed");
 * ```
 */
export function fastestKernels(): KernelsName {
  if (WebAssembly.validate(moduleBytes("relaxed"))) return "relaxed";
  return WebAssembly.validate(moduleBytes("simd")) ? "simd" : "js";
}

/**
 * Loads one set of kernels with a memory of its own.
 *
 * @param name Which set (default: {@linkcode fastestKernels}).
 * @param memory The memory to calculate in; a new one when left out.
 * @returns The kernels in both precisions.
 * @throws {WebAssembly.CompileError} If the runtime lacks the instructions of the build.
 * @example The inner product of two vectors
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { f64, memory } = await loadKernels("simd");
 * const x = memory.allocate(3 * 8);
 * memory.view("f64", x, 3).set([1, 2, 3]);
 * assertEquals(f64.dot(3, x, x), 14);
 * ```
 */
export async function loadKernels(name: KernelsName = fastestKernels(), memory?: Memory): Promise<Kernels> {
  return name === "js" ? createJsKernels(memory) : await loadWasm(name, memory);
}
