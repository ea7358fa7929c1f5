import type { Args, ParseOptions, Values } from "./_types.ts";

export type { Args, ParseOptions };

/** A long option: whether its name starts with `no-`, the rest of it, and a value after an equals sign. */
const LONG = /^--(no-)?(.+?)(?:=(.*))?$/s;

/** The names in an option that lists one, many or none. */
const namesIn = (option: string | readonly string[] | boolean | undefined): readonly string[] =>
  typeof option === "string" ? [option] : typeof option === "object" ? option : [];

const isNumber = (text: string): boolean => /\S/.test(text) && Number.isFinite(Number(text));
const asNumber = <T>(value: T): T | number => typeof value === "string" && isNumber(value) ? Number(value) : value;

/** What stands behind a short option in the same argument, as in `-n3` and `-n=3`; undefined where that is another option. */
function attachedTo(letter: string, rest: string): string | undefined {
  if (rest === "-" || rest === "=") return rest === "=" ? "" : rest;
  if (/[A-Za-z]/.test(letter)) {
    const [, value] = /=(.+)/s.exec(rest) ?? [];
    if (value !== undefined) return value;
    if (/-?\d+(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
  }
  return /^\W/.test(rest) ? rest : undefined;
}

/**
 * Reads command-line arguments. Options not declared take the next argument as their value unless it starts with a
 * dash; numbers become numbers unless the option is declared as `string`. Unlike in the original, names with dots are not nested.
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
  const groups = Object.entries(options.alias ?? {}).map(([name, others]) => [name, ...namesIn(others)]);
  const group = (name: string): readonly string[] => groups.find((names) => names.includes(name)) ?? [name];
  const spread = (option: Parameters<typeof namesIn>[0]) => new Set(namesIn(option).flatMap(group));
  const [booleans, strings] = [spread(options.boolean), spread(options.string)];
  const [collect, negatable] = [spread(options.collect), spread(options.negatable)];
  const declared = new Set([...booleans, ...strings, ...collect, ...groups.flat()]);
  const all = options.boolean === true;
  const found = new Map<string, unknown>();
  const loose: (string | number)[] = [];

  const put = (arg: string, key: string, value: unknown, collected = collect) => {
    const known = declared.has(key) || all && /^--[^=]+$/.test(arg);
    if (!known && options.unknown?.(arg, key, value) === false) return;
    const typed = strings.has(key) ? value : asNumber(value);
    for (const name of group(key)) {
      found.set(name, collected.has(name) ? [found.get(name) || [], typed].flat() : typed);
    }
  };
  /** Puts an option with the next argument, where that can be its value; returns how many arguments it took. */
  const putNext = (arg: string, key: string, next: string | undefined, isOption: RegExp): number => {
    if (next && !booleans.has(key) && !(all && arg.startsWith("--")) && !isOption.test(next)) put(arg, key, next);
    else if (next === "true" || next === "false") put(arg, key, next === "true");
    else {
      put(arg, key, strings.has(key) ? "" : true);
      return 1;
    }
    return 2;
  };
  const putLong = (arg: string, next: string | undefined): number => {
    const [, negated = "", name, value] = LONG.exec(arg)!;
    if (value !== undefined) put(arg, name, booleans.has(name) ? value !== "false" : value);
    else if (!negated || !negatable.has(name)) return putNext(arg, negated + name, next, /^-/);
    else put(arg, name, false, new Set());
    return 1;
  };
  const putShort = (arg: string, next: string | undefined): number => {
    for (let at = 1; at < arg.length - 1; at++) {
      const value = attachedTo(arg[at], arg.slice(at + 1));
      put(arg, arg[at], value ?? (strings.has(arg[at]) ? "" : true));
      if (value !== undefined) return 1;
    }
    return putNext(arg, arg.at(-1)!, next, /^--?[^-]/);
  };

  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const [readable, rest] = [args.slice(0, end), args.slice(end + 1)];
  for (let at = 0; at < readable.length;) {
    const [arg, next] = [readable[at], readable[at + 1]];
    if (LONG.test(arg)) at += putLong(arg, next);
    else if (/^-./s.test(arg)) at += putShort(arg, next);
    else {
      if (options.unknown?.(arg) !== false) loose.push(strings.has("_") ? arg : asNumber(arg));
      at++;
      if (options.stopEarly) loose.push(...readable.splice(at));
    }
  }
  const fill = (name: string, value: unknown) => void (found.has(name) || found.set(name, value));
  for (const [name, value] of Object.entries(options.default ?? {})) group(name).forEach((one) => fill(one, value));
  for (const name of booleans) fill(name, collect.has(name) ? [] : false);
  for (const name of strings) if (collect.has(name)) fill(name, []);
  return {
    ...Object.fromEntries(found),
    ...(options["--"] ? { _: loose, "--": rest } : { _: [...loose, ...rest] }),
  } as Args<Values<TBooleans, TStrings, TCollect, TNegatable, TDefaults>, TDoubleDash>;
}
