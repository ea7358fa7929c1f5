import { UsageError } from "../../src/cli/mod.ts";
import {
  type Dataset,
  dropMissingRows,
  type EncodeOptions,
  encodeTable,
  inferTargetKind,
  InputError,
  type Missing,
  parseTable,
  type Table,
  textsOf,
} from "../../src/data/mod.ts";
import { holdOut } from "../../src/data/mod.ts";
import { type AnyLoss, anyLossByName, isJoint, type Loss } from "../../src/loss/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import { DIABETES } from "./_diabetes.ts";
import { loadTable } from "../io/tables.ts";

/** The options that say which table, and how to read it. */
export interface ProblemOptions {
  readonly data: string | null;
  readonly target: readonly string[] | null;
  readonly features: readonly string[] | null;
  readonly drop: readonly string[] | null;
  readonly positive: string | null;
  readonly "no-intercept": boolean;
  readonly loss: string | null;
  readonly missing?: Missing;
}

/** A table, how to read it, and the loss that fits its target. */
export interface Problem {
  /** The table, the columns that are used. */
  readonly table: Table;
  /** Which columns are what. */
  readonly encode: EncodeOptions & { readonly target: readonly string[] };
  /** The loss. */
  readonly loss: AnyLoss;
}

/** Reads the table that the options name, and chooses the loss that they name or that the target suggests. */
export async function readProblem(options: ProblemOptions): Promise<Problem> {
  const { data: file } = options;
  const table = file === null
    ? parseTable(DIABETES.text, { file: DIABETES.name })
    : await loadTable(file, keepOf(options));
  const target = options.target ?? (file === null ? [DIABETES.target] : null);
  if (target === null) {
    throw new UsageError(`--target is missing; name the column to predict, one of ${table.columns.join(", ")}`);
  }
  const loss = anyLossByName(options.loss ?? LOSS_OF[kindOf(table, target, options)]);
  return {
    table,
    loss,
    encode: {
      target,
      targetKind: loss.target,
      intercept: !options["no-intercept"],
      missing: options.missing ?? "refuse",
      ...options.features && { features: options.features },
      ...options.drop && { drop: options.drop },
      ...options.positive !== null && { positive: options.positive },
    },
  };
}

/** The columns that the options leave in. */
function keepOf({ target, features, drop }: ProblemOptions): (name: string) => boolean {
  const [wanted, dropped] = [features && new Set(features), new Set(drop ?? [])];
  return (name) => target?.includes(name) || (wanted === null || wanted.has(name)) && !dropped.has(name);
}

/** The loss that fits each kind of target. */
const LOSS_OF = { number: "squared", class: "logistic", classes: "softmax" } as const;

function kindOf(table: Table, targets: readonly string[], { missing }: ProblemOptions): keyof typeof LOSS_OF {
  if (targets.length > 1) return "number";
  const at = table.columns.indexOf(targets[0]);
  // A missing target does not tell its kind; the encoding refuses it, or leaves the row out.
  const known = missing === "drop" && at >= 0 ? dropMissingRows(table, [targets[0]]) : table;
  return inferTargetKind(known, targets[0]);
}

/** The class of each row, or null for numbers. */
export function strataOf(table: Table, targets: string | readonly string[], kind: string): readonly string[] | null {
  const [target] = [targets].flat();
  return kind.startsWith("class") && table.columns.includes(target) ? textsOf(table, target) : null;
}

/** The rows of a table to train on and to hold out, the same ones for the same seed. */
export function heldOutRows(
  table: Table,
  targets: string | readonly string[],
  kind: string,
  { share, seed }: { readonly share: number; readonly seed: number },
): ReturnType<typeof holdOut> {
  return holdOut(table.rows, share, fold(key(seed), "split"), strataOf(table, targets, kind));
}

/** Refuses targets that the loss does not take, by line. */
export function refuseTargets(loss: AnyLoss, { y, outputs, targets, lines }: Dataset): void {
  if (isJoint(loss)) return;
  const wrong = y.findIndex((value) => loss.targetProblem(value) !== null);
  if (wrong < 0) return;
  throw new UsageError(
    `--loss ${loss.name} does not fit the column "${targets[wrong % outputs]}": line ${
      lines[Math.floor(wrong / outputs)]
    } has ${y[wrong]}, which ${loss.targetProblem(y[wrong])}`,
  );
}

/** Reads and encodes the table that the options name, for one output. */
export async function loadProblem(options: ProblemOptions): Promise<{ readonly data: Dataset; readonly loss: Loss }> {
  const { table, encode, loss } = await readProblem(options);
  if (isJoint(loss) || encode.target.length > 1) {
    const what = isJoint(loss) ? "the target holds three classes or more" : "--target names several columns";
    throw new InputError(`${what}, but check has one output; use fit and certify, or keep two classes`, {
      file: table.file,
      column: encode.target[0],
    });
  }
  const data = encodeTable(table, encode);
  refuseTargets(loss, data);
  return { data, loss };
}
