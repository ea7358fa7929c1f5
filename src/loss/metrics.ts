import type { Reals } from "./joint_loss.ts";

/** Figures of merit by name. */
export type Figures = Readonly<Record<string, number>>;

/**
 * Figures of merit of predicted numbers: `rmse`, the root of the mean squared error, and `r2`, the share of the targets' variance that is explained.
 *
 * @param predicted The predictions, in the target's unit.
 * @param actual The targets.
 * @param weights The weight of each row, above 0; undefined for equal ones.
 * @returns Both figures; `r2` is NaN where the target does not vary.
 * @example Off by one, once in two rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(numberMetrics([1, 4], [1, 3]), { rmse: Math.sqrt(0.5), r2: 0.5 });
 * ```
 */
export function numberMetrics(
  predicted: Reals,
  actual: Reals,
  weights?: Reals,
): { readonly rmse: number; readonly r2: number } {
  const n = actual.length;
  let [size, total, squares, spread] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    size += weight;
    total += weight * actual[i];
  }
  for (let i = 0; i < n; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    squares += weight * (predicted[i] - actual[i]) ** 2;
    spread += weight * (actual[i] - total / size) ** 2;
  }
  return { rmse: Math.sqrt(squares / size), r2: spread > 0 ? 1 - squares / spread : NaN };
}

/**
 * Figures of merit of scores of two classes: `accuracy`, the share of the rows on the right side of 0, and `auc`, the chance that a row of
 * class +1 scores above one of class -1, ties counted half.
 *
 * @param scores The predictions; above 0 is class +1.
 * @param classes The targets, -1 or +1.
 * @param weights The weight of each row, above 0; undefined for equal ones.
 * @returns Both figures; `auc` is NaN with one class alone.
 * @example One of four on the wrong side
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(twoClassMetrics([-2, -1, 1, -0.5], [-1, -1, 1, 1]), { accuracy: 0.75, auc: 1 });
 * ```
 */
export function twoClassMetrics(
  scores: Reals,
  classes: Reals,
  weights?: Reals,
): { readonly accuracy: number; readonly auc: number } {
  let [right, size] = [0, 0];
  for (let i = 0; i < classes.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    size += weight;
    if ((scores[i] > 0) === (classes[i] > 0)) right += weight;
  }
  return { accuracy: right / size, auc: areaUnderCurve(scores, classes, weights) };
}

/**
 * The `accuracy` of predictions of several classes: the share of the rows whose largest prediction, the first of equals, is that of their class.
 *
 * @param p The predictions [n, m], row after row.
 * @param y The targets [n, m].
 * @param m How many classes.
 * @param weights The weight of each row, above 0; undefined for equal ones.
 * @returns The figure.
 * @example One of two rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(classMetrics([3, 1, 0, 2, 1, 0], [1, 0, 0, 0, 1, 0], 3), { accuracy: 0.5 });
 * ```
 */
export function classMetrics(p: Reals, y: Reals, m: number, weights?: Reals): { readonly accuracy: number } {
  let [right, size] = [0, 0];
  for (let i = 0; i < y.length / m; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    size += weight;
    if (largestAt(p, i * m, m) === largestAt(y, i * m, m)) right += weight;
  }
  return { accuracy: right / size };
}

function largestAt(values: Reals, from: number, m: number): number {
  let best = 0;
  for (let j = 1; j < m; j++) if (values[from + j] > values[from + best]) best = j;
  return best;
}

/** Mann and Whitney's statistic: the weight of pairs in which class +1 scores higher, ties counted half. */
function areaUnderCurve(p: Reals, y: Reals, weights?: Reals): number {
  const order = Array.from(p, (_, i) => i).sort((a, b) => p[a] - p[b]);
  let [won, positive, negative] = [0, 0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && p[order[end]] === p[order[start]]) end++;
    let [above, below] = [0, 0];
    for (let at = start; at < end; at++) {
      const weight = weights === undefined ? 1 : weights[order[at]];
      if (y[order[at]] > 0) above += weight;
      else below += weight;
    }
    won += above * (negative + below / 2);
    positive += above;
    negative += below;
    start = end;
  }
  return won / (positive * negative);
}
