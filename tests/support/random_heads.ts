import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import type { Comparator } from "../../src/landscape/mod.ts";
import { type AnyLoss, isJoint, LOSSES, softmax } from "../../src/loss/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import type { HeadProblem } from "./dense_hessian.ts";

/** Kernels for tests of the landscape. */
export const kernels: Kernels = await loadKernels("simd");

/** Every loss of the project, the joint one among them. */
export const ALL_LOSSES: readonly AnyLoss[] = [...LOSSES, softmax];

/** What a random problem is made of. */
export interface HeadShape {
  readonly n?: number;
  readonly d: number;
  readonly k: number;
  /** Outputs (default 1; softmax 3). */
  readonly m?: number;
  /** Rank of W (default min(m, d)). */
  readonly rank?: number;
  /** Size of W and V; 0 makes W exactly 0. */
  readonly scaleW?: number;
  readonly scaleV?: number;
}

/** Random inputs, features, targets that the loss takes, and a head of the given scales. */
export function randomHead(loss: AnyLoss, seed: number, shape: HeadShape): HeadProblem {
  const { n = 30, d, k, m = isJoint(loss) ? 3 : 1, scaleW = 1, scaleV = 1 } = shape;
  const { rank = Math.min(m, d) } = shape;
  const [forX, forF, forY, forW, forV] = split(key(seed), 5);
  const draws = normal(forY, n * m);
  const y = isJoint(loss)
    ? draws.map((_, at) => at % m === Math.floor(Math.abs(10 * draws[at - at % m])) % m ? 1 : 0)
    : loss.target === "class"
    ? draws.map((value) => value < 0 ? -1 : 1)
    : loss.name === "poisson"
    ? draws.map((value) => Math.floor(Math.abs(2 * value)))
    : draws;
  const W = normal(forW, m * d).map((value) => scaleW * value / Math.sqrt(d));
  // The rows beyond the rank repeat earlier ones, exactly scaled.
  for (let a = Math.max(rank, 0); a < m; a++) {
    for (let j = 0; j < d; j++) W[a * d + j] = rank === 0 ? 0 : W[(a % rank) * d + j] / 2;
  }
  return {
    x: matrix(n, d, normal(forX, n * d)),
    f: matrix(n, k, normal(forF, n * k).map(Math.tanh)),
    y,
    loss,
    W: matrix(m, d, W),
    V: matrix(d, k, normal(forV, d * k).map((value) => scaleV * value / Math.sqrt(k))),
  };
}

/** A random linear predictor with its mean loss, computed row by row. */
export function randomComparator({ x, y, loss, W }: HeadProblem, seed: number, scale = 1): Comparator {
  const A = matrix(W.rows, W.cols, normal(key(seed), W.data.length).map((value) => scale * value));
  return { A, C: null, value: linearLoss({ x, y, loss }, A.data) };
}

/** The mean loss of `A x`, in plain loops. */
export function linearLoss({ x, y, loss }: Pick<HeadProblem, "x" | "y" | "loss">, weights: Float64Array): number {
  const [n, d] = [x.rows, x.cols];
  const m = y.length / n;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const p = Float64Array.from({ length: m }, (_, a) => {
      let dot = 0;
      for (let j = 0; j < d; j++) dot += weights[a * d + j] * x.data[i * d + j];
      return dot;
    });
    const own = y.slice(i * m, (i + 1) * m);
    sum += isJoint(loss)
      ? loss.evaluate({ n: 1, m, p, y: own }, 1, [])
      : p.reduce((total, value, a) => total + loss.value(value, own[a]), 0);
  }
  return sum / n;
}
