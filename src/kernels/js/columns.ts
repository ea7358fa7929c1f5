import type { RowHashes } from "../row_hashes.ts";

/** The smallest and the largest number of a column, and its sum. */
export interface ColumnSurvey {
  /** The smallest; infinity without a number. */
  readonly low: number;
  /** The largest; minus infinity without a number. */
  readonly high: number;
  /** The sum; what each addition rounds away is summed apart (Knuth's TwoSum). */
  readonly sum: number;
}

/** The twin of `kernels/columns.ts`: the survey of a column. */
export function surveyColumn(values: Float64Array): ColumnSurvey {
  let [low, high, sum, lost] = [Infinity, -Infinity, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value < low) low = value;
    if (value > high) high = value;
    const next = sum + value;
    const back = next - sum;
    lost += (sum - (next - back)) + (value - back);
    sum = next;
  }
  return { low, high, sum: sum + lost };
}

/** The twin of `kernels/columns.ts`: the sums of `value - shift` and of its square, each summed so too. */
export function sumMoments(values: Float64Array, shift: number): readonly [first: number, second: number] {
  let [sum, lost, squares, lostSquares] = [0, 0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] - shift;
    const next = sum + value;
    const back = next - sum;
    lost += (sum - (next - back)) + (value - back);
    sum = next;
    const square = value * value;
    const nextSquares = squares + square;
    const backSquare = nextSquares - squares;
    lostSquares += (squares - (nextSquares - backSquare)) + (square - backSquare);
    squares = nextSquares;
  }
  return [sum + lost, squares + lostSquares];
}

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
