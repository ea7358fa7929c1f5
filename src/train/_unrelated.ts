import { findBestLinear } from "../baseline/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { squared } from "../loss/mod.ts";
import { createLinearObjective } from "../objective/mod.ts";
import type { RowSource, Vector } from "../tensor/mod.ts";

/** Standard deviations above what chance explains on average: passed by one in thousands of tables, in one of a hundred where x is one column. */
const CHANCE = 4;

/**
 * Whether predictions have no more to do with the inputs than those of rows in another order: the best linear fit to x explains no more of any
 * of their columns than chance does. For n independent rows and d columns, the constant among them, the share R² that is explained has a Beta
 * distribution, with mean (d - 1) / (n - 1) and variance 2 (d - 1) (n - d) / ((n - 1)² (n + 1)).
 *
 * @param kernels The kernels to compute with.
 * @param x The inputs [n, d].
 * @param p The predictions [n, m].
 * @returns A generator that yields as it works; false where n is too small to tell.
 */
export function* areUnrelated(kernels: Kernels, x: RowSource, p: Vector): Generator<number, boolean> {
  const { rows: n, cols: d } = x;
  if (n <= d + 1 || d < 2) return false;
  const { weights } = yield* findBestLinear(kernels, squared, { source: x, y: p });
  using objective = createLinearObjective(kernels, squared, { source: x, y: p });
  const fitted = objective.project(weights);
  const m = p.length / n;
  const mean = (d - 1) / (n - 1);
  const deviation = Math.sqrt(2 * (d - 1) * (n - d) / (n + 1)) / (n - 1);
  for (let a = 0; a < m; a++) {
    let [sum, left, all] = [0, 0, 0];
    for (let i = a; i < p.length; i += m) sum += p[i];
    for (let i = a; i < p.length; i += m) {
      left += (p[i] - fitted[i]) ** 2;
      all += (p[i] - sum / n) ** 2;
    }
    // A column that is constant is in every order.
    if (!(1 - left / all <= mean + CHANCE * deviation)) return false;
  }
  return true;
}
