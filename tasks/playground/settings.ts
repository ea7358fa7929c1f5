import { ACTIVATION_CODES, type ActivationName } from "../../src/kernels/types.ts";

/** What the page trains, and how: everything that a link to it repeats. */
export interface Settings {
  /** A sample's name, or `file` for a table of the user's own, which no link can hold. */
  readonly data: string;
  /** The column to predict; empty for the table's own choice. */
  readonly target: string;
  /** Columns that are left out. */
  readonly drop: readonly string[];
  /** What happens to missing values. */
  readonly missing: "refuse" | "mean" | "drop";
  /** The share of the rows that is held out; 0 for none. */
  readonly valid: number;
  /** Units of each layer of f. */
  readonly width: number;
  /** Layers of f. */
  readonly depth: number;
  /** The activation. */
  readonly activation: ActivationName;
  /** Kind of the layers after the first. */
  readonly block: "dense" | "residual";
  /** Where training starts. */
  readonly start: "random" | "linear" | "constant" | "saddle";
  /** The learning rate at the start. */
  readonly rate: number;
  /** Rows of a step. */
  readonly batch: number;
  /** Passes over the rows. */
  readonly epochs: number;
  /** What is added to the loss: nothing, a ridge on (w, V'w), or a penalty on (w, V). */
  readonly regulariser: "none" | "ridge" | "penalty";
  /** Its strength. */
  readonly strength: number;
  /** The random seed. */
  readonly seed: number;
  /** Which kernels: `simd`, which gives the same bits on every machine, or plain JavaScript. */
  readonly kernels: "simd" | "js";
}

/** The settings of a page that is opened without any. */
export const DEFAULTS: Settings = Object.freeze({
  data: "linear",
  target: "",
  drop: Object.freeze([]),
  missing: "refuse",
  valid: 0.25,
  width: 4,
  depth: 1,
  activation: "tanh",
  block: "dense",
  start: "random",
  rate: 0.02,
  batch: 32,
  epochs: 200,
  regulariser: "none",
  strength: 0.01,
  seed: 1,
  kernels: "simd",
});

/** The activations of the page's list. */
export const ACTIVATIONS = Object.keys(ACTIVATION_CODES) as readonly ActivationName[];

/** Reads the text of one setting; null where it is none. */
type Reader = (text: string) => unknown;

const oneOf = (...values: readonly string[]): Reader => (text) => values.includes(text) ? text : null;

const within = (low: number, high: number, whole: boolean): Reader => (text) => {
  const value = Number(text);
  const fits = text.trim() !== "" && value >= low && value <= high && (!whole || Number.isInteger(value));
  return fits ? value : null;
};

/** The greatest value of each number that has one: what a browser can do while it draws. */
export const LIMITS = Object.freeze({
  width: [1, 1024],
  depth: [1, 64],
  batch: [1, 1_000_000],
  epochs: [1, 100_000],
  seed: [0, 2 ** 31],
  valid: [0, 0.9],
  rate: [1e-8, 1e6],
  strength: [0, 1e6],
}) satisfies Readonly<Record<string, readonly [number, number]>>;

const whole = (name: keyof typeof LIMITS): Reader => within(LIMITS[name][0], LIMITS[name][1], true);
const real = (name: keyof typeof LIMITS): Reader => within(LIMITS[name][0], LIMITS[name][1], false);

const READERS: Readonly<Record<keyof Settings, Reader>> = {
  data: (text) => /^[a-z][a-z-]*$/.test(text) ? text : null,
  target: (text) => text,
  drop: (text) => text === "" ? [] : text.split("\n"),
  missing: oneOf("refuse", "mean", "drop"),
  valid: real("valid"),
  width: whole("width"),
  depth: whole("depth"),
  activation: oneOf(...ACTIVATIONS),
  block: oneOf("dense", "residual"),
  start: oneOf("random", "linear", "constant", "saddle"),
  rate: real("rate"),
  batch: whole("batch"),
  epochs: whole("epochs"),
  regulariser: oneOf("none", "ridge", "penalty"),
  strength: real("strength"),
  seed: whole("seed"),
  kernels: oneOf("simd", "js"),
};

/** Settings as they were read, and what could not be. */
export interface ReadSettings {
  readonly settings: Settings;
  /** A sentence for each part that was left at its default. */
  readonly problems: readonly string[];
}

/** The value of a setting from its text; null where the text is none. */
export function readSetting(name: keyof Settings, text: string): Partial<Settings> | null {
  const value = READERS[name](text);
  return value === null ? null : { [name]: value };
}

/**
 * The settings in a URL's hash. What is unknown or out of range keeps its default, and is named.
 *
 * @param hash The hash, with its `#` or without.
 */
export function settingsFromHash(hash: string): ReadSettings {
  const problems: string[] = [];
  let settings = DEFAULTS;
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const found = Object.hasOwn(READERS, name) ? readSetting(name as keyof Settings, text) : null;
    if (found === null) problems.push(`The link's "${name}=${text.slice(0, 40)}" is not a setting; it was left out.`);
    else settings = { ...settings, ...found };
  }
  return { settings: Object.freeze(settings), problems };
}

/** The hash of settings: those that differ from the defaults, so that the same settings always have the same link. */
export function settingsToHash(settings: Settings): string {
  const changed = (Object.keys(DEFAULTS) as (keyof Settings)[]).flatMap((name) => {
    const text = textOf(settings[name]);
    return text === textOf(DEFAULTS[name]) ? [] : [[name, text]];
  });
  return new URLSearchParams(changed).toString();
}

const textOf = (value: Settings[keyof Settings]): string =>
  typeof value === "object" ? value.join("\n") : String(value);
