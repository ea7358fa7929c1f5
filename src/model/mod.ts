/**
 * Model files: a network, its parameters and its table's encoding as safetensors, readable by PyTorch and by anyone.
 *
 * @module
 */
export * from "./model.ts";
export * from "./safetensors.ts";
