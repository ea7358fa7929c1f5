import type { RecordedPoint, RunName } from "../train/mod.ts";
import { type InequalityId, isEvaluated } from "../claims/mod.ts";
import { csvRows } from "../data/mod.ts";

type Cell = string | number | boolean | null | undefined;

/** A side of an inequality; undefined when it does not apply. */
const sideOf = ({ inequalities }: RecordedPoint, id: InequalityId, side: "left" | "right"): Cell => {
  const found = inequalities[id];
  return isEvaluated(found) ? found[side] : undefined;
};

/** A column of `trajectory.csv` and where its number comes from. */
const COLUMNS: readonly (readonly [name: string, cell: (run: RunName, point: RecordedPoint) => Cell])[] = [
  ["seed", ({ seed }) => seed],
  ["start", ({ start }) => start],
  ["phase", (_, { phase }) => phase],
  ["count", (_, { count }) => count],
  ["value", (_, { value }) => value],
  ["gap", (_, { gap }) => gap],
  ["gradient_norm", (_, { gradientNorm }) => gradientNorm],
  ["lambda_min", (_, { lambda }) => lambda.upper],
  ["w_norm", (_, { wNorm }) => wNorm],
  ["v_norm", (_, { vNorm }) => vNorm],
  ["epsilon", (_, { epsilon }) => epsilon],
  ["stationary", (_, { stationary }) => stationary],
  ["certificate_bound", (_, point) => sideOf(point, "convex-certificate", "left")],
  ["features_value", (_, { featureOptimum }) => featureOptimum.value],
  ["features_bound", (_, point) => sideOf(point, "features-certificate", "left")],
  ["theorem1_left", (_, point) => sideOf(point, "theorem-1", "left")],
  ["theorem1_right", (_, point) => sideOf(point, "theorem-1", "right")],
  ["theorem2_left", (_, point) => sideOf(point, "theorem-2", "left")],
  ["theorem2_right", (_, point) => sideOf(point, "theorem-2", "right")],
  ["theorem3_bound", (_, point) => sideOf(point, "theorem-3", "left")],
  ["theorem_a_bound", (_, point) => sideOf(point, "theorem-a", "left")],
  ["lambda_min_lower", (_, { lambda }) => lambda.lower],
  ["infimum_gap", (_, { infimumGap }) => infimumGap],
  ["standing", (_, { standing }) => standing],
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
export function trajectoryCsv(runs: readonly RunPoints[]): string {
  return [csvRows([COLUMNS.map(([name]) => name)]), ...runs.map(trajectoryRows)].join("");
}

/** A run with its recorded points. */
export type RunPoints = RunName & { readonly points: readonly RecordedPoint[] };

/**
 * The recorded points of one run as rows of {@linkcode trajectoryCsv}.
 *
 * @param run The run.
 * @returns The rows, without a header.
 * @example A run without points
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(trajectoryRows({ seed: 1, start: "zero", points: [] }), "");
 * ```
 */
export function trajectoryRows(run: RunPoints): string {
  return csvRows(run.points.map((point) => COLUMNS.map(([, cell]) => cellOf(cell(run, point)))));
}

/** Numbers that are not finite leave the cell empty. */
function cellOf(value: Cell): string {
  if (value === undefined || value === null || (typeof value === "number" && !Number.isFinite(value))) return "";
  return String(value);
}
