import { CHUNK, tableKernels, WORTH } from "./_table_kernels.ts";
import type { ColumnSurvey } from "./js/columns.ts";
import { createMemory } from "./memory.ts";

/** The survey of a column, and its moments around a shift that follows from the survey. */
export interface ColumnSums {
  /** The extremes and the sum. */
  readonly survey: ColumnSurvey;
  /** What was taken from each number. */
  readonly shift: number;
  /** The sums of the differences and of their squares. */
  readonly moments: readonly [first: number, second: number];
}

/** Four pairs of numbers: what the kernels add to. */
const STATE = 8;

/**
 * Surveys and moments of columns of one length, two columns at a time, to the bit those of {@linkcode surveyColumn} and {@linkcode sumMoments}.
 *
 * @param columns The columns.
 * @param shiftOf The shift of a column with this survey.
 * @returns The sums of each; null where there are few numbers, or the runtime has no SIMD. Cost: 3.5 ns a number.
 * @example A few numbers are summed without it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(sumColumns([Float64Array.of(1, 2)], () => 0), null);
 * ```
 */
export function sumColumns(
  columns: readonly Float64Array[],
  shiftOf: (survey: ColumnSurvey) => number,
): readonly ColumnSums[] | null {
  return columns.length * (columns[0]?.length ?? 0) < WORTH ? null : compiledSums(columns, shiftOf);
}

/** The same whatever the number of numbers; null where the kernels do not load. */
export function compiledSums(
  columns: readonly Float64Array[],
  shiftOf: (survey: ColumnSurvey) => number,
): readonly ColumnSums[] | null {
  const kernels = load();
  if (kernels === null) return null;
  const found: ColumnSums[] = [];
  for (let at = 0; at < columns.length; at += 2) {
    // The last one of an odd number beside itself.
    found.push(...sumsOfTwo(kernels, [columns[at], columns[at + 1] ?? columns[at]], shiftOf));
  }
  return found.slice(0, columns.length);
}

function sumsOfTwo(
  kernels: NonNullable<ReturnType<typeof load>>,
  two: Pair,
  shiftOf: (survey: ColumnSurvey) => number,
): readonly ColumnSums[] {
  const surveys = kernels.survey(two);
  const shifts = surveys.map(shiftOf);
  const moments = kernels.moments(two, shifts);
  return surveys.map((survey, j) => ({ survey, shift: shifts[j], moments: moments[j] }));
}

type Pair = readonly [Float64Array, Float64Array];

/** The kernels, with room for parts of two columns; null where the runtime has no SIMD. */
function load() {
  const memory = createMemory({ megabytes: 1 });
  const exports = tableKernels(memory);
  if (exports === null) return null;
  const { surveyColumns, addMoments } = exports;
  const [a, b, at] = [memory.allocate(8 * CHUNK), memory.allocate(8 * CHUNK), memory.allocate(8 * STATE)];
  const [roomA, roomB] = [memory.view("f64", a, CHUNK), memory.view("f64", b, CHUNK)];
  const state = memory.view("f64", at, STATE);
  /** Whose first numbers are in the room. */
  let there: Pair | null = null;
  const inParts = (two: Pair, pass: (count: number) => void): void => {
    const { length } = two[0];
    for (let from = 0; from < length; from += CHUNK) {
      if (there !== two || length > CHUNK) {
        roomA.set(two[0].subarray(from, from + CHUNK));
        roomB.set(two[1].subarray(from, from + CHUNK));
      }
      pass(Math.min(CHUNK, length - from));
    }
    there = two;
  };
  return {
    survey(two: Pair): readonly ColumnSurvey[] {
      state.set([Infinity, Infinity, -Infinity, -Infinity, 0, 0, 0, 0]);
      inParts(two, (count) => surveyColumns(count, a, b, at));
      return [0, 1].map((j) => ({ low: state[j], high: state[2 + j], sum: state[4 + j] + state[6 + j] }));
    },
    moments(two: Pair, [shiftA, shiftB]: readonly number[]): readonly (readonly [first: number, second: number])[] {
      state.fill(0);
      inParts(two, (count) => addMoments(count, a, b, shiftA, shiftB, at));
      return [0, 1].map((j) => [state[j] + state[2 + j], state[4 + j] + state[6 + j]] as const);
    },
  };
}
