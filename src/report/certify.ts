import type { BlockRung } from "../train/mod.ts";
import type { KnownRows } from "../data/mod.ts";
import { type CertificateReport, openClaims } from "./certificate.ts";
import { type ProblemReport, weightingText } from "./problem.ts";
import { linearNotes, type LinearReport } from "./linear.ts";
import { alignColumns, counted, formatValue } from "./format.ts";

/** What `certify --json` prints: `resland/certify@1`. */
export interface CertifyReport extends CertificateReport {
  /** The schema's name and version. */
  readonly schema: "resland/certify@1";
  /** The model file. */
  readonly model: string;
  /** The table and its encoding. */
  readonly problem: ProblemReport;
  /**
   * Whether the table holds the rows that the model was made from: in the same order, in another one, or other rows; null where the model
   * file does not say.
   */
  readonly rows: KnownRows["state"] | null;
  /** The best linear predictor on the same rows. */
  readonly linear: LinearReport;
  /** The certificate in a sentence. */
  readonly sentence: string;
  /** What each of several residual blocks adds: min H over `[x, f_1, ..., f_l]` for l = 0, 1, ...; null for a network of one. */
  readonly blocks: readonly BlockReport[] | null;
  /** A stored verdict against what was found now; null without one. */
  readonly stored: StoredVerdict | null;
  /** The improved model; null unless requested. */
  readonly escaped: { readonly file: string; readonly value: number; readonly gap: number } | null;
}

/** The best that the features of the first blocks allow. */
export interface BlockReport {
  /** How many blocks; 0 for the best linear predictor. */
  readonly blocks: number;
  /** How many features they have. */
  readonly features: number;
  /** min H over x and those features; an infimum that no predictor attains, where it is known. */
  readonly value: number;
  /** By how much the last of these blocks lowers it; 0 for none. */
  readonly adds: number;
}

/**
 * What each block adds, for a report.
 *
 * @param ladder A rung for each number of blocks, or null.
 * @returns The same in numbers.
 * @example No blocks
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(blocksReport(null), null);
 * ```
 */
export function blocksReport(ladder: readonly BlockRung[] | null): CertifyReport["blocks"] {
  const values = ladder?.map(({ optimum }) => optimum.infimum ?? optimum.value);
  return ladder && ladder.map(({ blocks, features }, at) => ({
    ...{ blocks, features, value: values![at] },
    adds: at === 0 ? 0 : values![at - 1] - values![at],
  }));
}

/** How a stored verdict compares with what was found now. */
export interface StoredVerdict {
  /** The file. */
  readonly file: string;
  /** Whether every number agrees. */
  readonly holds: boolean;
  /** The numbers that do not. */
  readonly differences: readonly {
    readonly name: string;
    readonly stored: number | null;
    readonly found: number | null;
  }[];
}

/** Numbers of a stored verdict may differ by this, relative to 1 and their size: sums in another order. */
const AGREEMENT = 1e-9;

/**
 * Compares the numbers of a stored verdict with those found now.
 *
 * @param file The stored file's name.
 * @param stored Its contents: a report of `fit` or `certify`.
 * @param found What was found now.
 * @returns Which numbers differ, by more than 1e-9 relative to 1 and their size; `holds` asks for the same verdict too.
 * @example A loss that is not what was found
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { certificateReport } from "@resland/resland/report";
 * import { certifyPoint, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(0, 1, 2) };
 * const fitted = { net: network(2, dense(2, 1)), params: Float64Array.of(1, 1, 0, 0, 0, 0, 0), loss: squared, examples };
 * const found = certifyPoint(await loadKernels("simd"), fitted);
 * const report = certificateReport(found);
 * assertEquals(compareStored("verdict.json", report, report).holds, true);
 * const { holds, differences } = compareStored("verdict.json", { ...report, value: 7 }, report);
 * assertEquals([holds, differences.map(({ name }) => name)], [false, ["value"]]);
 * ```
 */
export function compareStored(file: string, stored: CertificateReport, found: CertificateReport): StoredVerdict {
  const names = ["value", "gap", "gradientNorm", "wNorm", "vNorm"] as const;
  const pairs = [
    ...names.map((name) => ({ name: name as string, stored: stored[name], found: found[name] })),
    { name: "certificate.bound", stored: stored.certificate.bound, found: found.certificate.bound },
    { name: "features.value", stored: stored.features.value, found: found.features.value },
  ];
  const agree = (a: number | null, b: number | null) =>
    a === b || a !== null && b !== null && Math.abs(a - b) <= AGREEMENT * (1 + Math.abs(a) + Math.abs(b));
  const { lower, upper } = found.lambda;
  // An eigenvalue is known up to an interval.
  const inside = stored.lambdaMin !== null && lower !== null && upper !== null &&
    stored.lambdaMin >= lower - AGREEMENT &&
    stored.lambdaMin <= upper + AGREEMENT;
  const eigenvalue = inside || agree(stored.lambdaMin, found.lambdaMin)
    ? []
    : [{ name: "lambdaMin", stored: stored.lambdaMin, found: found.lambdaMin }];
  const differences = [...pairs.filter((pair) => !agree(pair.stored, pair.found)), ...eigenvalue];
  return { file, holds: differences.length === 0 && stored.verdict === found.verdict, differences };
}

/** What is said of the rows. */
const ROWS: Readonly<Record<KnownRows["state"], readonly string[]>> = {
  same: [],
  reordered: ["The rows are those that the model was made from, in another order."],
  changed: ["The rows are not those that the model was made from: the certificate is of the rows of this table."],
};

/**
 * A certificate as text: every figure, a row per claim, and the certificate in a sentence.
 *
 * @param report The report.
 * @returns The text, without a final line end.
 * @example A point above linear, and a descent direction
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { certificateReport, linearReport, problemReport } from "@resland/resland/report";
 * import { certifyPoint, dense, encodeTable, loadKernels, network, parseTable, squared } from "@resland/resland";
 * const table = parseTable("age,price\n-1,0\n0,1\n1,2\n", { file: "prices.csv" });
 * const examples = encodeTable(table, { target: "price", targetKind: "number" });
 * const fitted = { net: network(2, dense(2, 1)), params: Float64Array.of(1, 0, 0, 0, 0, 0, 0), loss: squared, examples };
 * const found = certifyPoint(await loadKernels("simd"), fitted);
 * const [certificate, linear] = [certificateReport(found), linearReport(found.linear, examples)];
 * const text = certifyText({
 *   ...certificate, schema: "resland/certify@1", model: "model.safetensors", problem: problemReport(examples, "squared", 0), rows: null, linear,
 *   sentence: found.sentence, blocks: null, stored: null, escaped: null,
 * });
 * assertStringIncludes(text, "model.safetensors on prices.csv: 3 rows, squared loss");
 * assertStringIncludes(text, "A first-order descent direction was found.");
 * ```
 */
export function certifyText(report: CertifyReport): string {
  const { model, problem, rows: state, linear, claims, sentence, blocks, stored, escaped } = report;
  const figures: readonly (readonly [string, number | null])[] = [
    ["F", report.value],
    [linear.attained ? "best linear predictor" : "linear predictor to compare with", linear.value],
    ...linear.infimum === null || linear.attained ? [] : [["infimum over linear predictors", linear.infimum] as const],
    ...linear.lowerBound === null ? [] : [["proved lower bound on it", linear.lowerBound] as const],
    ["gap to linear", report.gap],
    ["feature optimum, min H", report.features.value],
    ["gradient over (W, V)", report.gradientNorm],
    ["||S|| = ||E l' x||", report.sNorm],
    ["||R|| = ||E l' f||", report.rNorm],
    ["lambda_min, lower bound", report.lambda.lower],
    ["lambda_min, upper bound", report.lambda.upper],
    ["||W||", report.wNorm],
    ["||V||", report.vNorm],
    ["certified bound on the gap", report.certificate.bound],
  ];
  const rows = figures.map(([name, value]) => [name, formatValue(value, 10)]);
  const claimRows = claims.map((claim) => [
    claim.id,
    claim.status,
    formatValue(claim.measured, 4),
    formatValue(claim.bound, 4),
  ]);
  return [
    `${model} on ${problem.source}: ${counted(problem.rows, "row")}${
      problem.heldOutRows > 0 ? ` (the training rows; ${problem.heldOutRows} more were held out)` : ""
    }, ${problem.loss} loss${weightingText(problem)}`,
    ...state === null ? [] : ROWS[state],
    "",
    ...alignColumns(["", ""], rows, new Set([0])).slice(1),
    "",
    ...alignColumns(["claim", "status", "measured", "bound"], claimRows, new Set([0, 1])),
    "",
    ...blocks === null ? [] : [...blocksText(blocks), ""],
    sentence,
    ...linearNotes(linear),
    ...openClaims(claims),
    ...escaped === null ? [] : [
      `Improved: ${escaped.file} has F = ${formatValue(escaped.value)}, ${formatValue(Math.abs(escaped.gap), 3)} ${
        escaped.gap <= 0 ? "below" : "above"
      } linear.`,
    ],
    ...stored === null ? [] : [storedText(stored)],
  ].join("\n");
}

/** A row for each number of blocks, and which of these levels is guaranteed. */
function blocksText(blocks: readonly BlockReport[]): readonly string[] {
  const rows = blocks.map(({ blocks: count, features, value, adds }) => [
    count === 0 ? "x alone" : count === 1 ? "block 1" : `blocks 1 to ${count}`,
    String(features),
    formatValue(value, 10),
    count === 0 ? "" : formatValue(adds, 4),
  ]);
  return [
    ...alignColumns(["min H over x and", "features", "loss", "the last one adds"], rows, new Set([0])),
    "The first level, linear on x, is guaranteed: a second-order stationary point over (w, V) is at or below it, and at the last one. " +
    "The levels between are what the blocks allow one after another.",
  ];
}

function storedText({ file, holds, differences }: StoredVerdict): string {
  if (holds) return `${file} still holds: all numbers agree.`;
  const list = differences.map(({ name, stored, found }) =>
    `${name} ${formatValue(stored)} is now ${formatValue(found)}`
  );
  return `${file} no longer holds: ${list.join("; ") || "the verdict differs"}.`;
}
