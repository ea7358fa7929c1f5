import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import type { Loss } from "../../src/loss/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import type { HeadProblem } from "./dense_hessian.ts";

/** Kernels for tests of the landscape. */
export const kernels: Kernels = await loadKernels("simd");

/** What a random problem is made of. */
export interface HeadShape {
  readonly n?: number;
  readonly d: number;
  readonly k: number;
  /** Size of w and V; 0 makes w exactly 0. */
  readonly scaleW?: number;
  readonly scaleV?: number;
}

/** Random inputs, features, targets that the loss takes, and a head of the given scales. */
export function randomHead(loss: Loss, seed: number, { n = 30, d, k, scaleW = 1, scaleV = 1 }: HeadShape): HeadProblem {
  const [forX, forF, forY, forW, forV] = split(key(seed), 5);
  const draws = normal(forY, n);
  const y = loss.target === "class"
    ? draws.map((value) => value < 0 ? -1 : 1)
    : loss.name === "poisson"
    ? draws.map((value) => Math.floor(Math.abs(2 * value)))
    : draws;
  return {
    x: matrix(n, d, normal(forX, n * d)),
    f: matrix(n, k, normal(forF, n * k).map(Math.tanh)),
    y,
    loss,
    w: normal(forW, d).map((value) => scaleW * value / Math.sqrt(d)),
    V: matrix(d, k, normal(forV, d * k).map((value) => scaleV * value / Math.sqrt(k))),
  };
}
