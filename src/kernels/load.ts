import { createJsKernels } from "./js/mod.ts";
import type { Kernels, KernelsName, Memory } from "./types.ts";
import { loadWasm, moduleBytes } from "./wasm.ts";

/**
 * The kernels that this runtime can run, the fastest first: `relaxed` and `simd` where it validates them, `js` everywhere.
 *
 * @returns Names to give to {@linkcode loadKernels}.
 * @example Deno has them all
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(availableKernels(), ["relaxed", "simd", "js"]);
 * ```
 */
export function availableKernels(): readonly KernelsName[] {
  // What runs fused multiply-add runs the rest of SIMD.
  if (WebAssembly.validate(moduleBytes("relaxed"))) return ["relaxed", "simd", "js"];
  return WebAssembly.validate(moduleBytes("simd")) ? ["simd", "js"] : ["js"];
}

/**
 * The fastest kernels that this runtime can run.
 *
 * @returns The first of {@linkcode availableKernels}.
 * @example Deno has fused multiply-add
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(fastestKernels(), "relaxed");
 * ```
 */
export function fastestKernels(): KernelsName {
  return availableKernels()[0];
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
