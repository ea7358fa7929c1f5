import { type StartName, STARTS } from "../../src/train/mod.ts";
import { choice, choices, flag, type HelpParts, integer, integerOrAuto, positive, text } from "../../src/cli/mod.ts";
import { networkOptions, problemOptions } from "./_shared_options.ts";

const startNames = Object.keys(STARTS) as StartName[];

/** The options of `check`. */
export const checkOptions = {
  ...problemOptions,
  ...networkOptions,
  seeds: integer(8, 1, "How many seeds"),
  seed: integer(1, 0, "The first seed; the others follow it"),
  starts: choices(startNames, startNames, "Where each seed starts; each is explained below"),
  epochs: integer(100, 0, "Passes over the data by SGD"),
  batch: integer(32, 1, "Rows of a minibatch"),
  rate: positive(0.02, "The first learning rate; a cosine schedule takes it to 0"),
  epsilon: positive(
    1e-6,
    "A point counts as stationary when its gradient over (w, V) is at most this and its smallest eigenvalue fits",
  ),
  "no-descend": flag("Stop where SGD stops, instead of going on to a second-order stationary point in (w, V)"),
  "descent-steps": integer(3000, 1, "Most steps of that descent"),
  require: choice(
    ["holds"],
    null,
    "What the exit code asks for: `holds`, the default without --no-descend, ends with 1 also where a claim is undecided",
  ),
  radius: positive(100, "Norm of the linear predictor to compare with when no best one exists"),
  penalty: positive(null, "Train with X/2 ||(w, V)||² added to F; this is outside the theorem, and check says so"),
  ball: positive(null, "Train with ||(w, V)|| kept at X or less; this is outside the theorem, and check says so"),
  out: text("FOLDER", "Where the run is saved; must be new or empty (default runs/check-<time>)"),
  workers: integerOrAuto("How many runs at a time; results do not depend on it"),
  dtype: choice(["f64", "f32"], "f64", "Precision of training; certificates are always f64 (default f64)"),
  kernels: choice(["relaxed", "simd", "js"], null, "Which kernels (default: the fastest that this runtime has)"),
  json: flag("Print the verdict as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

/** What the help of `check` says. */
export const aboutCheck: HelpParts = {
  name: "check",
  summary:
    "Trains residual networks p = w'(x + V f(x)) from many seeds and starts, goes on to second-order stationary points " +
    "(gradient 0, no negative curvature), and checks at every recorded point that the theorems hold: above all, that no such " +
    "point is worse than the best linear predictor. Without --data it uses data/diabetes.csv.",
  options: checkOptions,
  notes: [
    ["Starts:", ...startNames.map((name) => `  ${name.padEnd(12)}${STARTS[name]}`)].join("\n"),
    "Exit codes: 0 every claim holds; 1 a claim fails, or is undecided under --require holds; 2 bad usage or bad input; 3 interrupted, " +
    "what was finished is kept; 4 an internal fault.",
  ],
  examples: [
    ["", "the bundled table, 8 seeds from 5 starts"],
    ["--data houses.csv --target price --drop id", "a table of your own"],
    [
      "--data data/breast_cancer.csv --target diagnosis --features mean_radius,mean_texture",
      "two classes, logistic loss",
    ],
    ["--seeds 32 --starts adversarial --block residual --depth 4 --json", "a harder test, for a machine to read"],
    ["--epochs 1 --no-descend", "stop early, and see what the theorems say of a point that is not stationary"],
  ],
};
