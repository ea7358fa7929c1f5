import type { CheckSettings } from "./check_types.ts";
import type { FitSettings } from "./fit_types.ts";

/** What counts as stationary, where nobody says otherwise. */
export const EPSILON = 1e-6;

/** Norm of the linear predictors to compare with where none is the best, where nobody says otherwise. */
export const RADIUS = 100;

const SGD = { epochs: 100, batch: 32, learningRate: 0.02, dtype: "f64" } as const;

/** The settings of `check`, where nobody says otherwise. */
export const CHECK_DEFAULTS: CheckSettings = Object.freeze({
  ...SGD,
  epsilon: EPSILON,
  descend: true,
  descentSteps: 3000,
  penalty: null,
  ball: null,
  radius: RADIUS,
});

/** The settings of `fit`, where nobody says otherwise. */
export const FIT_DEFAULTS: FitSettings = Object.freeze({
  ...SGD,
  start: "constant",
  seed: 1,
  epsilon: EPSILON,
  patience: null,
  radius: RADIUS,
  keepPath: false,
});
