import type { Encoding, RowsRead } from "../data/mod.ts";
import { type AnyLoss, isJoint, lossFromJson, lossToJson, type NamedLosses } from "../loss/mod.ts";
import {
  layerFromJson,
  type LayerReaders,
  type Network,
  network,
  type NetworkKind,
  type Parameter,
} from "../nn/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { Calibration } from "./calibration.ts";
import { readEncoding } from "./_encoding.ts";
import { readFitted } from "./_fitted.ts";
import { type Metadata, readMetadata } from "./_metadata.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "./safetensors.ts";

/** The schema that a model file names. */
export const MODEL_SCHEMA = "resland/model@1";

/** A trained network with all that it takes to apply it to a table: how columns become inputs and targets. */
export interface Model extends Encoding {
  /** The network. */
  readonly net: Network;
  /** Its parameters, in its layout. */
  readonly params: Vector;
  /** The loss that it was trained with. */
  readonly loss: AnyLoss;
  /** Which rows of its table it was trained on; all of them when this is left out. */
  readonly split?: Split;
  /** The rows of its table, to know them again; not known when this is left out. */
  readonly rows?: RowsRead;
  /** The ridge that (W, V) was settled under: its strength on w, and on V'w, null where the model is linear; none when this is left out. */
  readonly ridge?: { readonly x: number; readonly f: number | null };
  /** What rows that it was not fitted on say of its predictions; nothing is known when this is left out. */
  readonly calibration?: Calibration;
}

/** A share of the rows that was held out: with the seed and the table, which ones. */
export interface Split {
  /** The share held out. */
  readonly share: number;
  /** The seed of the choice. */
  readonly seed: number;
  /** Rows of the whole table. */
  readonly rows: number;
  /** The column that decided: its cells say on which side a row is, its groups stay together, or its latest rows are held out; rows at random when this is left out. */
  readonly by?: SplitColumn;
}

/** A column by which rows are held out. */
export interface SplitColumn {
  /** What the column is. */
  readonly kind: "column" | "group" | "time";
  /** Its name. */
  readonly column: string;
}

/**
 * Writes a model as safetensors: `w` [d] (`W` [m, d] for m outputs), `V` [d, k] and `theta.*` in float64, in PyTorch's layout and names; the rest as
 * metadata, each value a JSON text. A plain network has `w` [k] (`W` [m, k]) and no `V`. A layer or a loss of your own is saved by its name; the
 * reader of the file supplies it.
 *
 * @param model The model.
 * @returns The bytes of the file.
 * @example There and back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { squared } from "@resland/resland/loss";
 * import { dense, network } from "@resland/resland/nn";
 * const net = network(2, dense(2, 1));
 * const one = { mean: [0], scale: [1] };
 * const model = {
 *   net, params: Float64Array.from({ length: net.size }, (_, i) => i / 3), loss: squared, features: ["age"],
 *   columns: [{ name: "age", levels: null }], missing: "refuse", targets: ["price"],
 *   standardisation: { x: one, y: one }, intercept: true, classes: null,
 * } as const;
 * assertEquals<unknown>(decodeModel(encodeModel(model), "model.safetensors"), model);
 * ```
 */
export function encodeModel(model: Model): Uint8Array {
  const {
    net,
    params,
    loss,
    features,
    columns,
    missing,
    reading,
    weighting,
    targets,
    standardisation,
    intercept,
    classes,
    split,
    rows,
    ridge,
    calibration,
  } = model;
  const tensors = new Map<string, Tensor>(
    net.parameters.map(({ name, shape, offset, length }) => [
      name,
      { shape, data: params.slice(offset, offset + length) },
    ]),
  );
  const values = {
    schema: MODEL_SCHEMA,
    architecture: net.body.toJson(),
    ...net.kind === "plain" && { kind: net.kind },
    features,
    columns,
    missing,
    ...reading && { reading },
    ...weighting && { weighting },
    target: targets.length === 1 ? targets[0] : targets,
    loss: lossToJson(loss),
    standardisation,
    intercept,
    classes,
    ...split && { split },
    ...rows && { rows },
    ...ridge && { ridge },
    ...calibration && { calibration },
  };
  const metadata = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
  return encodeSafetensors({ tensors, metadata });
}

/** What a model file names but cannot hold. */
export interface ModelParts {
  /** How to make layers of your own from their JSON, by type. */
  readonly layers?: LayerReaders;
  /** Losses of your own, by name. */
  readonly losses?: NamedLosses;
}

/**
 * Reads a model that {@linkcode encodeModel} wrote, or that PyTorch saved with the same metadata.
 *
 * @param bytes The whole file.
 * @param file Its name, for messages.
 * @param parts Layers and losses of your own that the file may name (default none).
 * @returns The model.
 * @throws {InputError} If the file is not safetensors, its metadata and tensors do not make a network, or it names a layer or a loss that is not supplied.
 * @example A file that is none
 * ```ts
 * import { assertThrows } from "@std/assert";
 * assertThrows(() => decodeModel(new Uint8Array(4), "m.safetensors"), Error, "m.safetensors: the file is cut off");
 * ```
 */
export function decodeModel(bytes: Uint8Array, file: string, parts: ModelParts = {}): Model {
  const { layers = {}, losses = {} } = parts;
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const entries = readMetadata(metadata, file);
  entries.required("schema", (value) => value === MODEL_SCHEMA || null, `"${MODEL_SCHEMA}"`);
  const encoding = readEncoding(entries);
  const net = readNetwork(entries, encoding, layers);
  const loss = readLoss(entries, encoding, losses);
  const params = new Float64Array(net.size);
  for (const parameter of net.parameters) {
    params.set(numbersFor(parameter, tensors, entries.refuse), parameter.offset);
  }
  const known = new Set(net.parameters.map((parameter) => parameter.name));
  const extra = [...tensors.keys()].find((name) => !known.has(name));
  if (extra !== undefined) entries.refuse(`tensor "${extra}" has no place in the architecture; take it out`);
  return { net, params, loss, ...encoding, ...readFitted(entries, encoding) };
}

/** The network that the metadata describe. */
function readNetwork(
  entries: Metadata,
  { features, intercept, targets, classes }: Encoding,
  layers: LayerReaders,
): Network {
  const body = entries.made("architecture", (value) => layerFromJson(value, layers), "a tree of layers");
  const kind = entries.optional("kind", readKind, '"residual-to-output" or "plain"') ?? "residual-to-output";
  const d = features.length + (intercept ? 1 : 0);
  const outputs = classes !== null && classes.length > 2 ? classes.length : targets.length;
  try {
    return network(d, body, { outputs, kind });
  } catch (error) {
    return entries.refuse(`the architecture does not fit ${d} inputs: ${(error as Error).message}`);
  }
}

/** The loss that the metadata name, which fits the classes. */
function readLoss(entries: Metadata, { classes }: Encoding, losses: NamedLosses): AnyLoss {
  const loss = entries.made("loss", (value) => lossFromJson(value, losses), "the name of a loss");
  if (isJoint(loss) !== (classes !== null && classes.length > 2)) {
    const kind = isJoint(loss) ? "three classes or more" : "numbers or two classes";
    entries.refuse(`the loss "${loss.name}" is for ${kind}; the metadata "classes" name ${classes?.length ?? "none"}`);
  }
  return loss;
}

const readKind = (value: unknown): NetworkKind | null =>
  (["residual-to-output", "plain"] as const).find((known) => known === value) ?? null;

function numbersFor(
  { name, shape }: Parameter,
  tensors: ReadonlyMap<string, Tensor>,
  refuse: (problem: string) => never,
): Float64Array {
  const tensor = tensors.get(name) ?? refuse(`tensor "${name}" is missing; the architecture has it`);
  // PyTorch may keep w as one row.
  const actual = name === "w" && tensor.shape.length === 2 && tensor.shape[0] === 1
    ? tensor.shape.slice(1)
    : tensor.shape;
  if (actual.join() !== shape.join()) {
    return refuse(`tensor "${name}" has the shape [${tensor.shape}]; the architecture needs [${shape}]`);
  }
  if (!tensor.data.every(Number.isFinite)) return refuse(`tensor "${name}" holds NaN or infinity; train it again`);
  return tensor.data;
}
