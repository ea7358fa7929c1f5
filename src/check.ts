import { examplesOf, type TableOptions } from "./examples.ts";
import { finish } from "./tensor/internal.ts";
import { findBestLinear, type LinearBaseline } from "./baseline/mod.ts";
import type { Claim } from "./claims/mod.ts";
import { InputError, type Table } from "./data/mod.ts";
import { type Kernels, loadKernels } from "./kernels/mod.ts";
import { isJoint, type Loss } from "./loss/mod.ts";
import { feedForward, type FeedForwardOptions, type Layer, network } from "./nn/mod.ts";
import { type CheckReport, checkReport, verdictText } from "./report/mod.ts";
import {
  CHECK_DEFAULTS,
  checkClaims,
  checkRun,
  type CheckSettings,
  type RunName,
  type RunResult,
  type StartName,
  STARTS,
} from "./train/mod.ts";

/** The settings of {@linkcode check}; all but the target have defaults. */
export interface CheckOptions extends Omit<TableOptions, "loss">, FeedForwardOptions, Partial<CheckSettings> {
  /** The loss, of one output (default: squared for numbers, logistic for two classes). */
  readonly loss?: Loss;
  /** The layer tree f, which reads the encoded inputs, the intercept first (default: {@linkcode feedForward} of the options). */
  readonly body?: (d: number) => Layer;
  /** How many seeds (default 8). */
  readonly seeds?: number;
  /** The first seed; the others follow it (default 1). */
  readonly seed?: number;
  /** Where each seed starts (default: every one of `STARTS`). */
  readonly starts?: readonly StartName[];
  /** The kernels to compute with (default: the fastest that the runtime has). */
  readonly kernels?: Kernels;
  /** Called after each piece of work with the share of it that is done, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** The outcome of a check. */
export interface Check {
  /** `fails` if a claim does, else `undecided` if one is, else `holds`. */
  readonly verdict: CheckReport["verdict"];
  /** Every statement, and how it came out. */
  readonly claims: readonly Claim[];
  /** The runs, with every recorded point. */
  readonly runs: readonly RunResult[];
  /** The best linear predictor. */
  readonly linear: LinearBaseline;
  /** All of it as plain data, ready for JSON. */
  readonly report: CheckReport;
  /** A table of starts, a table of claims, and the verdict in a sentence. */
  toString(): string;
}

/**
 * Trains networks on a table from several seeds and starts, goes on to second-order stationary points in (w, V), and checks every claim at every
 * recorded point: above all, that no such point is worse than the best linear predictor.
 *
 * @param table The table, such as `parseTable` gives.
 * @param options The target; all else has defaults.
 * @returns The claims, the runs and the verdict.
 * @throws {InputError} If the table does not hold what the options name, or the target needs several outputs.
 * @throws {RangeError} If a setting is out of range.
 * @example Two seeds from two starts
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "@resland/resland";
 * const table = parseTable("size,price\n1,1\n2,4\n3,9\n4,16\n5,25\n6,36\n", { file: "houses.csv" });
 * const { verdict, runs } = await check(table, { target: "price", seeds: 2, starts: ["default", "zero"], width: 4 });
 * assertEquals([verdict, runs.length], ["holds", 4]);
 * ```
 */
export async function check(table: Table, options: CheckOptions): Promise<Check> {
  const kernels = options.kernels ?? await loadKernels();
  const settings = settingsFrom(options);
  const { data, loss } = examplesOf(table, options);
  if (isJoint(loss) || data.outputs > 1) {
    throw new InputError("check needs one output: a column of numbers, or two classes", {
      file: table.file,
      column: data.targets[0],
    });
  }
  const { body = (d: number) => feedForward(d, options) } = options;
  const net = network(data.x.cols, body(data.x.cols));
  const linear = finish(findBestLinear(kernels, loss, data, { radius: settings.radius }));
  const task = { net, loss, examples: data, linear, settings };
  const names = runNames(options);
  const runs = names.map((name, at) =>
    finish(checkRun(kernels, task, name), (event) => options.onProgress?.((at + event.share) / names.length))
  );
  options.onProgress?.(1);
  const claims = checkClaims(task, runs);
  const report = checkReport({ data, net, loss: loss.name, linear, runs, claims });
  return Object.freeze({ verdict: report.verdict, claims, runs, linear, report, toString: () => verdictText(report) });
}

function settingsFrom(options: CheckOptions): CheckSettings {
  const names = Object.keys(CHECK_DEFAULTS) as (keyof CheckSettings)[];
  const given = names.flatMap((name) => options[name] === undefined ? [] : [[name, options[name]]]);
  const settings: CheckSettings = { ...CHECK_DEFAULTS, ...Object.fromEntries(given) };
  // A descent would leave where a penalty or a ball brought training.
  return { ...settings, descend: settings.descend && settings.penalty === null && settings.ball === null };
}

function runNames(
  { seeds = 8, seed = 1, starts = Object.keys(STARTS) as StartName[] }: CheckOptions,
): readonly RunName[] {
  return Array.from({ length: seeds }, (_, at) => starts.map((start) => ({ seed: seed + at, start }))).flat();
}
