import { bestLinear } from "../baseline/mod.ts";
import { squared } from "../loss/mod.ts";
import { activation, chain, dense, initialParameters, joinParts, network } from "../nn/mod.ts";
import { createBatches, createLinearObjective, createObjective, type Examples } from "../objective/mod.ts";
import { cosine, createTrainer, sgd } from "../optim/mod.ts";
import { fold, type Key, key, normal } from "../random/mod.ts";
import { type Finding, type PaperContext, SHAMIR, type Statement } from "./types.ts";

/** Rows to train on and to hold out, inputs with the intercept, units. */
const [TRAINING, HELD_OUT, INPUTS, UNITS] = [300, 300, 5, 24];

const [EPOCHS, BATCH, RATE] = [150, 30, 0.05];

/** What a ResNet gains where linear predictors cannot follow: a target with interactions. */
export const betterThanLinear: Statement = {
  id: "better-than-linear",
  statement:
    "On a target with interactions, ResNets started at the best linear predictor end well below it, on the rows they were " +
    "trained on and on rows held out",
  source: `${SHAMIR}, introduction; measured here`,
  needsConvex: false,
  check,
};

/** SGD from the best linear predictor, V = 0; the mean squared error of noise alone would be 0.005. */
function check(context: PaperContext): Finding {
  const seeds = context.quick ? 5 : 20;
  const [training, heldOut]: readonly [number[], number[]] = [[], []];
  for (let seed = 0; seed < seeds; seed++) {
    const own = fold(fold(key(context.seed), "better-than-linear"), seed);
    const found = compare(
      context,
      own,
      exampleRows(fold(own, "training"), TRAINING),
      exampleRows(fold(own, "held-out"), HELD_OUT),
    );
    training.push(found.training);
    heldOut.push(found.heldOut);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
  const worst = Math.max(...training, ...heldOut);
  return {
    status: worst < 1 ? "holds" : "fails",
    measured: worst,
    bound: 1,
    points: seeds,
    numbers: {
      trainingMean: mean(training),
      trainingDeviation: deviation(training),
      heldOutMean: mean(heldOut),
      heldOutDeviation: deviation(heldOut),
    },
  };
}

/** `y = x1 + x2 x3 / 2 + noise / 10` with a constant first column. */
function exampleRows(from: Key, rows: number): Examples {
  const data = normal(fold(from, "x"), rows * INPUTS).map((value, at) => at % INPUTS === 0 ? 1 : value);
  const at = (i: number, j: number) => data[i * INPUTS + j];
  const y = normal(fold(from, "y"), rows).map((noise, i) => at(i, 1) + at(i, 2) * at(i, 3) / 2 + 0.1 * noise);
  return { x: { rows, cols: INPUTS, data }, y };
}

/** The loss of the trained network as a share of the best linear predictor's, on both sets of rows. */
function compare({ kernels }: PaperContext, own: Key, training: Examples, heldOut: Examples) {
  const net = network(INPUTS, chain(dense(INPUTS, UNITS), activation("tanh")));
  const { weights, value } = bestLinear(kernels, squared, training);
  const start = joinParts(net, {
    w: weights,
    V: new Float64Array(INPUTS * UNITS),
    theta: initialParameters(fold(own, "theta"), net.theta),
  });
  using batches = createBatches(kernels, net, squared, training, { batch: BATCH });
  const transform = sgd({ learningRate: cosine(RATE, EPOCHS * TRAINING / BATCH), momentum: 0.9, clip: 10 });
  const trainer = createTrainer({ batches, transform, batch: BATCH, key: fold(own, "order") });
  let state = trainer.start(start);
  for (let epoch = 0; epoch < EPOCHS; epoch++) state = trainer.epoch(state);
  using onTraining = createObjective(kernels, net, squared, training);
  using onHeldOut = createObjective(kernels, net, squared, heldOut);
  using linear = createLinearObjective(kernels, squared, heldOut);
  return {
    training: onTraining.value(state.point) / value,
    heldOut: onHeldOut.value(state.point) / linear.at(weights).value,
  };
}
