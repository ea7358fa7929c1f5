import type { LinearObjective } from "../objective/mod.ts";
import { type Factor, solveUpper, solveUpperTransposed, type Vector } from "../tensor/mod.ts";

/** Weights on all columns [m, d] from those in orthonormal coordinates [m, r]: `T w = u` for the columns kept, 0 for the others. */
export function weightsOf({ T, kept, columns }: Factor, m: number, u: Vector): Vector {
  const [out, solved, r] = [new Float64Array(m * columns), solveUpper(T, u), kept.length];
  for (let a = 0; a < m; a++) for (let j = 0; j < r; j++) out[a * columns + kept[j]] = solved[a * r + j];
  return out;
}

/** A gradient over weights on all columns [m, d], over orthonormal coordinates [m, r]: `T^-T g` of the columns kept. */
function gradientOf({ T, kept, columns }: Factor, m: number, g: Vector): Vector {
  const r = kept.length;
  const sides = new Float64Array(m * r);
  for (let a = 0; a < m; a++) for (let j = 0; j < r; j++) sides[a * r + j] = g[a * columns + kept[j]];
  return solveUpperTransposed(T, sides);
}

/**
 * The mean loss in orthonormal coordinates u, `W = u T^-T`, on the columns as they are: nothing is made orthonormal but the weights and the gradient.
 * Right to rounding times the condition of T, so for columns that are far from dependent. Offers no matrix of second derivatives: it is for many
 * weights, where none is wanted.
 */
export function inCoordinates(raw: LinearObjective, factor: Factor): LinearObjective {
  const { outputs: m } = raw;
  const refuse = (): never => {
    throw new RangeError("Cannot form a matrix of second derivatives: too many weights");
  };
  return {
    ...raw,
    inputs: factor.rank,
    at(u) {
      const sums = raw.at(weightsOf(factor, m, u));
      return { ...sums, gradient: gradientOf(factor, m, sums.gradient) };
    },
    project: (direction) => raw.project(weightsOf(factor, m, direction)),
    correlate: (c) => gradientOf(factor, m, raw.correlate(c)),
    second(predictions) {
      const second = raw.second(predictions);
      return {
        apply: (direction) => gradientOf(factor, m, second.apply(weightsOf(factor, m, direction))),
        bend: second.bend,
        blocks: refuse,
        means: second.means,
        traces: second.traces,
        weighted: second.weighted,
        [Symbol.dispose]: () => second[Symbol.dispose](),
      };
    },
    gram: refuse,
    hessian: refuse,
    [Symbol.dispose]() {},
  };
}
