import { judge } from "../landscape/mod.ts";
import { squared } from "../loss/mod.ts";
import { activation, blockNetwork, blockStates, chain, dense, initialise } from "../nn/mod.ts";
import { createObjective, type Examples } from "../objective/mod.ts";
import { fold, type Key, key, normal } from "../random/mod.ts";
import { combine, joinColumns, matrix } from "../tensor/mod.ts";
import { bestFor } from "./_baseline.ts";
import { dots, startCloud } from "./_cloud.ts";
import { CHEN } from "./_sources.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Statement } from "./types.ts";

/** Rows, inputs with the intercept, units of a block, and most blocks. */
const [ROWS, INPUTS, UNITS, BLOCKS] = [80, 4, 2, 6];

/** Steps of gradient descent over all parameters, and their size. */
const [STEPS, RATE] = [200, 0.05];

/** What each block adds, and the certificate for several blocks. */
export const blockLadder: Statement = {
  id: "block-ladder",
  statement:
    "min H over [x, f_1, ..., f_l] does not rise with l, is at or below the best linear predictor on x, and bounds the loss of a chain of those blocks from " +
    "below, whatever its W and V_l: the gap to it is what the chain could gain if each block's features had weights of their own",
  source:
    `${CHEN}, which bounds a ResNEst by its augmented net in this way; here from section 6 of docs/mathematics.md`,
  needsConvex: false,
  check,
};

/** Chains of one to six blocks, trained by gradient descent; each block's features are added to the columns in turn. */
function check(context: PaperContext): Finding {
  const seeds = context.quick ? 4 : 30;
  let [tally, gains, above] = [EMPTY_TALLY, 0, 0];
  const ladder = Array.from({ length: BLOCKS + 1 }, () => 0);
  const ends = startCloud();
  for (let index = 0; index < seeds; index++) {
    const own = fold(fold(key(context.seed), "block-ladder"), index);
    const examples = examplesOf(own);
    const linear = bestFor(context, squared, examples).value;
    const { value, states } = trained(context, own, examples);
    let [columns, before] = [examples.x, linear];
    ladder[0] += 1 / seeds;
    states.features.forEach((features, block) => {
      columns = joinColumns(columns, features);
      const best = bestFor(context, squared, { x: columns, y: examples.y }).value;
      tally = addTo(tally, judge(before, best, linear, ROWS));
      ladder[block + 1] += best / linear / seeds;
      before = best;
    });
    tally = addTo(tally, judge(value, before, linear, ROWS));
    gains += (value - before) / linear / seeds;
    if (value > linear) above++;
    ends.add(BLOCKS, value / linear);
  }
  return {
    ...findingOf(tally, "right", {
      "left to gain, share of F_lin": gains,
      aboveLinear: above,
      ...Object.fromEntries(ladder.map((share, block) => [`min H after ${block} blocks, share of F_lin`, share])),
    }),
    chart: {
      title: "What each block adds: min H over [x, f_1, ..., f_l], and where chains of six blocks ended",
      x: "blocks",
      y: "loss / F_lin",
      linear: "x",
      series: [
        { name: "min H, mean", points: ladder.map((share, block) => [block, share] as const) },
        dots("chains", ends),
      ],
    },
  };
}

function examplesOf(own: Key): Examples {
  const data = normal(fold(own, "x"), ROWS * INPUTS).map((value, at) => at % INPUTS === 0 ? 1 : value);
  const y = normal(fold(own, "y"), ROWS).map((noise, i) => {
    const [a, b, c] = data.subarray(i * INPUTS + 1, i * INPUTS + 4);
    return a + a * b - Math.sin(2 * c) + 0.3 * noise;
  });
  return { x: matrix(ROWS, INPUTS, data), y };
}

function trained({ kernels }: PaperContext, own: Key, examples: Examples) {
  const net = blockNetwork(
    INPUTS,
    Array.from({ length: BLOCKS }, () => chain(dense(INPUTS, UNITS), activation("tanh"))),
  );
  using objective = createObjective(kernels, net, squared, examples);
  let params = initialise(net, fold(own, "start"));
  for (let step = 0; step < STEPS; step++) {
    params = combine(1, params, -RATE, objective.valueAndGradient(params).gradient);
  }
  return { value: objective.value(params), states: blockStates(net, params, examples.x) };
}
