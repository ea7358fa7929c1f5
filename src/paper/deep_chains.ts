import { type ChainCertificate, chainCertificate, judge } from "../landscape/mod.ts";
import { logistic, type Loss, squared } from "../loss/mod.ts";
import { activation, blockNetwork, blocksOf, blockStates, chain, dense, initialise, type Network } from "../nn/mod.ts";
import { createObjective, type Examples } from "../objective/mod.ts";
import { fold, type Key, key, normal } from "../random/mod.ts";
import { combine, eigenvalues, type Matrix, matrix, norm, transposeTimes, type Vector } from "../tensor/mod.ts";
import { bestFor } from "./_baseline.ts";
import { startSides } from "./_cloud.ts";
import { statusOfTallyAnd } from "./recorded.ts";
import { addTo, EMPTY_TALLY, findingOf, type Tally } from "./tally.ts";
import { YUN } from "./_sources.ts";
import type { Finding, Listing, PaperContext, Statement } from "./types.ts";

/** Rows, and inputs: as many as W and two units for each of two blocks, more than W and one unit for each block but the first. */
const [ROWS, INPUTS] = [30, 5];

/** Steps of gradient descent over all parameters, and their size. */
const [STEPS, RATE] = [150, 0.1];

/** The least eigenvalue of the dense Hessian is off by rounding and by that of Hessian-vector products. */
const HESSIAN = 1e-9;

/** A part of the gradient is not longer than the whole, but for rounding of sizes near 1. */
const ROUNDING = 1e-10;

/** No decision is wrong, and a chain whose loss is not that of its parts is none. */
const statusOf = statusOfTallyAnd(({ wrong, skew }) => wrong === 0 && skew <= 1e-10);

/** Yun, Sra and Jadbabaie: a chain of residual blocks against linear predictors on x. */
export const deepChains: Statement = {
  id: "deep-chains",
  statement:
    "A chain h_l = h_{l-1} + V_l f_l(h_{l-1}) is at every point above a linear predictor on x by at most ||grad_W|| ||W - W*|| + ||W* V||_* ||R||. Where the blocks 2 to L see " +
    "at most d - m directions of R^d, every critical point is at or below the best linear predictor on x, or has negative curvature: either a direction is seen by none of " +
    "them nor by W, and ||R||² <= kappa (kappa + b), kappa = -lambda_min over (W, V_1, ..., V_L), or R = 0 at critical points",
  source:
    `${YUN}, whose main theorem says it under conditions on representations and parameters; the form here is derived in docs/mathematics.md, section 17`,
  needsConvex: false,
  check,
  statusOf,
};

/** What the points say so far. */
interface Found {
  tally: Tally;
  /** Decisions that the dense Hessian contradicts, and gradients of a part longer than the whole. */
  wrong: number;
  /** The largest relative difference between the loss of a chain and that of its parts. */
  skew: number;
  readonly count: Record<(typeof COUNTED)[ChainCertificate["decision"]] | "fullRank", number>;
  readonly drawn: ReturnType<typeof startSides>;
  readonly rows: Listing["rows"][number][];
}

/** What each decision is counted as. */
const COUNTED = {
  "at or below linear": "below",
  "negative curvature": "negative",
  "not critical": "notCritical",
  undecided: "undecided",
  outside: "outside",
} as const;

/** Random points, points on the way of a descent, and critical points at W = 0 that are above linear by construction. */
function check(context: PaperContext): Finding {
  const title = "Chains of blocks: the bound and the gap to the best linear predictor on x";
  const found: Found = {
    ...{ tally: EMPTY_TALLY, wrong: 0, skew: 0 },
    count: { below: 0, negative: 0, notCritical: 0, undecided: 0, outside: 0, fullRank: 0 },
    drawn: startSides(title, "bound", "F - F_lin"),
    rows: [],
  };
  for (let index = 0; index < (context.quick ? 24 : 200); index++) checkChain(context, index, found);
  const { tally, count, wrong, skew, drawn, rows } = found;
  const finding = findingOf(tally, "right", { ...count, wrong, skew });
  return {
    ...finding,
    status: statusOf(finding),
    chart: drawn.chart(),
    listing: {
      title:
        "Chains with a direction that nobody sees: the gap, its bound, the curvature along (u a', a c') and lambda_min of the dense Hessian",
      columns: ["blocks", "loss", "point", "F", "F - F_lin", "bound", "curvature", "lambda_min", "decision"],
      rows,
    },
  };
}

/** One chain at its three points. */
function checkChain(context: PaperContext, index: number, found: Found): void {
  const own = fold(fold(key(context.seed), "deep-chains"), index);
  const blocks = 2 + index % 3;
  // Three blocks of two units and W see all five directions together; one of the last sees them alone.
  const units = index % 6 === 5 ? INPUTS + 1 : index % 6 === 4 ? 2 : 1;
  const loss: Loss = index % 2 === 0 ? squared : logistic;
  const net = chainOf(blocks, units);
  const examples = examplesOf(own, loss);
  const linear = bestFor(context, loss, examples);
  const comparator = { A: matrix(1, INPUTS, linear.weights), C: null, value: linear.value };
  using objective = createObjective(context.kernels, net, loss, examples);
  for (const [kind, params] of pointsOf(objective, net, examples, loss, own)) {
    const states = blockStates(net, params, examples.x);
    const at = chainCertificate(context.kernels, { ...states, x: examples.x, y: examples.y, loss }, comparator);
    found.skew = Math.max(found.skew, Math.abs(at.value - objective.value(params)) / at.value);
    found.tally = addTo(found.tally, at.gap);
    found.drawn.add(at.gap);
    found.count[COUNTED[at.decision]]++;
    if (at.representationRank === INPUTS) found.count.fullRank++;
    const whole = norm(objective.valueAndGradient(params).gradient);
    if (at.gradient > whole + ROUNDING * (1 + whole)) found.wrong++;
    if (at.free === null) continue;
    const lambda = leastEigenvalue(context, objective.hvp, net, params);
    const kappa = Math.max(0, -lambda);
    const b = at.b ?? 0;
    found.tally = addTo(found.tally, judge(kappa * (kappa + b), at.normR ** 2, HESSIAN * (1 + b) ** 2, ROWS));
    // The direction proves what the eigenvalue is: it cannot curve less than the least.
    if (at.curvature! < lambda - HESSIAN * (1 + Math.abs(lambda))) found.wrong++;
    if (kind === "critical, W = 0" && at.decision !== "negative curvature") found.wrong++;
    const { value, gap: { right, left }, curvature, decision } = at;
    found.rows.push([blocks, loss.name, kind, value, right, left, curvature!, lambda, decision]);
  }
}

/** Blocks of tanh units: the fewer units, the fewer directions blocks 2 to L and W see. */
function chainOf(blocks: number, units: number): Network {
  return blockNetwork(INPUTS, Array.from({ length: blocks }, () => chain(dense(INPUTS, units), activation("tanh"))));
}

function examplesOf(own: Key, loss: Loss): Examples {
  const x = matrix(ROWS, INPUTS, normal(fold(own, "x"), ROWS * INPUTS));
  const y = normal(fold(own, "y"), ROWS).map((noise, i) =>
    x.data[i * INPUTS] - Math.abs(x.data[i * INPUTS + 1]) + noise
  );
  return { x, y: loss.target === "class" ? y.map((value) => value < 0 ? -1 : 1) : y };
}

function* pointsOf(
  objective: { readonly valueAndGradient: (params: Vector) => { readonly gradient: Vector } },
  net: Network,
  examples: Examples,
  loss: Loss,
  own: Key,
): Generator<readonly [string, Vector]> {
  let params = initialise(net, fold(own, "start"), { scale: 2 });
  yield ["random", params];
  yield ["critical, W = 0", criticalAtZero(net, params, examples, loss)];
  for (let step = 0; step < STEPS; step++) {
    params = combine(1, params, -RATE, objective.valueAndGradient(params).gradient);
  }
  yield ["after descent", params];
}

/**
 * W = 0 and a V_L with `E[l'(0) h_L] = 0`: since l' is then the same whatever the blocks do, the gradient over every parameter is 0, and F is the loss
 * of predicting 0, above linear.
 */
function criticalAtZero(net: Network, params: Vector, { x, y }: Examples, loss: Loss): Vector {
  const states = blockStates(net, params, x);
  const slopes = y.map((target) => loss.d1(0, target) / x.rows);
  const last = blocksOf(net)!.at(-1)!;
  const s = transposeTimes(states.inputs.at(-1)!, slopes);
  const r = transposeTimes(states.features.at(-1)!, slopes);
  const square = norm(r) ** 2;
  const out = params.slice();
  out.fill(0, 0, net.outputs * net.d);
  for (let j = 0; j < net.d; j++) for (let c = 0; c < last.k; c++) out[last.V + j * last.k + c] = -s[j] * r[c] / square;
  return out;
}

/** lambda_min over (W, V_1, ..., V_L), from Hessian-vector products through the whole network, column by column. */
function leastEigenvalue(
  { kernels }: PaperContext,
  hvp: (params: Vector, direction: Vector) => Vector,
  net: Network,
  params: Vector,
): number {
  const columns = [...Array.from({ length: net.outputs * net.d }, (_, i) => i)];
  for (const { V, k } of blocksOf(net)!) for (let i = 0; i < net.d * k; i++) columns.push(V + i);
  const order = columns.length;
  const dense: Matrix = { rows: order, cols: order, data: new Float64Array(order * order) };
  columns.forEach((column, i) => {
    const product = hvp(params, new Float64Array(params.length).with(column, 1));
    columns.forEach((row, j) => {
      dense.data[i * order + j] += product[row] / 2;
      dense.data[j * order + i] += product[row] / 2;
    });
  });
  return eigenvalues(kernels, dense)[0];
}
