import { type Candidate, FEWEST, type RidgeChoice, type Strengths } from "../train/mod.ts";
import { counted, formatValue } from "./format.ts";

/** The ridge that was trained with, and how it was chosen. */
export interface RegularisationReport extends Strengths {
  /** How: by cross-validation, by one held-out split of a large table, or as asked for. */
  readonly chosenBy: "cross-validation" | "split" | "given";
  /** What was chosen: linear, ridge-regularised linear, or the network; null when it was given. */
  readonly kind: RidgeChoice["kind"] | null;
  /** Which linear model would be chosen without networks; null when it was given. */
  readonly linearKind: RidgeChoice["linearKind"] | null;
  /** Which linear model the network was compared with; null when it was given, absent in reports of earlier versions. */
  readonly against?: RidgeChoice["against"] | null;
  /** Folds; null when the strengths were given. */
  readonly folds: number | null;
  /** Partitions of the rows into folds; null when the strengths were given. */
  readonly partitions: number | null;
  /** Rows that models predicted which were not fitted on them; null when the strengths were given. */
  readonly rows: number | null;
  /** The best model of each kind; null when the strengths were given. */
  readonly candidates: Readonly<Record<RidgeChoice["kind"], Candidate>> | null;
  /** The mean loss for every pair of strengths that was tried, on rows left out; empty when they were given. */
  readonly path: RidgeChoice["path"];
}

/** The loss without its ridge, of the model and of the best linear predictor on the training rows. */
export interface UnregularisedReport {
  /** The training loss. */
  readonly value: number;
  /** That of the best linear predictor without a ridge. */
  readonly linear: number;
  /** The difference. */
  readonly gap: number;
}

/**
 * Strengths that were asked for, as a report.
 *
 * @param strengths The strengths.
 * @returns The report.
 * @example A linear model
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { x, f, chosenBy } = givenRegularisation({ x: 0.1, f: null });
 * assertEquals([x, f, chosenBy], [0.1, null, "given"]);
 * ```
 */
export function givenRegularisation({ x, f }: Strengths): RegularisationReport {
  const chosen = { kind: null, linearKind: null, folds: null, partitions: null, rows: null, candidates: null };
  return { x, f, chosenBy: "given", ...chosen, path: [] };
}

/**
 * A choice by cross-validation, or on one held-out split, as a report.
 *
 * @param choice The choice, folds of each partition (1 for a split), partitions, and rows that were predicted.
 * @returns The report.
 * @example The linear model, on one held-out split
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const linear = { x: 0, f: null, loss: 1, difference: null, standardError: null };
 * const network = { x: 1, f: 1, loss: 1.1, difference: 0.1, standardError: 0.1 };
 * const found = { chosen: linear, kind: "linear", linearKind: "linear", against: "linear", linear, ridge: linear, network, path: [] } as const;
 * const { chosenBy, candidates } = chosenRegularisation({ ...found, folds: 1, partitions: 1, rows: 4000 });
 * assertEquals([chosenBy, candidates?.network], ["split", network]);
 * ```
 */
export function chosenRegularisation(
  { chosen: { x, f }, kind, linearKind, against, linear, ridge, network, path, folds, partitions, rows }:
    & Omit<RidgeChoice, "predictions">
    & { readonly folds: number; readonly partitions: number; readonly rows: number },
): RegularisationReport {
  const chosenBy = folds > 1 ? "cross-validation" : "split";
  const candidates = { linear, ridge, network };
  return { x, f, chosenBy, kind, linearKind, against, folds, partitions, rows, candidates, path };
}

const NAMES = { linear: "linear", ridge: "ridge-regularised linear", network: "network" } as const;

/**
 * How the ridge was chosen, in sentences.
 *
 * @param report The ridge.
 * @returns The lines.
 * @example Strengths that were given
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const report = { x: 0.1, f: 1, chosenBy: "given", kind: null, linearKind: null, folds: null, partitions: null, rows: null, candidates: null, path: [] } as const;
 * assertEquals(regularisationLines(report), ["As asked for: ridge 0.1 on w, 1 on V'w."]);
 * ```
 */
export function regularisationLines(report: RegularisationReport): readonly string[] {
  const { x, f, chosenBy, kind, linearKind, against, folds, partitions, rows, candidates } = report;
  const strengths = `ridge ${formatValue(x, 3)} on w${f === null ? "" : `, ${formatValue(f, 3)} on V'w`}`;
  if (candidates === null || kind === null) {
    return [`As asked for: ${f === null ? "a linear model, " : ""}${strengths}.`];
  }
  const how = chosenBy === "split"
    ? `on ${counted(rows ?? 0, "held-out row")}, one split since the table is large`
    : `by ${folds}-fold cross-validation${partitions === 1 ? "" : ` over ${partitions} partitions`}`;
  if ((rows ?? FEWEST) < FEWEST) {
    return [`Linear without a ridge: ${counted(rows!, "row")} are too few to choose by, it takes ${FEWEST}.`];
  }
  const { difference, standardError } = candidates.network;
  const beats = kind === "network" ? "beats" : "does not beat";
  return [
    `Chosen ${how}: ${NAMES[kind]}${kind === "linear" ? "" : `, ${strengths}`}.`,
    `On rows left out the network ${beats} the ${
      NAMES[against ?? linearKind ?? "linear"]
    } model by more than one standard error and 1 % (${differenceText(difference, standardError)}).`,
  ];
}

/** `mean loss 0.0514 lower, standard error 0.022`. */
function differenceText(difference: number | null, standardError: number | null): string {
  if (difference === null || !Number.isFinite(difference)) return "its mean loss is not finite";
  const change = `${formatValue(Math.abs(difference), 3)} ${difference < 0 ? "lower" : "higher"}`;
  return `mean loss ${change}, standard error ${formatValue(standardError, 2)}`;
}
