import type { Finding, Recorded, Statement } from "./types.ts";

/**
 * The status that the numbers of a tally mean: `undecided` without a measured side, `fails` with failures or where the tightest
 * inequality does not hold, up to its rounding.
 *
 * @param found The numbers, as {@linkcode findingOf} records them.
 * @returns The status.
 * @example Three quarters of what is allowed, and more than is allowed
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const found = { measured: 3, bound: 4, points: 10, numbers: { failures: 0, tightest: 0.75 } };
 * assertEquals(statusOfTally(found), "holds");
 * assertEquals(statusOfTally({ ...found, measured: 5, numbers: { failures: 0, tightest: 1.25 } }), "fails");
 * ```
 */
export function statusOfTally({ measured, bound, points, numbers }: Recorded): Finding["status"] {
  const { failures, tightest, rounding } = numbers;
  if (measured === null || bound === null) return failures > 0 ? "fails" : "undecided";
  const [less, more] = measured < bound ? [measured, bound] : [bound, measured];
  const isRatio = tightest === measured / bound || tightest === bound / measured || tightest === 0 && less <= 0;
  const isWithin = tightest <= 1 || less >= more - rounding;
  return failures === 0 && points > 0 && isRatio && isWithin ? "holds" : "fails";
}

/**
 * The status of a tally that has to satisfy something more.
 *
 * @param more Whether the further numbers are as the statement says.
 * @returns The status that numbers mean.
 * @example A count that has to be 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const status = statusOfTallyAnd(({ unfinished }) => unfinished === 0);
 * const numbers = { failures: 0, tightest: 0.75, unfinished: 2 };
 * assertEquals(status({ measured: 3, bound: 4, points: 10, numbers }), "fails");
 * ```
 */
export function statusOfTallyAnd(
  more: (numbers: Recorded["numbers"]) => boolean,
): (found: Recorded) => Finding["status"] {
  return (found) => more(found.numbers) ? statusOfTally(found) : "fails";
}

/**
 * What the numbers of a finding say against its status. They are judged as when they were found; nothing tells whether they were found.
 *
 * @param statement What it is a finding of.
 * @param finding The finding.
 * @returns Half a sentence; null where they agree.
 * @example A failure that "holds"
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { lemma2 } from "@resland/resland/paper";
 * const finding = { status: "holds", measured: 3, bound: 1, points: 300, numbers: { failures: 12 } } as const;
 * assertEquals(recordedProblem(lemma2, finding), 'it says "holds", and its numbers say "fails"');
 * ```
 */
export function recordedProblem({ statusOf = statusOfTally, needsConvex }: Statement, finding: Finding): string | null {
  const { status, points, measured } = finding;
  if (status === "outside" && needsConvex && points === 0 && measured === null) return null;
  const said = statusOf(finding);
  return said === status ? null : `it says "${status}", and its numbers say "${said}"`;
}
