import { parseArgs } from "@std/cli/parse-args";
import type { Option } from "./option.ts";
import { didYouMean } from "./suggest.ts";
import { UsageError } from "./usage_error.ts";

/** The options of a command, by name without the dashes. */
// deno-lint-ignore no-explicit-any
export type OptionSet = Readonly<Record<string, Option<any>>>;

/** The values of a set of options. */
export type OptionValues<S extends OptionSet> = {
  readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never;
};

/**
 * Reads the arguments of a command.
 *
 * @param args The arguments after the command's name.
 * @param options The options that the command has.
 * @returns One value per option: what was given, else its fallback.
 * @throws {UsageError} If an option is unknown, lacks its value or has a wrong one, or a word belongs to no option.
 * @example A number and a flag
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { flag, integer } from "./option.ts";
 * const options = { seeds: integer(8, 1, "How many"), json: flag("As JSON") };
 * assertEquals(parseOptions(["--seeds", "3"], options), { seeds: 3, json: false });
 * ```
 */
export function parseOptions<S extends OptionSet>(args: readonly string[], options: S): OptionValues<S> {
  const names = Object.keys(options);
  const ofKind = (...kinds: readonly Option<unknown>["kind"][]) =>
    names.filter((name) => kinds.includes(options[name].kind));
  const parsed = parseArgs(withDashes(args, names.filter((name) => options[name].kind !== "flag")), {
    boolean: ofKind("flag"),
    string: ofKind("value", "list"),
    collect: ofKind("value", "list"),
    unknown(given: string, name?: string) {
      if (name === undefined) throw new UsageError(`"${given}" belongs to no option; put -- before each name`);
      throw new UsageError(`There is no option --${name}${didYouMean(name, names, "--")}; --help lists them`);
    },
  }) as Readonly<Record<string, unknown>>;
  const value = (name: string): unknown => {
    const option = options[name];
    if (option.kind === "flag") return parsed[name] === true ? option.read([]) : option.fallback;
    const given = (parsed[name] ?? []) as readonly string[];
    if (given.length === 0) return option.fallback;
    const texts = option.kind === "list" ? given.flatMap(itemsOf) : given.slice(-1);
    if (texts.some((item) => item.trim() === "")) {
      throw new UsageError(`--${name} needs a value: ${option.placeholder}`);
    }
    try {
      return option.read(texts.map((item) => item.trim()));
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`--${name} ${error.message}`);
      throw error;
    }
  };
  return Object.fromEntries(names.map((name) => [name, value(name)])) as OptionValues<S>;
}

/**
 * The arguments with `--name -` as `--name=-`, and likewise a negative number and an empty text: they are values, which the library drops or takes
 * for other options.
 */
function withDashes(args: readonly string[], names: readonly string[]): string[] {
  const takes = new Set(names.map((name) => `--${name}`));
  const isValue = (arg: string | undefined) => arg !== undefined && /^(?:|-|-\.?\d.*)$/s.test(arg);
  return args.flatMap((arg, at) => {
    if (isValue(arg) && takes.has(args[at - 1])) return [];
    return isValue(args[at + 1]) && takes.has(arg) ? [`${arg}=${args[at + 1]}`] : [arg];
  });
}

/** The items of a list, between commas; an item in double quotes may hold commas, and doubled quotes for one. */
function itemsOf(text: string): readonly string[] {
  if (!text.includes('"')) return text.split(",");
  const items: string[] = [];
  const item = /\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(,|$)/y;
  for (;;) {
    const [, quoted, plain, end] = item.exec(text)!;
    items.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") return items;
  }
}
