import type { ColumnEncoding, Missing, Unknown } from "./column_encoding.ts";
import type { RowsRead } from "./fingerprint.ts";
import type { Reading } from "./reading.ts";
import type { ColumnSummary } from "./summarise_columns.ts";
import type { Matrix, Vector } from "../tensor/mod.ts";
import type { TargetTransform } from "./target_transform.ts";
import type { Weighting } from "./weighting.ts";

/** The scaling of each column: `standardised = (raw - mean) / scale`. */
export interface Scaling {
  /** The means; 0 without an intercept, where nothing is centred. */
  readonly mean: readonly number[];
  /** The population standard deviations, 1 for a constant column; without an intercept the root mean squares, 1 for a column of zeros. */
  readonly scale: readonly number[];
  /** The values for missing values; the means if absent. */
  readonly fill?: readonly number[];
}

/** A table made ready for training: checked, encoded, standardised. Immutable. */
export interface Dataset {
  /** Where it came from: the file's base name. */
  readonly source: string;
  /** Names of the features, the intercept left out: a column's own, or `name=level` for each level of a text. */
  readonly features: readonly string[];
  /** The columns that the features come from. */
  readonly columns: readonly ColumnEncoding[];
  /** How missing values and unknown categories are treated. */
  readonly missing: Missing;
  /** How categories that are not known are treated; "refuse" if absent. */
  readonly unknown?: Unknown;
  /** How the table was read, so that new rows are read the same way; absent in a model file that does not say it. */
  readonly reading?: Reading;
  /** How rows are weighted; equally if absent. */
  readonly weighting?: Weighting;
  /** The weight of each row, above 0 [rows]: means over the rows are weighted by them; equal ones if absent. */
  readonly weights?: Vector;
  /** The rows of the whole table, those held out too, to know them again; absent where nobody asked. */
  readonly rows?: RowsRead;
  /** What was read in the columns of the whole table, for reports; absent where nobody asked. */
  readonly summary?: readonly ColumnSummary[];
  /** Names of the target columns: one, or several of numbers. */
  readonly targets: readonly string[];
  /** Inputs [rows, d]: the constant 1 first when `intercept`, then the standardised features. */
  readonly x: Matrix;
  /** Targets [rows, outputs], row after row, encoded as the loss reads them; for three classes or more each row is the unit vector of its class. */
  readonly y: Vector;
  /** The line in the file at which each row starts, from 1. */
  readonly lines: Uint32Array;
  /** Targets per row: how many numbers, or classes when there are three or more; else 1. */
  readonly outputs: number;
  /** Whether the first column of `x` is the constant 1. */
  readonly intercept: boolean;
  /** The class names, of two [negative, positive], or null for a number. */
  readonly classes: readonly string[] | null;
  /**
   * How to convert back to the user's units: per feature (intercept left out); `y` is null when the target was not scaled. With a `transform`, `y` scales
   * the transformed target.
   */
  readonly standardisation: Standardisation;
}

/** The scalings of inputs and targets. */
export interface Standardisation {
  /** Of each feature, the intercept left out. */
  readonly x: Scaling;
  /** Of each target; null where they are not scaled. */
  readonly y: Scaling | null;
  /** What was done to the targets before; nothing if absent. */
  readonly transform?: TargetTransform;
}
