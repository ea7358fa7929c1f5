import { InputError } from "../../src/data/mod.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../../src/model/mod.ts";
import type { FoldModel, Strengths } from "../../src/train/mod.ts";

const SCHEMA = "resland/compare-fold@1";

/** Models of a fold as a safetensors file: parameters and predictions as they are, the ridges as metadata. */
export function encodeFold(models: readonly FoldModel[]): Uint8Array {
  const vector = (data: Float64Array): Tensor => ({ shape: [data.length], data });
  return encodeSafetensors({
    tensors: new Map(models.flatMap(({ params, predictions }, at) => [
      [`params.${at}`, vector(params)],
      [`predictions.${at}`, vector(predictions)],
    ])),
    metadata: { schema: SCHEMA, ridges: JSON.stringify(models.map(({ ridge }) => ridge)) },
  });
}

/** Reads the models of a fold. */
export function decodeFold(bytes: Uint8Array, file: string): readonly FoldModel[] {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const ridges = ridgesOf(metadata);
  return ridges.map((ridge, at) => {
    const [params, predictions] = [tensors.get(`params.${at}`)?.data, tensors.get(`predictions.${at}`)?.data];
    if (!params || !predictions) return refuse();
    return { ridge, params, predictions };
  });

  function ridgesOf({ schema, ridges }: Readonly<Record<string, string>>): readonly Strengths[] {
    try {
      const value = JSON.parse(ridges);
      if (schema === SCHEMA && Array.isArray(value)) return value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    return refuse();
  }

  function refuse(): never {
    throw new InputError("the file is not a finished fold of compare; remove it, and the fold is fitted again", {
      file,
    });
  }
}
