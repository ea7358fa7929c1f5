import type { Matrix, Vector } from "../tensor/mod.ts";

/** What was subtracted from each column and then divided out of it: `standardised = (raw - mean) / scale`. */
export interface Scaling {
  /** The means. */
  readonly mean: readonly number[];
  /** The population standard deviations; 1 for a constant column. */
  readonly scale: readonly number[];
}

/** A table made ready for training: checked, encoded, standardised. Immutable. */
export interface Dataset {
  /** Where it came from: the file's base name. */
  readonly source: string;
  /** Names of the features, the intercept left out. */
  readonly features: readonly string[];
  /** Name of the target column. */
  readonly target: string;
  /** Inputs [rows, d]: the constant 1 first when `intercept`, then the standardised features. */
  readonly x: Matrix;
  /** Targets [rows], encoded as the loss reads them; [rows, classes], each row the unit vector of its class, for three classes or more. */
  readonly y: Vector;
  /** Whether the first column of `x` is the constant 1. */
  readonly intercept: boolean;
  /** The class names, of two [negative, positive], or null for a number. */
  readonly classes: readonly string[] | null;
  /** How to come back to the user's units: per feature (intercept left out); `y` is null when the target was not scaled. */
  readonly standardisation: { readonly x: Scaling; readonly y: Scaling | null };
}
