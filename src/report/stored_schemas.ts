import {
  aCount,
  aNumber,
  aText,
  aTruth,
  either,
  type JsonSchema,
  listOf,
  oneOf,
  orNull,
  record,
  recordOf,
} from "./_json_schema.ts";

const status = oneOf("holds", "fails", "undecided", "outside");
const points = listOf(listOf(aNumber));

const chart = record(
  {
    title: aText,
    x: aText,
    y: aText,
    series: listOf(record({ name: aText, points }, { dots: aTruth })),
  },
  { linear: oneOf("x", "y", "both"), equality: aTruth, bands: listOf(record({ name: aText, points })) },
);

const listing = record({ title: aText, columns: listOf(aText), rows: listOf(listOf(orNull(either(aNumber, aText)))) });

/**
 * The schema of a finding that an unfinished run of `paper` left, of one statement.
 *
 * @param id The statement.
 * @returns The schema.
 * @example Of another statement
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { schemaProblem } from "@resland/resland/report";
 * assertStringIncludes(schemaProblem(findingSchema("lemma-2"), { id: "../x", finding: {} })!, "id does not fit");
 * ```
 */
export const findingSchema = (id: string): JsonSchema =>
  record({
    id: oneOf(id),
    finding: record(
      { status, measured: orNull(aNumber), bound: orNull(aNumber), points: aCount, numbers: recordOf(aNumber) },
      { reason: aText, chart, listing },
    ),
  });

const strengths = { x: aNumber, f: orNull(aNumber) };
const candidate = record({
  ...strengths,
  loss: orNull(aNumber),
  difference: orNull(aNumber),
  standardError: orNull(aNumber),
});

/**
 * The schema of the ridge that an unfinished run of `fit` left, for one mark of data and settings.
 *
 * @param mark The mark.
 * @returns The schema.
 * @example Of other data
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { schemaProblem } from "@resland/resland/report";
 * assertStringIncludes(schemaProblem(ridgeSchema("1a"), { mark: "2b", choice: {} })!, "mark does not fit");
 * ```
 */
export const ridgeSchema = (mark: string): JsonSchema =>
  record({
    mark: oneOf(mark),
    choice: record({
      chosen: record(strengths),
      kind: oneOf("linear", "ridge", "network"),
      linearKind: oneOf("linear", "ridge"),
      linear: candidate,
      ridge: candidate,
      network: candidate,
      path: listOf(record({ ...strengths, loss: orNull(aNumber) })),
      folds: aCount,
      partitions: aCount,
      rows: aCount,
      validation: record({ sentence: aText, linear: record({ outcome: aText }) }),
      calibration: record({ chosen: { type: "object" }, linear: { type: "object" } }),
    }),
  });
