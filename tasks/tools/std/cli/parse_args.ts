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
  const declared = declaredIn(options as ParseOptions);
  const reading: Reading = { declared, found: new Map(), loose: [] };
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  readAll(reading, args.slice(0, end), options.stopEarly ?? false);
  fillDefaults(reading, options.default ?? {});
  const [rest, { found, loose }] = [args.slice(end + 1), reading];
  return {
    ...Object.fromEntries(found),
    ...(options["--"] ? { _: loose, "--": rest } : { _: [...loose, ...rest] }),
  } as Args<Values<TBooleans, TStrings, TCollect, TNegatable, TDefaults>, TDoubleDash>;
}

/** What is declared of options, by every one of their names. */
interface Declared {
  readonly booleans: ReadonlySet<string>;
  readonly strings: ReadonlySet<string>;
  readonly collect: ReadonlySet<string>;
  readonly negatable: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  /** Whether every long option without a value is a boolean. */
  readonly all: boolean;
  /** The names that an option has beside this one, and this one. */
  readonly group: (name: string) => readonly string[];
  readonly unknown: ParseOptions["unknown"];
}

/** What was read so far. */
interface Reading {
  readonly declared: Declared;
  readonly found: Map<string, unknown>;
  /** The arguments that belong to no option. */
  readonly loose: (string | number)[];
}

function declaredIn({ alias = {}, boolean, string, collect, negatable, unknown }: ParseOptions): Declared {
  const groups = Object.entries(alias).map(([name, others]) => [name, ...namesIn(others)]);
  const group = (name: string): readonly string[] => groups.find((names) => names.includes(name)) ?? [name];
  const spread = (option: Parameters<typeof namesIn>[0]) => new Set(namesIn(option).flatMap(group));
  const sets = {
    booleans: spread(boolean),
    strings: spread(string),
    collect: spread(collect),
    negatable: spread(negatable),
  };
  const names = new Set([...sets.booleans, ...sets.strings, ...sets.collect, ...groups.flat()]);
  return { ...sets, names, all: boolean === true, group, unknown };
}

function readAll(reading: Reading, args: string[], stopEarly: boolean): void {
  const { declared: { strings, unknown }, loose } = reading;
  for (let at = 0; at < args.length;) {
    const [arg, next] = [args[at], args[at + 1]];
    if (LONG.test(arg)) at += putLong(reading, arg, next);
    else if (/^-./s.test(arg)) at += putShort(reading, arg, next);
    else {
      if (unknown?.(arg) !== false) loose.push(strings.has("_") ? arg : asNumber(arg));
      at++;
      if (stopEarly) loose.push(...args.splice(at));
    }
  }
}

function put(
  { declared, found }: Reading,
  arg: string,
  key: string,
  value: unknown,
  collect: ReadonlySet<string> = declared.collect,
): void {
  const known = declared.names.has(key) || declared.all && /^--[^=]+$/.test(arg);
  if (!known && declared.unknown?.(arg, key, value) === false) return;
  const typed = declared.strings.has(key) ? value : asNumber(value);
  for (const name of declared.group(key)) {
    found.set(name, collect.has(name) ? [found.get(name) || [], typed].flat() : typed);
  }
}

/** Puts an option with the next argument, where that can be its value; returns how many arguments it took. */
function putNext(reading: Reading, arg: string, key: string, next: string | undefined, isOption: RegExp): number {
  const { booleans, strings, all } = reading.declared;
  if (next && !booleans.has(key) && !(all && arg.startsWith("--")) && !isOption.test(next)) {
    put(reading, arg, key, next);
  } else if (next === "true" || next === "false") put(reading, arg, key, next === "true");
  else {
    put(reading, arg, key, strings.has(key) ? "" : true);
    return 1;
  }
  return 2;
}

function putLong(reading: Reading, arg: string, next: string | undefined): number {
  const { booleans, negatable } = reading.declared;
  const [, negated = "", name, value] = LONG.exec(arg)!;
  if (value !== undefined) put(reading, arg, name, booleans.has(name) ? value !== "false" : value);
  else if (!negated || !negatable.has(name)) return putNext(reading, arg, negated + name, next, /^-/);
  else put(reading, arg, name, false, new Set());
  return 1;
}

function putShort(reading: Reading, arg: string, next: string | undefined): number {
  const { strings } = reading.declared;
  for (let at = 1; at < arg.length - 1; at++) {
    const value = attachedTo(arg[at], arg.slice(at + 1));
    put(reading, arg, arg[at], value ?? (strings.has(arg[at]) ? "" : true));
    if (value !== undefined) return 1;
  }
  return putNext(reading, arg, arg.at(-1)!, next, /^--?[^-]/);
}

/** Gives what was not named its default: the one declared, false, or the empty list. */
function fillDefaults({ declared, found }: Reading, defaults: Record<string, unknown>): void {
  const { booleans, strings, collect, group } = declared;
  const fill = (name: string, value: unknown) => void (found.has(name) || found.set(name, value));
  for (const [name, value] of Object.entries(defaults)) group(name).forEach((one) => fill(one, value));
  for (const name of booleans) fill(name, collect.has(name) ? [] : false);
  for (const name of strings) if (collect.has(name)) fill(name, []);
}
