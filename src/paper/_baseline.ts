import { type BaselineOptions, bestLinear, type LinearBaseline } from "../baseline/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import type { LinearExamples } from "../objective/mod.ts";
import type { PaperContext } from "./types.ts";

/** The best linear predictor as the context finds it. */
export function bestFor(
  { kernels, baseline = bestLinear }: PaperContext,
  loss: AnyLoss,
  examples: LinearExamples,
  options: BaselineOptions = {},
): LinearBaseline {
  return baseline(kernels, loss, examples, options);
}
