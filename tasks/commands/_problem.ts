import { UsageError } from "../../src/cli/mod.ts";
import {
  columnIndex,
  type Dataset,
  type DeclaredType,
  dropMissingRows,
  dropWeightlessRows,
  type EncodeOptions,
  encodeTable,
  fingerprint,
  groupsOf,
  holdOut,
  holdOutGroups,
  holdOutLast,
  inferTargetKind,
  InputError,
  lostTexts,
  type Missing,
  parseTable,
  placeOf,
  type Reading,
  type RowSplit,
  splitByColumn,
  summariseColumns,
  surveyColumns,
  type Table,
  textsOf,
  timesOf,
} from "../../src/data/mod.ts";
import { type AnyLoss, anyLossByName, isJoint, type Loss } from "../../src/loss/mod.ts";
import type { Split } from "../../src/model/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import { DIABETES } from "./_diabetes.ts";
import { loadTable, startRecording } from "../io/tables.ts";

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
  readonly types?: readonly string[] | null;
  readonly decimal?: "point" | "comma";
  readonly thousands?: boolean;
  readonly percent?: boolean;
  readonly currency?: boolean;
  readonly dates?: boolean;
  readonly weights?: string | null;
  readonly "transform-target"?: "log" | "yeo-johnson" | null;
  readonly "class-weight"?: "balanced" | null;
  readonly "split-column"?: string | null;
  readonly "group-column"?: string | null;
  readonly "time-column"?: string | null;
}

/** The options that name a column by which rows are held out or weighted. */
const ROLES = ["split-column", "group-column", "time-column", "weights"] as const;

/** The columns by which rows are held out or weighted; they are no features unless they are named as such. */
const roleColumns = (options: ProblemOptions): readonly string[] =>
  ROLES.flatMap((name) => options[name] ?? []).filter((name) => !options.features?.includes(name));

/** A table, how to read it, and the loss that fits its target. */
export interface Problem {
  /** The table, the columns that are used, and the rows that have a target and a weight above 0. */
  readonly table: Table;
  /** The lines at which all rows of the file start, those without a target too. */
  readonly lines: Uint32Array;
  /** Which columns are what. */
  readonly encode: EncodeOptions & { readonly target: readonly string[] };
  /** The loss. */
  readonly loss: AnyLoss;
}

/** Reads the table that the options name, and chooses the loss that they name or that the target suggests. */
export async function readProblem(options: ProblemOptions): Promise<Problem> {
  const { data: file } = options;
  const all = await readColumns(options);
  const target = options.target ?? (file === null ? [DIABETES.target] : null);
  if (target === null) {
    throw new UsageError(`--target is missing; name the column to predict, one of ${all.columns.join(", ")}`);
  }
  for (const option of ROLES) {
    const name = options[option] ?? null;
    if (name === null) continue;
    columnIndex(all, name, `--${option}`);
    if (target.includes(name)) throw new UsageError(`--${option} ${name} is the target; name another column`);
  }
  const drop = [...new Set([...options.drop ?? [], ...roleColumns(options)])];
  const table = withTargets(all, target, options);
  const loss = anyLossByName(options.loss ?? LOSS_OF[kindOf(table, target)]);
  if (loss.target === "number" || loss.target === "standardised") refuseHuge(table, target);
  const encode = {
    target,
    targetKind: loss.target,
    intercept: !options["no-intercept"],
    missing: options.missing ?? "refuse",
    ...options.features && { features: options.features },
    ...drop.length > 0 && { drop },
    ...options.positive !== null && { positive: options.positive },
    ...options.weights && { weights: options.weights },
    ...options["transform-target"] && { transformTarget: options["transform-target"] },
    ...options["class-weight"] && { classWeight: options["class-weight"] },
  };
  return {
    table,
    lines: all.lines,
    loss,
    encode: { ...encode, known: { ...surveyColumns(table, encode), summary: summariseColumns(all, encode) } },
  };
}

/** A target may be as large as this: intervals need the variance of squared errors, of the size of its fourth power. */
const LARGEST = 1e70;

/** Refuses targets whose squared errors have no finite variance. */
function refuseHuge(table: Table, targets: readonly string[]): void {
  for (const name of targets) {
    const row = table.cells[table.places.get(name)!]?.numbers?.findIndex((value) => Math.abs(value) > LARGEST) ?? -1;
    if (row < 0) continue;
    throw new InputError(
      "the variance of squared errors of such a target is too large for a number; write it in a larger unit",
      {
        ...placeOf(table, row),
        column: name,
      },
    );
  }
}

/** The table, read again where texts that are wanted were read as numbers and lost how they are written. */
async function readColumns(options: ProblemOptions): Promise<Table> {
  const keep = keepOf(options);
  const recording = startRecording();
  const read = async (reading: Reading): Promise<Table> => {
    if (options.data !== null) return await loadTable(options.data, { keep, reading }, recording);
    return parseTable(DIABETES.text, { file: DIABETES.name, keep, reading });
  };
  const types = typesOf(options.types ?? []);
  const { thousands = false, percent = false, currency = false, dates = false } = options;
  const how = { thousands, percent, currency, dates, decimalComma: options.decimal === "comma" };
  const table = await read({ ...how, types });
  for (const name of Object.keys(types)) columnIndex(table, name, "column of a given type", { option: "types" });
  const again = lostTexts(table, classTargets(table, options));
  if (again.length === 0) return table;
  return await read({
    ...how,
    types: { ...types, ...Object.fromEntries(again.map((name) => [name, "text" as const])) },
  });
}

/** The targets that are read as classes. */
function classTargets(table: Table, options: ProblemOptions): readonly string[] {
  const { target, loss } = options;
  if (target?.length !== 1 || !table.columns.includes(target[0])) return [];
  const kind = loss === null ? kindOf(withTargets(table, target, options), target) : anyLossByName(loss).target;
  return kind.startsWith("class") ? target : [];
}

/** What `--types` says. */
function typesOf(items: readonly string[]): Readonly<Record<string, DeclaredType>> {
  return Object.fromEntries(items.map((item) => {
    const at = item.lastIndexOf("=");
    const [name, type] = [item.slice(0, at).trim(), item.slice(at + 1).trim()];
    if (at > 0 && (type === "text" || type === "number")) return [name, type];
    throw new UsageError(`--types needs COLUMN=text or COLUMN=number, got "${item}"`);
  }));
}

/** The columns that the options leave in. */
function keepOf(options: ProblemOptions): (name: string) => boolean {
  const { data, target, features, drop } = options;
  if (data === null) return () => true;
  const [wanted, dropped, roles] = [features && new Set(features), new Set(drop ?? []), roleColumns(options)];
  return (name) =>
    target?.includes(name) || roles.includes(name) || (wanted === null || wanted.has(name)) && !dropped.has(name);
}

/** The loss that fits each kind of target. */
const LOSS_OF = { number: "squared", class: "logistic", classes: "softmax" } as const;

function kindOf(table: Table, targets: readonly string[]): keyof typeof LOSS_OF {
  return targets.length > 1 ? "number" : inferTargetKind(table, targets[0]);
}

/** The rows whose targets and weights are known, unless missing values are refused, without those of weight 0. */
function withTargets(
  table: Table,
  targets: readonly string[],
  { missing = "refuse", weights = null }: ProblemOptions,
): Table {
  const known = missing === "refuse"
    ? table
    : dropMissingRows(table, [...targets, ...weights === null ? [] : [weights]]);
  return dropWeightlessRows(known, weights);
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
  { share, seed, by }: Pick<Split, "share" | "seed" | "by">,
): RowSplit {
  if (by?.kind === "column") return splitByColumn(table, by.column);
  if (by?.kind === "time") return holdOutLast(timesOf(table, by.column), share);
  if (by?.kind === "group") return holdOutGroups(groupsOf(table, by.column), share, fold(key(seed), "split"));
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
  return { data: { ...data, rows: fingerprint(table, data) }, loss };
}
