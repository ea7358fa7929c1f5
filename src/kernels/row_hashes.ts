import { CHUNK, tableKernels, WORTH } from "./_table_kernels.ts";
import { plainHashes } from "./js/columns.ts";
import { createMemory } from "./memory.ts";

/** Two hashes of 32 bits for each row of a table. */
export interface RowHashes {
  /** The first of each row. */
  readonly first: Uint32Array;
  /** The second. */
  readonly second: Uint32Array;
  /** Adds a column of numbers, one a row, by their bits; -0 is 0. */
  mix(numbers: Float64Array): void;
}

/** Rows that the kernel takes at a time. */
const LANES = 4;

/**
 * Hashes of rows, 0 at first, to which columns are added: by a kernel where there are many numbers, to the bit the same in TypeScript where there are few, or
 * the runtime has no SIMD. Cost: 3 ns a number, or 7.
 *
 * @param rows How many rows.
 * @param numbers About how many numbers there will be in all.
 * @returns The hashes.
 * @example Equal rows have equal hashes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { first, second, mix } = rowHashes(3, 3);
 * mix(Float64Array.of(1.5, 2, 1.5));
 * assertEquals([first[0] === first[2], second[0] === second[1]], [true, false]);
 * ```
 */
export function rowHashes(rows: number, numbers: number): RowHashes {
  return numbers < WORTH ? plainHashes(rows) : compiledHashes(rows) ?? plainHashes(rows);
}

/** The hashes in the memory of a kernel; null where it does not load. */
export function compiledHashes(rows: number): RowHashes | null {
  const room = Math.ceil(rows / LANES) * LANES;
  const memory = createMemory({ megabytes: (8 * CHUNK + 8 * room) / 2 ** 20 + 1 });
  const kernels = tableKernels(memory);
  if (kernels === null) return null;
  const [at, first, second] = [memory.allocate(8 * CHUNK), memory.allocate(4 * room), memory.allocate(4 * room)];
  const part = memory.view("f64", at, CHUNK);
  return {
    first: memory.indices(first, rows),
    second: memory.indices(second, rows),
    mix(numbers) {
      for (let from = 0; from < rows; from += CHUNK) {
        const count = Math.min(CHUNK, rows - from);
        part.set(numbers.subarray(from, from + count));
        kernels.mixColumn(Math.ceil(count / LANES) * LANES, at, first + 4 * from, second + 4 * from);
      }
    },
  };
}
