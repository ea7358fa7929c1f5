import { type OutputUnit, type Schema, Validator } from "npm:@cfworker/json-schema@4.1.6";
import { commandSchema } from "./config.ts";
import type { HelpParts } from "./help_parts.ts";
import type { ValueSchema } from "./option.ts";
import { didYouMean } from "./suggest.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Reads a configuration file: JSON that fits the schema of the command.
 *
 * @param text The text of the file.
 * @param about The command.
 * @param file The file, as the user named it, for messages.
 * @returns Its entries.
 * @throws {UsageError} If the text is not JSON, an entry is unknown or has a wrong value, or it is of another command.
 * @example A slip in a name
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { integer } from "./option.ts";
 * const about = { name: "check", summary: "", options: { seeds: integer(8, 1, "") }, examples: [] };
 * assertThrows(() => parseConfig('{ "seed": 3 }', about, "run.json"), Error, 'run.json: there is no option "seed", did you mean seeds?');
 * ```
 */
export function parseConfig(text: string, about: HelpParts, file: string): Readonly<Record<string, unknown>> {
  const refuse = (problem: string): never => {
    throw new UsageError(`${file}: ${problem}`);
  };
  const config = parseJson(text, refuse);
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    return refuse('the file must hold one JSON object, such as { "seeds": 3 }');
  }
  const entries = config as Readonly<Record<string, unknown>>;
  if ("command" in entries && entries.command !== about.name) {
    refuse(`the file is a configuration of ${JSON.stringify(entries.command)}, not of "${about.name}"`);
  }
  const known = Object.keys(about.options);
  const unknown = Object.keys(entries).find((name) => !["$schema", "command", ...known].includes(name));
  if (unknown !== undefined) {
    refuse(`there is no option ${JSON.stringify(unknown)}${didYouMean(unknown, known)}; --help lists them`);
  }
  const { valid, errors } = new Validator(commandSchema(about) as Schema, "2020-12").validate(entries);
  if (!valid) refuse(problemOf(errors, entries, about));
  return entries;
}

function parseJson(text: string, refuse: (problem: string) => never): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`the file is not JSON: ${(error as Error).message}`);
  }
}

/** The first entry that does not fit, what it is, and what it may be. */
function problemOf(
  errors: readonly OutputUnit[],
  entries: Readonly<Record<string, unknown>>,
  { options }: HelpParts,
): string {
  const name = errors.map(({ instanceLocation }) => instanceLocation.split("/")[1]).find((one) => one !== undefined);
  if (name === undefined || !(name in options)) return `the file does not fit the schema: ${errors[0]?.error}`;
  return `"${name}" is ${JSON.stringify(entries[name])}; give it ${wordsOf(options[name].schema)}`;
}

function wordsOf({ type, enum: words, minimum, exclusiveMinimum, items, anyOf }: ValueSchema): string {
  if (anyOf) return anyOf.map(wordsOf).join(", or ");
  if (words) return words.length === 1 ? `"${words[0]}"` : `one of ${words.map((word) => `"${word}"`).join(", ")}`;
  switch (type) {
    case "integer":
      return `a whole number from ${minimum} on`;
    case "number":
      return `a number above ${exclusiveMinimum}`;
    case "boolean":
      return "true or false";
    case "array":
      return `a list, each item ${items?.enum ? wordsOf(items) : "a text"}`;
    default:
      return "a text";
  }
}
