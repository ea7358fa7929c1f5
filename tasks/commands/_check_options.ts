import { CHECK_DEFAULTS, type StartName, STARTS } from "../../src/train/mod.ts";
import { choice, choices, flag, type HelpParts, integer, integerOrAuto, positive, text } from "../../src/cli/mod.ts";
import { networkOptions, problemOptions, weightOptions } from "./_shared_options.ts";

const startNames = Object.keys(STARTS) as StartName[];

/** The options of `check`. */
export const checkOptions = {
  ...problemOptions,
  ...weightOptions,
  ...networkOptions,
  seeds: integer(8, 1, "Number of seeds"),
  seed: integer(1, 0, "The first seed; the others are the next numbers"),
  starts: choices(startNames, startNames, "Kinds of starting point, explained below"),
  epochs: integer(CHECK_DEFAULTS.epochs, 0, "Epochs of SGD"),
  batch: integer(CHECK_DEFAULTS.batch, 1, "Batch size"),
  rate: positive(CHECK_DEFAULTS.learningRate, "Initial learning rate; a cosine schedule lowers it to 0"),
  epsilon: positive(
    CHECK_DEFAULTS.epsilon,
    "Tolerance for stationary points: gradient norm at most X, lambda_min at least -sqrt(mu2 X)",
  ),
  "no-descend": flag("Stop after SGD, without the descent to a second-order stationary point in (w, V)"),
  "descent-steps": integer(CHECK_DEFAULTS.descentSteps!, 1, "Maximum number of steps of that descent"),
  require: choice(
    ["holds"],
    null,
    "`holds` (the default, unless --no-descend is given): exit with 1 also when a claim is undecided",
  ),
  radius: positive(
    CHECK_DEFAULTS.radius,
    "Bound on the norm of the linear predictor to compare with when no best one exists",
  ),
  penalty: positive(
    null,
    "Add X/2 ||(w, V)||² to the training loss; this is outside the theorem, and check warns. The penalty that keeps the " +
      "guarantee is a ridge on w and V'w: fit --regularise",
  ),
  ball: positive(null, "Keep ||(w, V)|| at most X in training; this is outside the theorem, and check warns"),
  out: text("FOLDER", "Output folder; new, empty, or an unfinished check to resume (default runs/check-<time>)"),
  workers: integerOrAuto("Number of parallel runs; results do not depend on it"),
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
    "Trains residual networks p = w'(x + V f(x)) from many seeds and starts, descends to second-order stationary points " +
    "(gradient 0, no negative curvature), and checks the theorems at every recorded point: above all, that no such " +
    "point is worse than the best linear predictor. Without --data it uses data/diabetes.csv.",
  options: checkOptions,
  notes: [
    ["Starts:", ...startNames.map((name) => `  ${name.padEnd(12)}${STARTS[name]}`)].join("\n"),
    "To resume an interrupted check, start it again with the same options and --out.",
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
    ["--seeds 32 --starts adversarial --block residual --depth 4 --json", "a harder test, as JSON"],
    ["--epochs 1 --no-descend", "stop early: the bounds at points that are not stationary"],
  ],
};
