import { InputError, type Scaling } from "../data/mod.ts";
import { type Loss, lossByName } from "../loss/mod.ts";
import { type Layer, type Network, network, type Parameter } from "../nn/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import { layerFromJson } from "./_layer_from_json.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "./safetensors.ts";

/** The schema that a model file names. */
export const MODEL_SCHEMA = "resland/model@1";

/** A trained network with all that it takes to apply it to a table. */
export interface Model {
  /** The network. */
  readonly net: Network;
  /** Its parameters, in its layout. */
  readonly point: Vector;
  /** The loss that it was trained with. */
  readonly loss: Loss;
  /** Names of the features, the intercept left out. */
  readonly features: readonly string[];
  /** Name of the target column. */
  readonly target: string;
  /** What was subtracted and divided out; `y` is null when the target was not scaled. */
  readonly standardisation: { readonly x: Scaling; readonly y: Scaling | null };
  /** Whether the first input is the constant 1. */
  readonly intercept: boolean;
  /** The classes that -1 and +1 stand for, or null. */
  readonly classes: readonly string[] | null;
}

/**
 * Writes a model as safetensors: `w` [d], `V` [d, k] and `theta.*` in float64, in PyTorch's layout and names; the rest as
 * metadata, each value a JSON text.
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
 *   net, point: Float64Array.from({ length: net.size }, (_, i) => i / 3), loss: squared, features: ["age"], target: "price",
 *   standardisation: { x: one, y: one }, intercept: true, classes: null,
 * };
 * assertEquals(decodeModel(encodeModel(model), "model.safetensors"), model);
 * ```
 */
export function encodeModel(model: Model): Uint8Array {
  const { net, point, loss, features, target, standardisation, intercept, classes } = model;
  const tensors = new Map<string, Tensor>(
    net.parameters.map(({ name, shape, offset, length }) => [
      name,
      { shape, data: point.slice(offset, offset + length) },
    ]),
  );
  const standard = lossByName(loss.name).parameter === loss.parameter;
  const values = {
    schema: MODEL_SCHEMA,
    architecture: net.theta,
    features,
    target,
    loss: standard ? loss.name : { name: loss.name, parameter: loss.parameter },
    standardisation,
    intercept,
    classes,
  };
  const metadata = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
  return encodeSafetensors({ tensors, metadata });
}

/**
 * Reads a model that {@linkcode encodeModel} wrote, or that PyTorch saved with the same metadata.
 *
 * @param bytes The whole file.
 * @param file Its name, for messages.
 * @returns The model.
 * @throws {InputError} If the file is not safetensors, or its metadata and tensors do not make a network.
 * @example A file that is none
 * ```ts
 * import { assertThrows } from "@std/assert";
 * assertThrows(() => decodeModel(new Uint8Array(4), "m.safetensors"), Error, "m.safetensors: the file is cut off");
 * ```
 */
export function decodeModel(bytes: Uint8Array, file: string): Model {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const refuse = (problem: string): never => {
    throw new InputError(problem, { file });
  };
  const read = <T>(name: string, check: (value: unknown) => T | null, what: string): T => {
    if (!Object.hasOwn(metadata, name)) return refuse(`the metadata lack "${name}"; add ${what}`);
    const value = check(jsonOf(metadata[name]));
    return value ?? refuse(`the metadata "${name}" must be ${what}, got ${metadata[name].slice(0, 60)}`);
  };
  read("schema", (value) => value === MODEL_SCHEMA || null, `"${MODEL_SCHEMA}"`);
  const features = read("features", stringsOf, "a list of column names");
  const intercept = read("intercept", (value) => typeof value === "boolean" ? { value } : null, "true or false").value;
  const theta: Layer = read("architecture", layerFromJson, "a tree of layers");
  const target = read("target", (value) => typeof value === "string" ? value : null, "the name of a column");
  const loss = read("loss", lossFromJson, "the name of a loss");
  const standardisation = read(
    "standardisation",
    (value) => scalingsFromJson(value, features.length),
    "means and scales for x (one per feature) and y (or null)",
  );
  const { classes } = read("classes", classesFromJson, "two class names, or null");
  const d = features.length + (intercept ? 1 : 0);
  const net = fitting(d, theta, refuse);
  const point = new Float64Array(net.size);
  for (const parameter of net.parameters) point.set(numbersFor(parameter, tensors, refuse), parameter.offset);
  const known = new Set(net.parameters.map((parameter) => parameter.name));
  const extra = [...tensors.keys()].find((name) => !known.has(name));
  if (extra !== undefined) refuse(`tensor "${extra}" has no place in the architecture; take it out`);
  return { net, point, loss, features, target, standardisation, intercept, classes };
}

function fitting(d: number, theta: Layer, refuse: (problem: string) => never): Network {
  try {
    return network(d, theta);
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

/** The value of a JSON text; a text that is not JSON stands for itself, as hand-written metadata often do. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const stringsOf = (value: unknown): readonly string[] | null =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string") ? value : null;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function lossFromJson(value: unknown): Loss | null {
  const { name, parameter = null } = isRecord(value) ? value : { name: value };
  if (typeof name !== "string") return null;
  try {
    return lossByName(name, parameter === null ? {} : { parameter: Number(parameter) });
  } catch {
    return null;
  }
}

function scalingFromJson(value: unknown, length: number): Scaling | null {
  if (!isRecord(value)) return null;
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === length && list.every((entry) => Number.isFinite(entry));
  const { mean, scale } = value;
  return numbers(mean) && numbers(scale) && scale.every((entry) => entry > 0) ? { mean, scale } : null;
}

function scalingsFromJson(value: unknown, features: number): Model["standardisation"] | null {
  if (!isRecord(value)) return null;
  const x = scalingFromJson(value.x, features);
  if (value.y === null || value.y === undefined) return x && { x, y: null };
  const y = scalingFromJson(value.y, 1);
  return x && y && { x, y };
}

function classesFromJson(value: unknown): { readonly classes: Model["classes"] } | null {
  if (value === null) return { classes: null };
  const names = stringsOf(value);
  return names?.length === 2 ? { classes: [names[0], names[1]] } : null;
}
