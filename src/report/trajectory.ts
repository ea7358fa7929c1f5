import { stringify } from "@std/csv/stringify";
import type { RecordedPoint, RunName } from "../check/mod.ts";

type Cell = string | number | boolean | undefined;

/** A column of `trajectory.csv` and where its number comes from. */
const COLUMNS: readonly (readonly [name: string, cell: (run: RunName, point: RecordedPoint) => Cell])[] = [
  ["seed", ({ seed }) => seed],
  ["start", ({ start }) => start],
  ["phase", (_, { phase }) => phase],
  ["count", (_, { count }) => count],
  ["value", (_, { value }) => value],
  ["gap", (_, { gap }) => gap],
  ["gradient_norm", (_, { gradientNorm }) => gradientNorm],
  ["lambda_min", (_, { lambdaMin }) => lambdaMin],
  ["w_norm", (_, { wNorm }) => wNorm],
  ["v_norm", (_, { vNorm }) => vNorm],
  ["epsilon", (_, { epsilon }) => epsilon],
  ["stationary", (_, { stationary }) => stationary],
  ["certificate_bound", (_, { certificate }) => certificate.left],
  ["features_value", (_, { features }) => features.value],
  ["features_bound", (_, { features }) => features.left],
  ["theorem1_left", (_, { theorem1 }) => theorem1?.left],
  ["theorem1_right", (_, { theorem1 }) => theorem1?.right],
  ["theorem2_left", (_, { theorem2 }) => theorem2.left],
  ["theorem2_right", (_, { theorem2 }) => theorem2.right],
  ["theorem3_bound", (_, { theorem3 }) => theorem3?.left],
];

/**
 * The recorded points of all runs as CSV, a row per point; cells that do not apply are empty.
 * `count` is epochs of SGD in the phase `train`, steps of the descent in the phase `descent`.
 *
 * @param runs The runs.
 * @returns The text, header first.
 * @example The header alone
 * ```ts
 * import { assert } from "@std/assert";
 * assert(trajectoryCsv([]).startsWith("seed,start,phase,count,value,gap"));
 * ```
 */
export function trajectoryCsv(runs: readonly (RunName & { readonly points: readonly RecordedPoint[] })[]): string {
  const rows = runs.flatMap((run) =>
    run.points.map((point) => Object.fromEntries(COLUMNS.map(([name, cell]) => [name, cellOf(cell(run, point))])))
  );
  return stringify(rows, { columns: COLUMNS.map(([name]) => name) });
}

/** Numbers that are not finite leave the cell empty. */
function cellOf(value: Cell): string {
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) return "";
  return String(value);
}
