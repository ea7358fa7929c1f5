/** A dimension of the sequence: its primitive polynomial over GF(2), as bits, and the first direction numbers. */
type Direction = readonly [polynomial: number, first: readonly number[]];

/**
 * The first dimensions of the published table of S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections",
 * SIAM J. Sci. Comput. 30 (2008), file new-joe-kuo-6.21201.
 */
const DIRECTIONS: readonly Direction[] = [
  [1, [1]],
  [3, [1]],
  [7, [1, 3]],
  [11, [1, 3, 1]],
  [13, [1, 1, 1]],
  [19, [1, 1, 3, 3]],
  [25, [1, 3, 5, 13]],
  [37, [1, 1, 5, 5, 17]],
  [41, [1, 1, 5, 5, 5]],
  [47, [1, 1, 7, 11, 19]],
  [55, [1, 1, 5, 1, 1]],
  [59, [1, 1, 1, 3, 11]],
  [61, [1, 3, 5, 5, 31]],
  [67, [1, 3, 3, 9, 7, 49]],
  [91, [1, 1, 1, 15, 21, 21]],
  [97, [1, 3, 1, 13, 27, 49]],
];

/** Bits of a coordinate. */
const BITS = 32;

/** The most dimensions that {@linkcode sobol} has. */
export const SOBOL_DIMENSIONS: number = DIRECTIONS.length;

/** The direction numbers of a dimension, from the most significant bit. */
function directionsOf(dimension: number): readonly number[] {
  const [polynomial, first] = DIRECTIONS[dimension];
  const degree = 31 - Math.clz32(polynomial);
  const m: number[] = [];
  for (let i = 0; i < BITS; i++) {
    if (dimension === 0) m.push(1);
    else if (i < degree) m.push(first[i]);
    else {
      let value = (m[i - degree] ^ m[i - degree] * 2 ** degree) >>> 0;
      for (let j = 1; j < degree; j++) if (polynomial >> (degree - j) & 1) value ^= m[i - j] * 2 ** j;
      m.push(value >>> 0);
    }
  }
  return m.map((value, i) => value << (BITS - 1 - i) >>> 0);
}

/**
 * Points of the Sobol sequence in [0, 1)^dimensions, in the order of the Gray code, shifted digit by digit: the first 2^k points have exactly one
 * coordinate in each of the 2^k equal parts of every axis. Cost: one exclusive-or a coordinate.
 *
 * @param dimensions How many coordinates, from 1 to {@linkcode SOBOL_DIMENSIONS}.
 * @param shift What is added to the binary digits of each coordinate: numbers in [0, 1), one a dimension (default 0).
 * @returns The points, as many as are asked for, up to 2^32.
 * @throws {RangeError} If there are no such dimensions.
 * @example The first four points of a square
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([...sobol(2).take(4)], [[0, 0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]);
 * ```
 */
export function* sobol(dimensions: number, shift: ArrayLike<number> = []): Generator<readonly number[], void> {
  if (!(Number.isSafeInteger(dimensions) && dimensions >= 1 && dimensions <= SOBOL_DIMENSIONS)) {
    throw new RangeError(
      `Cannot make a Sobol sequence of ${dimensions} dimensions: it has from 1 to ${SOBOL_DIMENSIONS}`,
    );
  }
  const directions = Array.from({ length: dimensions }, (_, dimension) => directionsOf(dimension));
  const at = Uint32Array.from({ length: dimensions }, (_, dimension) => (shift[dimension] ?? 0) * 2 ** BITS);
  for (let index = 0; index < 2 ** BITS; index++) {
    yield Array.from(at, (bits) => bits / 2 ** BITS);
    // The lowest bit that is 0 is the one in which the Gray code changes.
    const change = 31 - Math.clz32(~index & (index + 1));
    for (let dimension = 0; dimension < dimensions; dimension++) at[dimension] ^= directions[dimension][change] ?? 0;
  }
}
