import { headSpectrum } from "../landscape/mod.ts";
import { joinParts } from "../nn/mod.ts";
import { createObjective } from "../objective/mod.ts";
import { fold } from "../random/mod.ts";
import { eigenvalues, norm, type Vector } from "../tensor/mod.ts";
import { dots, startCloud } from "./_cloud.ts";
import { atZero } from "./_heads.ts";
import { finiteEvaluation, problemCount, randomHead, randomProblems } from "./random_problems.ts";
import type { Finding, PaperContext, Recorded, Statement } from "./types.ts";

/** Eigenvalues of two matrices that differ by rounding differ by this share of their norm: n sums, twice the order. */
const ROUNDING = 1e-11;

/** The two spectra agree at every point. */
function statusOf({ measured, numbers }: Recorded): Finding["status"] {
  return numbers.failures === 0 && measured !== null && measured <= ROUNDING ? "holds" : "fails";
}

/** docs/mathematics.md, section 7: the whole (W, V) spectrum from a small matrix, of order 2d + k - 1 for one output. */
export const smallMatrix: Statement = {
  id: "small-matrix",
  statement:
    "The eigenvalues of the Hessian over (W, V), of order md + dk, are those of a matrix of order md + qk + (d - q) rank R and zeros, q the " +
    "rank of W: 2d + k - 1 for one output; where R is not 0 and m < d the smallest is negative",
  source: "Derived: beyond the rows of W the Hessian acts on V through R alone",
  needsConvex: false,
  check,
  statusOf,
};

/** Against the dense Hessian, column by column from Hessian-vector products through the whole network. */
function check(context: PaperContext): Finding {
  let [points, failures, worst, strict, skipped] = [0, 0, 0, 0, 0];
  const drawn = startCloud();
  const shapes = { outputs: (d: number) => Math.min(2, d) };
  for (const one of randomProblems(context, "small-matrix", problemCount(context), shapes)) {
    const { net, loss, examples, theta, objective, key } = one;
    using whole = createObjective(context.kernels, net, loss, examples);
    for (let draw = 0; draw < 3; draw++) {
      const random = randomHead(fold(key, draw), objective);
      // The case W = 0 has a form of its own.
      const point = finiteEvaluation(objective, draw === 0 ? atZero(random) : random);
      if (point === null) {
        skipped++;
        continue;
      }
      const order = (net.outputs + net.k) * net.d;
      const flat = joinParts(net, { w: point.W.data, V: point.V.data, theta });
      const dense = denseHessian(whole.hvp, flat, order);
      if (!dense.every(Number.isFinite)) {
        skipped++;
        continue;
      }
      const expected = eigenvalues(context.kernels, { rows: order, cols: order, data: dense });
      const { values, zeros, lambdaMin } = headSpectrum(objective, point);
      const size = norm(dense) || 1;
      const off = distance(expected, values, zeros) / size;
      worst = Math.max(worst, off);
      drawn.add(order, Math.max(off, 2 ** -60));
      // R only counts as not 0 when its curvature exceeds the rounding of the other terms.
      const clear = net.outputs < net.d && norm(point.R.data) > 1e-6 * size;
      if (clear) strict++;
      if (!(off <= ROUNDING) || clear && !(lambdaMin < 0)) failures++;
      points++;
    }
  }
  const found = { measured: worst, bound: ROUNDING, points, numbers: { failures, skipped, strict } };
  return {
    ...found,
    status: statusOf(found),
    chart: {
      title: "The small matrix against the dense Hessian",
      x: "order of the Hessian",
      y: "largest error of an eigenvalue over the norm",
      series: [dots("points", drawn)],
    },
  };
}

/** The leading block of the Hessian, whose unit vectors are those of (W, V); symmetrised. */
function denseHessian(hvp: (point: Vector, direction: Vector) => Vector, point: Vector, order: number): Vector {
  const data = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    const column = hvp(point, new Float64Array(point.length).with(i, 1));
    for (let j = 0; j < order; j++) {
      data[i * order + j] += column[j] / 2;
      data[j * order + i] += column[j] / 2;
    }
  }
  return data;
}

/** The largest distance of the small matrix's spectrum, filled up with zeros (or, where the small matrix is the larger one, from its least eigenvalue), from the dense one. */
function distance(expected: Vector, values: Vector, zeros: number): number {
  if (zeros < 0) return Math.abs(expected[0] - values[0]);
  const all = Float64Array.from([...values, ...new Array<number>(zeros).fill(0)]).toSorted();
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - all[i])), 0);
}
