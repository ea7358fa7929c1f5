import { flag, text } from "./option.ts";
import type { HelpParts } from "./help_parts.ts";
import { type OptionSet, parseOptions } from "./parse_options.ts";
import { UsageError } from "./usage_error.ts";

/** Options that every command has beside its own. */
export const configOptions = {
  config: text("FILE", "Options from a JSON file; those on the command line come first"),
  "show-config": flag("Print the settings as such a file, and do nothing else"),
} as const satisfies OptionSet;

/** Options that are about a single call: they are not settings. */
const OF_A_CALL = ["help"];

/** Arguments without those of {@linkcode configOptions}, and what those say. */
export interface SplitArguments {
  /** The others, as they stand. */
  readonly rest: readonly string[];
  /** The file to read options from; null for none. */
  readonly file: string | null;
  /** Whether to show the settings instead of acting. */
  readonly show: boolean;
}

/**
 * Takes `--config FILE` and `--show-config` out of the arguments of a command.
 *
 * @param args The arguments after the command's name.
 * @returns What they say, and the other arguments.
 * @throws {UsageError} If `--config` lacks its file.
 * @example A file and an option
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(splitConfig(["--config", "run.json", "--seeds", "3"]), { rest: ["--seeds", "3"], file: "run.json", show: false });
 * ```
 */
export function splitConfig(args: readonly string[]): SplitArguments {
  const own = args.flatMap((arg, at) => {
    if (arg === "--show-config") return [at];
    if (arg.startsWith("--config=")) return [at];
    if (arg !== "--config") return [];
    return at + 1 < args.length ? [at, at + 1] : [at];
  });
  const parsed = parseOptions(own.map((at) => args[at]), configOptions);
  return { rest: args.filter((_, at) => !own.includes(at)), file: parsed.config, show: parsed["show-config"] };
}

/**
 * The settings of a command as a configuration file says them: one entry per option that has a value.
 *
 * @param about The command.
 * @param args Its arguments.
 * @returns Values by name, after the name of the command.
 * @throws {UsageError} As {@linkcode parseOptions}.
 * @example What is not given has its default
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { integer } from "./option.ts";
 * const about = { name: "check", summary: "", options: { seeds: integer(8, 1, "How many") }, examples: [] };
 * assertEquals(settingsOf(about, []), { command: "check", seeds: 8 });
 * ```
 */
export function settingsOf({ name, options }: HelpParts, args: readonly string[]): Record<string, unknown> {
  const values = Object.entries(parseOptions(args, options));
  return {
    command: name,
    ...Object.fromEntries(values.filter(([key, value]) => value !== null && !OF_A_CALL.includes(key))),
  };
}

/** The JSON Schema of what a configuration file may hold. */
export type ConfigSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of a command's configuration file: an object with an entry per option.
 *
 * @param about The command.
 * @returns The schema (draft 2020-12).
 * @example A number from 1 on
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { integer } from "./option.ts";
 * const about = { name: "check", summary: "", options: { seeds: integer(8, 1, "How many") }, examples: [] };
 * const { properties } = commandSchema(about) as { properties: Record<string, unknown> };
 * assertEquals(properties.seeds, { description: "How many (default 8)", type: "integer", minimum: 1 });
 * ```
 */
export function commandSchema({ name, summary, options }: HelpParts): ConfigSchema {
  const entries = Object.entries(options).filter(([option]) => !OF_A_CALL.includes(option));
  return {
    type: "object",
    description: summary,
    properties: {
      $schema: { type: "string" },
      command: { const: name },
      ...Object.fromEntries(entries.map(([option, { help, schema }]) => [option, { description: help, ...schema }])),
    },
    additionalProperties: false,
  };
}

/**
 * The JSON Schema of all configuration files, the published one: it tells commands apart by the entry `command`.
 *
 * @param commands What there is.
 * @returns The schema (draft 2020-12).
 * @example One definition per command
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const about = { name: "check", summary: "", options: {}, examples: [] };
 * assertEquals(Object.keys(configSchema([about]).$defs as object), ["check"]);
 * ```
 */
export function configSchema(commands: readonly HelpParts[]): ConfigSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of a resland command",
    type: "object",
    properties: { command: { enum: commands.map(({ name }) => name) } },
    required: ["command"],
    allOf: commands.map(({ name }) => ({
      if: { properties: { command: { const: name } } },
      then: { $ref: `#/$defs/${name}` },
    })),
    $defs: Object.fromEntries(commands.map((about) => [about.name, commandSchema(about)])),
  };
}

/**
 * The arguments that say the same as a configuration, those left out that are given already.
 *
 * @param config A configuration that fits the command's schema.
 * @param about The command.
 * @param given The arguments on the command line.
 * @returns All arguments.
 * @throws {UsageError} If an entry is of no kind that an option has.
 * @example The command line comes first
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { flag, integer } from "./option.ts";
 * const about = { name: "check", summary: "", options: { seeds: integer(8, 1, ""), json: flag("") }, examples: [] };
 * assertEquals(configArguments({ seeds: 3, json: true }, about, ["--seeds", "2"]), ["--json", "--seeds", "2"]);
 * ```
 */
export function configArguments(
  config: Readonly<Record<string, unknown>>,
  { options }: HelpParts,
  given: readonly string[],
): readonly string[] {
  const named = new Set(given.filter((arg) => arg.startsWith("--")).map((arg) => arg.slice(2).split("=")[0]));
  const from = Object.entries(config).filter(([name]) => name in options && !named.has(name)).flatMap(
    ([name, value]) => {
      if (typeof value === "boolean") return value ? [`--${name}`] : [];
      const items = Array.isArray(value) ? value : [value];
      if (items.some((item) => typeof item !== "string" && typeof item !== "number")) {
        throw new UsageError(`"${name}" is ${JSON.stringify(value)}; give it a text, a number or a list of them`);
      }
      const isList = options[name].kind === "list";
      return items.map((item) => `--${name}=${isList ? quotedItem(String(item)) : item}`);
    },
  );
  return [...from, ...given];
}

/** An item of a list as an argument says it: in quotes where it holds a comma or a quote. */
const quotedItem = (item: string): string => /[,"]/.test(item) ? `"${item.replaceAll('"', '""')}"` : item;
