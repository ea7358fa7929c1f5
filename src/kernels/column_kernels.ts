import { base64 } from "./generated/cells.ts";
import { plainHashes, plainSums } from "./js/columns.ts";
import { createMemory } from "./memory.ts";
import type { Memory } from "./types.ts";
import { bytesOf, instantiateNow } from "./wasm.ts";

/** Sums of columns of numbers, each addition in the order of the rows, with what it rounds away summed apart (Knuth's TwoSum). */
export interface ColumnSums {
  /** The smallest, the largest, and the sum. */
  survey(values: Float64Array): { readonly low: number; readonly high: number; readonly sum: number };
  /** The sums of `value - shift` and of its square. */
  moments(values: Float64Array, shift: number): readonly [first: number, second: number];
}

/** Two hashes of 32 bits for each row. */
export interface RowHashes {
  /** The first of each row. */
  readonly first: Uint32Array;
  /** The second. */
  readonly second: Uint32Array;
  /** Adds a column of numbers, by their bits; -0 is 0. */
  mix(numbers: Float64Array): void;
}

/** Numbers from which on kernels are worth their loading, 1 ms. */
const WORTH = 1 << 18;

/** Numbers of a column that are copied to kernels at a time: they stay in a cache. */
const CHUNK = 8192;

/** Calls `pass` for parts of a column that lie in memory at `room`, of {@linkcode CHUNK} numbers. */
function inChunks(values: Float64Array, room: Float64Array, pass: (count: number, from: number) => void): void {
  for (let from = 0; from < values.length; from += CHUNK) {
    const part = from === 0 && values.length <= CHUNK ? values : values.subarray(from, from + CHUNK);
    room.set(part);
    pass(part.length, from);
  }
}

/** The kernels of columns in a memory of so many bytes; null where the runtime has no SIMD. */
function load(bytes: number): { readonly memory: Memory; readonly exports: Readonly<Record<string, Pass>> } | null {
  const memory = createMemory({ megabytes: bytes / 2 ** 20 });
  try {
    return { memory, exports: instantiateNow(bytesOf(base64), memory) as Readonly<Record<string, Pass>> };
  } catch {
    return null;
  }
}

type Pass = (...args: readonly number[]) => void;

/**
 * What sums columns: by kernels where there are many numbers, the same to the bit. Cost: about 1.5 ns a number.
 *
 * @param numbers About how many numbers there will be in all.
 * @example The mean and the variance of 1, 2 and 6
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { survey, moments } = columnSums(3);
 * const values = Float64Array.of(1, 2, 6);
 * assertEquals(survey(values), { low: 1, high: 6, sum: 9 });
 * assertEquals(moments(values, 3), [0, 14]);
 * ```
 */
export function columnSums(numbers: number): ColumnSums {
  const loaded = numbers < WORTH ? null : load(8 * CHUNK + 2 ** 16);
  if (loaded === null) return plainSums;
  const { memory, exports: { surveyColumn, addMoments } } = loaded;
  const [at, stateAt] = [memory.allocate(8 * CHUNK), memory.allocate(32)];
  const [room, state] = [memory.view("f64", at, CHUNK), memory.view("f64", stateAt, 4)] as Float64Array[];
  return {
    survey(values) {
      state.set([Infinity, -Infinity, 0, 0]);
      inChunks(values, room, (count) => surveyColumn(count, at, stateAt));
      const [low, high, sum, lost] = state;
      return { low, high, sum: sum + lost };
    },
    moments(values, shift) {
      state.fill(0);
      inChunks(values, room, (count) => addMoments(count, at, shift, stateAt));
      const [sum, squares, lost, lostSquares] = state;
      return [sum + lost, squares + lostSquares];
    },
  };
}

/**
 * Hashes of rows, 0 at first, to which columns are added: by kernels where there are many numbers, the same to the bit. Cost: about 2 ns a number.
 *
 * @param rows How many rows.
 * @param numbers About how many numbers there will be in all.
 * @example Equal rows have equal hashes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { first, second, mix } = rowHashes(3, 3);
 * mix(Float64Array.of(1.5, 2, 1.5));
 * assertEquals([first[0] === first[2], second[0] === second[1]], [true, false]);
 * ```
 */
export function rowHashes(rows: number, numbers: number): RowHashes {
  const all = Math.ceil(rows / 4) * 4;
  const loaded = numbers < WORTH ? null : load(8 * CHUNK + 8 * all + 2 ** 16);
  if (loaded === null) return plainHashes(rows);
  const { memory, exports: { mixColumn } } = loaded;
  const [at, first, second] = [memory.allocate(8 * CHUNK), memory.allocate(4 * all), memory.allocate(4 * all)];
  const room = memory.view("f64", at, CHUNK) as Float64Array;
  return {
    first: memory.indices(first, rows),
    second: memory.indices(second, rows),
    mix(values) {
      inChunks(
        values,
        room,
        (count, from) => mixColumn(Math.ceil(count / 4) * 4, at, first + 4 * from, second + 4 * from),
      );
    },
  };
}
