import { type Dataset, invertTarget, transformTarget } from "../data/mod.ts";
import { type AnyLoss, isJoint, weightedLoss, weightsOfMeanOne } from "../loss/mod.ts";
import type { Vector } from "../tensor/mod.ts";

/** Metrics by name: `loss`, and the usual ones for the kind of target. */
export type Metrics = Readonly<Record<string, number>>;

/** The part of a data set that the metrics need. */
export type Targets = Pick<Dataset, "targets" | "classes" | "standardisation" | "outputs" | "weights">;

/**
 * Predictions in the user's units: numbers in the target's own unit (of counts the rate), or the probability of each class
 * (of two: of the second; for losses without probabilities, the score).
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
  if (isJoint(loss)) return loss.link(p, data.outputs);
  const { link } = loss;
  return inUnits(data, link === null ? p : p.map((value) => link(value)));
}

/**
 * Encoded numbers of a target in its own unit: scaled back, and transformed back where the target was transformed. Of a prediction that is
 * the median, where errors are symmetric on the scale that was learned.
 *
 * @param data How targets were encoded.
 * @param values Encoded numbers [rows, outputs].
 * @returns As many numbers, row after row.
 * @example A logarithm
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * const standardisation = { x: { mean: [], scale: [] }, y: { mean: [1], scale: [2] }, transform: { kind: "log" } } as const;
 * assertAlmostEquals(inUnits({ targets: ["price"], classes: null, outputs: 1, standardisation }, Float64Array.of(0.5))[0], Math.E ** 2);
 * ```
 */
export function inUnits({ outputs: m, standardisation: { y, transform } }: Targets, values: Vector): Vector {
  if (y === null) return values.slice();
  return values.map((value, at) => {
    const scaled = value * y.scale[at % m] + y.mean[at % m];
    return transform ? invertTarget(transform, scaled, at % m) : scaled;
  });
}

/**
 * The inverse of {@linkcode inUnits}.
 *
 * @param data How targets are encoded.
 * @param values Numbers in the target's own unit [rows, outputs].
 * @returns Encoded numbers, row after row.
 * @example There and back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const standardisation = { x: { mean: [], scale: [] }, y: { mean: [150], scale: [10] } };
 * assertEquals(fromUnits({ targets: ["weight"], classes: null, outputs: 1, standardisation }, Float64Array.of(170))[0], 2);
 * ```
 */
export function fromUnits({ outputs: m, standardisation: { y, transform } }: Targets, values: Vector): Vector {
  if (y === null) return values.slice();
  return values.map((value, at) => {
    const own = transform ? transformTarget(transform, value, at % m) : value;
    return (own - y.mean[at % m]) / y.scale[at % m];
  });
}

/**
 * The metrics of predictions: for numbers `rmse` and `r2` (per target, in its unit), for two classes `accuracy` and
 * `auc`, for more `accuracy`; `loss` is the mean loss that was trained on, for classes the log-loss. Rows that have weights count by them.
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
 * const { accuracy, auc } = computeMetrics(data, logistic, Float64Array.of(-2, -1, 1, -0.5), Float64Array.of(-1, -1, 1, 1));
 * assertEquals([accuracy, auc], [0.75, 1]);
 * ```
 */
export function computeMetrics(data: Targets, loss: AnyLoss, p: Vector, y: Vector): Metrics {
  const { outputs: m, classes, targets } = data;
  const { weights } = data;
  const mean = meanLoss(loss, p, y, m, weights);
  if (isJoint(loss)) return { loss: mean, ...loss.metrics(p, y, m, weights) };
  const figures: Record<string, number> = { loss: mean };
  const [predicted, actual] = classes === null ? [readable(data, loss, p), inUnits(data, y)] : [p, y];
  for (const [output, name] of targets.entries()) {
    const column = (values: Vector) => m === 1 ? values : columnOf(values, m, output);
    for (const [figure, value] of Object.entries(loss.metrics(column(predicted), column(actual), weights))) {
      figures[m === 1 ? figure : `${figure}.${name}`] = value;
    }
  }
  return figures;
}

/** The mean loss, weighted where rows have weights. */
function meanLoss(loss: AnyLoss, p: Vector, y: Vector, m: number, weights: Vector | undefined): number {
  const n = y.length / m;
  const omega = weightsOfMeanOne(weights, n);
  if (omega !== null) return weightedLoss(loss, { n, m, p, y }, omega, 1, []) / n;
  if (isJoint(loss)) return loss.evaluate({ n, m, p, y }, 1, []) / n;
  return p.reduce((sum, value, at) => sum + loss.value(value, y[at]), 0) / n;
}

/** Column `output` of numbers [n, m]. */
function columnOf(values: Vector, m: number, output: number): Vector {
  const out = new Float64Array(values.length / m);
  for (let i = 0; i < out.length; i++) out[i] = values[i * m + output];
  return out;
}
