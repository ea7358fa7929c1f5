import { choice, configArguments, type OptionSet, type OptionValues, UsageError } from "../../src/cli/mod.ts";
import type { Job, Recipe, Settings, SettingValue } from "../../src/sweep/mod.ts";
import { type StartName, STARTS } from "../../src/train/mod.ts";
import { checkOptions } from "./_check_options.ts";
import { fitOptions } from "./_fit_options.ts";
import { PROGRAM } from "./program.ts";
import { problemOptions } from "./_shared_options.ts";

/** A set of options without some. */
function without<S extends OptionSet, const N extends keyof S>(options: S, names: readonly N[]): Omit<S, N> {
  const left = Object.entries(options).filter(([name]) => !names.includes(name as N));
  return Object.fromEntries(left) as unknown as Omit<S, N>;
}

/** Which kernels: those that give the same bits on every machine, unless others are asked for. */
const kernels = choice(["relaxed", "simd", "js"], "simd", "Which kernels (default simd, which repeats to the bit)");

/** What a run of `check` depends on, but for table and seed; a list of starts becomes one start, and the net may lack the skip. */
const checkSettings = {
  ...without(checkOptions, ["data", "seeds", "seed", "starts", "require", "out", "workers", "json", "quiet", "help"]),
  start: choice(Object.keys(STARTS) as StartName[], "default", "The kind of starting point (default default)"),
  network: choice(
    ["residual", "plain"],
    "residual",
    "With the skip connection, or the same net from the same start without it (default residual)",
  ),
  kernels,
};

/** What a fit depends on, but for table and seed. */
const fitSettings = {
  ...without(fitOptions, [
    ...(["data", "seed", "cv", "out", "keep-path", "resume", "metrics-out", "workers", "require"] as const),
    ...(["json", "quiet", "help"] as const),
  ]),
  kernels,
};

/** The settings of a run of `check`. */
export type CheckRunSettings = OptionValues<typeof checkSettings>;

/** The settings of a fit. */
export type FitRunSettings = OptionValues<typeof fitSettings>;

/** The options that a sweep of each recipe may set or vary. */
export const RECIPES: { readonly check: typeof checkSettings; readonly fit: typeof fitSettings } = {
  check: checkSettings,
  fit: fitSettings,
};

/** The options that say which columns of a table are what: a table of a design has them. */
export const TABLE_OPTIONS: OptionSet = without(problemOptions, ["data"]);

/** The texts of a value, as an option reads them. */
const textsOf = (value: SettingValue): readonly string[] => [value].flat().map(String);

/** The value of one option, as the command would read it. */
function readSetting(options: OptionSet, name: string, value: SettingValue | undefined): unknown {
  const option = options[name];
  if (value === undefined || value === null || option.kind === "flag" && value === false) return option.fallback;
  try {
    return option.read(textsOf(value));
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`"${name}" ${error.message}`);
    throw error;
  }
}

/** Settings in full, defaults filled in. */
export function resolveSettings<R extends Recipe>(recipe: R, settings: Settings): OptionValues<(typeof RECIPES)[R]> {
  const options: OptionSet = RECIPES[recipe];
  return Object.fromEntries(
    Object.keys(options).map((name) => [name, readSetting(options, name, settings[name])]),
  ) as OptionValues<(typeof RECIPES)[R]>;
}

/** The settings that differ from the defaults, so that saying a default changes no job. */
export function normaliseSettings(recipe: Recipe, settings: Settings): Settings {
  const options: OptionSet = RECIPES[recipe];
  const entries = Object.entries(settings).filter(([name, value]) =>
    JSON.stringify(readSetting(options, name, value)) !== JSON.stringify(options[name].fallback)
  );
  return Object.fromEntries(entries);
}

/** An argument as a shell takes it. */
const quoted = (text: string): string => /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The one command that does a job again. */
export function reproduceCommand({ recipe, settings: stored, seed }: Job, path: string | null): string {
  // A database may have stored them in another order.
  const settings = Object.fromEntries(Object.keys(stored).sort().map((name) => [name, stored[name]]));
  const { network = "residual", start = "default", ...rest } = settings;
  if (recipe === "check" && network === "plain") {
    const job = { recipe, ...path !== null && { data: path }, settings, seed };
    return `${PROGRAM} sweep --job ${quoted(JSON.stringify(job))}`;
  }
  const own = recipe === "check" ? { ...rest, starts: [start], seeds: 1 } : settings;
  const config = { ...path !== null && { data: path }, ...own, seed, kernels: settings.kernels ?? "simd" };
  const options: OptionSet = recipe === "check" ? checkOptions : fitOptions;
  const args = configArguments(config, { name: recipe, summary: "", options, examples: [] }, []);
  return [PROGRAM, recipe, ...args.map(quoted)].join(" ");
}
