import type { FittedNetwork } from "../../src/train/mod.ts";
import { type AnyLoss, isJoint } from "../../src/loss/mod.ts";
import { activation, chain, dense, type Network, network } from "../../src/nn/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import type { HeadProblem } from "../support/dense_hessian.ts";
import { naiveFeatures } from "../support/naive_network.ts";

/** What a random network on random data is made of. */
export interface FittedShape {
  /** Rows (default 60). */
  readonly n?: number;
  /** Inputs, the constant 1 counted (default 4). */
  readonly d?: number;
  /** Features (default 3). */
  readonly k?: number;
  /** Outputs (default 1; softmax 3). */
  readonly m?: number;
  /** The network; a layer of tanh units by default. */
  readonly net?: Network;
}

/** A network at a random point, on data of which no linear predictor knows everything; the first input is 1. */
export function randomFit(loss: AnyLoss, seed: number, shape: FittedShape = {}): FittedNetwork {
  const { n = 60, d = 4, k = 3, m = isJoint(loss) ? 3 : 1 } = shape;
  const net = shape.net ?? network(d, chain(dense(d, k), activation("tanh")), { outputs: m });
  const [forX, forY, forParams] = split(key(seed), 3);
  const x = normal(forX, n * d).map((value, at) => at % d === 0 ? 1 : value);
  const noise = normal(forY, n * m);
  const score = (i: number, a: number) => {
    const [first, second] = [x[i * d + 1], x[i * d + (2 + a) % d]];
    return Math.sin(2 * first + a) + 0.5 * second + noise[i * m + a];
  };
  const y = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    const scores = Array.from({ length: m }, (_, a) => score(i, a));
    const best = scores.indexOf(Math.max(...scores));
    scores.forEach((value, a) => {
      y[i * m + a] = isJoint(loss)
        ? Number(a === best)
        : loss.target === "class"
        ? value > 0 ? 1 : -1
        : loss.name === "poisson"
        ? Math.floor(Math.abs(2 * value))
        : value;
    });
  }
  const params = normal(forParams, net.size).map((value) => value / 2);
  return { net, params, loss, examples: { x: matrix(n, d, x), y } };
}

/** The head of a fit as plain values, its features straight from the definition of the network. */
export function plainHead({ net, params, loss, examples: { x, y } }: FittedNetwork): HeadProblem {
  const { d, k, outputs: m } = net;
  const f = new Float64Array(x.rows * k);
  for (let i = 0; i < x.rows; i++) f.set(naiveFeatures(net, params, [...x.data.subarray(i * d, (i + 1) * d)]), i * k);
  return {
    x,
    f: matrix(x.rows, k, f),
    y,
    loss,
    W: matrix(m, d, params.slice(0, m * d)),
    V: matrix(d, k, params.slice(m * d, m * d + d * k)),
  };
}
