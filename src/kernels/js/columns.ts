import type { RowHashes } from "../row_hashes.ts";

/** Odd numbers whose bits look random (the finaliser of MurmurHash3, by Austin Appleby, in the public domain). */
const [C1, C2] = [0x85ebca6b, 0xc2b2ae35];

/** The upper half of the bits of -0. */
const MINUS_ZERO = -(2 ** 31);

/** Bits that depend on all of some bits. */
export function spread(bits: number): number {
  let h = bits;
  h = Math.imul(h ^ h >>> 16, C1);
  h = Math.imul(h ^ h >>> 13, C2);
  return h ^ h >>> 16;
}

/** The twin of `kernels/columns.ts`: hashes of rows. */
export function plainHashes(rows: number): RowHashes {
  const [first, second] = [new Uint32Array(rows), new Uint32Array(rows)];
  return {
    first,
    second,
    mix(numbers) {
      const words = new Int32Array(numbers.buffer, numbers.byteOffset, 2 * rows);
      for (let row = 0; row < rows; row++) {
        const low = words[2 * row];
        const sign = words[2 * row + 1];
        // -0 is 0.
        const high = low === 0 && sign === MINUS_ZERO ? 0 : sign;
        first[row] = spread(Math.imul(first[row], 31) + low ^ spread(high));
        second[row] = spread(Math.imul(second[row], 37) + high ^ spread(low + 1 | 0));
      }
    },
  };
}
