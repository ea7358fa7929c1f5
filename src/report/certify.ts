import type { CertificateReport, LinearReport, ProblemReport } from "./fit.ts";
import { alignColumns, counted, formatValue } from "./format.ts";

/** What `certify --json` prints: `resland/certify@1`. */
export interface CertifyReport extends CertificateReport {
  /** The schema's name and version. */
  readonly schema: "resland/certify@1";
  /** The model file. */
  readonly model: string;
  /** The table and how it was read. */
  readonly problem: ProblemReport;
  /** The best linear predictor on the same rows. */
  readonly linear: LinearReport;
  /** The certificate in a sentence. */
  readonly sentence: string;
  /** A stored verdict against what was found now; null without one. */
  readonly stored: StoredVerdict | null;
  /** The improved model; null when none was asked for. */
  readonly escaped: { readonly file: string; readonly value: number; readonly gap: number } | null;
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
 * @returns Which numbers differ.
 */
export function compareStored(file: string, stored: CertificateReport, found: CertificateReport): StoredVerdict {
  const names = ["value", "gap", "gradientNorm", "lambdaMin", "wNorm", "vNorm"] as const;
  const pairs = [
    ...names.map((name) => ({ name: name as string, stored: stored[name], found: found[name] })),
    { name: "certificate.bound", stored: stored.certificate.bound, found: found.certificate.bound },
    { name: "features.value", stored: stored.features.value, found: found.features.value },
  ];
  const agree = (a: number | null, b: number | null) =>
    a === b || a !== null && b !== null && Math.abs(a - b) <= AGREEMENT * (1 + Math.abs(a) + Math.abs(b));
  const differences = pairs.filter((pair) => !agree(pair.stored, pair.found));
  return { file, holds: differences.length === 0 && stored.verdict === found.verdict, differences };
}

/** A certificate as text. */
export function certifyText(report: CertifyReport): string {
  const { model, problem, linear, claims, sentence, stored, escaped } = report;
  const figures: readonly (readonly [string, number | null])[] = [
    ["F", report.value],
    ["best linear predictor", linear.value],
    ["gap to linear", report.gap],
    ["best of these features", report.features.value],
    ["gradient over (w, V)", report.gradientNorm],
    ["||s|| = ||E l' x||", report.sNorm],
    ["||r|| = ||E l' f||", report.rNorm],
    ["lambda_min, exact", report.lambdaMin],
    ["||w||", report.wNorm],
    ["||V||", report.vNorm],
    ["certified: gap is at most", report.certificate.bound],
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
      problem.heldOutRows > 0 ? ` (those it was trained on; ${problem.heldOutRows} were held out)` : ""
    }, ${problem.loss} loss`,
    "",
    ...alignColumns(["", ""], rows, new Set([0])).slice(1),
    "",
    ...alignColumns(["claim", "status", "measured", "bound"], claimRows, new Set([0, 1])),
    "",
    sentence,
    ...claims.filter(({ status }) => status !== "holds").map(({ id, statement }) => `${id}: ${statement}.`),
    ...escaped === null ? [] : [
      `Improved: ${escaped.file} has F = ${formatValue(escaped.value)}, ${formatValue(Math.abs(escaped.gap), 3)} ${
        escaped.gap <= 0 ? "below" : "above"
      } linear.`,
    ],
    ...stored === null ? [] : [storedText(stored)],
  ].join("\n");
}

function storedText({ file, holds, differences }: StoredVerdict): string {
  if (holds) return `${file} still holds: every number agrees.`;
  const list = differences.map(({ name, stored, found }) =>
    `${name} ${formatValue(stored)} is now ${formatValue(found)}`
  );
  return `${file} does not hold any more: ${list.join("; ") || "the verdict differs"}.`;
}
