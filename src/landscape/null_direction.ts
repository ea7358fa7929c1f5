import type { Matrix, Vector } from "../tensor/mod.ts";
import { rowSpace } from "./_row_space.ts";

/**
 * A unit vector a with `W a = 0`, by Householder reflections of the rows of W: `||W a||` is a few roundings of `||W||`.
 *
 * @param W A matrix [m, d].
 * @returns The vector [d]; null where W has rank d, which takes m >= d.
 * @example The direction that one row leaves free, and none
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const [a, b] = nullDirection(matrix(1, 2, [3, 4]))!;
 * assertAlmostEquals(3 * a + 4 * b, 0, 1e-15);
 * assertEquals(nullDirection(matrix(2, 2, [1, 1, 0, 1])), null);
 * ```
 */
export function nullDirection(W: Matrix): Vector | null {
  const space = rowSpace(W);
  return space.steps < W.cols ? space.column(W.cols - 1) : null;
}

/**
 * Some orthonormal vectors a with `W a = 0`, those first for which `||V'a||` is small: W's rows are reflected away, then the
 * longest columns of V, as far as dimensions reach. Where m + k < d the first ones have `V'a = 0` too.
 *
 * @param W A matrix [m, d].
 * @param V A matrix [d, k].
 * @param most How many vectors are wanted at most.
 * @returns The vectors [d]; none where W has rank d.
 * @example V'a = 0 too, where there is room
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const [a] = nullDirections(matrix(1, 3, [1, 0, 0]), matrix(3, 1, [5, 7, 0]), 1);
 * assertAlmostEquals(Math.abs(a[2]), 1, 1e-15);
 * ```
 */
export function nullDirections(W: Matrix, V: Matrix, most: number): readonly Vector[] {
  const { rows: m, cols: d } = W;
  const data = new Float64Array((m + V.cols) * d);
  data.set(W.data);
  for (let c = 0; c < V.cols; c++) {
    for (let j = 0; j < d; j++) data[(m + c) * d + j] = V.data[j * V.cols + c];
  }
  const space = rowSpace({ rows: m + V.cols, cols: d, data }, { first: m, most: d });
  const count = Math.min(most, d - space.firstSteps);
  return Array.from({ length: count }, (_, i) => space.column(d - 1 - i));
}
