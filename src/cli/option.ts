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

/** An item of a list. */
const ITEM: ValueSchema = TEXT;

/**
 * An option that takes any text, such as a file name.
 *
 * @param placeholder What stands for the value in the help.
 * @param help What it does, for the help.
 * @returns The option; null when it is not given.
 * @example A file
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseOptions } from "./parse_options.ts";
 * const options = { data: text("FILE", "The table") };
 * assertEquals(parseOptions(["--data", "a.csv"], options), { data: "a.csv" });
 * ```
 */
export function text(placeholder: string, help: string): Option<string | null> {
  return { kind: "value", placeholder, help, schema: TEXT, fallback: null, read: ([value]) => value };
}

/**
 * An option that takes texts, separated by commas or each with the option before it.
 *
 * @param placeholder What stands for the value in the help.
 * @param help What it does, for the help.
 * @returns The option; null when it is not given.
 * @example Three columns
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseOptions } from "./parse_options.ts";
 * const options = { drop: list("COLUMN,...", "Columns to leave out") };
 * assertEquals(parseOptions(["--drop", "a,b", "--drop", "c"], options), { drop: ["a", "b", "c"] });
 * ```
 */
export function list(placeholder: string, help: string): Option<readonly string[] | null> {
  const schema: ValueSchema = { type: "array", items: ITEM, minItems: 1 };
  return { kind: "list", placeholder, help, schema, fallback: null, read: (values) => values };
}

/**
 * An option without a value: present or not.
 *
 * @param help What it does, for the help.
 * @returns The option; false when it is not given.
 * @example Present
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseOptions } from "./parse_options.ts";
 * assertEquals(parseOptions(["--json"], { json: flag("As JSON") }), { json: true });
 * ```
 */
export function flag(help: string): Option<boolean> {
  return { kind: "flag", placeholder: "", help, schema: { type: "boolean" }, fallback: false, read: () => true };
}

/**
 * An option that takes one of a few words.
 *
 * @param choices The words.
 * @param fallback The word when it is not given; null for none.
 * @param help What it does, for the help.
 * @returns The option.
 * @example An unknown word
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * const dtype = choice(["f32", "f64"], "f64", "Precision");
 * assertEquals([dtype.fallback, dtype.read(["f32"])], ["f64", "f32"]);
 * assertThrows(() => dtype.read(["f16"]), Error, 'knows f32, f64, but not "f16"');
 * ```
 */
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

/**
 * An option that takes some of a few words, separated by commas; each counts once.
 *
 * @param known The words.
 * @param fallback Those when it is not given.
 * @param help What it does, for the help.
 * @returns The option.
 * @example A word given twice
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const starts = choices(["default", "zero"], ["default"], "Where to start");
 * assertEquals(starts.read(["zero", "default", "zero"]), ["zero", "default"]);
 * ```
 */
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

/**
 * An option that takes a whole number from `least` on.
 *
 * @param fallback The number when it is not given.
 * @param least The least that it takes.
 * @param help What it does, for the help.
 * @returns The option.
 * @example None at all is too few
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * const seeds = integer(8, 1, "How many");
 * assertEquals([seeds.fallback, seeds.read(["12"])], [8, 12]);
 * assertThrows(() => seeds.read(["0"]), Error, "needs a whole number from 1 on");
 * ```
 */
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

/**
 * An option that takes a whole number from 1 on, or `auto`, which stands for null.
 *
 * @param help What it does, for the help.
 * @returns The option; null when it is not given.
 * @example A number, and the other word
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const workers = integerOrAuto("How many workers");
 * assertEquals([workers.read(["2"]), workers.read(["auto"])], [2, null]);
 * ```
 */
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

/**
 * An option that takes a finite number above 0.
 *
 * @param fallback The number when it is not given; null for none.
 * @param help What it does, for the help.
 * @returns The option.
 * @example Not below 0
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * const rate = positive(0.1, "Learning rate");
 * assertEquals(rate.read(["1e-3"]), 1e-3);
 * assertThrows(() => rate.read(["-1"]), Error, 'needs a number above 0, got "-1"');
 * ```
 */
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
  if (!/^[+-]?\d+(?:e\+?\d+)?$/i.test(value) || !Number.isSafeInteger(Number(value)) || Number(value) < least) {
    throw new UsageError(`needs a whole number from ${least} on, got "${value}"`);
  }
  return Number(value);
}

function oneOf<T extends string>(known: readonly T[], value: string): T {
  const found = known.find((name) => name === value);
  if (found === undefined) throw new UsageError(`knows ${known.join(", ")}, but not "${value}"`);
  return found;
}
