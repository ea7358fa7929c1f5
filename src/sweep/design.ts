import { fold, key, uniform } from "../random/mod.ts";
import { sobol, SOBOL_DIMENSIONS } from "./sobol.ts";

/** A value of an option, as a configuration file has it. */
export type SettingValue = string | number | boolean | null | readonly (string | number)[];

/** Options and their values. */
export type Settings = Readonly<Record<string, SettingValue>>;

/** Numbers from `low` to `high`. */
export interface Range {
  /** The least. */
  readonly low: number;
  /** The greatest. */
  readonly high: number;
  /** How they are spread: evenly, or evenly in their logarithms (default `linear`). */
  readonly scale?: "linear" | "log";
  /** Whether they are whole numbers (default false). */
  readonly whole?: boolean;
  /** How many of them a grid takes, both ends among them; a random design and Sobol's need none. */
  readonly steps?: number;
}

/** What an option varies over: a list of values, or a range. */
export type Factor = readonly SettingValue[] | Range;

/** Which settings are tried. */
export interface Design {
  /** `grid`: every combination; `random`: independent draws; `sobol`: a quasi-random sequence that fills the space evenly. */
  readonly kind: "grid" | "random" | "sobol";
  /** The factors, by the option that they vary. */
  readonly factors: Readonly<Record<string, Factor>>;
  /** How many points a random design or Sobol's has. */
  readonly points: number;
  /** Where the random numbers come from. */
  readonly seed: number;
}

const isRange = (factor: Factor): factor is Range => !Array.isArray(factor);

/** The value of a factor at a place from 0 to 1 (exclusive). */
function valueAt(factor: Factor, place: number): SettingValue {
  if (!isRange(factor)) return factor[Math.min(factor.length - 1, Math.floor(place * factor.length))];
  const { low, high, scale = "linear", whole = false } = factor;
  if (whole && scale === "linear") return low + Math.min(high - low, Math.floor(place * (high - low + 1)));
  const value = between(low, high, scale, place);
  return whole ? Math.round(value) : value;
}

const between = (low: number, high: number, scale: "linear" | "log", place: number): number =>
  scale === "log" ? Math.exp(Math.log(low) + place * (Math.log(high) - Math.log(low))) : low + place * (high - low);

/** The values of a factor that a grid takes, each once. */
function levelsOf(name: string, factor: Factor): readonly SettingValue[] {
  if (!isRange(factor)) return factor;
  const { low, high, scale = "linear", whole = false, steps } = factor;
  if (steps === undefined) {
    throw new RangeError(`Cannot make a grid: ${name} is a range without steps; say how many, or list the values`);
  }
  const values = Array.from({ length: steps }, (_, at) => {
    // Ends are as they were given, not as exp(log) leaves them.
    if (at === 0) return low;
    if (at === steps - 1) return high;
    const value = between(low, high, scale, at / (steps - 1));
    return whole ? Math.round(value) : value;
  });
  return [...new Set(values)];
}

/**
 * How many points a design has; points of a random design may coincide.
 *
 * @param design The design.
 * @returns The number.
 * @throws {RangeError} If a grid has a range without steps.
 * @example Two by three
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const factors = { width: [4, 8], rate: { low: 1e-3, high: 1e-1, scale: "log", steps: 3 } } as const;
 * assertEquals(countPoints({ kind: "grid", factors, points: 0, seed: 1 }), 6);
 * ```
 */
export function countPoints({ kind, factors, points }: Design): number {
  if (kind !== "grid") return points;
  return Object.entries(factors).reduce((count, [name, factor]) => count * levelsOf(name, factor).length, 1);
}

/**
 * The points of a design, one after another: settings of every factor. Same design, same points; more points of a random design or Sobol's
 * begin with the fewer.
 *
 * @param design The design.
 * @returns A generator of settings.
 * @throws {RangeError} If a grid has a range without steps, or Sobol's design more factors than its sequence dimensions.
 * @example The last factor changes first
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const factors = { width: [4, 8], activation: ["tanh", "relu"] };
 * const [first, second] = designPoints({ kind: "grid", factors, points: 0, seed: 1 });
 * assertEquals([first, second], [{ width: 4, activation: "tanh" }, { width: 4, activation: "relu" }]);
 * ```
 */
export function* designPoints(design: Design): Generator<Settings> {
  const { kind, factors, points, seed } = design;
  const entries = Object.entries(factors);
  if (kind === "grid") return yield* gridOf(entries);
  const from = fold(key(seed), kind);
  const names = entries.map(([name]) => name);
  if (kind === "random") {
    for (let index = 0; index < points; index++) {
      const places = uniform(fold(from, index), entries.length);
      yield Object.fromEntries(entries.map(([name, factor], at) => [name, valueAt(factor, places[at])]));
    }
    return;
  }
  if (entries.length > SOBOL_DIMENSIONS) {
    throw new RangeError(
      `Cannot make a Sobol design of ${entries.length} factors: it has at most ${SOBOL_DIMENSIONS}; fix some, or draw at random`,
    );
  }
  if (entries.length === 0) return yield {};
  for (const places of sobol(entries.length, uniform(from, entries.length)).take(points)) {
    yield Object.fromEntries(names.map((name, at) => [name, valueAt(factors[name], places[at])]));
  }
}

function* gridOf(entries: readonly (readonly [string, Factor])[]): Generator<Settings> {
  const levels = entries.map(([name, factor]) => levelsOf(name, factor));
  const count = levels.reduce((product, { length }) => product * length, 1);
  for (let index = 0; index < count; index++) {
    const point: Record<string, SettingValue> = {};
    let rest = index;
    for (let at = entries.length - 1; at >= 0; at--) {
      point[entries[at][0]] = levels[at][rest % levels[at].length];
      rest = Math.floor(rest / levels[at].length);
    }
    // In the order of the design, whatever the order of filling.
    yield Object.fromEntries(entries.map(([name]) => [name, point[name]]));
  }
}
