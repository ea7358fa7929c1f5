/** The status of a claim. `outside`: the theory does not apply to this problem. */
export type Status = "holds" | "fails" | "undecided" | "outside";

/**
 * The verdict over all claims: `fails` if one does, else `undecided` if one is, else `holds` if one does; `outside` when all are.
 *
 * @param claims The claims.
 * @returns The verdict.
 * @example One undecided claim makes the verdict undecided
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(verdictOf([{ status: "holds" }, { status: "undecided" }, { status: "outside" }]), "undecided");
 * ```
 */
export function verdictOf(claims: readonly { readonly status: Status }[]): Status {
  const order: readonly Status[] = ["fails", "undecided", "holds"];
  return order.find((status) => claims.some((claim) => claim.status === status)) ?? "outside";
}
