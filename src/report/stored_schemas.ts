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

/** A typed array is a record to a schema. */
const someNumbers: JsonSchema = { type: "object" };

const inequality = either(
  record({ left: aNumber, right: aNumber, rounding: aNumber, holds: aTruth }),
  record({ outside: aText }),
);

const point = record({
  phase: oneOf("start", "train", "descent"),
  count: aCount,
  value: aNumber,
  gap: aNumber,
  infimumGap: orNull(aNumber),
  tolerance: aNumber,
  scale: aNumber,
  standing: oneOf("below", "equal", "above"),
  allowance: aNumber,
  gradientNorm: aNumber,
  lambda: record({ lower: aNumber, upper: aNumber }),
  wNorm: aNumber,
  vNorm: aNumber,
  sNorm: aNumber,
  rNorm: aNumber,
  mu2: orNull(aNumber),
  epsilon: aNumber,
  asked: aNumber,
  stationary: aTruth,
  inequalities: record(
    Object.fromEntries(
      ["theorem-1", "theorem-2", "theorem-3", "theorem-a", "theorem-a1", "convex-certificate", "features-certificate"]
        .map((id) => [id, inequality]),
    ),
  ),
  featureOptimum: record({ value: orNull(aNumber), gap: orNull(aNumber), equal: aTruth }),
});

/**
 * The schema of a run that an unfinished `check` left.
 *
 * @param seed Its seed.
 * @param start Where it started.
 * @returns The schema.
 * @example Of another seed
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { schemaProblem } from "@resland/resland/report";
 * assertStringIncludes(schemaProblem(checkRunSchema(1, "default"), { seed: 2 })!, "seed does not fit");
 * ```
 */
export const checkRunSchema = (seed: number, start: string): JsonSchema =>
  record({
    seed: { enum: [seed] },
    start: oneOf(start),
    seconds: aNumber,
    steps: aCount,
    diverged: aTruth,
    points: { ...listOf(point), minItems: 1 },
    params: someNumbers,
    descent: record({ steps: aCount, end: oneOf("none", "converged", "stationary", "stalled", "out-of-steps") }),
    escape: orNull(record({ order: oneOf("first", "second"), value: aNumber, drop: aNumber })),
  });

const eigenvalues = { ...listOf(record({ value: aNumber, residual: aNumber })), minItems: 1 };

/**
 * The schema of a part of a spectrum that an unfinished `spectrum` left.
 *
 * @param kind Which part: one block of the parameters, the density, or the extremes over (w, V).
 * @returns The schema.
 * @example A density is no block
 * ```ts
 * import { assert } from "@std/assert";
 * import { schemaProblem } from "@resland/resland/report";
 * assert(schemaProblem(spectrumPartSchema("block"), { at: [], density: [] }) !== null);
 * ```
 */
export const spectrumPartSchema = (kind: "block" | "density" | "head"): JsonSchema => {
  switch (kind) {
    case "block":
      return record({
        name: aText,
        size: aCount,
        low: eigenvalues,
        high: eigenvalues,
        converged: aTruth,
        steps: aCount,
        trace: record({ value: aNumber, standardError: aNumber }),
      });
    case "density":
      return record({
        ...{ at: listOf(aNumber), density: listOf(aNumber), low: listOf(aNumber), high: listOf(aNumber) },
        ...{ width: aNumber, integral: aNumber, mean: aNumber, meanError: aNumber },
      });
    case "head":
      return record({ lower: aNumber, upper: aNumber, largest: orNull(aNumber) });
  }
};

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
      against: oneOf("linear", "ridge"),
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

const figures = recordOf(orNull(aNumber));

/**
 * The schema of the held-out figures of a fold that an unfinished `fit` left.
 *
 * @example Figures of the network alone
 * ```ts
 * import { assert } from "@std/assert";
 * import { schemaProblem } from "@resland/resland/report";
 * assert(schemaProblem(FOLD_SCHEMA, { network: { loss: 0.5 } }) !== null);
 * ```
 */
export const FOLD_SCHEMA: JsonSchema = record({ linear: figures, network: figures }, { ridge: figures });

/**
 * The schema of the predictions of a fold that an unfinished `fit` left: for each strength on x, and on f.
 *
 * @example Of one strength on x
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { schemaProblem } from "@resland/resland/report";
 * assertEquals(schemaProblem(PREDICTIONS_SCHEMA, [[new Float64Array(3)]]), null);
 * ```
 */
export const PREDICTIONS_SCHEMA: JsonSchema = listOf(listOf(someNumbers));
