import type { Remedy } from "../data/mod.ts";
import type { ColumnReport } from "./dependent_columns.ts";
import { counted } from "./format.ts";

/** The longest name that a line shows whole. */
const LONGEST = 40;

/** Columns that a line names before it says how many more there are, and of those on which one of them depends. */
const [MOST_NAMED, MOST_OTHERS] = [6, 2];

/**
 * What was read in the columns of a table, in a few lines: how many of which type, missing values, constant columns, columns that
 * depend on others, and what looks suspicious.
 *
 * @param columns The summaries.
 * @returns The lines; the first is always there when there are columns.
 * @example A column with a missing value
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable, summariseColumns } from "@resland/resland/data";
 * const table = parseTable("a,y\n1,1\nNA,2.5\n3,4\n", { file: "a.csv" });
 * assertEquals(columnLines(summariseColumns(table, { target: "y", targetKind: "number" })), [
 *   "columns read: 1 of numbers",
 *   "missing values: a 1 (NA)",
 * ]);
 * ```
 */
export function columnLines(columns: readonly ColumnReport[]): readonly string[] {
  const features = columns.filter(({ role }) => role === "feature");
  if (features.length === 0) return [];
  const texts = features.filter(({ type }) => type === "text");
  const numbers = features.length - texts.length;
  const kinds = [
    ...numbers > 0 ? [`${numbers} of numbers`] : [],
    ...texts.length > 0
      ? [`${texts.length} of categories (${named(texts.map(({ name, levels }) => `${shown(name)} ${levels}`))})`]
      : [],
  ];
  const missing = columns.filter((one) => one.missing > 0).map(({ name, missing, missingAs }) =>
    `${shown(name)} ${missing}${missingAs.length > 0 ? ` (${missingAs.map(shown).join(", ")})` : ""}`
  );
  const constant = columns.filter((one) => one.constant).map(({ name }) => shown(name));
  const dependent = columns.filter((one) => one.dependent && one.dependent.length > 0).map(({ name, dependent }) =>
    `${shown(name)} (on ${dependent!.slice(0, MOST_OTHERS).map(shown).join(", ")}${
      dependent!.length > MOST_OTHERS ? ", ..." : ""
    })`
  );
  const left = columns.filter(({ role, missing }) => role !== "feature" && missing > 0);
  return [
    `columns read: ${kinds.join(", ")}`,
    ...missing.length > 0 ? [`missing values: ${named(missing)}`] : [],
    ...left.map(({ name, missing }) => `${counted(missing, "row")} without a value of ${shown(name)} left out`),
    ...constant.length > 0 ? [`constant columns: ${named(constant)}`] : [],
    ...dependent.length > 0 ? [`columns that depend on others: ${named(dependent)}`] : [],
    ...columns.flatMap(({ name, suspicious, remedy }) =>
      suspicious.map((what, at) =>
        `look at ${shown(name)}: ${what}${at === suspicious.length - 1 ? optionOf(remedy) : ""}`
      )
    ).slice(0, MOST_NAMED),
  ];
}

/** The option that a remedy is, in brackets. */
const optionOf = (remedy: Remedy | null): string =>
  remedy === null ? "" : ` (--${remedy.option} ${shown(remedy.value ?? "")})`;

function named(items: readonly string[]): string {
  const more = items.length - MOST_NAMED;
  return more > 0 ? `${items.slice(0, MOST_NAMED).join(", ")} and ${more} more` : items.join(", ");
}

/** A name on one line of a terminal: no control characters, none that turn the direction of text; cut when long. */
function shown(text: string): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
}
