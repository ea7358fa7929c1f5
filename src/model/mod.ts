/**
 * Trained models: what their predictions mean in the target's own units, their metrics, and model files (a network, its
 * parameters and its table's encoding as safetensors, readable by PyTorch and by anyone); arrays of NumPy. What
 * a model is worth on rows that it was not fitted on: intervals of its difference to linear, prediction intervals, calibration; and
 * what it reads of which column.
 *
 * @module
 */
export * from "./calibration.ts";
export * from "./column_effects.ts";
export * from "./column_inputs.ts";
export * from "./conformal.ts";
export * from "./half_float.ts";
export * from "./head_file.ts";
export * from "./importance.ts";
export * from "./metrics.ts";
export * from "./model.ts";
export * from "./npy.ts";
export * from "./paired_interval.ts";
export * from "./partial_dependence.ts";
export * from "./predict.ts";
export * from "./raw_predictions.ts";
export * from "./reliability.ts";
export * from "./safetensors.ts";
export * from "./state_dict.ts";
export * from "./temperature.ts";
