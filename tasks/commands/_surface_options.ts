import {
  choice,
  flag,
  type HelpParts,
  integer,
  integerOrAuto,
  type OptionValues,
  positive,
  text,
} from "../../src/cli/mod.ts";
import { runOption } from "./_run_option.ts";

/** The options of `surface`. */
export const surfaceOptions = {
  ...runOption,
  model: text("FILE", "The model"),
  data: text("FILE", "The table"),
  "all-rows": flag("Use all rows, including those held out when the model was fitted"),
  plane: choice(
    ["random", "head", "hessian", "path", "line"],
    "random",
    "Through the model along two random filter-normalised directions, along w and V, along the Hessian's two leading eigenvectors, through the path of training, or a line along one random direction (default random)",
  ),
  path: text("FILE", "For --plane path: path.npy, as fit --keep-path writes it"),
  steps: integer(51, 2, "Points along each axis"),
  reach: positive(null, "Half the length of each axis (default: somewhat beyond the contour of the linear level)"),
  seed: integer(1, 0, "Random seed of the directions"),
  out: text(
    "FOLDER",
    "Output folder; new, empty, or an unfinished run to resume (default runs/surface-<time>)",
  ),
  workers: integerOrAuto("Number of grid rows in parallel; results do not depend on it"),
  json: flag("Print a summary as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

/** The options of `surface`, as they were given. */
export type SurfaceOptions = OptionValues<typeof surfaceOptions>;

/** What the help of `surface` says. */
export const aboutSurface: HelpParts = {
  name: "surface",
  summary:
    "Evaluates the loss on a plane through a model, in f64, and draws it with the level of the best linear predictor as a contour, " +
    "which separates points above and below it. Of a model with a ridge it is the loss with the ridge. Writes surface.svg, surface.csv and surface.npy.",
  options: surfaceOptions,
  notes: [
    "To resume an interrupted run, start it again with the same options and --out.",
    "Exit codes: 0 done; 2 bad usage or bad input; 3 interrupted, what was finished is kept.",
  ],
  examples: [
    ["--model runs/fit/model.safetensors --data houses.csv", "two random directions"],
    ["--model model.safetensors --data houses.csv --plane head --reach 3", "along w and V"],
    [
      "--model runs/fit/model.safetensors --data houses.csv --plane path --path runs/fit/path.npy",
      "the path of training",
    ],
  ],
};
