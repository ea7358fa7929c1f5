import {
  choice,
  flag,
  type HelpParts,
  integer,
  integerOrAuto,
  type Option,
  positive,
  text,
  UsageError,
} from "../../src/cli/mod.ts";
import { FIT_DEFAULTS, type Strengths } from "../../src/train/mod.ts";
import { networkOptions, problemOptions, transformOption, weightOptions } from "./_shared_options.ts";

/** How (W, V) is regularised: chosen, not at all, or by these strengths on w and V'w (f null for infinitely strong). */
export type Regularise = "auto" | "none" | Strengths;

/** An option that takes `auto`, `none` or two strengths. */
function strengths(help: string): Option<Regularise> {
  const problem = (value: string) =>
    new UsageError(`needs auto, none or two numbers above 0 such as 0.1,1 (LF may be inf), got "${value}"`);
  return {
    kind: "value",
    placeholder: "auto|none|LX,LF",
    help: `${help} (default auto)`,
    schema: { type: "string", pattern: "^(auto|none|[^,]+,[^,]+)$" },
    fallback: "auto",
    read([value]) {
      if (value === "auto" || value === "none") return value;
      const parts = value.split(",");
      const [x, f] = parts.map((part) => part.trim() === "inf" ? Infinity : part.trim() === "" ? NaN : Number(part));
      if (parts.length !== 2 || !(x > 0 && x < Infinity) || !(f > 0)) throw problem(value);
      return { x, f: f === Infinity ? null : f };
    },
  };
}

/** The options of `fit`. */
export const fitOptions = {
  ...problemOptions,
  ...weightOptions,
  ...transformOption,
  ...networkOptions,
  valid: positive(null, "Share of the rows to hold out for validation, such as 0.2"),
  cv: integer(0, 0, "Number of cross-validation folds, before training on all rows; 0 for none"),
  "split-column": text("COLUMN", "Hold out the rows that this column marks: train or test, or 0 or 1 (1 is held out)"),
  "group-column": text(
    "COLUMN",
    "Rows with the same value here, such as a patient, stay together in --valid and in folds",
  ),
  "time-column": text(
    "COLUMN",
    "Hold out the latest rows instead of random ones: numbers, or dates as 2024-01-31; with --valid",
  ),
  regularise: strengths(
    "Ridge on w (LX) and V'w (LF): chosen by 5-fold cross-validation, above 20,000 rows by one held-out split (auto); none; or " +
      "two numbers, LF inf for a linear model",
  ),
  start: choice(
    ["constant", "linear", "random"],
    null,
    "Starting point: the best constant (the default), the best linear predictor (the default with --regularise none), or random",
  ),
  seed: integer(1, 0, "Random seed"),
  seeds: integer(1, 1, "Train the features from this many seeds, side by side: an ensemble, written as one network"),
  epochs: integer(FIT_DEFAULTS.epochs, 0, "Maximum number of epochs of SGD"),
  batch: integer(FIT_DEFAULTS.batch, 1, "Batch size"),
  rate: positive(
    FIT_DEFAULTS.learningRate,
    "Initial learning rate, cut by 4 (at most four times) when an epoch ends above the start; a cosine schedule lowers it to 0",
  ),
  patience: integer(0, 0, "Stop SGD after this many epochs without a better held-out loss; 0 for never"),
  epsilon: positive(
    FIT_DEFAULTS.epsilon,
    "Tolerance for stationary points: gradient norm at most X, lambda_min at least -sqrt(mu2 X)",
  ),
  radius: positive(
    FIT_DEFAULTS.radius,
    "Bound on the norm of the linear predictor to compare with when no best one exists",
  ),
  out: text("FOLDER", "Output folder; must be new or empty (default runs/fit-<time>)"),
  "keep-path": flag("Keep the parameters after every epoch in path.npy, for surface --plane path"),
  resume: text("FOLDER", "Resume the interrupted run in this folder, with its options"),
  "metrics-out": text("FILE", "Write the figures as JSON to this file too"),
  workers: integerOrAuto("Number of threads; results do not depend on it"),
  dtype: choice(["f64", "f32"], "f64", "Precision of SGD; everything else is f64 (default f64)"),
  kernels: choice(["relaxed", "simd", "js"], null, "Which kernels (default: the fastest that this runtime has)"),
  require: choice(["holds"], null, "`holds`: exit with 1 also when a claim is undecided"),
  json: flag("Print the report as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

/** What the help of `fit` says. */
export const aboutFit: HelpParts = {
  name: "fit",
  summary:
    "Trains one residual network p = W(x + V f(x)) on a table and writes the model with its certificate. SGD trains the features f; then " +
    "one convex problem gives the best (W, V) under a ridge on W and W V. Cross-validation chooses both strengths, and keeps a " +
    "linear or ridge-regularised linear model unless the network is better on rows left out by more than one standard error and " +
    "1 %. The target decides the loss: squared for numbers, logistic for two classes, softmax for more. Categorical columns are " +
    "one-hot encoded. Without --data it uses data/diabetes.csv.",
  options: fitOptions,
  notes: [
    "Output files: model.safetensors, linear.safetensors (the linear model chosen), verdict.json, trajectory.csv, config.json, report.html and, " +
    "with held-out rows, held_out.csv (their lines in the file).",
    "--resume FOLDER resumes an interrupted run. At most the last second is lost, and the result is the same to the bit.",
    "Exit codes: 0 the model is written and no claim fails; 1 a claim fails, or is undecided under --require holds; 2 bad " +
    "usage or bad input; 3 interrupted, what was finished is kept; 4 an internal fault.",
  ],
  examples: [
    ["--valid 0.25", "the bundled table, a quarter of the held-out rows"],
    ["--data houses.csv --target price --missing mean --valid 0.2", "a table of your own, with missing values"],
    ["--data visits.csv --target cost --group-column patient --valid 0.2", "whole patients held out"],
    ["--data data/iris.csv --target species --cv 5", "three classes, cross-validated"],
    ["--data plant.csv --target yield,purity --width 64 --depth 2", "two targets at once"],
    ["--regularise none", "no ridge: the lowest training loss that the trained features allow"],
    ["--regularise 0.1,inf", "a ridge-regularised linear model, without cross-validation"],
    ["--resume runs/fit-2026-11-24T09-30-05-125", "resume after an interruption"],
  ],
};
