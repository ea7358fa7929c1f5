import { assert, assertEquals } from "@std/assert";
import type { Address } from "../../src/kernels/mod.ts";
import type { Lab } from "./kernel_lab.ts";

/** Copies numbers to the last bytes of the kernels' memory, where one read too many traps. */
export function putAtEnd(lab: Lab, values: ArrayLike<number>): Address {
  const at = lab.kernels.memory.wasm.buffer.byteLength - values.length * lab.set.bytes;
  lab.kernels.memory.view(lab.dtype, at, values.length).set(values);
  return at;
}

/** Passes when both are NaN, or equal, or finite and no further apart than `bound`. */
export function assertWithin(actual: number, expected: number, bound: number, message: string): void {
  const close = Object.is(actual, expected) || actual === expected ||
    (Number.isFinite(expected) && Math.abs(actual - expected) <= bound);
  assert(close, `${message}: got ${actual}, want ${expected} within ${bound}`);
}

/** Passes when `count` numbers at `address` are all `value`, whatever the bits of a NaN. */
export function assertFilled(lab: Lab, address: Address, count: number, value: number): void {
  assertEquals([...lab.get(address, count)], new Array(count).fill(value));
}

/** {@linkcode assertWithin} of two lists, entry by entry. */
export function assertAllWithin(
  actual: readonly number[],
  expected: readonly number[],
  boundAt: (at: number) => number,
): void {
  assertEquals(actual.length, expected.length);
  actual.forEach((value, at) => assertWithin(value, expected[at], boundAt(at), `entry ${at}`));
}
