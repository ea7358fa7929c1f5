import type { Status } from "./verdict.ts";

/** A statement of the theory, and how it came out. */
export interface Claim {
  /** Stable name, such as `theorem-1`. */
  readonly id: string;
  /** What it says, in a sentence, and why it is undecided or outside when it is. */
  readonly statement: string;
  /** Where it is stated and proved. */
  readonly source: string;
  /** How it came out. */
  readonly status: Status;
  /** Why it is undecided or outside; not there where it holds or fails. */
  readonly reason?: string;
  /** The measured number at the tightest point; null when no point was checked. */
  readonly measured: number | null;
  /** What it is held to there. */
  readonly bound: number | null;
  /** How many points were checked. */
  readonly points: number;
}
