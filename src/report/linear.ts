import type { LinearOptimum } from "../baseline/mod.ts";
import type { Dataset } from "../data/mod.ts";
import { formatValue } from "./format.ts";
import { pick } from "./_pick.ts";
import { plain } from "./plain.ts";

/** Columns that a note names. */
const MOST_NAMED = 5;

/** What is reported of the best linear predictor as it was found. */
export type LinearFigure = "value" | "attained" | "infimum" | "lowerBound" | "gapBound" | "gradientNorm" | "rank";

const FIGURES: readonly LinearFigure[] = [
  "value",
  "attained",
  "infimum",
  "lowerBound",
  "gapBound",
  "gradientNorm",
  "rank",
];

/** The best linear predictor, as plain data. */
export interface LinearReport extends Pick<LinearOptimum, LinearFigure> {
  /** Norm of the comparator when it is not attained. */
  readonly radius: number | null;
  /** The columns that depend on others and are left out. */
  readonly dependent: readonly { readonly column: string; readonly on: readonly string[] }[];
  /** Its weights, for several outputs row after row. */
  readonly weights: readonly number[];
}

/**
 * The linear predictor as plain data.
 *
 * @param linear The best linear predictor.
 * @param data How its columns are called.
 * @returns The same, ready for `JSON.stringify`.
 * @example y = 1 + x
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { bestLinear, loadKernels, matrix, squared } from "@resland/resland";
 * const data = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(0, 1, 2) };
 * const linear = bestLinear(await loadKernels("simd"), squared, data);
 * const { weights } = linearReport(linear, { features: ["age"], intercept: true });
 * weights.forEach((weight) => assertAlmostEquals(weight, 1, 1e-14));
 * ```
 */
export function linearReport(
  linear: LinearOptimum,
  { features, intercept }: Pick<Dataset, "features" | "intercept">,
): LinearReport {
  const { radius, dependent, weights } = linear;
  const names = [...intercept ? ["intercept"] : [], ...features];
  return {
    ...pick(linear, FIGURES),
    radius: plain(radius),
    dependent: dependent.map(({ column, on }) => ({ column: names[column], on: on.map((other) => names[other]) })),
    weights: [...weights],
  };
}

/**
 * Notes on the linear predictor: columns left out of it, an infimum that is not attained.
 *
 * @param linear The linear predictor.
 * @returns The sentences, one a line.
 * @example A column that is another one's double
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const notes = linearNotes({ attained: true, infimum: 0, radius: null, dependent: [{ column: "b", on: ["a"] }] });
 * assertEquals(notes, ["Left out of the linear predictor: b depends on a. Claims are made against the columns that are left."]);
 * ```
 */
export function linearNotes(
  { attained, infimum, lowerBound = null, radius, dependent }:
    & Pick<LinearReport, "attained" | "infimum" | "radius" | "dependent">
    & Partial<Pick<LinearReport, "lowerBound">>,
): readonly string[] {
  const shown = dependent.slice(0, MOST_NAMED).map(({ column, on }) =>
    on.length === 0 ? `${column} is constant` : `${column} depends on ${on.slice(0, MOST_NAMED).join(", ")}`
  );
  const more = dependent.length > MOST_NAMED ? `; and ${dependent.length - MOST_NAMED} more` : "";
  return [
    ...dependent.length === 0 ? [] : [
      `Left out of the linear predictor: ${
        shown.join("; ")
      }${more}. Claims are made against the columns that are left.`,
    ],
    ...attained ? [] : [
      infimum === null
        ? `The best linear predictor is not known exactly: the comparison is with one with weights of norm at most ${
          formatValue(radius, 3)
        }${lowerBound === null ? "" : `; no linear predictor has a loss below ${formatValue(lowerBound)}`}.`
        : `No linear predictor attains the infimum, ${
          formatValue(infimum)
        }: some direction separates the targets, and the loss falls ` +
          `towards it while the weights grow. The linear figures are of a predictor of norm at most ${
            formatValue(radius, 4)
          }.`,
    ],
  ];
}
