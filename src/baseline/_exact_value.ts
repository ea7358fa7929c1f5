import { isJoint, weightedLoss } from "../loss/mod.ts";
import type { LinearObjective } from "../objective/mod.ts";
import type { RowSource, Vector } from "../tensor/mod.ts";

/** Splits a number into two halves whose products are exact (Veltkamp): `2^27 + 1`. */
const SPLITTER = 134217729;

/**
 * `E[l(W x; y)]` with each prediction summed in twice the precision: weights of nearly dependent columns are large, and what is left of
 * their products with a row after they cancel would be rounding.
 *
 * Source: T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26 (2005).
 */
export function exactValue(
  { kernels, loss, y, weights, rows: n, outputs: m }: LinearObjective,
  source: RowSource,
  w: Vector,
): number {
  const { memory } = kernels;
  const d = source.cols;
  const p = new Float64Array(n * m);
  const piece = Math.max(1, Math.min(n, Math.floor(65536 / Math.max(1, d))));
  const at = memory.allocate(8 * piece * d);
  try {
    for (let from = 0; from < n; from += piece) {
      const count = Math.min(piece, n - from);
      source.write(from, count, at, d);
      const x = memory.view("f64", at, count * d);
      for (let i = 0; i < count; i++) {
        for (let a = 0; a < m; a++) p[(from + i) * m + a] = exactDot(d, x, i * d, w, a * d);
      }
    }
  } finally {
    memory.free(at);
  }
  if (weights !== null) return weightedLoss(loss, { n, m, p, y }, weights, 1, []) / n;
  if (isJoint(loss)) return loss.evaluate({ n, m, p, y }, 1, []) / n;
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += loss.value(p[i], y[i]);
  return sum / n;
}

/** `sum x_i w_i`, as if summed in twice the precision. */
function exactDot(d: number, x: Float64Array, atX: number, w: Float64Array, atW: number): number {
  let [sum, rest] = [0, 0];
  for (let j = 0; j < d; j++) {
    const [a, b] = [x[atX + j], w[atW + j]];
    const product = a * b;
    const [bigA, bigB] = [SPLITTER * a, SPLITTER * b];
    const highA = bigA - (bigA - a);
    const highB = bigB - (bigB - b);
    const [lowA, lowB] = [a - highA, b - highB];
    const lost = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
    const total = sum + product;
    const moved = total - sum;
    rest += sum - (total - moved) + (product - moved) + (Number.isFinite(lost) ? lost : 0);
    sum = total;
  }
  return sum + rest;
}
