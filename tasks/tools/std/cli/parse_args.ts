// @ts-types="./_minimist.d.ts"
import minimist from "minimist";
import type { Args, ParseOptions, Values } from "./_types.ts";

export type { Args, ParseOptions };

/** A mark no argument can hold: keeps `--no-x` from minimist, which would negate every option. */
const MARK = "\0";
const marked = (name: string): string => name.startsWith("no-") ? MARK + name : name;
const unmarked = <T>(value: T): T => (typeof value === "string" ? value.replace(MARK, "") : value) as T;

/** The names in an option that lists one, many or none. */
function namesIn(option: string | readonly string[] | boolean | undefined): string[] {
  return typeof option === "string" ? [option] : typeof option === "object" ? [...option] : [];
}

/** The value of an option from all that minimist saw: all of them for `collect`, otherwise the last. */
function settle(value: unknown, collect: boolean): unknown {
  const seen = Array.isArray(value) ? value : [value];
  if (!collect || seen.at(-1) === false) return unmarked(seen.at(-1));
  return seen.slice(seen.lastIndexOf(false) + 1).map(unmarked);
}

/**
 * Reads command-line arguments. Options not declared take the next argument as their value unless it starts with a
 * dash; numbers become numbers unless the option is declared as `string`. Names with dots are not nested further here.
 *
 * @typeParam TDoubleDash Whether "--" is kept apart.
 * @typeParam TBooleans The names of the boolean options.
 * @typeParam TStrings The names of the string options.
 * @typeParam TCollect The names of the options that collect.
 * @typeParam TNegatable The names of the options that can be negated.
 * @typeParam TDefaults The default values.
 * @param args The arguments, as in `Deno.args`.
 * @param options What is declared.
 * @returns The values by name, and in `_` the arguments that belong to no option.
 * @example Three kinds of option
 * ```ts
 * import { assertEquals } from "@std/assert/equals";
 * const args = parseArgs(["fit", "--json", "--seed", "1", "--drop=a", "--drop=b"], {
 *   boolean: ["json"],
 *   string: ["seed", "drop"],
 *   collect: ["drop"],
 * });
 * assertEquals(args, { _: ["fit"], json: true, seed: "1", drop: ["a", "b"] });
 * ```
 */
export function parseArgs<
  TDoubleDash extends boolean | undefined = undefined,
  TBooleans extends boolean | string | undefined = undefined,
  TStrings extends string | undefined = undefined,
  TCollect extends string | undefined = undefined,
  TNegatable extends string | undefined = undefined,
  TDefaults extends Record<string, unknown> | undefined = undefined,
>(
  args: string[],
  options: ParseOptions<TBooleans, TStrings, TCollect, TNegatable, TDefaults, TDoubleDash> = {},
): Args<Values<TBooleans, TStrings, TCollect, TNegatable, TDefaults>, TDoubleDash> {
  const aliases = Object.entries(options.alias ?? {}).map(([name, others]) => [name, ...namesIn(others)]);
  const spread = (names: string[]) => names.flatMap((name) => aliases.find((group) => group.includes(name)) ?? [name]);
  const [booleans, strings] = [spread(namesIn(options.boolean)), spread(namesIn(options.string))];
  const [collect, negatable] = [spread(namesIn(options.collect)), spread(namesIn(options.negatable))];
  const split = args.includes("--") ? args.indexOf("--") : args.length;
  const readable = args.slice(0, split).map((arg) => {
    const negated = /^--no-([^=]+)$/.exec(arg)?.[1];
    return negated !== undefined && negatable.includes(negated) ? arg : arg.replace(/^--no-/, `--${MARK}no-`);
  });
  const { _, "--": rest = [], ...found } = minimist([...readable, ...args.slice(split)], {
    "--": true,
    alias: Object.fromEntries(aliases.map(([name, ...others]) => [marked(name), others.map(marked)])),
    boolean: options.boolean === true ? true : booleans.map(marked),
    // Null tells a boolean that was not given from one that was given as false.
    default: Object.fromEntries(booleans.map((name) => [marked(name), null])),
    stopEarly: options.stopEarly ?? false,
    string: strings.map(marked),
    unknown: (arg) => {
      const [, key, value] = /^--?([^=]+)=?(.*)$/s.exec(unmarked(arg)) ?? [];
      const answer = key === undefined ? options.unknown?.(arg) : options.unknown?.(unmarked(arg), key, value || true);
      return answer !== false;
    },
  });
  const given = Object.entries(found).filter(([, value]) => value !== null)
    .map(([name, value]): [string, unknown] => [unmarked(name), settle(value, collect.includes(unmarked(name)))]);
  const defaults = Object.entries(options.default ?? {}).flatMap(([name, value]) =>
    spread([name]).map((n) => [n, value])
  );
  const absent = [
    ...booleans.map((name) => [name, collect.includes(name) ? [] : false]),
    ...strings.filter((name) => collect.includes(name)).map((name) => [name, []]),
  ];
  const loose = _.map(unmarked);
  return {
    ...Object.fromEntries([...absent, ...defaults, ...given]),
    ...(options["--"] ? { _: loose, "--": rest } : { _: [...loose, ...rest as string[]] }),
  };
}
