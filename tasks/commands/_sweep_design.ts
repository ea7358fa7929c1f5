import { type Schema, Validator } from "npm:@cfworker/json-schema@4.1.6";
import { didYouMean, type OptionSet, UsageError } from "../../src/cli/mod.ts";
import type { Design, Factor, Recipe, Settings } from "../../src/sweep/mod.ts";
import { SOBOL_DIMENSIONS } from "../../src/sweep/mod.ts";
import { RECIPES, TABLE_OPTIONS } from "./_sweep_settings.ts";

/** A table of a design: where it is, what reports call it, and which of its columns are what. */
export type DesignTable = Settings & {
  /** The file; a bundled table by default. */
  readonly data?: string;
  /** What reports call it (default: the file's name without its folder and ending). */
  readonly name?: string;
};

/** A file that says what a sweep runs. */
export interface SweepFile {
  /** What is run: `check` by default. */
  readonly recipe: Recipe;
  /** The tables; the bundled one by default. */
  readonly tables: readonly DesignTable[];
  /** Options that all runs share. */
  readonly options: Settings;
  /** The design. */
  readonly design: Design;
  /** How many seeds. */
  readonly seeds: number;
}

/** Most points and seeds of a design: more were a slip. */
const MOST = 10_000_000;

const RANGE = {
  type: "object",
  properties: {
    low: { type: "number" },
    high: { type: "number" },
    scale: { enum: ["linear", "log"] },
    whole: { type: "boolean" },
    steps: { type: "integer", minimum: 2, maximum: 10_000 },
  },
  required: ["low", "high"],
  additionalProperties: false,
} as const;

const optionSchemas = (options: OptionSet) =>
  Object.fromEntries(
    Object.entries(options).map(([name, { help, schema }]) => [name, { description: help, ...schema }]),
  );

/** A list of values, or a range of numbers. */
const factorSchemas = (options: OptionSet) =>
  Object.fromEntries(
    Object.entries(options).map(([name, { help, schema }]) => {
      const list = { type: "array", minItems: 1, items: schema };
      const isNumber = schema.type === "integer" || schema.type === "number";
      return [name, { description: help, ...(isNumber ? { anyOf: [list, { $ref: "#/$defs/range" }] } : list) }];
    }),
  );

/** The JSON Schema of sweep files (draft 2020-12), from the options of the commands. */
export function sweepSchema(): Record<string, unknown> {
  const whole = (description: string, minimum: number) => ({ description, type: "integer", minimum, maximum: MOST });
  const ofRecipe = (recipe: Recipe) => ({
    options: { type: "object", properties: optionSchemas(RECIPES[recipe]), additionalProperties: false },
    vary: { type: "object", properties: factorSchemas(RECIPES[recipe]), additionalProperties: false },
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A sweep of resland: a design over options, times tables and seeds",
    type: "object",
    properties: {
      $schema: { type: "string" },
      command: { const: "sweep" },
      recipe: { description: "What is run (default check)", enum: ["check", "fit"] },
      tables: {
        description: "The tables, each with the options that say which columns are what (default: the bundled one)",
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          properties: {
            data: { description: "A CSV table with a header", type: "string", pattern: "\\S" },
            name: {
              description: "What reports call it (default: the name of the file)",
              type: "string",
              pattern: "\\S",
            },
            ...optionSchemas(TABLE_OPTIONS),
          },
          additionalProperties: false,
        },
      },
      options: { description: "Options that all runs share", type: "object" },
      vary: { description: "Options that vary, each over a list of values or a range", type: "object" },
      design: {
        description: "Every combination, random draws, or a quasi-random sequence (default grid)",
        enum: ["grid", "random", "sobol"],
      },
      points: whole("How many points a random or quasi-random design has", 1),
      seeds: whole("How many seeds each point is run with (default 8)", 1),
      seed: whole("The first seed, and that of a random design (default 1)", 0),
    },
    additionalProperties: false,
    if: { properties: { recipe: { const: "fit" } }, required: ["recipe"] },
    then: { properties: ofRecipe("fit") },
    else: { properties: ofRecipe("check") },
    $defs: { range: RANGE },
  };
}

/**
 * Reads the file of a sweep.
 *
 * @throws {UsageError} If it is not JSON, or does not fit the schema, or its design cannot be.
 */
export function parseSweepFile(text: string, file: string): SweepFile {
  const refuse = (problem: string): never => {
    throw new UsageError(`${file}: ${problem}`);
  };
  const given = jsonOf(text, refuse);
  const { recipe = "check", tables = [{}], options = {}, vary = {}, design = "grid", points, seeds = 8, seed = 1 } =
    given;
  if (recipe !== "check" && recipe !== "fit") refuse(`"recipe" is ${JSON.stringify(recipe)}; give it "check" or "fit"`);
  refuseUnknown(given, recipe as Recipe, refuse);
  const { valid, errors } = new Validator(sweepSchema() as Schema, "2020-12").validate(given);
  if (!valid) refuse(placeOf(errors.at(-1)!.instanceLocation, given));
  const factors = vary as Readonly<Record<string, Factor>>;
  for (const [name, factor] of Object.entries(factors)) refuseFactor(name, factor, design as string, refuse);
  const both = Object.keys(factors).find((name) => name in (options as object));
  if (both !== undefined) refuse(`"${both}" is both fixed and varied; leave it out of "options" or of "vary"`);
  if (design === "grid" && points !== undefined) {
    refuse('a grid has as many points as combinations; leave "points" out');
  }
  if (design !== "grid" && points === undefined) refuse(`a ${design} design needs "points", such as 100`);
  if (design === "sobol" && Object.keys(factors).length > SOBOL_DIMENSIONS) {
    refuse(`a Sobol design has at most ${SOBOL_DIMENSIONS} factors; fix some, or take a random design`);
  }
  return {
    recipe: recipe as Recipe,
    tables: tables as readonly DesignTable[],
    options: options as Settings,
    design: { kind: design as Design["kind"], factors, points: points as number ?? 0, seed: seed as number },
    seeds: seeds as number,
  };
}

function jsonOf(text: string, refuse: (problem: string) => never): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`the file is not JSON: ${(error as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return refuse('the file must hold one JSON object, such as { "vary": { "width": [4, 32] }, "seeds": 20 }');
}

/** Refuses names that there are not, with the nearest one. */
function refuseUnknown(
  given: Readonly<Record<string, unknown>>,
  recipe: Recipe,
  refuse: (problem: string) => never,
): void {
  const known = ["recipe", "tables", "options", "vary", "design", "points", "seeds", "seed"];
  const unknown = (names: readonly string[], among: readonly string[], where: string) => {
    const found = names.find((name) => !among.includes(name));
    if (found !== undefined) {
      refuse(
        `there is no ${where} ${JSON.stringify(found)}${didYouMean(found, among)}; docs/sweep.schema.json lists them`,
      );
    }
  };
  unknown(Object.keys(given), [...known, "$schema", "command"], "entry");
  const isObject = (value: unknown): value is object =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  for (const part of ["options", "vary"]) {
    if (isObject(given[part])) unknown(Object.keys(given[part]), Object.keys(RECIPES[recipe]), `option of ${recipe}`);
  }
  for (const table of Array.isArray(given.tables) ? given.tables.filter(isObject) : []) {
    unknown(Object.keys(table), ["data", "name", ...Object.keys(TABLE_OPTIONS)], "option of a table");
  }
}

/** The value at a place of the file, and where that is. */
function placeOf(pointer: string, given: unknown): string {
  const steps = pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  let value = given;
  for (const step of steps) value = (value as Record<string, unknown>)?.[step];
  const shown = JSON.stringify(value) ?? "missing";
  const short = shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
  return `"${
    steps.join(".") || "the file"
  }" is ${short}, which does not fit; docs/sweep.schema.json says what it may be`;
}

/** Refuses a range that is none. */
function refuseFactor(name: string, factor: Factor, design: string, refuse: (problem: string) => never): void {
  if (Array.isArray(factor)) return;
  const { low, high, scale, whole, steps } = factor as Exclude<Factor, readonly unknown[]>;
  if (!(low < high)) refuse(`"${name}" goes from ${low} to ${high}; "low" must be below "high"`);
  if (scale === "log" && low <= 0) refuse(`"${name}" is on a log scale from ${low}; "low" must be above 0`);
  if (whole && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))) {
    refuse(`"${name}" is whole, from ${low} to ${high}; both must be whole numbers`);
  }
  if (design === "grid" && steps === undefined) {
    refuse(`"${name}" is a range; a grid needs its "steps", or a list of values`);
  }
}
