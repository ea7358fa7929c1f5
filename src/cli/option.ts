import { UsageError } from "./usage_error.ts";

/** What a value may be in a configuration file, in JSON Schema. */
export interface ValueSchema {
  /** Its kind, or several. */
  readonly type?: "string" | "integer" | "number" | "boolean" | "array";
  /** The only values. */
  readonly enum?: readonly string[];
  /** The least number. */
  readonly minimum?: number;
  /** A number that it must be above. */
  readonly exclusiveMinimum?: number;
  /** The least length of a text. */
  readonly minLength?: number;
  /** The least number of items. */
  readonly minItems?: number;
  /** What a text must match. */
  readonly pattern?: string;
  /** What each item of a list may be. */
  readonly items?: ValueSchema;
  /** One of several. */
  readonly anyOf?: readonly ValueSchema[];
}

/** An option that takes a value (`--name VALUE`), or a flag (`--name`). */
export interface Option<T> {
  /** `value`: takes one; `list`: several, by commas or by being repeated; `flag`: none. */
  readonly kind: "value" | "list" | "flag";
  /** What stands for the value in the help; empty for a flag. */
  readonly placeholder: string;
  /** What it does, for the help. */
  readonly help: string;
  /** What it may be in a configuration file. */
  readonly schema: ValueSchema;
  /** The value when the option is not given. */
  readonly fallback: T;
  /** The value of what was given, each item of a list on its own; throws {@linkcode UsageError} without naming the option. */
  readonly read: (texts: readonly string[]) => T;
}

/** A text that is not blank. */
const TEXT: ValueSchema = { type: "string", pattern: "\\S" };

/** An item of a list, which commas separate. */
const ITEM: ValueSchema = { type: "string", pattern: "^[^,]*[^,\\s][^,]*$" };

/** Any text, such as a file name. */
export function text(placeholder: string, help: string): Option<string | null> {
  return { kind: "value", placeholder, help, schema: TEXT, fallback: null, read: ([value]) => value };
}

/** Texts separated by commas. */
export function list(placeholder: string, help: string): Option<readonly string[] | null> {
  const schema: ValueSchema = { type: "array", items: ITEM, minItems: 1 };
  return { kind: "list", placeholder, help, schema, fallback: null, read: (values) => values };
}

/** Present or not. */
export function flag(help: string): Option<boolean> {
  return { kind: "flag", placeholder: "", help, schema: { type: "boolean" }, fallback: false, read: () => true };
}

/** One of a few words. */
export function choice<const T extends string, D extends T | null>(
  choices: readonly T[],
  fallback: D,
  help: string,
): Option<T | D> {
  return {
    kind: "value",
    placeholder: choices.join("|"),
    help,
    schema: { enum: choices },
    fallback,
    read: ([value]) => oneOf(choices, value),
  };
}

/** Some of a few words, separated by commas. */
export function choices<const T extends string>(
  known: readonly T[],
  fallback: readonly T[],
  help: string,
): Option<readonly T[]> {
  const read = (values: readonly string[]) => [...new Set(values.map((value) => oneOf(known, value)))];
  const schema: ValueSchema = { type: "array", items: { enum: known }, minItems: 1 };
  return {
    kind: "list",
    placeholder: "NAME,...",
    help: `${help} (default ${fallback.join(",")})`,
    schema,
    fallback,
    read,
  };
}

/** A whole number from `least` on. */
export function integer(fallback: number, least: number, help: string): Option<number> {
  return {
    kind: "value",
    placeholder: "N",
    help: `${help} (default ${fallback})`,
    schema: { type: "integer", minimum: least },
    fallback,
    read: ([value]) => wholeNumber(value, least),
  };
}

/** A whole number from 1 on, or `auto`, which stands for null. */
export function integerOrAuto(help: string): Option<number | null> {
  return {
    kind: "value",
    placeholder: "N|auto",
    help: `${help} (default auto)`,
    schema: { anyOf: [{ type: "integer", minimum: 1 }, { enum: ["auto"] }] },
    fallback: null,
    read: ([value]) => value === "auto" ? null : wholeNumber(value, 1),
  };
}

/** A finite number above 0; a fallback of null stands for none. */
export function positive<const F extends number | null>(fallback: F, help: string): Option<number | F> {
  const read = ([value]: readonly string[]) => {
    const number = Number(value);
    if (value.trim() === "" || !Number.isFinite(number) || number <= 0) {
      throw new UsageError(`needs a number above 0, got "${value}"`);
    }
    return number;
  };
  const shown = fallback === null ? help : `${help} (default ${fallback})`;
  return {
    kind: "value",
    placeholder: "X",
    help: shown,
    schema: { type: "number", exclusiveMinimum: 0 },
    fallback,
    read,
  };
}

function wholeNumber(value: string, least: number): number {
  if (!/^[+-]?\d+$/.test(value) || !Number.isSafeInteger(Number(value)) || Number(value) < least) {
    throw new UsageError(`needs a whole number from ${least} on, got "${value}"`);
  }
  return Number(value);
}

function oneOf<T extends string>(known: readonly T[], value: string): T {
  const found = known.find((name) => name === value);
  if (found === undefined) throw new UsageError(`knows ${known.join(", ")}, but not "${value}"`);
  return found;
}
