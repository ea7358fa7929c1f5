import { headWith } from "../landscape/mod.ts";
import { joinParts, type Network, network, parallel, splitParts } from "../nn/mod.ts";
import { matrix, type Vector } from "../tensor/mod.ts";
import { predictorOf, splitPredictor } from "./settle.ts";

/** A network and its parameters. */
export interface TrainedNetwork {
  /** The network. */
  readonly net: Network;
  /** Its parameters. */
  readonly params: Vector;
}

/**
 * The average of the predictions of networks as one network: with the features of all side by side it is `A x + C f`, A the mean of the
 * members' W and C their `W V` divided by how many they are; `W = A`, and V is the nearest one to theirs with `W V = C`.
 *
 * @param members Networks of the same inputs and outputs, one or more.
 * @returns The network; null where no V has `A V = C`, as can be with more outputs than inputs.
 * @throws {RangeError} If there is no member, or one of a plain network.
 * @throws {ShapeError} If the members have other numbers of inputs or outputs.
 * @example Two of one feature
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland/nn";
 * const net = network(1, dense(1, 1));
 * const members = [1, 3].map((w) => ({ net, params: Float64Array.of(w, 1, 0.5, 0) }));
 * const { params } = averageNetworks(members)!;
 * // w = 2; w V = (1 / 2, 3 / 2); then theta of both.
 * assertEquals([...params], [2, 0.25, 0.75, 0.5, 0, 0.5, 0]);
 * ```
 */
export function averageNetworks(members: readonly TrainedNetwork[]): TrainedNetwork | null {
  if (members.length === 0) throw new RangeError("Cannot average networks: there must be one or more");
  if (members.some(({ net }) => net.kind === "plain")) {
    throw new RangeError("Cannot average networks: one of them is plain, without x in its prediction");
  }
  const { d, outputs: m } = members[0].net;
  const net = network(d, parallel(...members.map(({ net }) => net.body)), { outputs: m });
  const [A, C, V] = [m * d, m * net.k, d * net.k].map((size) => new Float64Array(size));
  const thetas: Vector[] = [];
  let left = 0;
  for (const { net: member, params } of members) {
    const { k } = member;
    const parts = splitParts(member, params);
    const head = { W: matrix(m, d, parts.w), V: matrix(d, k, parts.V) };
    const [a, c] = splitPredictor(predictorOf(head), m, d, k);
    a.data.forEach((value, at) => A[at] += value / members.length);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < k; j++) C[i * net.k + left + j] = c.data[i * k + j] / members.length;
    }
    for (let i = 0; i < d; i++) V.set(parts.V.subarray(i * k, (i + 1) * k), i * net.k + left);
    thetas.push(parts.theta);
    left += k;
  }
  const W = matrix(m, d, A);
  const head = headWith({ W, V: matrix(d, net.k, V) }, W, matrix(m, net.k, C));
  if (head === null) return null;
  const theta = new Float64Array(thetas.reduce((sum, { length }) => sum + length, 0));
  thetas.reduce((at, one) => (theta.set(one, at), at + one.length), 0);
  return { net, params: joinParts(net, { w: head.W.data, V: head.V.data, theta }) };
}
