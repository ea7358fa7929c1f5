/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const aText: JsonSchema = { type: "string" };
export const aNumber: JsonSchema = { type: "number" };
export const aCount: JsonSchema = { type: "integer", minimum: 0 };
export const aTruth: JsonSchema = { type: "boolean" };
export const anything: JsonSchema = {};
export const oneOf = (...texts: readonly string[]): JsonSchema => ({ enum: texts });
export const either = (...schemas: readonly JsonSchema[]): JsonSchema => ({ anyOf: schemas });
export const orNull = (schema: JsonSchema): JsonSchema => either({ type: "null" }, schema);
export const listOf = (items: JsonSchema): JsonSchema => ({ type: "array", items });
export const recordOf = (additionalProperties: JsonSchema): JsonSchema => ({ type: "object", additionalProperties });

/** A record with some fields, and others that may be missing. Later versions may have more, which nobody reads. */
export const record = (
  fields: Readonly<Record<string, JsonSchema>>,
  others: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema => ({ type: "object", required: Object.keys(fields), properties: { ...fields, ...others } });
