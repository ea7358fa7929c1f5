import { type PointStanding, standingBeside } from "../claims/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { createHeadObjective, isStationary, smoothness, sopspEpsilon } from "../landscape/mod.ts";
import { chain, dense, joinParts, type Network, network, splitParts } from "../nn/mod.ts";
import { createObjective } from "../objective/mod.ts";
import { fold, key } from "../random/mod.ts";
import { type Matrix, matrix, type Vector } from "../tensor/mod.ts";
import type { CheckEvent, CheckTask, DescentEnd } from "../train/mod.ts";
import { startPoint } from "../train/mod.ts";
import { createSgd, descend, sgdEpochs } from "../train/internal.ts";

/** Where a plain net ended. */
export interface PlainRun extends PointStanding {
  /** F at the end. */
  readonly value: number;
  /** `||grad F_theta||` over (w, V). */
  readonly gradientNorm: number;
  /** Lower bound of the smallest Hessian eigenvalue over (w, V). */
  readonly lambdaMin: number;
  /** The least epsilon for which the end is second-order stationary. */
  readonly epsilon: number;
  /** Whether it is, to the epsilon asked for. */
  readonly stationary: boolean;
  /** Steps of SGD. */
  readonly steps: number;
  /** Whether SGD diverged. */
  readonly diverged: boolean;
  /** How the descent over (w, V) went. */
  readonly descent: { readonly steps: number; readonly end: DescentEnd };
}

/** What a plain net is trained on; the network is the residual one that it is held against. */
export type PlainTask = Pick<CheckTask, "net" | "loss" | "examples" | "linear" | "settings"> & {
  /** Whether the first column of x is the intercept; then V f has a bias, as the skip would have given it one. */
  readonly intercept: boolean;
};

/**
 * A run of the net without the skip, `p = w'(V f(x) + b)`, held against the residual net of the same body: it starts from the same w, V and theta
 * (b = 0), sees the same rows in the same order, and its (w, V) then descends in the same way to a second-order stationary point. Theta is that of SGD.
 *
 * @param kernels The kernels to compute with.
 * @param task The residual network, the data and the settings; no penalty and no ball.
 * @param seed The seed.
 * @returns A generator that yields as a run of `check` does, and returns where the net ended.
 * @throws {RangeError} If the settings have a penalty or a ball.
 * @example Two dead units know nothing of x, so that the net ends above linear
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { bestLinear, CHECK_DEFAULTS, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const kernels = await loadKernels("simd");
 * const examples = { x: matrix(4, 2, [1, -1, 1, 0, 1, 1, 1, 2]), y: Float64Array.of(-1, 0, 1, 2) };
 * const net = network(2, dense(2, 1));
 * const linear = bestLinear(kernels, squared, examples);
 * const run = plainRun(kernels, { net, loss: squared, examples, linear, settings: { ...CHECK_DEFAULTS, epochs: 2 }, intercept: true }, 1);
 * let step = run.next();
 * while (!step.done) step = run.next();
 * assert(step.value.stationary);
 * assertEquals(step.value.descent.end === "none", false);
 * ```
 */
export function* plainRun(kernels: Kernels, task: PlainTask, seed: number): Generator<CheckEvent, PlainRun> {
  const { net, examples, loss, linear, settings } = task;
  if (settings.penalty !== null || settings.ball !== null) {
    throw new RangeError(
      "Cannot train a plain net with a penalty or a ball: they are about (w, V) of the residual one",
    );
  }
  const plain = withoutSkip(net, task.intercept);
  const trained = yield* train(kernels, task, plain, seed);
  const { head, f } = headAndFeatures(net, plain, trained.params, examples.x, task.intercept);
  // Without the skip the prediction depends on x only through f.
  const x = matrix(examples.x.rows, net.d, new Float64Array(examples.x.rows * net.d));
  using objective = createHeadObjective(kernels, { x, f, y: examples.y, loss });
  let last: { readonly steps: number; readonly end: DescentEnd } = { steps: 0, end: "none" };
  let visit = null;
  for (
    visit of descend(
      objective,
      objective.at(head),
      settings.descend ? settings : { ...settings, descentSteps: 0 },
      linear,
    )
  ) {
    if (settings.descend) last = { steps: visit.steps, end: visit.end ?? "out-of-steps" };
    yield { kind: "settle", share: settings.epochs / (settings.epochs + 1) };
  }
  const { at, lambda } = visit!;
  const point = { gradientNorm: at.gradientNorm, lambda, mu2: smoothness(objective, at).mu2 };
  return {
    value: at.value,
    gradientNorm: at.gradientNorm,
    lambdaMin: lambda.lower,
    epsilon: sopspEpsilon(point),
    stationary: isStationary(point, settings.epsilon),
    steps: trained.steps,
    diverged: trained.diverged,
    descent: last,
    ...standingBeside(objective, at, linear),
  };
}

/** The net without the skip: V is the last layer of its body. */
function withoutSkip({ d, k, body }: Network, bias: boolean): Network {
  return network(d, chain(body, dense(k, d, { bias })), { kind: "plain" });
}

/** SGD over all parameters, from the start of the residual net. */
function* train(
  kernels: Kernels,
  { net, loss, examples, settings }: PlainTask,
  plain: Network,
  seed: number,
): Generator<CheckEvent, { readonly params: Vector; readonly steps: number; readonly diverged: boolean }> {
  const noObjective = () => {
    throw new Error("The default start needs no objective");
  };
  const { w, V, theta } = splitParts(net, startPoint(net, seed, "default", noObjective));
  const body = new Float64Array(plain.size - w.length);
  body.set(theta);
  body.set(V, theta.length);
  using objective = createObjective(kernels, plain, loss, examples);
  const order = fold(fold(key(seed), "default"), "order");
  using sgd = createSgd(kernels, { net: plain, loss, examples, settings, order }, (update) => update);
  let params = joinParts(plain, { w, V: new Float64Array(0), theta: body });
  let [steps, diverged] = [0, false];
  const from = { state: sgd.trainer.start(params), epoch: 0 };
  const lossAt = (reached: Vector) => ({ training: objective.value(reached) });
  for (const { epoch, state, diverged: left } of sgdEpochs(sgd.trainer, from, settings.epochs, lossAt)) {
    [params, steps, diverged] = [state.params as Float64Array, state.step, left];
    yield { kind: "epoch", share: epoch / (settings.epochs + 1) };
  }
  return { params, steps, diverged };
}

/** (w, V) and the features that they meet: those of the body, and a constant for the bias of V. */
function headAndFeatures(net: Network, plain: Network, params: Vector, x: Matrix, bias: boolean) {
  const { w, theta } = splitParts(plain, params as Float64Array);
  const { d, k } = net;
  const size = theta.length - d * k - (bias ? d : 0);
  const features = net.body.forward(theta.subarray(0, size), x).y;
  const V = theta.subarray(size, size + d * k);
  if (!bias) return { head: { W: matrix(1, d, w), V: matrix(d, k, V) }, f: features };
  const b = theta.subarray(size + d * k);
  return {
    head: { W: matrix(1, d, w), V: withColumn(matrix(d, k, V), (row) => b[row]) },
    f: withColumn(features, () => 1),
  };
}

/** A matrix with one more column. */
function withColumn({ rows, cols, data }: Matrix, entry: (row: number) => number): Matrix {
  const out = new Float64Array(rows * (cols + 1));
  for (let row = 0; row < rows; row++) {
    out.set(data.subarray(row * cols, (row + 1) * cols), row * (cols + 1));
    out[row * (cols + 1) + cols] = entry(row);
  }
  return matrix(rows, cols + 1, out);
}
