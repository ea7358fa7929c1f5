import { InputError } from "../../src/data/mod.ts";
import type { EpochRecord, FitCheckpoint } from "../../src/train/mod.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../../src/model/mod.ts";

/** A checkpoint as a safetensors file: the vectors as they are, the rest as metadata, with a mark of the data. */
export function encodeCheckpoint(
  { state, cuts, history, diverged, best, path }: FitCheckpoint,
  mark: string,
): Uint8Array {
  const [, velocity, rateStep] = state.optimiser;
  const vector = (data: Float64Array): Tensor => ({ shape: [data.length], data });
  return encodeSafetensors({
    tensors: new Map([
      ["point", vector(state.params)],
      ["velocity", vector(velocity)],
      ...best === null ? [] : [["best", vector(best.params)] as const],
      ...path.map((point, index) => [`path.${index}`, vector(point)] as const),
    ]),
    metadata: {
      schema: "resland/checkpoint@1",
      mark,
      progress: JSON.stringify({
        step: state.step,
        rateStep,
        cuts,
        history,
        diverged,
        best: best && { epoch: best.epoch, loss: best.loss },
      }),
    },
  });
}

/** Reads a checkpoint of a fit on the same data. */
export function decodeCheckpoint(bytes: Uint8Array, file: string, mark: string, size: number): FitCheckpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const refuse = (problem: string): never => {
    throw new InputError(`${problem}; start again without --resume`, { file });
  };
  if (metadata.schema !== "resland/checkpoint@1") return refuse("the file is not a checkpoint of fit");
  if (metadata.mark !== mark) return refuse("the checkpoint was made with other data or another split");
  const progress = progressOf(metadata.progress) ?? refuse("the checkpoint's metadata are damaged");
  const vector = (name: string): Float64Array => {
    const data = tensors.get(name)?.data;
    return data?.length === size ? data : refuse(`the checkpoint's "${name}" does not fit the network`);
  };
  const { step, rateStep, cuts = 0, history, diverged = false, best } = progress;
  return {
    state: { params: vector("point"), optimiser: [null, vector("velocity"), rateStep], step },
    cuts,
    history,
    diverged,
    best: best && { ...best, params: vector("best") },
    path: tensors.has("path.0") ? Array.from({ length: history.length + 1 }, (_, at) => vector(`path.${at}`)) : [],
  };
}

interface Progress {
  readonly step: number;
  readonly rateStep: number;
  readonly cuts?: number;
  readonly history: readonly EpochRecord[];
  readonly diverged?: boolean;
  readonly best: { readonly epoch: number; readonly loss: number } | null;
}

function progressOf(text: string | undefined): Progress | null {
  try {
    const value = JSON.parse(text ?? "");
    const whole = Number.isSafeInteger(value.step) && Number.isSafeInteger(value.rateStep) &&
      Array.isArray(value.history);
    return whole ? value : null;
  } catch {
    return null;
  }
}
