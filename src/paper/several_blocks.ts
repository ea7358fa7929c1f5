import { SHAMIR } from "../claims/mod.ts";
import { createHeadObjective, descend } from "../landscape/mod.ts";
import { squared } from "../loss/mod.ts";
import { activation, chain, dense, initialParameters, joinParts, type Network, network } from "../nn/mod.ts";
import { createObjective } from "../objective/mod.ts";
import { fold, type Key, key, normal } from "../random/mod.ts";
import { type Matrix, matrix, multiply, transpose } from "../tensor/mod.ts";
import { bestFor, linearYardstick } from "./_baseline.ts";
import { dots, startCloud } from "./_cloud.ts";
import { atOrBelow, TIE, tieWith } from "./_tie.ts";
import { statusOfTallyAnd } from "./recorded.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Rows, inputs and units of each block: so few units that the last block's features do not make up for a lost input. */
const [ROWS, INPUTS, UNITS] = [60, 4, 2];

/** Targets and noise have size 1 and 0.1: gradients down to rounding. */
const DESCENT = { gradient: 1e-11, curvature: 1e-9 };

/** Every descent ends. */
const statusOf = statusOfTallyAnd(({ unfinished }) => unfinished === 0);

/** Several residual blocks: what the theorem guarantees, and what it does not. */
export const severalBlocks: Statement = {
  id: "several-blocks",
  statement:
    "With blocks h_l = h_{l-1} + V_l f_l(h_{l-1}), second-order stationary points in the last block's (w, V) are at or below the best " +
    "linear predictor on h_{L-1}; against the best on x nothing is guaranteed, and the earlier blocks can lose it",
  source:
    `${SHAMIR}, applied to the last block; C. Yun, S. Sra, A. Jadbabaie, Are deep ResNets provably better than linear predictors?, NeurIPS 2019, for x`,
  needsConvex: false,
  check,
  statusOf,
};

/** Two and three blocks, the earlier ones at random; every other network has an earlier block that cancels an input. */
function check(context: PaperContext): Finding {
  const points = context.quick ? 40 : 200;
  let [tally, unfinished, aboveX, highestX] = [EMPTY_TALLY, 0, 0, -Infinity];
  const drawn = startCloud();
  for (let index = 0; index < points; index++) {
    const own = fold(fold(key(context.seed), "several-blocks"), index);
    const x = matrix(ROWS, INPUTS, normal(fold(own, "x"), ROWS * INPUTS));
    const y = normal(fold(own, "y"), ROWS).map((noise, i) =>
      2 * x.data[i * INPUTS] + x.data[i * INPUTS + 1] + 0.1 * noise
    );
    let h: Matrix = index % 2 ? withoutFirst(x) : x;
    for (let block = 0; block < 1 + index % 2; block++) h = randomBlock(context, fold(own, block), h);
    const f = featuresOf(context, fold(own, "last"), h);
    using objective = createHeadObjective(context.kernels, { x: h, f, y, loss: squared });
    const start = {
      W: matrix(1, INPUTS, normal(fold(own, "w"), INPUTS)),
      V: matrix(INPUTS, UNITS, normal(fold(own, "V"), INPUTS * UNITS)),
    };
    const { point, converged } = descend(objective, start, DESCENT);
    const onH = linearYardstick(context, { objective, examples: { x: h, y } });
    const onX = bestFor(context, squared, { x, y }).value;
    tally = addTo(tally, atOrBelow(point.value - onH.value, tieWith(objective, point, onH)));
    drawn.add(point.value - onX, point.value - onH.value);
    highestX = Math.max(highestX, point.value - onX);
    // The targets have noise, so that no loss is near 0.
    if (point.value > (1 + TIE) * onX) aboveX++;
    if (!converged) unfinished++;
  }
  const finding = {
    ...findingOf(tally, "right", { aboveX, highestX, unfinished }),
    chart: {
      title: "Several blocks: at or below linear on the last block's input, above linear on x",
      x: "F - F_lin on x",
      y: "F - F_lin on the last block's input",
      linear: "both" as const,
      series: [dots("networks", drawn)],
    },
  };
  return { ...finding, status: statusOf(finding) };
}

/** `h - h_1 e_1`, the block `h + V f(h)` with f(h) = h_1 and V = -e_1: the first input is lost. */
function withoutFirst(h: Matrix): Matrix {
  return { ...h, data: h.data.map((value, at) => at % h.cols === 0 ? 0 : value) };
}

/** `h + V f(h)` with random V and f. */
function randomBlock(context: PaperContext, own: Key, h: Matrix): Matrix {
  const V = matrix(INPUTS, UNITS, normal(fold(own, "block"), INPUTS * UNITS).map((value) => 0.5 * value));
  const added = multiply(featuresOf(context, own, h), transpose(V));
  return { ...h, data: h.data.map((value, at) => value + added.data[at]) };
}

/** tanh units of random weights. */
function featuresOf({ kernels }: PaperContext, own: Key, h: Matrix): Matrix {
  const net: Network = network(INPUTS, chain(dense(INPUTS, UNITS), activation("tanh")));
  using objective = createObjective(kernels, net, squared, { x: h, y: new Float64Array(h.rows) });
  const theta = initialParameters(fold(own, "theta"), net.body, net.d);
  return objective.features(
    joinParts(net, { w: new Float64Array(INPUTS), V: new Float64Array(INPUTS * UNITS), theta }),
  );
}
