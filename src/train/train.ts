import { isShared, type Kernels } from "../kernels/mod.ts";
import { isBuiltIn, type Network, network } from "../nn/mod.ts";
import { createBatches, type Objective, stepOperations } from "../objective/mod.ts";
import { andThen, cosine, createTrainer, intoBall, penalty, sgd } from "../optim/mod.ts";
import { fold } from "../random/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { runKey } from "./starts.ts";
import type { CheckTask, RunName } from "./check_types.ts";

/** Momentum of SGD. */
const MOMENTUM = 0.9;

/** Gradients are clipped to this norm: what keeps the large start finite. */
const LONGEST_GRADIENT = 10;

/** Operations of a step from which threads that share it gain more than their three meetings cost: tens of microseconds of work. */
const WORTH_SHARING = 1e6;

/** Where SGD is after an epoch. */
export interface Trained {
  /** The parameters. */
  readonly params: Vector;
  /** Steps so far. */
  readonly steps: number;
  /** Whether the next epoch left the finite numbers; the point is then the last finite one. */
  readonly diverged: boolean;
}

/** SGD, epoch by epoch; ends early, at the last point where F is finite, when it leaves the finite numbers. */
export function* train(
  kernels: Kernels,
  task: CheckTask,
  objective: Objective,
  name: RunName,
  start: Vector,
): Generator<Trained> {
  const { settings, examples } = task;
  const net = network(examples.x.cols, settings.theta);
  const batch = Math.min(settings.batch, examples.x.rows);
  using batches = createBatches(kernels, net, task.loss, examples, {
    batch,
    dtype: settings.dtype,
    parts: threadsFor(kernels, task, net, batch),
  });
  if (batches.crew) task.recruit!(batches.crew);
  const steps = Math.max(1, Math.ceil(examples.x.rows / batch) * settings.epochs);
  const head = { length: net.d + net.d * net.k };
  const descent = sgd({
    learningRate: cosine(settings.learningRate, steps),
    momentum: MOMENTUM,
    clip: LONGEST_GRADIENT,
  });
  const transform = andThen(
    andThen(penalty(settings.penalty ?? 0, head), descent),
    intoBall(settings.ball ?? Infinity, head),
  );
  const trainer = createTrainer({ batches, transform, batch, key: fold(runKey(name.seed, name.start), "order") });
  let state = trainer.start(start);
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const next = trainer.epoch(state);
    const finite = Number.isFinite(objective.value(next.params));
    const diverged = next.diverged || !finite;
    if (finite) state = next;
    yield { params: state.params, steps: state.step, diverged };
    if (diverged) return;
  }
}

/** How many threads share a step: those that the run has, if they can share it and it is worth their meeting. */
function threadsFor(
  { memory }: Kernels,
  { threads = 1, recruit, loss }: CheckTask,
  net: Network,
  batch: number,
): number {
  const shareable = isShared(memory) && loss.code !== null && isBuiltIn(net.body);
  return shareable && recruit !== undefined && stepOperations(net, batch) >= WORTH_SHARING ? threads : 1;
}
