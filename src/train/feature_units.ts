import type { Kernels } from "../kernels/mod.ts";
import { type Factor, factorRows, matrixRows } from "../tensor/mod.ts";
import type { FeatureTable } from "./feature_table.ts";

/** A share of the rows. */
export interface UnitShare {
  /** Which feature, from 0. */
  readonly unit: number;
  /** The share of the rows. */
  readonly share: number;
}

/** Features that a last layer cannot use, or hardly. */
export interface FeatureUnits {
  /** k. */
  readonly count: number;
  /** How many features are independent of each other and of a constant, to the precision in which they were saved. */
  readonly rank: number;
  /** Features with the same value in every row, such as units of a ReLU that never fire. */
  readonly constant: readonly { readonly unit: number; readonly value: number }[];
  /** Features that are linear combinations of others, those that matter most first. */
  readonly collinear: readonly { readonly unit: number; readonly on: readonly number[] }[];
  /** Features with one value, the least or the largest, in at least 99% of the rows but not in all. */
  readonly rare: readonly UnitShare[];
  /** Features that are near their least or their largest value in at least 99% of the rows, and at each of them in 1% or more. */
  readonly saturated: readonly UnitShare[];
}

/** Near an end: within this share of the range. Nearly all rows: this share of them. */
const [NEAR, NEARLY_ALL] = [0.01, 0.99];

/** Rows after which features that are seldom near an end are given up. */
const BETWEEN_LOOKS = 256;

/**
 * Which features are constant, linear combinations of others, rarely active, or saturated. Ranks are decided on the triangle of a QR
 * factorisation, never on F'F, relative to the precision in which the features were saved. Cost: two passes over the features, `4/3 k³` flops.
 *
 * @param kernels The kernels to compute with.
 * @param table The features [n, k].
 * @param picked Which rows; null for all.
 * @param factor The factor of `[1 f]` on these rows.
 * @returns A generator that yields as it works, and returns the lists, each in the order of the units.
 * @example A constant unit and one that is twice another
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { factorOf } from "@resland/resland/tensor";
 * import { withConstant } from "@resland/resland/train";
 * const kernels = await loadKernels("simd");
 * const table = { rows: 3, cols: 3, data: Float64Array.of(1, 0, 2, 3, 0, 6, 5, 0, 10), precision: 2 ** -53 };
 * const factor = factorOf(kernels, withConstant(kernels, table, null), { later: { from: 1, tolerance: 1e-14 } });
 * const steps = featureUnits(kernels, table, null, factor);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * const { rank, constant, collinear } = step.value;
 * assertEquals([rank, constant[0].unit, collinear.length], [1, 1, 1]);
 * ```
 */
export function* featureUnits(
  kernels: Kernels,
  table: FeatureTable,
  picked: Uint32Array | null,
  factor: Factor,
): Generator<number, FeatureUnits> {
  const { cols: k, precision } = table;
  const { least, most } = rangesOf(table, picked);
  yield 0;
  const isConstant = (unit: number) =>
    most[unit] - least[unit] <= 4 * precision * Math.max(Math.abs(least[unit]), Math.abs(most[unit]));
  const units = Array.from({ length: k }, (_, unit) => unit);
  const constant = units.filter(isConstant).map((unit) => ({ unit, value: least[unit] }));
  const dependent = yield* dependentUnits(kernels, table, factor);
  const { low, high } = countsNearEnds(table, picked, least, most);
  yield 0;
  const n = picked?.length ?? table.rows;
  const living = units.filter((unit) => !isConstant(unit));
  const rare = living.map((unit) => ({ unit, share: Math.max(low[unit], high[unit]) / n }))
    .filter(({ share }) => share >= NEARLY_ALL);
  const seldom = new Set(rare.map(({ unit }) => unit));
  const saturated = living.filter((unit) => !seldom.has(unit))
    .map((unit) => ({ unit, share: (low[unit] + high[unit]) / n }))
    .filter(({ share }) => share >= NEARLY_ALL);
  const dead = new Set(constant.map(({ unit }) => unit));
  const collinear = dependent.filter(({ unit }) => !dead.has(unit));
  return Object.freeze({
    count: k,
    rank: k - new Set([...dead, ...collinear.map(({ unit }) => unit)]).size,
    constant,
    collinear,
    rare,
    saturated,
  });
}

/** The least and the largest value of each feature. */
function rangesOf(
  { rows, cols: k, data }: FeatureTable,
  picked: Uint32Array | null,
): { readonly least: Float64Array; readonly most: Float64Array } {
  const [least, most] = [new Float64Array(k).fill(Infinity), new Float64Array(k).fill(-Infinity)];
  for (let i = 0; i < (picked?.length ?? rows); i++) {
    const from = (picked === null ? i : picked[i]) * k;
    for (let j = 0; j < k; j++) {
      const value = data[from + j];
      if (value < least[j]) least[j] = value;
      if (value > most[j]) most[j] = value;
    }
  }
  return { least, most };
}

/**
 * In how many rows each feature is near its least value, and near its largest. Features that are at neither in more rows than would leave nearly all
 * are given up on the way, with what was counted so far.
 */
function countsNearEnds(
  { rows, cols: k, data }: FeatureTable,
  picked: Uint32Array | null,
  least: Float64Array,
  most: Float64Array,
): { readonly low: Uint32Array; readonly high: Uint32Array } {
  const n = picked?.length ?? rows;
  const [low, high, between] = [new Uint32Array(k), new Uint32Array(k), new Uint32Array(k)];
  const lower = least.map((value, j) => value + NEAR * (most[j] - value));
  const upper = most.map((value, j) => value - NEAR * (value - least[j]));
  let open = Array.from({ length: k }, (_, unit) => unit);
  for (let i = 0; i < n && open.length > 0; i++) {
    const from = (picked === null ? i : picked[i]) * k;
    for (const j of open) {
      const value = data[from + j];
      if (value <= lower[j]) low[j]++;
      else if (value >= upper[j]) high[j]++;
      else between[j]++;
    }
    if (i % BETWEEN_LOOKS === 0) open = open.filter((unit) => between[unit] <= (1 - NEARLY_ALL) * n);
  }
  return { low, high };
}

/** The features that depend on others: those that the factor cut, and those whose own part is no more than the rounding of the saved numbers. */
function* dependentUnits(
  kernels: Kernels,
  { rows, cols: k, precision }: FeatureTable,
  factor: Factor,
): Generator<number, FeatureUnits["collinear"]> {
  const named = (columns: readonly number[]) => columns.filter((column) => column > 0).map((column) => column - 1);
  const cut = factor.dependent.map(({ column, on }) => ({ unit: column - 1, on: named(on) }));
  const tolerance = Math.min(0.5, Math.max(8 * precision * Math.sqrt(k), Math.max(rows, k) * Number.EPSILON));
  const { kept, T } = factor;
  const constant = kept.indexOf(0);
  const inner = yield* factorRows(
    kernels,
    matrixRows(kernels.memory, T),
    constant === 0 ? { tolerance, later: { from: 1, tolerance } } : { tolerance },
  );
  const more = inner.dependent.filter(({ column }) => kept[column] > 0)
    .map(({ column, on }) => ({ unit: kept[column] - 1, on: named(on.map((at) => kept[at])) }));
  return [...cut, ...more].filter(({ unit }) => unit >= 0).toSorted((a, b) => a.unit - b.unit);
}
