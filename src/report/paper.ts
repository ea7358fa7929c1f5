import { type Claim, verdictOf } from "../check/mod.ts";
import type { Environment } from "./verdict.ts";
import { alignColumns, finite, formatValue } from "./format.ts";

/** A statement of the paper as it came out. */
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
 */
export function makePaperReport(parts: Omit<PaperReport, "schema" | "verdict">): PaperReport {
  const claims = parts.claims.map((claim) => ({
    ...claim,
    measured: finite(claim.measured),
    bound: finite(claim.bound),
    numbers: Object.fromEntries(Object.entries(claim.numbers).filter(([, value]) => Number.isFinite(value))),
  }));
  return { schema: "resland/paper@1", ...parts, claims, verdict: verdictOf(claims) };
}

/**
 * A report as text: one row per statement, then what each says.
 *
 * @param report The report.
 * @returns The text, without a final line end.
 */
export function paperText({ claims, verdict }: PaperReport): string {
  const rows = claims.map(({ id, status, measured, bound, points, numbers }) => [
    id,
    status,
    formatValue(measured, 4),
    formatValue(bound, 4),
    "tightest" in numbers ? numbers.tightest.toFixed(3) : "-",
    points.toLocaleString("en-US"),
  ]);
  return [
    ...alignColumns(["statement", "status", "measured", "bound", "tightest", "points"], rows, new Set([0, 1])),
    "",
    ...claims.map(({ id, statement, source }) => `${id}: ${statement}. (${source})`),
    "",
    `Verdict: ${verdict}.`,
  ].join("\n");
}
