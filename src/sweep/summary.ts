import type { SweepRow } from "./sweep_row.ts";
import { type Share, wilson } from "./wilson.ts";

/** Runs with the same value of a factor. */
export interface Level {
  /** The value. */
  readonly value: string;
  /** Those that are second-order stationary above the linear predictor. */
  readonly stuck: Share;
  /** Quantiles of the gap to linear, as a share of the linear predictor's loss; null without a gap. */
  readonly gaps: Quantiles | null;
}

/** The least, the quarters and the greatest of some numbers. */
export interface Quantiles {
  /** The least. */
  readonly least: number;
  /** A quarter lies below. */
  readonly lower: number;
  /** Half lies below. */
  readonly median: number;
  /** Three quarters lie below. */
  readonly upper: number;
  /** The greatest. */
  readonly greatest: number;
}

/** What a factor does. */
export interface FactorSummary {
  /** The factor. */
  readonly name: string;
  /** Its values. */
  readonly levels: readonly Level[];
  /**
   * The share of the variance of "stuck" that the means of the levels explain (eta squared), from 0 to 1; null where all runs agree.
   */
  readonly effect: number | null;
  /** The same of the relative gap's rank; null where all are equal. */
  readonly gapEffect: number | null;
}

/** Residual and plain nets of the same settings, seed and table. */
export interface Contrast {
  /** Pairs. */
  readonly pairs: number;
  /** Pairs of which both ended stuck. */
  readonly both: number;
  /** Pairs of which the plain one alone did. */
  readonly plainOnly: number;
  /** Pairs of which the residual one alone did. */
  readonly residualOnly: number;
  /** Pairs of which neither did. */
  readonly neither: number;
  /** Pairs of which the plain net ended above the residual one, whatever their standing to linear. */
  readonly plainHigher: number;
}

/** A factor, by level, residual and plain nets apart. */
export interface NetworkLevels {
  /** The factor. */
  readonly name: string;
  /** The levels of the residual nets. */
  readonly residual: readonly Level[];
  /** The levels of the plain nets. */
  readonly plain: readonly Level[];
}

/** What the runs of a sweep say. */
export interface SweepSummary {
  /** How many. */
  readonly runs: number;
  /** Those that ended stuck. */
  readonly stuck: Share;
  /** Those above linear that are not second-order stationary: the descent ended early. */
  readonly unconverged: number;
  /** Those whose SGD diverged. */
  readonly diverged: number;
  /** Residual runs by the verdict over their claims. */
  readonly verdicts: Readonly<Record<SweepRow["verdict"], number>>;
  /** Factors with several values, the one that explains most first. */
  readonly factors: readonly FactorSummary[];
  /** Residual beside plain; null without pairs. */
  readonly contrast: Contrast | null;
  /** The same for every factor but the network: by level, residual and plain apart. */
  readonly byNetwork: readonly NetworkLevels[];
  /** Seconds of all runs together. */
  readonly seconds: number;
}

/** Values of a factor above which numbers are put into quarters. */
const MOST_LEVELS = 12;

/** Columns that a factor can be. */
const FACTORS: readonly (keyof SweepRow)[] = [
  "table",
  "network",
  "width",
  "depth",
  "activation",
  "block",
  "loss",
  "start",
  "epochs",
  "batch",
  "rate",
];

/**
 * What the runs of a sweep say: shares with intervals, gaps by factor, the effect of each factor, residual beside plain nets.
 *
 * @param rows The runs.
 * @returns The summary.
 * @example No run, no share
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(summariseSweep([]).stuck, { count: 0, of: 0, share: null, lower: 0, upper: 1 });
 * ```
 */
export function summariseSweep(rows: readonly SweepRow[]): SweepSummary {
  const factors = factorsOf(rows);
  const summaries = factors.map(({ name, valueOf, order }) => summariseFactor(name, rows, valueOf, order));
  const residual = rows.filter(({ network }) => network === "residual");
  const plain = rows.filter(({ network }) => network === "plain");
  const verdicts = { holds: 0, fails: 0, undecided: 0, outside: 0 };
  for (const { verdict } of residual) verdicts[verdict]++;
  const mixed = residual.length > 0 && plain.length > 0;
  return {
    runs: rows.length,
    stuck: wilson(rows.filter(({ stuck }) => stuck).length, rows.length),
    unconverged: rows.filter(({ standing, stationary }) => standing === "above" && !stationary).length,
    diverged: rows.filter(({ diverged }) => diverged).length,
    verdicts,
    factors: summaries.toSorted((a, b) => (b.effect ?? -1) - (a.effect ?? -1)),
    contrast: contrastOf(rows),
    byNetwork: !mixed ? [] : factors.filter(({ name }) => name !== "network").map(({ name, valueOf, order }) => ({
      name,
      residual: levelsOf(residual, valueOf, order),
      plain: levelsOf(plain, valueOf, order),
    })),
    seconds: rows.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** A factor as it is read from a row. */
interface Reading {
  readonly name: string;
  readonly valueOf: (row: SweepRow) => string;
  readonly order: readonly string[];
}

/** The factors of which the rows have several values: columns, and settings that have no column. */
function factorsOf(rows: readonly SweepRow[]): readonly Reading[] {
  const settings = rows.map((row) => JSON.parse(row.settings) as Record<string, unknown>);
  const columns = new Set<string>(FACTORS);
  const others = [...new Set(settings.flatMap(Object.keys))].filter((name) => !columns.has(name)).sort();
  const at = new Map(rows.map((row, index) => [row, settings[index]]));
  const readers: readonly (readonly [string, (row: SweepRow) => unknown])[] = [
    ...FACTORS.map((field) => [field, (row: SweepRow) => row[field]] as const),
    ...others.filter((name) => !TABLE_SETTINGS.includes(name)).map((name) =>
      [name, (row: SweepRow) => at.get(row)?.[name] ?? "default"] as const
    ),
  ];
  return readers.flatMap(([name, read]) => {
    const values = [
      ...new Set(rows.map(read).map((value) => typeof value === "object" ? JSON.stringify(value) : value)),
    ];
    if (values.length < 2) return [];
    const numbers = values.every((value) => typeof value === "number");
    if (numbers && values.length > MOST_LEVELS) return [quartersOf(name, rows, read as (row: SweepRow) => number)];
    const sorted = numbers ? (values as number[]).toSorted((a, b) => a - b) : values.toSorted();
    const text = (value: unknown) => typeof value === "object" ? JSON.stringify(value) : String(value);
    return [{ name, valueOf: (row: SweepRow) => text(read(row)), order: sorted.map(text) }];
  });
}

/** Settings that say which table it is: the factor "table" stands for them. */
const TABLE_SETTINGS = ["target", "features", "drop", "positive", "types"];

/** Numbers of which there are many, in quarters. */
function quartersOf(name: string, rows: readonly SweepRow[], read: (row: SweepRow) => number): Reading {
  const sorted = rows.map(read).toSorted((a, b) => a - b);
  const cuts = [1, 2, 3].map((quarter) => sorted[Math.floor(quarter * sorted.length / 4)]);
  const shown = (value: number) => String(Number(value.toPrecision(2)));
  const order = [
    `up to ${shown(cuts[0])}`,
    `${shown(cuts[0])} to ${shown(cuts[1])}`,
    `${shown(cuts[1])} to ${shown(cuts[2])}`,
    `above ${shown(cuts[2])}`,
  ];
  return { name, order, valueOf: (row) => order[cuts.filter((cut) => read(row) >= cut).length] };
}

/** The gap as a share of the linear predictor's loss. */
const relativeGap = ({ gap, linear }: SweepRow): number | null =>
  gap === null || linear === null || linear === 0 ? null : gap / Math.abs(linear);

/** The runs by value. */
function groupsOf(
  rows: readonly SweepRow[],
  { valueOf, order }: Omit<Reading, "name">,
): readonly (readonly SweepRow[])[] {
  const groups = new Map<string, SweepRow[]>(order.map((value) => [value, []]));
  for (const row of rows) groups.get(valueOf(row))!.push(row);
  return [...groups.values()];
}

function levelsOf(rows: readonly SweepRow[], valueOf: Reading["valueOf"], order: readonly string[]): readonly Level[] {
  return groupsOf(rows, { valueOf, order }).map((group, at) => ({
    value: order[at],
    stuck: wilson(group.filter(({ stuck }) => stuck).length, group.length),
    gaps: quantiles(group.flatMap((row) => relativeGap(row) ?? [])),
  }));
}

function summariseFactor(
  name: string,
  rows: readonly SweepRow[],
  valueOf: Reading["valueOf"],
  order: readonly string[],
): FactorSummary {
  const groups = groupsOf(rows, { valueOf, order });
  const known = rows.filter((row) => relativeGap(row) !== null).toSorted((a, b) => relativeGap(a)! - relativeGap(b)!);
  const rank = new Map<SweepRow, number>();
  for (let at = 0; at < known.length;) {
    let end = at;
    while (end < known.length && relativeGap(known[end]) === relativeGap(known[at])) end++;
    // Equal gaps share their middle rank.
    for (let tied = at; tied < end; tied++) rank.set(known[tied], (at + end - 1) / 2);
    at = end;
  }
  return {
    name,
    levels: levelsOf(rows, valueOf, order),
    effect: etaSquared(groups.map((group) => group.map(({ stuck }) => Number(stuck)))),
    gapEffect: etaSquared(groups.map((group) => group.flatMap((row) => rank.get(row) ?? []))),
  };
}

/**
 * The share of the variance of some numbers that the means of their groups explain: `sum n_g (m_g - m)² / sum (x - m)²`.
 *
 * @param groups The numbers, group by group.
 * @returns The share, from 0 to 1; null where all numbers are equal.
 * @example Groups that say everything, and nothing
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([etaSquared([[0, 0], [1, 1]]), etaSquared([[0, 1], [0, 1]]), etaSquared([[1], [1]])], [1, 0, null]);
 * ```
 */
export function etaSquared(groups: readonly (readonly number[])[]): number | null {
  const all = groups.flat();
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const mean = meanOf(all);
  const total = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (!(total > 0)) return null;
  const between = groups.filter(({ length }) => length > 0)
    .reduce((sum, group) => sum + group.length * (meanOf(group) - mean) ** 2, 0);
  return Math.min(1, between / total);
}

/**
 * The least, the quarters and the greatest of some numbers, interpolated linearly between neighbours.
 *
 * @param values The numbers.
 * @returns The quantiles; null of none.
 * @example Five numbers
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(quantiles([5, 1, 4, 2, 3]), { least: 1, lower: 2, median: 3, upper: 4, greatest: 5 });
 * ```
 */
export function quantiles(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const low = Math.floor(place);
    const high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
  };
  return { least: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75), greatest: at(1) };
}

/** Pairs of a residual and a plain net that share everything else. */
function contrastOf(rows: readonly SweepRow[]): Contrast | null {
  const nameOf = ({ fingerprint, seed, settings, version }: SweepRow): string => {
    const { network: _, ...rest } = JSON.parse(settings);
    return JSON.stringify([fingerprint, seed, version, Object.entries(rest).sort(([a], [b]) => a < b ? -1 : 1)]);
  };
  const residual = new Map(
    rows.filter(({ network, recipe }) => network === "residual" && recipe === "check").map((row) => [nameOf(row), row]),
  );
  const count = { pairs: 0, both: 0, plainOnly: 0, residualOnly: 0, neither: 0, plainHigher: 0 };
  for (const plain of rows.filter(({ network }) => network === "plain")) {
    const other = residual.get(nameOf(plain));
    if (other === undefined) continue;
    count.pairs++;
    if (plain.stuck && other.stuck) count.both++;
    else if (plain.stuck) count.plainOnly++;
    else if (other.stuck) count.residualOnly++;
    else count.neither++;
    if (plain.value !== null && other.value !== null && plain.value > other.value) count.plainHigher++;
  }
  return count.pairs === 0 ? null : count;
}
