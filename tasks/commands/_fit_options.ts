import { choice, flag, type HelpParts, integer, integerOrAuto, positive, text } from "../../src/cli/mod.ts";
import { networkOptions, problemOptions } from "./_shared_options.ts";

/** The options of `fit`. */
export const fitOptions = {
  ...problemOptions,
  ...networkOptions,
  valid: positive(null, "Share of the rows to hold out, such as 0.2, and to measure the model on"),
  cv: integer(0, 0, "Folds of a cross-validation, which comes before the model on all rows; 0 for none"),
  start: choice(["linear", "random"], "linear", "Where training starts: the best linear predictor, or at random"),
  seed: integer(1, 0, "Where every random number comes from"),
  epochs: integer(100, 0, "Most passes over the rows by SGD"),
  batch: integer(32, 1, "Rows of a minibatch"),
  rate: positive(0.02, "Learning rate at the start; a cosine schedule takes it to 0"),
  patience: integer(0, 0, "Epochs without a better held-out loss after which SGD stops; 0 for never"),
  epsilon: positive(
    1e-6,
    "What counts as stationary: a gradient over (W, V) of at most this, and a smallest eigenvalue to match",
  ),
  radius: positive(100, "Norm of the linear predictor to compare with when no best one exists"),
  out: text("FOLDER", "Where the run is saved; must be new or empty (default runs/fit-<time>)"),
  "keep-path": flag("Keep the parameters after every epoch in path.npy, for surface --plane path"),
  resume: text("FOLDER", "Go on with the interrupted run in this folder, with its own options"),
  "metrics-out": text("FILE", "Write the figures as JSON to this file too"),
  workers: integerOrAuto("How many threads; results do not depend on it"),
  dtype: choice(["f64", "f32"], "f64", "Precision of SGD; everything else is f64 (default f64)"),
  kernels: choice(["relaxed", "simd", "js"], null, "Which kernels (default: the fastest that this runtime has)"),
  require: choice(["holds"], null, "What the exit code asks for: `holds` ends with 1 also where a claim is undecided"),
  json: flag("Print the report as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

/** What the help of `fit` says. */
export const aboutFit: HelpParts = {
  name: "fit",
  summary:
    "Trains one residual network p = W(x + V f(x)) on a table, from the best linear predictor down, settles (W, V) at the best value " +
    "that its features allow, and writes the model with its certificate. Numbers, two classes, more classes and several targets are " +
    "told apart by the target; categorical columns are one-hot encoded. Without --data it uses data/diabetes.csv.",
  options: fitOptions,
  notes: [
    "The folder holds model.safetensors, verdict.json, trajectory.csv, config.json and report.html.",
    "An interrupted run goes on with --resume FOLDER; it loses at most the last second, and ends with the same bits.",
    "Exit codes: 0 the model is written and no claim fails; 1 a claim fails, or is undecided and --require holds asks for a decision; 2 bad " +
    "usage or bad input; 3 interrupted, what was finished is kept; 4 an internal fault.",
  ],
  examples: [
    ["--valid 0.25", "the bundled table, a quarter of it held out"],
    ["--data houses.csv --target price --missing mean --valid 0.2", "a table of your own, with missing values"],
    ["--data data/iris.csv --target species --cv 5", "three classes, cross-validated"],
    ["--data plant.csv --target yield,purity --width 64 --depth 2", "two targets at once"],
    ["--resume runs/fit-2026-11-24T09-30-05-125", "go on after an interruption"],
  ],
};
