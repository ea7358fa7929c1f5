import type { LinearObjective } from "../objective/mod.ts";
import { type Factor, placeTriangle, solveUpper, type Vector } from "../tensor/mod.ts";

/** Weights on all columns [m, d] from those in orthonormal coordinates [m, r]: `T w = u` for the columns kept, 0 for the others. */
export function weightsOf(
  { T, kept, columns }: Factor,
  m: number,
  u: Vector,
  solve = (b: Vector) => solveUpper(T, b),
): Vector {
  const [out, solved, r] = [new Float64Array(m * columns), solve(u), kept.length];
  for (let a = 0; a < m; a++) for (let j = 0; j < r; j++) out[a * columns + kept[j]] = solved[a * r + j];
  return out;
}

/** The entries of numbers on all columns [m, d] for the columns kept [m, r]. */
function keptOf({ kept, columns }: Factor, m: number, g: Vector): Vector {
  const r = kept.length;
  const out = new Float64Array(m * r);
  for (let a = 0; a < m; a++) for (let j = 0; j < r; j++) out[a * r + j] = g[a * columns + kept[j]];
  return out;
}

/**
 * The mean loss in orthonormal coordinates u, `W = u T^-T`, on the columns as they are: nothing is made orthonormal but the weights and the gradient.
 * Right to rounding times the condition of T, so for columns that are far from dependent. Offers no matrix of second derivatives: it is for many
 * weights, where none is wanted.
 */
export function inCoordinates(raw: LinearObjective, factor: Factor): LinearObjective {
  const { outputs: m } = raw;
  const triangle = placeTriangle(raw.kernels, factor.T);
  const toColumns = (u: Vector) => weightsOf(factor, m, u, triangle.solve);
  // A gradient over weights on all columns is, over orthonormal coordinates, T^-T times that of the columns kept.
  const toCoordinates = (g: Vector) => triangle.solveTransposed(keptOf(factor, m, g));
  const refuse = (): never => {
    throw new RangeError("Cannot form a matrix of second derivatives: too many weights");
  };
  return {
    ...raw,
    inputs: factor.rank,
    at(u) {
      const sums = raw.at(toColumns(u));
      return { ...sums, gradient: toCoordinates(sums.gradient) };
    },
    project: (direction) => raw.project(toColumns(direction)),
    correlate: (c) => toCoordinates(raw.correlate(c)),
    second(predictions) {
      const second = raw.second(predictions);
      return {
        apply: (direction) => toCoordinates(second.apply(toColumns(direction))),
        applySingle: second.applySingle && ((direction) => toCoordinates(second.applySingle!(toColumns(direction)))),
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
    [Symbol.dispose]: () => triangle[Symbol.dispose](),
  };
}
