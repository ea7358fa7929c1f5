import {
  type ColumnEncoding,
  type Encoding,
  inputNames,
  type Missing,
  type Reading,
  type Scaling,
  type TargetTransform,
  type Weighting,
} from "../data/mod.ts";
import { isRecord, type Metadata, readStrings } from "./_metadata.ts";

/** How columns become inputs and targets, as the metadata of a model say it. */
export function readEncoding({ required, optional }: Metadata): Encoding {
  const features = required("features", readStrings, "a list of column names");
  const intercept = required("intercept", (value) => typeof value === "boolean" ? { value } : null, "true or false");
  const targets = required("target", readTargets, "the name of a column, or a list of them");
  const columns = optional(
    "columns",
    (value) => readColumns(value, features),
    "the columns that the features come from",
  );
  const missing = optional("missing", readMissing, '"refuse", "mean", "drop" or "indicator"');
  const reading = optional(
    "reading",
    readReading,
    "how the table was read: decimalComma, thousands, percent and the like",
  );
  const weighting = optional(
    "weighting",
    readWeighting,
    "the column of row weights or null, and a weight above 0 for each class or null",
  );
  const standardisation = required(
    "standardisation",
    (value) => readScalings(value, features.length, targets.length),
    "means and scales for x (one per feature) and y (one per target, or null)",
  );
  const { classes } = required("classes", readClasses, "two class names or more, or null");
  return {
    features,
    columns: columns ?? features.map((name) => ({ name, levels: null })),
    missing: missing ?? "refuse",
    ...reading && { reading },
    ...weighting && { weighting },
    targets,
    standardisation,
    intercept: intercept.value,
    classes,
  };
}

const readTargets = (value: unknown): readonly string[] | null => {
  const names = typeof value === "string" ? [value] : readStrings(value);
  return names !== null && names.length > 0 ? names : null;
};

function readWeighting(value: unknown): Weighting | null {
  if (!isRecord(value)) return null;
  const { column, classes } = value;
  const areWeights = Array.isArray(classes) && classes.every((one) => Number.isFinite(one) && one > 0);
  if (column !== null && typeof column !== "string" || classes !== null && !areWeights) return null;
  return { column, classes: classes as readonly number[] | null };
}

const readMissing = (value: unknown): Missing | null =>
  (["refuse", "mean", "drop", "indicator"] as const).find((known) => known === value) ?? null;

/** Columns whose features are the ones named, in their order. */
function readColumns(value: unknown, features: readonly string[]): readonly ColumnEncoding[] | null {
  if (!Array.isArray(value)) return null;
  const columns: ColumnEncoding[] = [];
  for (const one of value) {
    const levels = isRecord(one) && one.levels !== null ? readStrings(one.levels) : null;
    if (!isRecord(one) || typeof one.name !== "string" || (one.levels !== null && levels === null)) return null;
    const unseen = one.unseen === undefined ? null : readStrings(one.unseen);
    columns.push({
      name: one.name,
      levels,
      ...one.constant === true && { constant: true },
      ...one.indicator === true && { indicator: true },
      ...unseen && { unseen },
    });
  }
  const names = columns.flatMap(inputNames);
  return names.length === features.length && names.every((name, at) => name === features[at]) ? columns : null;
}

function readScaling(value: unknown, length: number): Scaling | null {
  if (!isRecord(value)) return null;
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length === length && list.every((entry) => Number.isFinite(entry));
  const { mean, scale, fill } = value;
  if (!numbers(mean) || !numbers(scale) || !scale.every((entry) => entry > 0)) return null;
  if (fill === undefined) return { mean, scale };
  return numbers(fill) ? { mean, scale, fill } : null;
}

function readScalings(value: unknown, features: number, targets: number): Encoding["standardisation"] | null {
  if (!isRecord(value)) return null;
  const x = readScaling(value.x, features);
  if (value.y === null || value.y === undefined) return x && { x, y: null };
  const y = readScaling(value.y, targets);
  if (value.transform === undefined) return x && y && { x, y };
  const transform = readTransform(value.transform, targets);
  return x && y && transform && { x, y, transform };
}

function readTransform(value: unknown, targets: number): TargetTransform | null {
  if (!isRecord(value)) return null;
  const { kind, lambda } = value;
  if (kind === "log") return { kind };
  const areLambdas = Array.isArray(lambda) && lambda.length === targets && lambda.every((one) => Number.isFinite(one));
  return kind === "yeo-johnson" && areLambdas ? { kind, lambda } : null;
}

function readClasses(value: unknown): { readonly classes: Encoding["classes"] } | null {
  if (value === null) return { classes: null };
  const names = readStrings(value);
  return names !== null && names.length >= 2 && new Set(names).size === names.length ? { classes: names } : null;
}

/** How the table was read; what a file holds beside it is left out. */
function readReading(value: unknown): Reading | null {
  if (!isRecord(value)) return null;
  const flags = (["decimalComma", "thousands", "percent", "currency", "dates"] as const)
    .flatMap((name) => value[name] === true ? [[name, true] as const] : []);
  const texts = (["dateOrders", "symbols"] as const).flatMap((name) => {
    const entries = isRecord(value[name]) ? Object.entries(value[name]) : [];
    const known = entries.every(([, one]) =>
      name === "dateOrders" ? one === "dmy" || one === "mdy" : typeof one === "string"
    );
    return entries.length > 0 && known ? [[name, Object.fromEntries(entries)] as const] : [];
  });
  return Object.fromEntries([...flags, ...texts]);
}
