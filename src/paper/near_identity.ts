import { judge } from "../landscape/mod.ts";
import { logistic, type Loss, squared } from "../loss/mod.ts";
import { fold, type Key, key, normal } from "../random/mod.ts";
import { type Matrix, matrix, multiply, norm, transpose } from "../tensor/mod.ts";
import { bestFor } from "./_baseline.ts";
import { YUN } from "./_sources.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Rows, inputs and units of a block. */
const [ROWS, INPUTS, UNITS] = [40, 4, 4];

/** Depths, and the sum over the blocks of their Lipschitz constants. */
const [DEPTHS, RHO] = [[1, 2, 4, 8, 16, 32, 64], 1];

/** The near-identity bound of Yun, Sra and Jadbabaie, which does not grow with depth. */
export const nearIdentity: Statement = {
  id: "near-identity",
  statement:
    "Where block l changes its input by at most rho_l times its norm and the gradient over W is 0, F is above the best linear predictor on x by at most " +
    "||w*|| E[|l'| ||x||] (prod (1 + rho_l) - 1), which with sum rho_l = rho is below e^rho - 1 times the same at every depth",
  source: `${YUN}, near-identity regions; the constant is derived in docs/mathematics.md, section 17`,
  needsConvex: false,
  check,
};

/** Blocks that pull the predictions' direction back, at random beside it, at every depth from 1 to 64; W is the best on h_L. */
function check(context: PaperContext): Finding {
  let tally = EMPTY_TALLY;
  const curves = DEPTHS.map((depth) => ({ depth, gap: -Infinity, bound: 0, limit: 0 }));
  for (let draw = 0; draw < (context.quick ? 12 : 60); draw++) {
    const own = fold(fold(key(context.seed), "near-identity"), draw);
    const loss: Loss = draw % 2 === 0 ? squared : logistic;
    const x = matrix(ROWS, INPUTS, normal(fold(own, "x"), ROWS * INPUTS));
    const noisy = normal(fold(own, "y"), ROWS).map((noise, i) => x.data[i * INPUTS] + 0.3 * noise);
    const y = loss.target === "class" ? noisy.map((value) => value < 0 ? -1 : 1) : noisy;
    const linear = bestFor(context, loss, { x, y });
    for (const curve of curves) {
      let h = x;
      for (let block = 0; block < curve.depth; block++) {
        h = through(fold(fold(own, curve.depth), block), h, RHO / curve.depth);
      }
      const onH = bestFor(context, loss, { x: h, y });
      const { value, slopes } = meansOf(loss, h, onH.weights, x, y);
      const gap = value - linear.value;
      const reach = norm(linear.weights) * slopes;
      const bound = reach * ((1 + RHO / curve.depth) ** curve.depth - 1);
      tally = addTo(tally, judge(bound, gap, value + Math.abs(linear.value), ROWS));
      tally = addTo(tally, judge(reach * (Math.exp(RHO) - 1), bound, 0, ROWS));
      if (draw % 2 === 1) continue;
      curve.gap = Math.max(curve.gap, gap);
      curve.bound = Math.max(curve.bound, bound);
      curve.limit = Math.max(curve.limit, reach * (Math.exp(RHO) - 1));
    }
  }
  const points = (name: "gap" | "bound" | "limit") => curves.map((curve) => [curve.depth, curve[name]] as const);
  const [shallow, deep] = [curves[0], curves.at(-1)!];
  return {
    ...findingOf(tally, "right", {
      "gap at depth 1": shallow.gap,
      "gap at depth 64": deep.gap,
      "bound at depth 1": shallow.bound,
      "bound at depth 64": deep.bound,
    }),
    chart: {
      title: "Near the identity: neither the gap to linear nor its bound grows with depth",
      x: "blocks",
      y: "F - F_lin",
      series: [
        { name: "bound, e^rho - 1", points: points("limit") },
        { name: "bound of the depth", points: points("bound") },
        { name: "largest gap", points: points("gap") },
      ],
    },
  };
}

/** `h + V tanh(U h)` with `||V|| ||U|| = rho` in Frobenius norm, so that it changes h by at most rho times its norm. */
function through(own: Key, h: Matrix, rho: number): Matrix {
  const U = unit(matrix(UNITS, INPUTS, normal(fold(own, "U"), UNITS * INPUTS)));
  const back = unit(transpose(U));
  const random = unit(matrix(INPUTS, UNITS, normal(fold(own, "V"), INPUTS * UNITS)));
  const V = unit({ ...back, data: back.data.map((value, at) => -value + 0.3 * random.data[at]) });
  const inner = multiply(h, transpose(U));
  const added = multiply({ ...inner, data: inner.data.map(Math.tanh) }, transpose(V));
  return { ...h, data: h.data.map((value, at) => value + rho * added.data[at]) };
}

function unit(a: Matrix): Matrix {
  const size = norm(a.data);
  return { ...a, data: a.data.map((value) => value / size) };
}

/** `E[l(p)]` and `E[|l'(p)| ||x||]` for the predictions `p = w'h`. */
function meansOf(loss: Loss, h: Matrix, w: Float64Array, x: Matrix, y: Float64Array) {
  let [value, slopes] = [0, 0];
  for (let i = 0; i < h.rows; i++) {
    let p = 0;
    for (let j = 0; j < h.cols; j++) p += w[j] * h.data[i * h.cols + j];
    value += loss.value(p, y[i]) / h.rows;
    slopes += Math.abs(loss.d1(p, y[i])) * norm(x.data.subarray(i * x.cols, (i + 1) * x.cols)) / h.rows;
  }
  return { value, slopes };
}
