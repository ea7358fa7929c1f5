import { choice, choices, flag, type HelpParts, integer, integerOrAuto, type Option } from "../../src/cli/mod.ts";
import { positive, text, UsageError } from "../../src/cli/mod.ts";
import { ACTIVATION_CODES, type ActivationName } from "../../src/kernels/mod.ts";
import { FIT_DEFAULTS } from "../../src/train/mod.ts";
import { networkOptions, problemOptions, transformOption, weightOptions } from "./_shared_options.ts";

/** An option that takes whole numbers from 1 on, separated by commas. */
function integers(fallback: readonly number[], help: string): Option<readonly number[]> {
  return {
    kind: "list",
    placeholder: "N,...",
    help: `${help} (default ${fallback.join(",")})`,
    schema: { type: "array", items: { type: "string", pattern: "^[1-9][0-9]*$" }, minItems: 1 },
    fallback,
    read(values) {
      const numbers = values.map(Number);
      const wrong = numbers.findIndex((value) => !(Number.isSafeInteger(value) && value >= 1));
      if (wrong >= 0) throw new UsageError(`needs whole numbers from 1 on, such as 8,32, got "${values[wrong]}"`);
      return [...new Set(numbers)];
    },
  };
}

/** The options of `compare`. */
export const compareOptions = {
  ...problemOptions,
  ...weightOptions,
  ...transformOption,
  "group-column": text(
    "COLUMN",
    "Rows with the same value here, such as a patient, stay together in every fold",
  ),
  widths: integers([8, 32], "Widths of the layers of f"),
  depths: integers([1, 2], "Numbers of layers of f"),
  activations: choices(Object.keys(ACTIVATION_CODES) as ActivationName[], ["tanh", "relu"], "The activations"),
  block: networkOptions.block,
  folds: integer(5, 2, "Number of cross-validation folds"),
  seed: integer(1, 0, "Random seed, of the folds and of the networks"),
  epochs: integer(FIT_DEFAULTS.epochs, 0, "Maximum number of epochs of SGD"),
  batch: integer(FIT_DEFAULTS.batch, 1, "Batch size"),
  rate: positive(FIT_DEFAULTS.learningRate, "Initial learning rate; a cosine schedule lowers it to 0"),
  out: text("FOLDER", "Output folder; new, empty, or an unfinished run to resume (default runs/compare-<time>)"),
  workers: integerOrAuto("Number of parallel models; results do not depend on it"),
  dtype: choice(["f64", "f32"], "f64", "Precision of SGD; everything else is f64 (default f64)"),
  kernels: choice(["relaxed", "simd", "js"], null, "Which kernels (default: the fastest that this runtime has)"),
  json: flag("Print the report as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

/** What the help of `compare` says. */
export const aboutCompare: HelpParts = {
  name: "compare",
  summary:
    "Holds a linear model, a ridge-regularised one, residual networks of every given width, depth and activation, and the average of " +
    "the networks' predictions against each other, on the same cross-validation folds. In each fold theta is trained anew and the ridge is " +
    "chosen on the training rows alone. The simplest model within one standard error of the best one is fitted on all rows and written, " +
    "ready for predict and certify. Without --data it uses data/diabetes.csv.",
  options: compareOptions,
  notes: [
    "Output files: model.safetensors, verdict.json, comparison.svg, report.html, config.json, and every fold in folds.",
    "The interval of each model is that of its difference to linear on the same rows, by the corrected t of cross-validation. Above " +
    "20,000 rows one held-out split stands in for the folds, and the interval is a paired t over its rows.",
    "The time grows with rows, epochs and networks; on a large table give fewer of them (--epochs 20 --depths 1).",
    "To resume an interrupted run, start it again with the same options and --out; folds that are finished are not fitted again.",
    "Exit codes: 0 the model is written, whichever it is; 2 bad usage or bad input; 3 interrupted, what was finished is kept; 4 an internal fault.",
  ],
  examples: [
    ["", "the bundled table, eight networks"],
    ["--data houses.csv --target price --missing mean", "a table of your own"],
    ["--data data/iris.csv --target species --widths 4,16 --depths 1", "three classes, four smaller networks"],
    ["--activations tanh --out runs/compare", "four networks, resumable"],
  ],
};
