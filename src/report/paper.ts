import { type Claim, verdictOf } from "../claims/mod.ts";
import { claimReport } from "./point_report.ts";
import type { Environment } from "./problem.ts";
import { alignColumns, formatValue, grouped } from "./format.ts";

/** The result for one statement of the paper. */
export interface PaperClaim extends Claim {
  /** Further figures, by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** File names of its figures in the run's folder. */
  readonly figures: readonly string[];
  /** File name of its list of single findings, or null. */
  readonly listing: string | null;
  /** File name of its page. */
  readonly page: string;
}

/** What `paper --json` prints. */
export interface PaperReport {
  /** `resland/paper@1`. */
  readonly schema: "resland/paper@1";
  /** Whether it was the short one. */
  readonly quick: boolean;
  /** Where the random numbers came from. */
  readonly seed: number;
  /** The statements, in the order of the paper. */
  readonly claims: readonly PaperClaim[];
  /** `fails` if a claim does, else `undecided` if one is, else `holds`. */
  readonly verdict: Claim["status"];
  /** Where and with what it was computed. */
  readonly environment: Environment;
}

/**
 * The report from its claims; numbers that are not finite become null, or are left out.
 *
 * @param parts Everything but the schema and the verdict.
 * @returns The report.
 * @example A bound that no number can state
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const claim = {
 *   id: "lemma-2", statement: "r is as small as lambda_min", source: "Lemma 2", status: "holds", measured: Infinity, bound: 3, points: 10,
 *   numbers: { tightest: 0 }, figures: [], listing: null, page: "lemma-2.html",
 * } as const;
 * const environment = { deno: "2.9.6", v8: "15.0", kernels: "simd", dtype: "f64", workers: 2 } as const;
 * const report = makePaperReport({ quick: true, seed: 1, claims: [claim], environment });
 * assertEquals([report.verdict, report.claims[0].measured], ["holds", null]);
 * ```
 */
export function makePaperReport(parts: Omit<PaperReport, "schema" | "verdict">): PaperReport {
  const claims = parts.claims.map((claim) => ({
    ...claimReport(claim),
    numbers: Object.fromEntries(Object.entries(claim.numbers).filter(([, value]) => Number.isFinite(value))),
  }));
  return { schema: "resland/paper@1", ...parts, claims, verdict: verdictOf(claims) };
}

/**
 * A report as text: one row per statement, then what each says.
 *
 * @param report The report.
 * @returns The text, without a final line end.
 * @example One statement
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const claim = {
 *   id: "lemma-2", statement: "r is as small as lambda_min", source: "Lemma 2", status: "holds", measured: 4, bound: 3, points: 10,
 *   numbers: { tightest: 0.75 }, figures: [], listing: null, page: "lemma-2.html",
 * } as const;
 * const environment = { deno: "2.9.6", v8: "15.0", kernels: "simd", dtype: "f64", workers: 2 } as const;
 * const text = paperText(makePaperReport({ quick: true, seed: 1, claims: [claim], environment }));
 * assertStringIncludes(text, "lemma-2: r is as small as lambda_min. (Lemma 2)");
 * ```
 */
export function paperText({ claims, verdict }: PaperReport): string {
  const rows = claims.map(({ id, status, measured, bound, points, numbers }) => [
    id,
    status,
    formatValue(measured, 4),
    formatValue(bound, 4),
    "tightest" in numbers ? numbers.tightest.toFixed(3) : "-",
    grouped(points),
  ]);
  return [
    ...alignColumns(["statement", "status", "measured", "bound", "attained", "points"], rows, new Set([0, 1])),
    "",
    ...claims.map(({ id, statement, source }) => `${id}: ${statement}. (${source})`),
    "",
    `Verdict: ${verdict}.`,
  ].join("\n");
}
