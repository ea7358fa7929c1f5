/** What a piece of work lays out in memory. */
export interface Work {
  /** Rows that are learned from or looked at (default 0). */
  readonly rows?: number;
  /** Inputs, the intercept counted (default 0). */
  readonly inputs?: number;
  /** Units of f, those of all networks that are settled together (default 0). */
  readonly features?: number;
  /** Predictions per row (default 1). */
  readonly outputs?: number;
  /** Workers side by side that each do this work (default 1). */
  readonly workers?: number;
  /** Threads that share each of them (default 1). */
  readonly threads?: number;
  /** Bytes that are there beside, such as results that are kept (default 0). */
  readonly beside?: number;
}

/** Bytes of a number, and of a thread that does nothing: 120 to 507 MB were measured with 1 to 16 of them. */
const [NUMBER, THREAD] = [8, 25 * 2 ** 20];

/** Triangles over inputs and features that a factorisation holds: it works on two, and pivots a third. */
const TRIANGLES = 3;

/**
 * The least memory that training, settling or certifying takes: the inputs and features of every row, and the triangles of the
 * QR factorisation over both, `3 (d + k)²` numbers; times the workers that each have their own. What was measured
 * for `fit`, `check` and `certify` is 1.1 to 3 times as much.
 *
 * @param work What is laid out.
 * @returns Bytes.
 * @example A width of a hundred million
 * ```ts
 * import { assert } from "@std/assert";
 * assert(neededMemory({ rows: 442, inputs: 11, features: 1e8 }) > 1e17);
 * assert(neededMemory({ rows: 442, inputs: 11, features: 32 }) < 1e8);
 * ```
 */
export function neededMemory(
  { rows = 0, inputs = 0, features = 0, outputs = 1, workers = 1, threads = 1, beside = 0 }: Work,
): number {
  const columns = inputs + features;
  const own = NUMBER * (rows * (columns + outputs) + TRIANGLES * columns ** 2 + outputs * columns);
  return workers * (threads * THREAD + own) + beside;
}
