import { choice, flag, integer, list, text } from "../../src/cli/mod.ts";
import { ACTIVATION_CODES, type ActivationName } from "../../src/kernels/mod.ts";
import { JOINT_LOSSES, LOSSES } from "../../src/loss/mod.ts";

/** The options that say which table, and how to read it. */
export const problemOptions = {
  data: text("FILE", "A table with a header: CSV, .csv.gz or Parquet; - is standard input (default data/diabetes.csv)"),
  target: list("COLUMN", "The column to predict (default for the bundled table: progression)"),
  features: list("A,B,...", "The columns to predict it from (default: all others)"),
  drop: list("A,B,...", "Columns to leave out"),
  positive: text("CLASS", "Of two classes, the one coded as +1 (default: the second by name)"),
  "no-intercept": flag("Leave out the intercept, the constant first input 1"),
  types: list(
    "A=text,...",
    "What the cells of columns are: text (categories, classes) or number (default: what most are)",
  ),
  decimal: choice(["point", "comma"], "point", "The character before decimals: 2.5 or 2,5 (default point)"),
  thousands: flag("Digits may be in groups of three: 1,234 is 1234 (1.234 with --decimal comma)"),
  percent: flag("Numbers may have a percent sign: 5% is 0.05"),
  currency: flag("Numbers may have the sign of a currency: $10 is 10"),
  dates: flag("Dates are numbers: days since 1970-01-01"),
  missing: choice(
    ["refuse", "mean", "drop", "indicator"],
    "refuse",
    "Missing values: an error, replaced by the mean of the column, the row is left out, or the mean with an input more that " +
      "says where; rows without a target are left out under all but refuse (default refuse)",
  ),
  loss: choice(
    [...LOSSES, ...JOINT_LOSSES].map((loss) => loss.name),
    null,
    "The loss (default: squared for numbers, logistic for two classes, softmax for more)",
  ),
};

/** The options that weight rows. */
export const weightOptions = {
  weights: text(
    "COLUMN",
    "The column of row weights, 0 or more: every mean over rows is weighted, and the column is no feature (default: all rows count the same)",
  ),
  "class-weight": choice(
    ["balanced"],
    null,
    "`balanced`: weight the rows of class c by n / (m n_c), so that all m classes count the same",
  ),
};

/** The option that transforms a target. */
export const transformOption = {
  "transform-target": choice(
    ["log", "yeo-johnson"],
    null,
    "Learn the logarithm of the target, or its Yeo-Johnson power by maximum likelihood; predictions (medians) and figures stay in its unit",
  ),
};

/** The options that describe f. */
export const networkOptions = {
  width: integer(32, 1, "Width of each layer of f"),
  depth: integer(1, 1, "Number of layers of f"),
  activation: choice(Object.keys(ACTIVATION_CODES) as ActivationName[], "tanh", "The activation (default tanh)"),
  block: choice(["dense", "residual"], "dense", "Kind of the layers after the first (default dense)"),
  blocks: integer(1, 1, "Number of residual blocks h + V f(h) in a row, each with an f of this shape"),
};
