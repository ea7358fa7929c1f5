import { type OutputUnit, type Schema, Validator } from "npm:@cfworker/json-schema@4.1.6";
import {
  aCount,
  aNumber,
  anything,
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

export type { JsonSchema } from "./_json_schema.ts";

/** A layer, with those inside it. */
const LAYER: JsonSchema = {
  type: "object",
  required: ["type"],
  properties: { type: aText, layers: listOf({ $ref: "#/$defs/layer" }), body: { $ref: "#/$defs/layer" } },
};

/** A schema as it is published. */
const published = (title: string, schema: JsonSchema): JsonSchema => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title,
  ...schema,
  $defs: { layer: LAYER },
});

const status = oneOf("holds", "fails", "undecided", "outside");
const figure = orNull(aNumber);
const figures = recordOf(figure);
const interval = record({ lower: figure, upper: figure });

/** A tree of layers: the built-in ones, and layers of the user's own by their type. */
const layer: JsonSchema = { $ref: "#/$defs/layer" };

const claim = record(
  { id: aText, statement: aText, source: aText, status, measured: figure, bound: figure, points: aCount },
  { reason: aText },
);

const problem = record(
  {
    source: aText,
    rows: aCount,
    heldOutRows: aCount,
    features: listOf(aText),
    targets: listOf(aText),
    classes: orNull(listOf(aText)),
    d: aCount,
    outputs: aCount,
    loss: aText,
    intercept: aTruth,
  },
  {
    columns: listOf(anything),
    weighting: record({ column: orNull(aText), classes: orNull(listOf(aNumber)) }),
    transform: record({ kind: oneOf("log", "yeo-johnson") }, { lambda: listOf(aNumber) }),
  },
);

const architecture = record({ k: aCount, parameters: aCount, theta: layer });

const linear = record(
  {
    value: aNumber,
    attained: aTruth,
    infimum: figure,
    radius: figure,
    dependent: listOf(record({ column: aText, on: listOf(aText) })),
    weights: listOf(aNumber),
  },
  { lowerBound: figure, gapBound: figure, gradientNorm: figure, rank: aCount },
);

const environment = record({
  deno: aText,
  v8: aText,
  kernels: oneOf("relaxed", "simd", "js"),
  dtype: oneOf("f32", "f64"),
  workers: aCount,
});

/** What a point has, of a fit and of a run of a check. */
const point = {
  value: figure,
  gap: figure,
  gradientNorm: figure,
  lambda: interval,
  wNorm: figure,
  vNorm: figure,
  stationary: aTruth,
  certificate: record({ bound: figure, holds: orNull(aTruth) }),
  features: record({ value: figure, gap: figure }),
};

const strengths = { x: aNumber, f: figure };
const candidate = record({ ...strengths, loss: figure, difference: figure, standardError: figure });
const regularisation = record({
  ...strengths,
  chosenBy: oneOf("cross-validation", "split", "given"),
  kind: orNull(oneOf("linear", "ridge", "network")),
  linearKind: orNull(oneOf("linear", "ridge")),
  folds: orNull(aCount),
  partitions: orNull(aCount),
  rows: orNull(aCount),
  candidates: orNull(record({ linear: candidate, ridge: candidate, network: candidate })),
  path: listOf(record({ ...strengths, loss: figure })),
}, { against: orNull(oneOf("linear", "ridge")) });

const comparison = record({ linear: figures, network: figures }, { ridge: figures });

const range = record({ estimate: aNumber, lower: aNumber, upper: aNumber });
const paired = record({ outcome: aText, level: aNumber, improvement: orNull(range), difference: orNull(range) });

const means = listOf(listOf(figure));
const effects = record({
  on: oneOf("held-out rows", "training rows"),
  rows: aCount,
  importance: listOf(record({ name: aText, increase: figure, standardDeviation: figure })),
  dependence: listOf(
    record({ name: aText, values: either(listOf(aNumber), listOf(aText)), model: means, linear: orNull(means) }),
  ),
});

const training = record({
  seed: aCount,
  epochs: aCount,
  keptEpoch: aCount,
  diverged: aTruth,
  descentSteps: aCount,
  prunedFeatures: aCount,
  seconds: aNumber,
});

/**
 * The schema of the verdict of a fit, `resland/fit@1`, as far as anything reads it: what `report` shows. Fields that only later
 * versions have may be missing.
 *
 * @example A text is no verdict
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(schemaProblem(FIT_SCHEMA, "fit"), 'the whole does not fit: Instance type "string" is invalid. Expected "object"');
 * ```
 */
export const FIT_SCHEMA: JsonSchema = published(
  "resland/fit@1",
  record(
    {
      schema: oneOf("resland/fit@1"),
      ...point,
      claims: listOf(claim),
      verdict: status,
      problem,
      architecture,
      linear,
      metrics: record({ training: comparison, heldOut: orNull(comparison) }),
      folds: orNull(listOf(comparison)),
      training,
      sentence: aText,
      model: aText,
      environment,
    },
    {
      regularisation: orNull(regularisation),
      validation: orNull(
        record({
          on: oneOf("held-out rows", "cross-validated rows"),
          figure: oneOf("RMSE", "log-loss", "loss"),
          sentence: aText,
          linear: paired,
          ridge: orNull(paired),
        }),
      ),
      effects: orNull(effects),
    },
  ),
);

/**
 * The schema of the verdict of a check, `resland/verdict@1`, as far as anything reads it.
 *
 * @example Another schema
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * assertStringIncludes(schemaProblem(VERDICT_SCHEMA, { schema: "resland/fit@1" })!, "schema does not fit");
 * ```
 */
export const VERDICT_SCHEMA: JsonSchema = published(
  "resland/verdict@1",
  record({
    schema: oneOf("resland/verdict@1"),
    problem,
    architecture,
    linear,
    runs: listOf(record({ ...point, seed: aCount, start: aText, model: aText })),
    claims: listOf(claim),
    verdict: status,
    environment,
  }),
);

/**
 * What is wrong with a value from a file, with the path to the part.
 *
 * @param schema What it should be.
 * @param value The value.
 * @returns One sentence without a full stop; null where nothing is.
 * @example A text in the place of a number
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const schema = { type: "object", properties: { rows: { type: "number" } } };
 * assertEquals(schemaProblem(schema, { rows: 2 }), null);
 * assertEquals(schemaProblem(schema, { rows: "2" }), 'rows does not fit: Instance type "string" is invalid. Expected "number"');
 * ```
 */
export function schemaProblem(schema: JsonSchema, value: unknown): string | null {
  const { valid, errors } = new Validator(schema as Schema, "2020-12").validate(value);
  if (valid) return null;
  const deepest = errors.reduce((deep, error) => depthOf(error) > depthOf(deep) ? error : deep);
  const place = deepest.instanceLocation.slice(2).replaceAll("/", ".");
  return `${place === "" ? "the whole" : place} does not fit: ${deepest.error.replace(/\.$/, "")}`;
}

const depthOf = ({ instanceLocation }: OutputUnit): number => instanceLocation.split("/").length;
