import type { Kernels } from "../../src/kernels/mod.ts";
import { type AnyLoss, isJoint, type JointBatch, weightedLoss, weightsOfMeanOne } from "../../src/loss/mod.ts";
import { type Network, splitParts } from "../../src/nn/mod.ts";
import {
  createLinearObjective,
  type Examples,
  featureRows,
  type Ridge,
  ridgeOnColumns,
} from "../../src/objective/mod.ts";
import { surfaceSvg } from "../../src/report/mod.ts";
import { headGrid, PLANE_AXES } from "../../src/surface/mod.ts";
import { collectRows, matrix, type RowSource } from "../../src/tensor/mod.ts";
import { predictorOf } from "../../src/train/mod.ts";

/** The file that the picture has in the folder of a run. */
export const LANDSCAPE = "landscape.svg";

/** Points along each axis, and the losses of single rows that a picture may take: some hundredths of a second. */
const [STEPS, LEAST_STEPS, MOST] = [41, 15, 2e6];

/** A trained network on its rows, and the loss of the best linear predictor, under the same ridge. */
export interface Trained {
  readonly net: Network;
  readonly params: Float64Array;
  readonly loss: AnyLoss;
  readonly examples: Examples;
  readonly ridge: Ridge | null;
  readonly linear: number;
  /** The features of every row, where they are known. */
  readonly features?: RowSource;
}

/**
 * The loss around a trained network over its (w, V) plane, with the linear level as a thick contour; null where the table is large (the command surface
 * draws it then), or the network has no plane: of a linear model V is 0.
 */
export function landscapeOf(kernels: Kernels, trained: Trained): string | null {
  const { net, params, loss, examples, ridge, linear } = trained;
  const { rows } = examples.x;
  const steps = Math.min(STEPS, Math.floor(Math.sqrt(MOST / (rows * net.outputs))));
  const { w, V } = splitParts(net, params);
  const isZero = (part: Float64Array) => part.every((value) => value === 0);
  if (steps < LEAST_STEPS || isZero(w) || isZero(V)) return null;
  const predictions = predictionsOf(kernels, trained);
  const weights = weightsOfMeanOne(examples.weights, rows);
  const count = rows * net.outputs;
  const roots = ridge && ridgeOnColumns(ridge, net.d, net.k).map(Math.sqrt);
  const grid = headGrid(
    {
      // A ridge is half of the squares of numbers that are linear in W and in V too.
      at(points) {
        const weights = points.map((at) => {
          const { w, V } = splitParts(net, at);
          return predictorOf({ W: matrix(net.outputs, net.d, w), V: matrix(net.d, net.k, V) });
        });
        const found = predictions(weights);
        return roots === null ? found : found.map((p, at) => joined(p, ridgeRoots(weights[at], roots)));
      },
      loss(numbers) {
        const batch = { n: rows, m: net.outputs, p: numbers.subarray(0, count), y: examples.y };
        return sumOf(loss, batch, weights) / rows +
          numbers.subarray(count).reduce((all, one) => all + one * one / 2, 0);
      },
    },
    net,
    params,
    { steps: steps - (steps + 1) % 2, level: linear },
  );
  const title = `The loss${ridge === null ? "" : " with its ridge"} around the model`;
  return surfaceSvg({ grid, linear, title, axes: PLANE_AXES.head, point: [0, 0] }, { width: 620, height: 540 });
}

/** The sum of the losses of some rows, times their weights. */
function sumOf(loss: AnyLoss, batch: JointBatch, weights: Float64Array | null): number {
  if (weights !== null) return weightedLoss(loss, batch, weights, 1, []);
  if (isJoint(loss)) return loss.evaluate(batch, 1, []);
  let sum = 0;
  for (let at = 0; at < batch.y.length; at++) sum += loss.value(batch.p[at], batch.y[at]);
  return sum;
}

function joined(first: Float64Array, second: readonly number[]): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** The predictions of several predictors on `[x f]`, with the features of one point, in one pass over the rows. */
function predictionsOf(
  kernels: Kernels,
  { net, params, loss, examples, features }: Trained,
): (weights: readonly Float64Array[]) => readonly Float64Array[] {
  using own = features ? null : featureRows(kernels, net, params, examples.x);
  const beside = collectRows(kernels.memory, features ?? own!);
  const { rows } = examples.x;
  return (weights) => {
    using linear = createLinearObjective(kernels, loss, { ...examples, beside });
    const [m, width] = [net.outputs, weights.length * net.outputs];
    const all = linear.project(Float64Array.from(weights.flatMap((one) => [...one])));
    return weights.map((_, which) =>
      Float64Array.from(
        { length: rows * m },
        (_, at) => all[Math.floor(at / m) * width + which * m + at % m],
      )
    );
  };
}

/** Numbers whose squares, halved and added, are the ridge: a predictor times the roots of the strengths. */
const ridgeRoots = (weights: Float64Array, roots: Float64Array): readonly number[] =>
  Array.from(weights, (weight, at) => weight * roots[at % roots.length]);
