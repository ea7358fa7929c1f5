import type { Dataset } from "../data/mod.ts";
import { type AnyLoss, isJoint } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";

/** Figures of merit by name: `loss`, and what users of that kind of target ask for. */
export type Metrics = Readonly<Record<string, number>>;

/** What of a data set the figures need. */
export type Targets = Pick<Dataset, "targets" | "classes" | "standardisation" | "outputs">;

/**
 * Predictions as users read them: numbers in the target's own unit (for poisson the rate), or the chance of each class
 * (of two: of the second; for losses that know no chances, the score).
 *
 * @param data How targets were encoded.
 * @param loss The loss.
 * @param p Raw predictions [rows, outputs].
 * @returns As many numbers, row after row.
 * @example A standardised target goes back to its unit
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "@resland/resland";
 * const standardisation = { x: { mean: [], scale: [] }, y: { mean: [150], scale: [10] } };
 * const data = { targets: ["weight"], classes: null, outputs: 1, standardisation };
 * assertEquals(readable(data, squared, Float64Array.of(0, 2)), Float64Array.of(150, 170));
 * ```
 */
export function readable(data: Targets, loss: AnyLoss, p: Vector): Vector {
  const { classes, outputs: m, standardisation: { y } } = data;
  if (isJoint(loss)) return chances(p, m);
  if (classes !== null) return loss.name === "logistic" ? p.map((value) => 1 / (1 + Math.exp(-value))) : p.slice();
  if (loss.name === "poisson") return p.map(Math.exp);
  return y === null ? p.slice() : p.map((value, at) => value * y.scale[at % m] + y.mean[at % m]);
}

/** The softmax of each row. */
function chances(p: Vector, m: number): Vector {
  const out = new Float64Array(p.length);
  for (let from = 0; from < p.length; from += m) {
    const row = p.subarray(from, from + m);
    const top = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const e = row.map((value) => Math.exp(value - top));
    const total = e.reduce((sum, value) => sum + value, 0);
    out.set(e.map((value) => value / total), from);
  }
  return out;
}

/**
 * The figures of merit of predictions: for numbers `rmse` and `r2` (per target, in its unit), for two classes `accuracy` and
 * `auc`, for more `accuracy`; `loss` is the mean loss that was trained on, for classes the log-loss.
 *
 * @param data How targets were encoded.
 * @param loss The loss.
 * @param p Raw predictions [rows, outputs].
 * @param y Encoded targets [rows, outputs].
 * @returns The figures.
 * @example Two classes, one of four on the wrong side
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { logistic } from "@resland/resland";
 * const standardisation = { x: { mean: [], scale: [] }, y: null };
 * const data = { targets: ["ill"], classes: ["no", "yes"], outputs: 1, standardisation };
 * const { accuracy, auc } = metricsOf(data, logistic, Float64Array.of(-2, -1, 1, -0.5), Float64Array.of(-1, -1, 1, 1));
 * assertEquals([accuracy, auc], [0.75, 1]);
 * ```
 */
export function metricsOf(data: Targets, loss: AnyLoss, p: Vector, y: Vector): Metrics {
  const { outputs: m, classes, targets } = data;
  const n = y.length / m;
  const value = meanLoss(loss, p, y, n, m);
  if (isJoint(loss)) {
    let right = 0;
    for (let i = 0; i < n; i++) if (largestAt(p, i * m, m) === largestAt(y, i * m, m)) right++;
    return { loss: value, accuracy: right / n };
  }
  if (classes !== null) {
    const right = p.reduce((sum, score, i) => sum + ((score > 0) === (y[i] > 0) ? 1 : 0), 0);
    return { loss: value, accuracy: right / n, auc: areaUnderCurve(p, y) };
  }
  const [predicted, actual] = [readable(data, loss, p), loss.name === "poisson" ? y : readable(data, loss, y)];
  const figures: Record<string, number> = { loss: value };
  targets.forEach((name, output) => {
    const [wrong, mean] = [new Float64Array(n), { sum: 0 }];
    for (let i = 0; i < n; i++) {
      wrong[i] = predicted[i * m + output] - actual[i * m + output];
      mean.sum += actual[i * m + output];
    }
    const squares = wrong.reduce((sum, error) => sum + error * error, 0);
    let spread = 0;
    for (let i = 0; i < n; i++) spread += (actual[i * m + output] - mean.sum / n) ** 2;
    const suffix = m === 1 ? "" : `.${name}`;
    figures[`rmse${suffix}`] = Math.sqrt(squares / n);
    figures[`r2${suffix}`] = spread > 0 ? 1 - squares / spread : NaN;
  });
  return figures;
}

function meanLoss(loss: AnyLoss, p: Vector, y: Vector, n: number, m: number): number {
  if (isJoint(loss)) return loss.evaluate({ n, m, p, y }, 1, []) / n;
  return p.reduce((sum, value, at) => sum + loss.value(value, y[at]), 0) / n;
}

function largestAt(values: Vector, from: number, m: number): number {
  let best = 0;
  for (let j = 1; j < m; j++) if (values[from + j] > values[from + best]) best = j;
  return best;
}

/** The chance that a row of class +1 scores above one of class -1, ties counted half (Mann and Whitney); NaN with one class alone. */
function areaUnderCurve(p: Vector, y: Vector): number {
  const order = Array.from(p, (_, i) => i).sort((a, b) => p[a] - p[b]);
  let [ranks, positive] = [0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && p[order[end]] === p[order[start]]) end++;
    for (let at = start; at < end; at++) {
      if (y[order[at]] <= 0) continue;
      ranks += (start + end + 1) / 2;
      positive++;
    }
    start = end;
  }
  const negative = order.length - positive;
  return (ranks - positive * (positive + 1) / 2) / (positive * negative);
}
