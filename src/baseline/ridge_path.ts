import { squared, weightRows } from "../loss/mod.ts";
import { type LinearObjective, withRidge } from "../objective/mod.ts";
import { norm, type Vector } from "../tensor/mod.ts";
import { minimise } from "./minimise.ts";

/** The gradient norm at which a predictor of the path is close enough to be compared with the others. */
const CLOSE = 1e-4;

/**
 * The best linear predictors under a list of ridges, one after another: of the squared loss all from one matrix of products, of others each
 * from the one before, so that neighbours in the list should be neighbours in strength, the strongest first.
 *
 * Cost: for the squared loss one pass over the data and `d³ / 3` flops for each ridge; else a few Newton steps for each.
 *
 * @param objective The mean loss without a ridge.
 * @param ridges The strengths on each column [d] of each ridge.
 * @param start Weights to start from [m, d] (default 0).
 * @returns A generator that yields as it works, and returns the weights [m, d] for each ridge.
 * @example Two ridges on one weight
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { createLinearObjective } from "@resland/resland/objective";
 * import { loadKernels, matrix, squared } from "@resland/resland";
 * const examples = { x: matrix(1, 1, [1]), y: Float64Array.of(6) };
 * using objective = createLinearObjective(await loadKernels("simd"), squared, examples);
 * const steps = ridgePath(objective, [Float64Array.of(2), Float64Array.of(1)]);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * step.value.forEach((weights, at) => assertAlmostEquals(weights[0], [2, 3][at]));
 * ```
 */
export function* ridgePath(
  objective: LinearObjective,
  ridges: readonly Vector[],
  start?: Vector,
): Generator<number, readonly Vector[]> {
  if (objective.loss === squared) {
    const all = yield* solveAll(objective, ridges);
    if (all !== null) return all;
  }
  const out: Vector[] = [];
  let weights = start ?? new Float64Array(objective.outputs * objective.inputs);
  for (const ridge of ridges) {
    const enough = (_: Vector, { gradient }: { readonly gradient: Vector }) => norm(gradient) <= CLOSE;
    weights = (yield* minimise(withRidge(objective, ridge), weights, { enough })).weights;
    out.push(weights);
  }
  return out;
}

/** `W = B (G + ridge)⁻¹` with `G = E[x x']`, `B = E[y x']`, by Cholesky; null where G + ridge is not positive definite. */
function* solveAll(
  { kernels: { memory, f64: set }, y, weights, inputs: d, outputs: m, rows: n, gramInSteps, correlate }:
    LinearObjective,
  ridges: readonly Vector[],
): Generator<number, readonly Vector[] | null> {
  const { data: products } = yield* gramInSteps(
    weights?.map((weight) => weight / n) ?? new Float64Array(n).fill(1 / n),
  );
  yield 0;
  const targets = y.slice();
  if (weights !== null) weightRows(weights, m, targets);
  const sides = correlate(targets);
  const out: Vector[] = [];
  const at = memory.allocate((d * d + d) * 8);
  const side = at + d * d * 8;
  try {
    for (const ridge of ridges) {
      yield 0;
      const matrix = memory.view("f64", at, d * d);
      matrix.set(products);
      for (let j = 0; j < d; j++) matrix[j * (d + 1)] += ridge[j];
      if (set.cholesky(d, at, d) !== 0) return null;
      const weights = new Float64Array(m * d);
      for (let a = 0; a < m; a++) {
        memory.view("f64", side, d).set(sides.subarray(a * d, (a + 1) * d));
        set.choleskySolve(d, at, d, side);
        weights.set(memory.view("f64", side, d), a * d);
      }
      out.push(weights);
    }
    return out;
  } finally {
    memory.free(at);
  }
}
