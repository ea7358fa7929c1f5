import { isEvaluated, NO_TALLIES, type Tallies, tallyPoints } from "../../src/claims/mod.ts";
import { type RunCurve, type TimedRun, trajectoryRows } from "../../src/report/mod.ts";
import type { RunName } from "../../src/train/mod.ts";
import type { Pieces } from "../io/pieces.ts";
import { pieceName } from "./_check_pieces.ts";

/** What the finished runs of a check are made into. */
export interface GatheredRuns {
  /** The runs, each with its end alone, and without its parameters. */
  readonly ends: readonly TimedRun[];
  /** What their points are to each statement. */
  readonly tallies: Tallies;
  /** Their losses and bounds, for the charts. */
  readonly curves: readonly RunCurve[];
  /** The parameters of the lowest end, the first of equal ones; null without a run. */
  readonly best: Float64Array | null;
}

/** Goes through finished runs once, one in memory at a time; `onRows` is given the rows of each for the trajectory. */
export async function gatherRuns(
  pieces: Pieces<TimedRun>,
  names: readonly RunName[],
  onRows: (rows: string) => Promise<void>,
): Promise<GatheredRuns> {
  const [ends, curves]: [TimedRun[], RunCurve[]] = [[], []];
  let [tallies, lowest, best]: [Tallies, number, Float64Array | null] = [NO_TALLIES, Infinity, null];
  for (const name of names) {
    const run = await pieces.read(pieceName(name));
    const [end] = run.points.slice(-1);
    tallies = tallyPoints(tallies, run.points);
    ends.push({ ...run, points: [end], params: NONE });
    curves.push(curveOf(run));
    if (best === null || end.value < lowest) [lowest, best] = [end.value, run.params];
    await onRows(trajectoryRows(run));
  }
  return { ends, tallies, curves, best };
}

const NONE = new Float64Array();

/** A run as its chart shows it. */
const curveOf = ({ start, points }: TimedRun): RunCurve => ({
  start,
  values: points.map(({ value }) => value),
  bounds: points.map(({ inequalities }) => {
    const found = inequalities["convex-certificate"];
    return isEvaluated(found) ? found.left : NaN;
  }),
});
