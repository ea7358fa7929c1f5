/**
 * A float16 from its bits.
 *
 * @param bits The 16 bits.
 * @returns The number.
 * @example One, the smallest, and infinity
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([0x3c00, 0x0001, 0xfc00].map(halfFloat), [1, 2 ** -24, -Infinity]);
 * ```
 */
export function halfFloat(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, bits >> 10 & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
