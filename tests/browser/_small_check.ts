import {
  activation,
  bestLinear,
  chain,
  checkRun,
  dense,
  key,
  loadKernels,
  matrix,
  normal,
  squared,
} from "../../src/mod.ts";

/** What a check comes to. */
export interface SmallCheck {
  readonly kernels: string;
  /** The loss of the best linear predictor. */
  readonly linear: number;
  /** The loss of the last point. */
  readonly value: number;
  readonly stationary: boolean;
  /** Whether the last point is at or below linear. */
  readonly below: boolean;
}

/**
 * A check of one run on a small table, through the library alone: the best linear predictor, training, the way to a
 * stationary point, and its certificates. The kernels are those that repeat to the bit on every machine.
 */
export async function smallCheck(): Promise<SmallCheck> {
  const kernels = await loadKernels("simd");
  const [rows, d] = [60, 4];
  const draws = normal(key(1), rows * d);
  const x = matrix(rows, d, draws.map((value, at) => at % d === 0 ? 1 : value));
  const y = Float64Array.from({ length: rows }, (_, i) => draws[i * d + 1] + Math.max(0, draws[i * d + 2]) / 2);
  const linear = bestLinear(kernels, squared, { x, y });
  const steps = checkRun(kernels, {
    examples: { x, y },
    linear,
    loss: squared,
    threads: 1,
    settings: {
      theta: chain(dense(d, 8), activation("tanh")),
      epochs: 20,
      batch: 16,
      learningRate: 0.02,
      epsilon: 1e-6,
      descend: true,
      dtype: "f64",
      radius: 100,
      penalty: null,
      ball: null,
    },
  }, { seed: 1, start: "default" });
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { points } = step.value;
  const last = points[points.length - 1];
  return {
    kernels: kernels.name,
    linear: linear.value,
    value: last.value,
    stationary: last.stationary,
    below: last.value <= linear.value,
  };
}

Object.assign(globalThis, { smallCheck });
