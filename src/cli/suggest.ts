import leven from "npm:leven@4.1.0";

/** Words that other programs have, and ours for the same. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  rate: ["lr", "learning-rate", "learning-rate-init", "eta", "step-size"],
  depth: ["layers", "num-layers", "n-layers", "hidden-layers"],
  width: ["hidden", "hidden-size", "hidden-dim", "hidden-layer-sizes", "units", "neurons"],
  epochs: ["max-iter", "iterations", "iters", "num-epochs", "n-epochs"],
  batch: ["batch-size", "minibatch"],
  regularise: ["regularize", "alpha", "lambda", "l2", "weight-decay"],
  valid: ["validation", "validation-split", "validation-fraction", "test-size", "holdout"],
  cv: ["folds", "k-folds", "n-splits"],
  folds: ["cv", "k-folds", "n-splits"],
  seed: ["random-state", "random-seed"],
  workers: ["threads", "jobs", "n-jobs", "cores"],
  target: ["label", "y", "response", "outcome", "dependent"],
  data: ["input", "file", "csv", "table", "dataset"],
  out: ["output", "output-dir", "outdir", "output-file"],
  quiet: ["silent"],
  dtype: ["precision"],
  activation: ["nonlinearity"],
  patience: ["early-stopping", "n-iter-no-change"],
  "no-intercept": ["fit-intercept", "no-bias"],
};

/** How many letters may be wrong for a word to count as mistyped: a third of it, at least one. */
const tolerance = (word: string): number => Math.max(1, Math.floor(word.length / 3));

/**
 * The end of a sentence that offers the word for what other programs call so, else the closest known word, or nothing when none is close.
 *
 * @param word What was typed.
 * @param known The words that exist.
 * @param prefix What stands before a word, such as `--`.
 * @returns For example `, did you mean --epochs?`, or an empty text.
 * @example One letter short
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(didYouMean("epoch", ["epochs", "seeds"], "--"), ", did you mean --epochs?");
 * assertEquals(didYouMean("learning_rate", ["epochs", "rate"], "--"), ", did you mean --rate?");
 * assertEquals(didYouMean("xyz", ["epochs", "seeds"], "--"), "");
 * ```
 */
export function didYouMean(word: string, known: readonly string[], prefix = ""): string {
  const usual = word.toLowerCase().replaceAll("_", "-");
  const same = known.find((name) => name === usual || SYNONYMS[name]?.includes(usual));
  if (same !== undefined) return `, did you mean ${prefix}${same}?`;
  const [best] = known
    .map((name) => ({ name, distance: leven(word, name) }))
    .filter(({ name, distance }) => distance <= tolerance(name))
    .sort((a, b) => a.distance - b.distance);
  return best ? `, did you mean ${prefix}${best.name}?` : "";
}
