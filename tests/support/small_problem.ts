import { bestLinear, type LinearBaseline } from "../../src/baseline/mod.ts";
import type { CheckTask } from "../../src/train/mod.ts";
import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { type Loss, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";

/** A table of `n` rows and `d` columns, the first one constant, whose target bends: linear predictors cannot reach it. */
export function bentData(n: number, d: number, seed: number): CheckTask["examples"] {
  const draws = normal(key(seed), n * d);
  const data = draws.map((value, i) => i % d === 0 ? 1 : value);
  const y = Float64Array.from({ length: n }, (_, i) => Math.sin(2 * data[i * d + 1]) + 0.3 * data[i * d + d - 1]);
  return { x: { rows: n, cols: d, data }, y };
}

/** A check with the kernels and the linear predictor that it was made with. */
export interface SmallTask {
  readonly kernels: Kernels;
  readonly task: CheckTask;
  readonly linear: LinearBaseline;
}

/** A check of `k` tanh units on {@linkcode bentData}, small enough for many of them. */
export async function smallTask(
  options: { readonly loss?: Loss; readonly k?: number; readonly epochs?: number } = {},
): Promise<SmallTask> {
  const { loss = squared, k = 4, epochs = 4 } = options;
  const kernels = await loadKernels("simd");
  const examples = bentData(40, 3, 7);
  const linear = bestLinear(kernels, loss, examples);
  const task: CheckTask = {
    net: network(3, chain(dense(3, k), activation("tanh"))),
    settings: {
      epochs,
      batch: 8,
      learningRate: 0.02,
      epsilon: 1e-6,
      descend: true,
      dtype: "f64",
      radius: 100,
      penalty: null,
      ball: null,
    },
    loss,
    examples,
    linear,
  };
  return { kernels, task, linear };
}

/** The return value of a generator; its steps are ignored. */
export function finish<R>(steps: Generator<unknown, R>): R {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value as R;
  }
}
