import type { Claim } from "./claim.ts";
import type { Statement } from "./statements.ts";
import type { Status } from "./verdict.ts";

/** A claim without numbers; the reason, where there is one, is said in its statement too. */
export function unmeasured({ id, statement, source }: Statement, status: Status, reason: string | null): Claim {
  if (reason === null) return { id, statement, source, status, measured: null, bound: null, points: 0 };
  const whole = `${statement}. ${status[0].toUpperCase()}${status.slice(1)}: ${reason}`;
  return { id, statement: whole, source, status, reason, measured: null, bound: null, points: 0 };
}
