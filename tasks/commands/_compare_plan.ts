import { type OptionValues, UsageError } from "../../src/cli/mod.ts";
import {
  type Dataset,
  type EncodeOptions,
  encodeTable,
  encodeWith,
  fingerprint,
  groupsOf,
  holdOut,
  holdOutGroups,
  partsOfGroups,
  partsOfRows,
  type Table,
  takeRows,
} from "../../src/data/mod.ts";
import { fastestKernels, type KernelsName } from "../../src/kernels/mod.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import { calibrate, type Calibration, computeMetrics, fromUnits, inUnits, type Metrics } from "../../src/model/mod.ts";
import { feedForward, type FeedForwardOptions, type Network, network } from "../../src/nn/mod.ts";
import { onlyExamples } from "../../src/objective/mod.ts";
import { fold, type Key, key } from "../../src/random/mod.ts";
import { type ComparedShape, heldOutFigure } from "../../src/report/mod.ts";
import {
  FIT_DEFAULTS,
  type FitSettings,
  type Folds,
  planFolds,
  strataOf as strataOfTargets,
} from "../../src/train/mod.ts";
import type { ComparedFold } from "../workers/compare_worker.ts";
import { refuseOverMemory } from "../io/available_memory.ts";
import { turn } from "../io/interrupt.ts";
import type { compareOptions } from "./_compare_options.ts";
import { groupsIn } from "./_fit_plan.ts";
import { markOf } from "./_mark.ts";
import { readProblem, refuseTargets, strataOf } from "./_problem.ts";

/** The options of `compare`, as they were given. */
export type CompareOptions = OptionValues<typeof compareOptions>;

/** More rows than this: one held-out split, of as many rows at most, stands in for the folds. */
const MANY = 20_000;

/** More training rows than this: the ridge is chosen on one split of them, not by so many folds. */
const [INNER_MANY, INNER_FOLDS] = [2_000, 3];

/** The share of the rows that a split holds out. */
const SHARE = 0.2;

/** A network that is compared. */
export interface PlannedNetwork extends ComparedShape {
  /** Its name. */
  readonly name: string;
  /** The network, which has the same shape in every fold. */
  readonly net: Network;
}

/** Everything known before the first model is fitted. */
export interface ComparePlan {
  readonly options: CompareOptions;
  readonly loss: AnyLoss;
  /** All rows. */
  readonly data: Dataset;
  /** The folds; the last one is all rows, on which the chosen model is fitted. */
  readonly folds: readonly ComparedFold[];
  /** The encoding of each fold but the last, and its rows that were left out. */
  readonly validations: readonly Dataset[];
  /** The networks, the simplest first. */
  readonly networks: readonly PlannedNetwork[];
  readonly settings: FitSettings;
  readonly kernels: KernelsName;
  /** Folds of the training rows; 1 for one split. */
  readonly inner: number;
  /** A mark of data and settings, which a resumed run must share. */
  readonly mark: string;
}

/** Reads the table and divides it. */
export async function planComparison(options: CompareOptions): Promise<ComparePlan> {
  const { table, encode, loss } = await readProblem(options);
  const { seed } = options;
  const groups = options["group-column"] === null ? null : groupsOf(table, options["group-column"]);
  if (groups !== null) refuseFewGroups(groups, options);
  if (table.rows <= MANY && options.folds > table.rows / 3) {
    throw new UsageError(`--folds ${options.folds} is too many for ${table.rows} rows`);
  }
  const encodedWhole = encodeTable(table, encode);
  await turn();
  const data = { ...encodedWhole, rows: fingerprint(table, encodedWhole) };
  refuseTargets(loss, data);
  const networks = networksOf(options, data);
  refuseOverMemory(
    {
      rows: data.x.rows,
      ...{ inputs: data.x.cols, features: Math.max(...networks.map(({ net }) => net.k)), outputs: data.outputs },
      workers: Math.min(options.workers ?? navigator.hardwareConcurrency, (options.folds + 1) * (networks.length + 1)),
    },
    "use smaller --widths, fewer columns or fewer --workers",
  );
  const from = fold(key(seed), "compare");
  const strata = strataOf(table, encode.target, loss.target);
  const left = partsOf(table.rows, table.rows > MANY ? 1 : options.folds, from, { strata, groups });
  const datasets = await datasetsOf(table, encode, left);
  const inner = Math.max(...datasets.map(({ training }) => training.x.rows)) > INNER_MANY ? 1 : INNER_FOLDS;
  const folds: ComparedFold[] = [];
  for (const [index, rows] of [...datasets, { training: data, validation: data }].entries()) {
    await turn();
    folds.push({
      training: onlyExamples(rows.training),
      validation: onlyExamples(rows.validation),
      intercept: data.intercept,
      inner: innerFolds(loss, rows.training, inner, {
        ...{ seed, index },
        groups: groupsIn(table, rows.training, options["group-column"]),
      }),
    });
  }
  return {
    ...{ options, loss, data, folds, networks, inner },
    validations: datasets.map(({ validation }) => validation),
    settings: settingsOf(options),
    kernels: options.kernels ?? fastestKernels(),
    mark: await markOf(
      [data.x.data, data.y, ...data.weights ? [data.weights] : []],
      JSON.stringify([loss.name, encode, options["group-column"]]),
    ),
  };
}

const settingsOf = ({ epochs, batch, rate, seed, dtype }: CompareOptions): FitSettings => ({
  ...FIT_DEFAULTS,
  ...{ epochs, batch, learningRate: rate, start: "constant", seed, dtype },
});

/** For each part that is left out the other rows, and that part in their units. On a million rows each piece takes as long as a signal may wait. */
async function datasetsOf(
  table: Table,
  encode: EncodeOptions,
  left: readonly (readonly number[])[],
): Promise<readonly { readonly training: Dataset; readonly validation: Dataset }[]> {
  const datasets: { readonly training: Dataset; readonly validation: Dataset }[] = [];
  for (const rows of planFolds(table.rows, [left]).rows) {
    await turn();
    const taken = takeRows(table, rows.training);
    await turn();
    const training = encodeTable(taken, encode);
    await turn();
    datasets.push({ training, validation: encodeWith(takeRows(table, rows.validation), training) });
  }
  return datasets;
}

/** How the training rows of a fold are divided to choose a ridge. */
function innerFolds(
  loss: AnyLoss,
  training: Dataset,
  count: number,
  { seed, index, groups }: {
    readonly seed: number;
    readonly index: number;
    readonly groups: readonly string[] | null;
  },
): Folds {
  const rows = training.x.rows;
  const from = fold(fold(key(seed), "compare-inner"), String(index));
  const strata = strataOfTargets(loss, training);
  return planFolds(rows, [partsOf(rows, count, from, { strata, groups })]);
}

/** The rows that each fold leaves out, groups together; of one fold a share of them. */
function partsOf(
  rows: number,
  count: number,
  from: Key,
  { strata, groups }: { readonly strata: readonly string[] | null; readonly groups: readonly string[] | null },
): readonly (readonly number[])[] {
  const share = Math.min(SHARE, MANY / rows);
  if (groups !== null) {
    return count === 1
      ? [holdOutGroups(groups, share, from).heldOut]
      : partsOfGroups(groups, Math.min(count, new Set(groups).size), from);
  }
  return count === 1
    ? [holdOut(rows, share, from, strata).heldOut]
    : partsOfRows(rows, Math.min(count, rows), from, strata);
}

/** Refuses groups that are too few for folds within folds. */
function refuseFewGroups(groups: readonly string[], { folds, "group-column": name }: CompareOptions): void {
  const [count, least] = [new Set(groups).size, Math.max(folds, 3)];
  if (count >= least) return;
  throw new UsageError(`--group-column ${name}: ${folds} folds need ${least} groups or more, got ${count}`);
}

/** Every width with every depth and activation, fewer parameters first. */
function networksOf(
  { widths, depths, activations, block }: CompareOptions,
  { x, outputs }: Dataset,
): readonly PlannedNetwork[] {
  const d = x.cols;
  return activations.flatMap((activation) =>
    depths.flatMap((depth) => widths.map((width) => ({ width, depth, activation })))
  )
    .map((shape) => ({
      ...shape,
      name: `${shape.activation} ${shape.width}${shape.depth > 1 ? `x${shape.depth}` : ""}`,
      net: network(d, feedForward(d, { ...shape, block }), { outputs }),
    }))
    .sort((a, b) => a.net.size - b.net.size);
}

/** The shapes of the networks, as a worker makes them. */
export const shapesOf = ({ networks, options: { block } }: ComparePlan): readonly FeedForwardOptions[] =>
  networks.map(({ width, depth, activation }) => ({ width, depth, activation, block }) as FeedForwardOptions);

/** What a model predicted for the rows left out, fold after fold, as losses and figures in the units of the whole table. */
export function measure(
  plan: ComparePlan,
  predictions: readonly Float64Array[],
): { readonly losses: Float64Array; readonly figures: Metrics } {
  const { loss, data } = plan;
  const { p, y } = together(plan, predictions);
  const weights = predictedWeights(plan);
  return {
    losses: heldOutFigure(loss, data).of(p, y),
    figures: computeMetrics({ ...data, weights }, loss, p, y),
  };
}

/** Predictions of the rows left out, fold after fold, and their targets, as the whole table encodes them. */
function together({ data, validations }: ComparePlan, predictions: readonly Float64Array[]) {
  const all = (of: (at: number) => Float64Array) =>
    Float64Array.from(validations.flatMap((validation, at) => [...inUnitsOf(data, validation, of(at))]));
  return { p: all((at) => predictions[at]), y: all((at) => validations[at].y) };
}

/** What predictions of the rows left out say of those of new rows. */
export function calibrationOf(plan: ComparePlan, predictions: readonly Float64Array[]): Calibration {
  const { loss, data, validations } = plan;
  const { p, y } = together(plan, predictions);
  const weights = predictedWeights(plan);
  const on = validations.length > 1 ? "cross-validated rows" : "held-out rows";
  return calibrate(loss, data, { on, predictions: p, y, folds: positionsOf(plan), ...weights && { weights } });
}

/** The weight of each row that was left out, fold after fold; undefined for equal ones. */
export function predictedWeights({ validations }: ComparePlan): Float64Array | undefined {
  if (validations[0].weights === undefined) return undefined;
  return Float64Array.from(validations.flatMap(({ weights }) => [...weights!]));
}

/** Numbers as a fold encodes its target, as the whole table does. */
const inUnitsOf = (whole: Dataset, own: Dataset, values: Float64Array): Float64Array =>
  whole.standardisation.y === null ? values : fromUnits(whole, inUnits(own, values));

/** For each fold the positions of its rows among all predicted rows. */
export function positionsOf({ validations }: ComparePlan): readonly (readonly number[])[] {
  let next = 0;
  return validations.map(({ x }) => Array.from({ length: x.rows }, () => next++));
}
