import type { Status } from "./verdict.ts";

/** A statement of the theory, and its status. */
export interface Claim {
  /** Stable name, such as `theorem-1`. */
  readonly id: string;
  /** The statement in a sentence, with the reason when it is undecided or outside. */
  readonly statement: string;
  /** Where it is stated and proved. */
  readonly source: string;
  /** Its status. */
  readonly status: Status;
  /** The reason when it is undecided or outside; absent when it holds or fails. */
  readonly reason?: string;
  /** The measured number at the tightest point; null when no point was checked. */
  readonly measured: number | null;
  /** The bound there. */
  readonly bound: number | null;
  /** How many points were checked. */
  readonly points: number;
}
