import type { Scaling } from "../data/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { Targets } from "./metrics.ts";
import { encodeSafetensors, type Tensor } from "./safetensors.ts";

/** The schema that a file of last layers names. */
export const HEAD_SCHEMA = "resland/head@1";

/** The best last layers on the features of a model. */
export interface Heads {
  /** Without the skip: weights [m, 1 + k] of `[1 f]`. */
  readonly head: Vector;
  /** With it: weights [m, 1 + k + d] of `[1 f x]`, x standardised and without an intercept. */
  readonly skip: Vector;
  /** k. */
  readonly k: number;
  /** How the targets and inputs were encoded; `features` are the names of x. */
  readonly data: Targets & { readonly features: readonly string[]; readonly standardisation: { readonly x: Scaling } };
  /** Whether the model has an output for each of two classes. */
  readonly pairs: boolean;
}

/**
 * The best last layers as safetensors, in PyTorch's layout and the user's units: `weight` [outputs, k] and `bias` [outputs] load into the
 * model's last `nn.Linear`; `with_skip.weight`, `with_skip.bias` and `with_skip.inputs` [outputs, d] give `weight f + inputs x + bias` for x as the
 * table has it, its categorical columns one-hot encoded, in the order of the metadata `inputs`. Values are in the target's own unit, classes as logits;
 * where the model has two outputs for two classes, each gets half of the log-odds.
 *
 * @param heads The weights and their encoding.
 * @returns The bytes of the file.
 * @example y = 10 + 2 f for a target of mean 10 and scale 2
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeSafetensors } from "@resland/resland/model";
 * const standardisation = { x: { mean: [5], scale: [2] }, y: { mean: [10], scale: [2] } };
 * const data = { targets: ["y"], classes: null, outputs: 1, features: ["x"], standardisation };
 * const file = encodeHeads({ head: Float64Array.of(0, 1), skip: Float64Array.of(0, 1, 4), k: 1, data, pairs: false });
 * const { tensors } = decodeSafetensors(file, "head.safetensors");
 * assertEquals(["weight", "bias", "with_skip.inputs", "with_skip.bias"].map((name) => [...tensors.get(name)!.data]), [[2], [10], [4], [-10]]);
 * ```
 */
export function encodeHeads({ head, skip, k, data, pairs }: Heads): Uint8Array {
  const { outputs: m, features, classes, targets, standardisation: { x, y } } = data;
  const d = features.length;
  const scale = (a: number): number => y?.scale[a] ?? 1;
  const parts = (weights: Vector, width: number) => {
    const [weight, inputs, bias] = [new Float64Array(m * k), new Float64Array(m * d), new Float64Array(m)];
    for (let a = 0; a < m; a++) {
      const row = weights.subarray(a * width, (a + 1) * width);
      bias[a] = row[0] * scale(a) + (y?.mean[a] ?? 0);
      for (let j = 0; j < k; j++) weight[a * k + j] = row[1 + j] * scale(a);
      for (let j = 0; j < width - 1 - k; j++) {
        const slope = row[1 + k + j] * scale(a) / x.scale[j];
        inputs[a * d + j] = slope;
        bias[a] -= slope * x.mean[j];
      }
    }
    return { weight, inputs, bias };
  };
  const spread = (rows: Vector, width: number): Tensor => {
    const shape = width === 0 ? [] : [width];
    if (!pairs) return { shape: [m, ...shape], data: rows };
    return {
      shape: [2, ...shape],
      data: Float64Array.from([...rows.map((value) => -value / 2), ...rows.map((value) => value / 2)]),
    };
  };
  const [plain, both] = [parts(head, 1 + k), parts(skip, 1 + k + d)];
  const tensors = new Map<string, Tensor>([
    ["weight", spread(plain.weight, k)],
    ["bias", spread(plain.bias, 0)],
    ["with_skip.weight", spread(both.weight, k)],
    ["with_skip.bias", spread(both.bias, 0)],
    ["with_skip.inputs", spread(both.inputs, d)],
  ]);
  const values = { schema: HEAD_SCHEMA, inputs: features, targets, classes };
  return encodeSafetensors({
    tensors,
    metadata: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)])),
  });
}
