/**
 * Trained models: what their predictions mean in the target's own units, their metrics, and model files (a network, its
 * parameters and its table's encoding as safetensors, readable by PyTorch and by anyone); arrays of NumPy.
 *
 * @module
 */
export * from "./metrics.ts";
export * from "./model.ts";
export * from "./npy.ts";
export * from "./paired_interval.ts";
export * from "./predict.ts";
export * from "./safetensors.ts";
