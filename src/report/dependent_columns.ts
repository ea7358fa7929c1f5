import type { LinearOptimum } from "../baseline/mod.ts";
import { type ColumnSummary, type Dataset, inputNames } from "../data/mod.ts";

/** What was read in a column, and whether it says more than the others. */
export interface ColumnReport extends ColumnSummary {
  /**
   * Other columns that determine this one linearly in the rows that were learned from, five of them at most, so that a linear predictor is
   * as good without it. None for a column that adds something; absent where that was not computed.
   */
  readonly dependent?: readonly string[];
}

/** Columns that are named as those that determine another one. */
const MOST_NAMED = 5;

/** With more inputs than this that depend on others, only those columns are named of which all inputs were cut: the time is their cube. */
const MOST_RELATIONS = 300;

/** A weight that is at most this is rounding; those of columns that are combinations of others are far above. */
const ROUNDING = 1e-6;

/**
 * The summaries with the columns that each depends on, one after the other, so that all of those that are named can be left out at once.
 * Which inputs are cut of the linear predictor depends on the order of pivots. Columns add nothing, whatever that order, when the inputs
 * that were kept of them can be had from what was cut of the others: when the weights of the latter on the former have full rank.
 * Cost: linear in what was cut; up to 300 inputs `a² b` for each column, with a kept inputs of those that are named and b cut ones.
 */
export function markDependent(
  summary: readonly ColumnSummary[],
  { columns, intercept }: Pick<Dataset, "columns" | "intercept">,
  dependent: LinearOptimum["dependent"],
): readonly ColumnReport[] {
  const owners = [...intercept ? [null] : [], ...columns.flatMap((one) => inputNames(one).map(() => one.name))];
  const isCut = new Set(dependent.map(({ column }) => column));
  const kept = Map.groupBy([...owners.keys()].filter((at) => !isCut.has(at)), (at) => owners[at]);
  const relations = dependent.filter(({ column, on }) => on.some((at) => owners[at] !== owners[column]));
  const others = new Map<string, Set<string>>();
  const isLong = relations.length > MOST_RELATIONS;
  for (const { column, on } of relations) {
    const names = new Set([column, ...on].flatMap((at) => owners[at] ?? []));
    for (const name of isLong ? [owners[column]!] : names) {
      const those = others.get(name) ?? others.set(name, new Set()).get(name)!;
      for (const other of names) if (other !== name) those.add(other);
    }
  }
  const found = new Map<string, readonly string[]>();
  const keptOf = (name: string) => kept.get(name) ?? [];
  for (const name of [...others.keys()].toSorted((a, b) => keptOf(a).length - keptOf(b).length)) {
    if (isLong && keptOf(name).length > 0) break;
    const gone = isLong ? null : new Set([...found.keys(), name]);
    const beside = [...others.get(name)!].filter((other) => !gone?.has(other)).slice(0, MOST_NAMED);
    if (beside.length > 0 && (gone === null || canGo(gone))) found.set(name, beside);
  }
  return summary.map((one) => one.role !== "feature" ? one : { ...one, dependent: found.get(one.name) ?? [] });

  /** Whether what is left has the rank of all. */
  function canGo(gone: ReadonlySet<string>): boolean {
    const inputs = [...gone].flatMap(keptOf);
    const cut = relations.filter(({ column }) => !gone.has(owners[column] ?? ""));
    if (inputs.length === 0 || inputs.length > cut.length) return inputs.length === 0;
    return inputs.length === rankOf(cut.map(({ on, weights }) => inputs.map((at) => weights[on.indexOf(at)] ?? 0)));
  }
}

/** How many columns of some rows are independent, by elimination with the largest pivot. */
function rankOf(rows: readonly number[][]): number {
  const left = [...rows];
  const cols = rows[0]?.length ?? 0;
  for (let column = 0; column < cols; column++) {
    const size = (row: readonly number[]) => Math.abs(row[column]);
    const best = left.reduce((at, row, index) => size(row) > size(left[at]) ? index : at, column);
    if (column >= left.length || size(left[best]) <= ROUNDING) return column;
    [left[column], left[best]] = [left[best], left[column]];
    const pivot = left[column];
    for (let at = column + 1; at < left.length; at++) {
      const factor = left[at][column] / pivot[column];
      if (factor !== 0) left[at] = left[at].map((value, j) => value - factor * pivot[j]);
    }
  }
  return cols;
}
