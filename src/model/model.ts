import {
  type ColumnEncoding,
  type Encoding,
  InputError,
  inputNames,
  type Missing,
  type RowsRead,
  type Scaling,
  type TargetTransform,
  type Weighting,
} from "../data/mod.ts";
import { type AnyLoss, isJoint, lossFromJson, lossToJson, type NamedLosses } from "../loss/mod.ts";
import {
  type Layer,
  layerFromJson,
  type LayerReaders,
  type Network,
  network,
  type NetworkKind,
  type Parameter,
} from "../nn/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { Calibration } from "./calibration.ts";
import { readReading } from "./_reading.ts";
import { isRecord, readRows, readSplit } from "./_rows.ts";
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
  const refuse = (problem: string): never => {
    throw new InputError(problem, { file });
  };
  const read = <T>(name: string, check: (value: unknown) => T | null, what: string): T => {
    if (!Object.hasOwn(metadata, name)) return refuse(`the metadata lack "${name}"; add ${what}`);
    const value = check(parseJson(metadata[name]));
    return value ?? refuse(`the metadata "${name}" must be ${what}, got ${metadata[name].slice(0, 60)}`);
  };
  const optional = <T>(name: string, check: (value: unknown) => T | null, what: string): T | null =>
    Object.hasOwn(metadata, name) ? read(name, check, what) : null;
  read("schema", (value) => value === MODEL_SCHEMA || null, `"${MODEL_SCHEMA}"`);
  const features = read("features", readStrings, "a list of column names");
  const intercept = read("intercept", (value) => typeof value === "boolean" ? { value } : null, "true or false").value;
  const body = readPart("architecture", "a tree of layers", (value) => layerFromJson(value, layers), read, refuse);
  const kind = optional("kind", readKind, '"residual-to-output" or "plain"') ?? "residual-to-output";
  const targets = read("target", readTargets, "the name of a column, or a list of them");
  const columns =
    optional("columns", (value) => readColumns(value, features), "the columns that the features come from") ??
      features.map((name) => ({ name, levels: null }));
  const missing = optional("missing", readMissing, '"refuse", "mean", "drop" or "indicator"') ?? "refuse";
  const reading = optional(
    "reading",
    readReading,
    "how the table was read: decimalComma, thousands, percent and the like",
  );
  const weighting = optional(
    "weighting",
    readWeighting,
    "the column of row weights or null, and a weight above 0 for each class or null",
  );
  const loss = readPart("loss", "the name of a loss", (value) => lossFromJson(value, losses), read, refuse);
  const standardisation = read(
    "standardisation",
    (value) => readScalings(value, features.length, targets.length),
    "means and scales for x (one per feature) and y (one per target, or null)",
  );
  const split = optional("split", readSplit, "a share held out, a seed and a number of rows");
  const rows = optional("rows", readRows, "the fingerprint of the rows: count, inputs, table, order");
  const ridge = optional("ridge", readRidge, "strengths x above 0 and f above 0 or null");
  const calibration = optional(
    "calibration",
    (value) => readCalibration(value, targets.length),
    "rows left out: on which, how many, errors (a list per target, ascending) or null, temperature above 0 or null",
  );
  const { classes } = read("classes", readClasses, "two class names or more, or null");
  const d = features.length + (intercept ? 1 : 0);
  const outputs = classes !== null && classes.length > 2 ? classes.length : targets.length;
  if (isJoint(loss) !== (classes !== null && classes.length > 2)) {
    const kind = isJoint(loss) ? "three classes or more" : "numbers or two classes";
    refuse(`the loss "${loss.name}" is for ${kind}; the metadata "classes" name ${classes?.length ?? "none"}`);
  }
  const net = fitting(d, body, { outputs, kind }, refuse);
  const params = new Float64Array(net.size);
  for (const parameter of net.parameters) params.set(numbersFor(parameter, tensors, refuse), parameter.offset);
  const known = new Set(net.parameters.map((parameter) => parameter.name));
  const extra = [...tensors.keys()].find((name) => !known.has(name));
  if (extra !== undefined) refuse(`tensor "${extra}" has no place in the architecture; take it out`);
  return {
    net,
    params,
    loss,
    features,
    columns,
    missing,
    ...reading && { reading },
    ...weighting && { weighting },
    targets,
    standardisation,
    intercept,
    classes,
    ...split && { split },
    ...rows && { rows },
    ...ridge && { ridge },
    ...calibration && { calibration },
  };
}

/** A layer tree or a loss of the metadata; what is wrong with it becomes the file's problem. */
function readPart<T>(
  name: string,
  what: string,
  make: (value: unknown) => T,
  read: (name: string, check: (value: unknown) => unknown, what: string) => unknown,
  refuse: (problem: string) => never,
): T {
  const value = read(name, (value) => value, what);
  try {
    return make(value);
  } catch (error) {
    const { message } = error as Error;
    return refuse(`the metadata "${name}" must be ${what} (${message.slice(0, 1).toLowerCase()}${message.slice(1)})`);
  }
}

function fitting(
  d: number,
  body: Layer,
  options: { readonly outputs: number; readonly kind: NetworkKind },
  refuse: (problem: string) => never,
): Network {
  try {
    return network(d, body, options);
  } catch (error) {
    return refuse(`the architecture does not fit ${d} inputs: ${(error as Error).message}`);
  }
}

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

/** The value of a JSON text; a text that is not JSON is taken literally, as in hand-written metadata. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const readStrings = (value: unknown): readonly string[] | null =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string") ? value : null;

const readTargets = (value: unknown): readonly string[] | null => {
  const names = typeof value === "string" ? [value] : readStrings(value);
  return names !== null && names.length > 0 ? names : null;
};

function readWeighting(value: unknown): Weighting | null {
  if (!isRecord(value)) return null;
  const { column, classes } = value;
  const areWeights = Array.isArray(classes) && classes.every((one) => Number.isFinite(one) && one > 0);
  if (column !== null && typeof column !== "string" || classes !== null && !areWeights) return null;
  return { column, classes: classes as readonly number[] | null };
}

const readMissing = (value: unknown): Missing | null =>
  (["refuse", "mean", "drop", "indicator"] as const).find((known) => known === value) ?? null;

function readRidge(value: unknown): Model["ridge"] | null {
  if (!isRecord(value)) return null;
  const { x, f } = value;
  const isStrength = (one: unknown): one is number => typeof one === "number" && one > 0 && one < Infinity;
  return isStrength(x) && (f === null || isStrength(f)) ? { x, f } : null;
}

function readCalibration(value: unknown, targets: number): Calibration | null {
  if (!isRecord(value)) return null;
  const { rows, errors, temperature } = value;
  const on = (["held-out rows", "cross-validated rows"] as const).find((known) => known === value.on);
  const isTemperature = temperature === null ||
    typeof temperature === "number" && temperature > 0 && temperature < Infinity;
  const areSizes = (own: unknown): own is number[] =>
    Array.isArray(own) && own.length > 0 &&
    own.every((one, at) => one >= (at === 0 ? 0 : own[at - 1]) && one < Infinity);
  const areErrors = errors === null || Array.isArray(errors) && errors.length === targets && errors.every(areSizes);
  if (on === undefined || !Number.isSafeInteger(rows) || Number(rows) < 1 || !isTemperature || !areErrors) return null;
  return { on, rows: Number(rows), errors: errors as Calibration["errors"], temperature };
}

/** Columns whose features are the ones named, in their order. */
function readColumns(value: unknown, features: readonly string[]): readonly ColumnEncoding[] | null {
  if (!Array.isArray(value)) return null;
  const columns: ColumnEncoding[] = [];
  for (const one of value) {
    const levels = isRecord(one) && one.levels !== null ? readStrings(one.levels) : null;
    if (!isRecord(one) || typeof one.name !== "string" || (one.levels !== null && levels === null)) return null;
    const unseen = one.unseen === undefined ? null : readStrings(one.unseen);
    columns.push({
      name: one.name,
      levels,
      ...one.constant === true && { constant: true },
      ...one.indicator === true && { indicator: true },
      ...unseen && { unseen },
    });
  }
  const names = columns.flatMap(inputNames);
  return names.length === features.length && names.every((name, at) => name === features[at]) ? columns : null;
}

const readKind = (value: unknown): NetworkKind | null =>
  (["residual-to-output", "plain"] as const).find((known) => known === value) ?? null;

function readScaling(value: unknown, length: number): Scaling | null {
  if (!isRecord(value)) return null;
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === length && list.every((entry) => Number.isFinite(entry));
  const { mean, scale, fill } = value;
  if (!numbers(mean) || !numbers(scale) || !scale.every((entry) => entry > 0)) return null;
  if (fill === undefined) return { mean, scale };
  return numbers(fill) ? { mean, scale, fill } : null;
}

function readScalings(value: unknown, features: number, targets: number): Model["standardisation"] | null {
  if (!isRecord(value)) return null;
  const x = readScaling(value.x, features);
  if (value.y === null || value.y === undefined) return x && { x, y: null };
  const y = readScaling(value.y, targets);
  if (value.transform === undefined) return x && y && { x, y };
  const transform = readTransform(value.transform, targets);
  return x && y && transform && { x, y, transform };
}

function readTransform(value: unknown, targets: number): TargetTransform | null {
  if (!isRecord(value)) return null;
  const { kind, lambda } = value;
  if (kind === "log") return { kind };
  const areLambdas = Array.isArray(lambda) && lambda.length === targets && lambda.every((one) => Number.isFinite(one));
  return kind === "yeo-johnson" && areLambdas ? { kind, lambda } : null;
}

function readClasses(value: unknown): { readonly classes: Model["classes"] } | null {
  if (value === null) return { classes: null };
  const names = readStrings(value);
  return names !== null && names.length >= 2 && new Set(names).size === names.length ? { classes: names } : null;
}
