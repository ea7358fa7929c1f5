import { headSpectrum } from "../landscape/mod.ts";
import { joinParts } from "../nn/mod.ts";
import { createObjective } from "../objective/mod.ts";
import { fold } from "../random/mod.ts";
import { eigenvalues, norm, type Vector } from "../tensor/mod.ts";
import { finiteSums, randomPoint, randomProblems } from "./random_problems.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Eigenvalues of two matrices that differ by rounding differ by this share of their norm: n sums, twice the order. */
const ROUNDING = 1e-11;

/** docs/mathematics.md, section 7: the whole (w, V) spectrum from a matrix of order 2d + k - 1. */
export const smallMatrix: Statement = {
  id: "small-matrix",
  statement:
    "The eigenvalues of the Hessian over (w, V), of order d + dk, are those of a matrix of order 2d + k - 1 and zeros; " +
    "where r is not 0 and d >= 2 the smallest is negative",
  source: "Derived: the Hessian acts on u, on what c' and on (P e) rhat' alone",
  needsConvex: false,
  check,
};

/** Against the dense Hessian, column by column from Hessian-vector products through the whole network. */
function check(context: PaperContext): Finding {
  let [points, failures, worst, strict, skipped] = [0, 0, 0, 0, 0];
  for (
    const { net, loss, examples, theta, problem, key } of randomProblems(
      context,
      "small-matrix",
      context.quick ? 108 : 540,
    )
  ) {
    using objective = createObjective(context.kernels, net, loss, examples);
    for (let draw = 0; draw < 3; draw++) {
      const random = randomPoint(fold(key, draw), problem);
      // The case w = 0 has a form of its own.
      const point = finiteSums(problem, draw === 0 ? { ...random, w: new Float64Array(net.d) } : random);
      if (point === null) {
        skipped++;
        continue;
      }
      const order = net.d + net.d * net.k;
      const flat = joinParts(net, { w: point.w, V: point.V.data, theta });
      const dense = denseHessian(objective.hvp, flat, order);
      if (!dense.every(Number.isFinite)) {
        skipped++;
        continue;
      }
      const expected = eigenvalues(context.kernels, { rows: order, cols: order, data: dense });
      const { values, zeros, lambdaMin } = headSpectrum(problem, point);
      const size = norm(dense) || 1;
      const off = distance(expected, values, zeros) / size;
      worst = Math.max(worst, off);
      // r only counts as not 0 where the curvature that it makes shows beside the rounding of the others.
      const clear = net.d >= 2 && norm(point.r) > 1e-6 * size;
      if (clear) strict++;
      if (!(off <= ROUNDING) || clear && !(lambdaMin < 0)) failures++;
      points++;
    }
  }
  return {
    status: failures > 0 ? "fails" : "holds",
    measured: worst,
    bound: ROUNDING,
    points,
    numbers: { failures, skipped, strict },
  };
}

/** The leading block of the Hessian, whose unit vectors are those of (w, V); symmetrised. */
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

/** The largest distance of the small matrix's spectrum, filled up with zeros (or, for d = k = 1, with what is left over), from the dense one. */
function distance(expected: Vector, values: Vector, zeros: number): number {
  if (zeros < 0) return Math.abs(expected[0] - values[0]);
  const all = Float64Array.from([...values, ...new Array<number>(zeros).fill(0)]).toSorted();
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - all[i])), 0);
}
