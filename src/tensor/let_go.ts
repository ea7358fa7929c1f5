import type { Vector } from "./matrix.ts";

/**
 * Frees at once the memory of numbers that are no longer used: arrays as long as the table is high are few, and a collector that
 * waits for many of them doubles the peak. The arrays are empty afterwards. Those that share their memory with others are left alone.
 *
 * @param vectors The numbers, of which the caller is the only owner.
 * @example Gone
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const numbers = new Float64Array(1000);
 * letGo(numbers);
 * assertEquals(numbers.length, 0);
 * ```
 */
export function letGo(...vectors: readonly Vector[]): void {
  for (const { buffer, byteLength } of vectors) {
    if (buffer instanceof ArrayBuffer && byteLength > 0 && byteLength === buffer.byteLength) buffer.transfer(0);
  }
}
