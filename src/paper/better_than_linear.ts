import { SHAMIR } from "../claims/mod.ts";
import { type AnyLoss, squared } from "../loss/mod.ts";
import { activation, chain, dense, initialParameters, joinParts, network } from "../nn/mod.ts";
import { createBatches, createLinearObjective, createObjective, type Examples } from "../objective/mod.ts";
import { cosine, createTrainer, sgd } from "../optim/mod.ts";
import { fold, type Key, key, normal, permutation } from "../random/mod.ts";
import { norm, scaled } from "../tensor/mod.ts";
import { bestFor } from "./_baseline.ts";
import type { Finding, PaperContext, Recorded, Statement } from "./types.ts";

/** Rows to train on and to hold out, inputs with the intercept, units. */
const [TRAINING, HELD_OUT, INPUTS, UNITS] = [300, 300, 5, 24];

const [EPOCHS, BATCH, RATE] = [150, 30, 0.05];

/** Norm of the linear predictor where the infimum is not attained. */
const RADIUS = 10;

/** The largest share of the linear loss is below 1. */
function statusOf({ measured }: Recorded): Finding["status"] {
  return measured !== null && measured < 1 ? "holds" : "fails";
}

/** What a ResNet gains on a target with interactions, which linear predictors cannot represent. */
export const betterThanLinear: Statement = {
  id: "better-than-linear",
  statement:
    "ResNets started at the best linear predictor end below it on the rows that they were trained on; on a target with " +
    "interactions also on held-out rows, which real data need not allow",
  source: `${SHAMIR}, introduction; measured here`,
  needsConvex: false,
  check,
  statusOf,
};

/** SGD from the best linear predictor, V = 0; on the synthetic target the mean squared error of noise alone would be 0.005. */
function check(context: PaperContext): Finding {
  const seeds = context.quick ? 5 : 20;
  const rows = problemsOf(context).map((problem) => {
    const shares = Array.from({ length: seeds }, (_, seed) => {
      const own = fold(fold(fold(key(context.seed), "better-than-linear"), problem.name), seed);
      return compare(context, own, problem);
    });
    return {
      shares,
      name: problem.name,
      training: spreadOf(shares.map(({ training }) => training)),
      heldOut: spreadOf(shares.map(({ heldOut }) => heldOut)),
    };
  });
  const [synthetic] = rows;
  const found = {
    measured: Math.max(synthetic.heldOut.largest, ...rows.map(({ training }) => training.largest)),
    bound: 1,
    points: seeds * rows.length,
    numbers: Object.fromEntries(
      rows.flatMap(({ name, training, heldOut }) => [
        [`${name}.training.mean`, training.mean],
        [`${name}.training.deviation`, training.deviation],
        [`${name}.heldOut.mean`, heldOut.mean],
        [`${name}.heldOut.deviation`, heldOut.deviation],
      ]),
    ),
  };
  const cells = rows.map(({ name, training, heldOut }) => [
    ...[name, training.mean, training.deviation],
    ...[heldOut.mean, heldOut.deviation],
  ]);
  return {
    ...found,
    status: statusOf(found),
    chart: {
      title: "Loss as a share of the best linear predictor's: training rows and held-out rows",
      x: "on the rows trained on",
      y: "on held-out rows",
      linear: "both",
      equality: true,
      series: rows.map(({ name, shares }) => ({
        name,
        points: shares.map(({ training, heldOut }) => [training, heldOut] as const),
        dots: true,
      })),
    },
    listing: {
      title: `Loss of the ResNet as a share of the best linear predictor's, over ${seeds} seeds`,
      columns: ["data", "training, mean", "deviation", "held out, mean", "deviation"],
      rows: cells,
    },
  };
}

/** Data to train on and to hold out, and how long to train. */
interface Problem {
  readonly name: string;
  readonly epochs: number;
  readonly loss: AnyLoss;
  readonly draw: (own: Key) => readonly Examples[];
}

/** The synthetic target, and the tables that there are. */
const problemsOf = ({ tables = [] }: PaperContext): readonly Problem[] => [
  {
    name: "synthetic",
    epochs: EPOCHS,
    loss: squared,
    draw: (own) => [TRAINING, HELD_OUT].map((rows, part) => exampleRows(fold(own, part), rows)),
  },
  ...tables.map((table) => ({
    name: table.name,
    epochs: EPOCHS / 3,
    loss: table.loss,
    draw: (own: Key) => splitRows(table, permutation(own, table.x.rows)),
  })),
];

function spreadOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square), largest: Math.max(...values) };
}

/** Three quarters of the rows of a table, in a random order, and the rest. */
function splitRows({ x, y }: Examples, order: Uint32Array): readonly Examples[] {
  const m = y.length / x.rows;
  const cut = Math.floor(0.75 * x.rows);
  return [order.subarray(0, cut), order.subarray(cut)].map((rows) => ({
    x: {
      rows: rows.length,
      cols: x.cols,
      data: Float64Array.from(
        { length: rows.length * x.cols },
        (_, at) => x.data[rows[Math.floor(at / x.cols)] * x.cols + at % x.cols],
      ),
    },
    y: Float64Array.from({ length: rows.length * m }, (_, at) => y[rows[Math.floor(at / m)] * m + at % m]),
  }));
}

/** `y = x1 + x2 x3 / 2 + noise / 10` with a constant first column. */
function exampleRows(from: Key, rows: number): Examples {
  const data = normal(fold(from, "x"), rows * INPUTS).map((value, at) => at % INPUTS === 0 ? 1 : value);
  const at = (i: number, j: number) => data[i * INPUTS + j];
  const y = normal(fold(from, "y"), rows).map((noise, i) => at(i, 1) + at(i, 2) * at(i, 3) / 2 + 0.1 * noise);
  return { x: { rows, cols: INPUTS, data }, y };
}

/** The best linear predictor; where the infimum is not attained, one of modest norm on the way to it, as SGD would find. */
function startOf(context: PaperContext, loss: AnyLoss, training: Examples) {
  const { weights, value, attained } = bestFor(context, loss, training, { radius: RADIUS });
  if (attained) return { weights, value };
  const short = scaled(Math.min(1, RADIUS / norm(weights)), weights);
  using linear = createLinearObjective(context.kernels, loss, training);
  return { weights: short, value: linear.at(short).value };
}

/** The loss of the trained network as a share of the best linear predictor's, on both sets of rows. */
function compare(context: PaperContext, own: Key, { epochs, loss, draw }: Problem) {
  const { kernels } = context;
  const [training, heldOut] = draw(fold(own, "data"));
  const { rows, cols } = training.x;
  const outputs = training.y.length / rows;
  const net = network(cols, chain(dense(cols, UNITS), activation("tanh")), { outputs });
  const { weights, value } = startOf(context, loss, training);
  const start = joinParts(net, {
    w: weights,
    V: new Float64Array(cols * UNITS),
    theta: initialParameters(fold(own, "theta"), net.body, net.d),
  });
  using batches = createBatches(kernels, net, loss, training, { batch: BATCH });
  const transform = sgd({
    learningRate: cosine(RATE, epochs * Math.ceil(rows / BATCH)),
    momentum: 0.9,
    clip: 10,
  });
  const trainer = createTrainer({ batches, transform, batch: BATCH, key: fold(own, "order") });
  let state = trainer.start(start);
  for (let epoch = 0; epoch < epochs; epoch++) state = trainer.epoch(state);
  using onTraining = createObjective(kernels, net, loss, training);
  using onHeldOut = createObjective(kernels, net, loss, heldOut);
  using linear = createLinearObjective(kernels, loss, heldOut);
  return {
    training: onTraining.value(state.params) / value,
    heldOut: onHeldOut.value(state.params) / linear.at(weights).value,
  };
}
