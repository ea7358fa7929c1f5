import { type Dataset, InputError } from "../../src/data/mod.ts";
import { type ActivationName, fastestKernels, type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { decodeSafetensors, type PlainStack, readStateDict, type TensorFile } from "../../src/model/mod.ts";
import { featureRows } from "../../src/objective/mod.ts";
import type { FeaturesReport } from "../../src/report/mod.ts";
import { collectRows, type Matrix, matrix } from "../../src/tensor/mod.ts";
import { readJson, readTensors } from "../io/files.ts";
import { type CertifyFeaturesCommand, certifyRows, readRows, requireTable, type Rows } from "./_certify_features.ts";
import type { RowArray } from "./_features_input.ts";

/** The options of `certify` for a `state_dict` without metadata. */
export interface StateDictCommand extends CertifyFeaturesCommand {
  readonly model: string | null;
  readonly architecture: string | null;
  readonly activation: ActivationName | null;
  readonly inputs: "standardised" | "raw" | null;
}

/** The tensors of a model file that has no metadata of resland; null where it has some, or none is named. */
export async function readBareTensors(file: string | null): Promise<TensorFile | null> {
  if (file === null) return null;
  const read = decodeSafetensors(await readTensors(file), file);
  const known = ["schema", "architecture", "standardisation"].some((name) => Object.hasOwn(read.metadata, name));
  return known ? null : read;
}

/** Certifies a network by its bare tensors: its features and predictions are computed here. */
export async function certifyStateDict(
  { tensors }: TensorFile,
  options: StateDictCommand,
  signal: AbortSignal,
): Promise<FeaturesReport> {
  const file = options.model!;
  requireTable(options);
  const architecture = options.architecture === null ? undefined : await readJson<unknown>(
    options.architecture,
    (value) => typeof value === "object" && value !== null,
    'the file is not an architecture; write {"type": "chain", "layers": [...]}',
  );
  const stack = readStateDict(tensors, file, { architecture, activation: options.activation });
  const rows = await readRows(Promise.resolve({ features: null, predictions: null, targets: null }), options);
  const isNumber = rows.training.data.classes === null;
  const scale = options["predictions-are"] ?? (isNumber ? "logit" : null);
  const raw = options.inputs === "raw";
  const { features, predictions } = outputsAt(await loadKernels(fastestKernels()), stack, rows, {
    file,
    raw,
  });
  const assumed = [
    ...stack.assumed,
    ...options.inputs !== null
      ? []
      : ["Its inputs were taken as standardised by the mean and the standard deviation of the training rows."],
    ...options["predictions-are"] !== null || !isNumber
      ? []
      : ["Its predictions were taken as those of the standardised target."],
  ];
  const files = { features, predictions, targets: null };
  return await certifyRows(rows, { files, assumed }, { ...options, "predictions-are": scale }, signal);
}

/** Features and predictions at the rows that are used; at others, left out for missing values, zeros that nobody reads. */
function outputsAt(
  kernels: Kernels,
  { net, params, bias }: PlainStack,
  { count, training, heldOut }: Rows,
  { file, raw }: { readonly file: string; readonly raw: boolean },
): { readonly features: RowArray; readonly predictions: RowArray } {
  const { k, outputs: m } = net;
  const [f, p] = [new Float64Array(count * k), new Float64Array(count * m)];
  for (const part of [training, heldOut]) {
    if (part === null) continue;
    using source = featureRows(kernels, net, params, inputsOf(part.data, net.d, raw, file));
    const own = collectRows(kernels.memory, source);
    for (let i = 0; i < own.rows; i++) {
      const row = part.rows.picked?.[i] ?? i;
      const values = own.data.subarray(i * k, (i + 1) * k);
      f.set(values, row * k);
      for (let a = 0; a < m; a++) {
        // W stands first among the parameters of a network without the skip.
        p[row * m + a] = values.reduce((sum, value, j) => sum + params[a * k + j] * value, bias[a]);
      }
    }
  }
  const array = (data: Float64Array, cols: number): RowArray => ({
    rows: count,
    cols,
    data,
    precision: 2 ** -53,
    file,
    names: null,
  });
  return { features: array(f, k), predictions: array(p, m) };
}

/** The columns as the network reads them: without the constant. */
function inputsOf({ x, features, standardisation }: Dataset, wanted: number, raw: boolean, file: string): Matrix {
  const { mean, scale } = standardisation.x;
  const count = features.length;
  if (wanted !== count) {
    const names = count > 12 ? `${features.slice(0, 12).join(", ")} and more` : features.join(", ");
    throw new InputError(
      `the first layer reads ${wanted} numbers, but the table gives ${count}: ${names}; choose them with --columns, in the order of the network`,
      { file },
    );
  }
  const data = Float64Array.from({ length: x.rows * count }, (_, at) => {
    const [i, j] = [Math.floor(at / count), at % count];
    const value = x.data[i * x.cols + 1 + j];
    return raw ? value * scale[j] + mean[j] : value;
  });
  return matrix(x.rows, count, data);
}
