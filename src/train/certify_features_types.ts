import type { LinearOptimum } from "../baseline/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import type { Matrix, Vector } from "../tensor/mod.ts";
import type { FeatureTable } from "./feature_table.ts";
import type { FeatureUnits } from "./feature_units.ts";

/** Some rows of a table, encoded. */
export interface FeatureRows {
  /** Inputs [rows, d]: the constant 1 first. */
  readonly x: Matrix;
  /** Targets [rows, m], row after row. */
  readonly y: Vector;
  /** Which rows of the features and predictions these are; null for all, in their order. */
  readonly picked: Uint32Array | null;
}

/** What a model computes at the rows of a table, whatever the model is. */
export interface FeatureTask {
  /** The loss; a scalar one is summed over the outputs. */
  readonly loss: AnyLoss;
  /** The rows that the model was trained on. */
  readonly training: FeatureRows;
  /** Rows that it was not trained on; null for none. */
  readonly heldOut: FeatureRows | null;
  /** What enters its last layer [n, k]; null where it is not known, and the predictions then stand for it. */
  readonly features: FeatureTable | null;
  /** Its predictions as the loss reads them [n, m]; null where they are not known. */
  readonly predictions: FeatureTable | null;
}

/** How to certify. */
export interface CertifyFeaturesOptions {
  /** The gradient norm up to which the last layer has converged, beyond rounding (default 1e-6). */
  readonly epsilon?: number;
  /** Norm of the linear predictors to compare with where none is the best (default 100). */
  readonly radius?: number;
}

/** Losses of one predictor, a number per row. */
export interface PredictorLosses {
  /** On the training rows. */
  readonly training: Vector;
  /** On the held-out rows; null without any. */
  readonly heldOut: Vector | null;
}

/** Raw predictions of one predictor [rows, m]. */
export interface PredictorValues {
  /** On the training rows. */
  readonly training: Vector;
  /** On the held-out rows; null without any. */
  readonly heldOut: Vector | null;
}

/** A predictor that was measured. */
export interface MeasuredPredictor {
  /** Its predictions, as the loss reads them. */
  readonly values: PredictorValues;
  /** Their losses. */
  readonly losses: PredictorLosses;
  /** The mean loss on the training rows. */
  readonly training: number;
  /** The mean loss on the held-out rows; null without any. */
  readonly heldOut: number | null;
}

/** A predictor that is the best of its kind on the training rows, with the proof. */
export interface BestPredictor extends MeasuredPredictor {
  /** Its weights on its columns, and what is proved of them. */
  readonly optimum: LinearOptimum;
}

/** What is known of the last layer, from features and predictions: `A f + b` with the loss is convex in (A, b). */
export interface LastLayer {
  /**
   * How far the predictions are from a linear function of the features: the root mean square of what is left of them, as a share of
   * their standard deviation.
   */
  readonly residual: number;
  /** Whether the predictions are a linear function of the features, as far as their precision can tell. */
  readonly isLinear: boolean;
  /** `||E[l' [1 f]']||`: the gradient of the training loss in the weights and biases of the last layer. */
  readonly gradientNorm: number;
  /** What the rounding of the saved numbers may have added to it. */
  readonly rounding: number;
  /** Smallest eigenvalue of the Hessian in (A, b): never negative; above 0 the best last layer is the only one. */
  readonly lambda: { readonly lower: number; readonly upper: number; readonly exact: boolean };
  /** The training loss minus that of the best last layer on these features. */
  readonly excess: number;
  /** What convexity proves of it from the gradient: `E[l' (p - q)]` for the predictions q of the best last layer. */
  readonly bound: number;
  /** Whether it has converged to epsilon; null where the predictions are not a linear function of the features. */
  readonly converged: boolean | null;
}

/** What is known of any model from its features, its predictions and the table. */
export interface CertifiedFeatures {
  /** m. */
  readonly outputs: number;
  /** Whether the features are those of the model, or its predictions stand for them. */
  readonly featuresAre: "features" | "predictions";
  /** The best constant. */
  readonly constant: BestPredictor;
  /** The best linear predictor on x. */
  readonly linear: BestPredictor;
  /** The model; null where its predictions are not known. */
  readonly model: MeasuredPredictor | null;
  /** Whether the model is worse than the best constant, and no more related to x than predictions of rows in another order. */
  readonly unrelated: boolean;
  /** For the model: what convexity proves of its lead over the best linear predictor, `E[l' (p - q)]`; null without predictions. */
  readonly modelBound: number | null;
  /** `||E[l' x']||` at the model: the gradient of the weights that a skip from x would have, at 0; null without predictions. */
  readonly skipGradientNorm: number | null;
  /** The best last layer on the features alone, `A f + b`; its columns are `[1 f]`. */
  readonly head: BestPredictor;
  /** The best one with a skip, `B x + A f + b`: min H; its columns are `[1 f x]`, the intercept of x counted once. */
  readonly skip: BestPredictor;
  /** The last layer; null without predictions, or where these stand for the features. */
  readonly lastLayer: LastLayer | null;
  /** Features that a last layer cannot use. */
  readonly units: FeatureUnits;
}
