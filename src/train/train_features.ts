import type { Kernels } from "../kernels/mod.ts";
import { joinParts, type Network, network, parallel, splitParts } from "../nn/mod.ts";
import { relay } from "../tensor/internal.ts";
import type { Vector } from "../tensor/mod.ts";
import { averageNetworks, type TrainedNetwork } from "./average_networks.ts";
import { type Trained, trainNetwork } from "./fit.ts";
import type { FitEvent, FitTask } from "./fit_types.ts";
import { PARTITIONS } from "./fold_counts.ts";

/** A trained network, with the net that its parameters are of: several side by side where there were several seeds. */
export type TrainedFeatures = Trained & { readonly net: Network };

/**
 * The network of an ensemble: the features of as many networks side by side.
 *
 * @param member The network of one seed.
 * @param seeds How many.
 * @returns The network itself for one seed.
 * @example Three times four features
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland";
 * assertEquals(ensembleOf(network(2, dense(2, 4)), 3).k, 12);
 * ```
 */
export function ensembleOf(member: Network, seeds: number): Network {
  if (seeds === 1) return member;
  return network(member.d, parallel(...Array.from({ length: seeds }, () => member.body)), { outputs: member.outputs });
}

/**
 * Trains theta from one seed after another, each by itself ({@linkcode trainNetwork}), and joins the networks as their average: one network again,
 * `p = A x + C [f_1 ... f_s]`, whose (W, V) a convex problem can settle over all features together. With one seed it is {@linkcode trainNetwork}.
 *
 * @param kernels The kernels to compute with.
 * @param task The network of one seed, the data and the settings; `settings.seeds` says how many (default 1).
 * @param linear The linear predictor to start from where that is asked for, and to measure epochs against.
 * @returns A generator that yields as {@linkcode trainNetwork} does, one seed after another, and returns the network; the history is that of
 * the first seed.
 * @example Two seeds
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bestLinear, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * import { FIT_DEFAULTS } from "@resland/resland/train";
 * const kernels = await loadKernels("simd");
 * const training = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(1, 0, 2) };
 * const settings = { ...FIT_DEFAULTS, epochs: 1, seeds: 2 };
 * const task = { net: network(2, dense(2, 1)), loss: squared, training, heldOut: null, settings };
 * const steps = trainFeatures(kernels, task, bestLinear(kernels, squared, training));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals([step.value.net.k, step.value.params.length], [2, step.value.net.size]);
 * ```
 */
export function* trainFeatures(
  kernels: Kernels,
  task: FitTask,
  linear: { readonly weights: Vector },
): Generator<FitEvent, TrainedFeatures> {
  const { net, settings } = task;
  const { seed, seeds = 1 } = settings;
  if (seeds === 1) return { ...yield* trainNetwork(kernels, task, linear), net };
  const members: Trained[] = [];
  for (let index = 0; index < seeds; index++) {
    // Partitions of a cross-validation have seeds of their own.
    const own = { ...settings, seed: seed + PARTITIONS * index, seeds: 1, keepPath: false };
    const steps = trainNetwork(kernels, { ...task, settings: own, resume: task.resume?.slice(index) }, linear);
    const said = (event: FitEvent): FitEvent => {
      const share = (index + event.share) / (seeds + 1);
      return event.kind === "epoch" ? { ...event, member: index, share } : { ...event, share };
    };
    members.push(yield* relay(steps, said));
  }
  const [first] = members;
  const joined = averageNetworks(members.map(({ params }) => ({ net, params }))) ?? sideBySide(net, members);
  return { ...first, ...joined, diverged: members.some(({ diverged }) => diverged), path: [] };
}

/** The networks beside each other with the W of the first and the V of each: where no (W, V) has their average, settling begins here. */
function sideBySide(member: Network, members: readonly Trained[]): TrainedNetwork {
  const net = ensembleOf(member, members.length);
  const parts = members.map(({ params }) => splitParts(member, params));
  const [V, theta] = [new Float64Array(net.d * net.k), new Float64Array(parts.length * parts[0].theta.length)];
  parts.forEach((part, index) => {
    theta.set(part.theta, index * part.theta.length);
    for (let i = 0; i < net.d; i++) {
      V.set(part.V.subarray(i * member.k, (i + 1) * member.k), i * net.k + index * member.k);
    }
  });
  return { net, params: joinParts(net, { w: parts[0].w, V, theta }) };
}
