import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  checkRun,
  type ClaimContext,
  type RecordedPoint,
  type RunResult,
  tallyClaims,
  verdictOf,
} from "../../src/check/mod.ts";
import { defineLoss, squared } from "../../src/loss/mod.ts";
import { finish, smallTask } from "../support/small_problem.ts";

const IDS = ["theorem-1", "theorem-2", "theorem-3", "corollary-1", "convex-certificate", "features-certificate"];

/** Runs that went well, and what they were held to. */
async function goodRuns(): Promise<{ runs: readonly RunResult[]; context: ClaimContext }> {
  const { kernels, task, linear } = await smallTask();
  const runs = [1, 2].map((seed) => finish(checkRun(kernels, task, { seed, start: "default" })));
  return { runs, context: { loss: squared, linearValue: linear.value, radius: null, descend: true } };
}

/** The runs with the last point of the first one changed. */
function withLast(runs: readonly RunResult[], change: Partial<RecordedPoint>): readonly RunResult[] {
  const [first, ...rest] = runs;
  return [{ ...first, points: first.points.with(-1, { ...first.points.at(-1)!, ...change }) }, ...rest];
}

const statusOf = (runs: readonly RunResult[], context: ClaimContext, id: string) =>
  tallyClaims(runs, context).find((claim) => claim.id === id)!.status;

Deno.test("tallyClaims() holds every claim to every point", async () => {
  const { runs, context } = await goodRuns();
  const claims = tallyClaims(runs, context);
  assertEquals(claims.map((claim) => claim.id), IDS);
  assert(claims.every((claim) => claim.status === "holds"), JSON.stringify(claims));
  const recorded = runs.flatMap((run) => run.points).length;
  assertEquals(claims.map((claim) => claim.points), [
    recorded,
    recorded,
    recorded,
    claims[3].points,
    recorded,
    recorded,
  ]);
  assertEquals(verdictOf(claims), "holds");
});

const BROKEN = { left: 1, right: 2, holds: false };

for (
  const [id, change] of [
    ["theorem-1", { theorem1: BROKEN }],
    ["theorem-2", { theorem2: BROKEN }],
    ["theorem-3", { theorem3: BROKEN }],
    ["convex-certificate", { certificate: BROKEN }],
    ["features-certificate", { features: { ...BROKEN, value: 0 } }],
  ] as const
) {
  Deno.test(`tallyClaims() says that ${id} fails when one point breaks it, and shows that point`, async () => {
    const { runs, context } = await goodRuns();
    const claims = tallyClaims(withLast(runs, change), context);
    const claim = claims.find((one) => one.id === id)!;
    assertEquals([claim.status, [claim.measured, claim.bound].toSorted()], ["fails", [1, 2]]);
    assertEquals(verdictOf(claims), "fails");
  });

  Deno.test(`tallyClaims() leaves ${id} undecided when a side is not a number`, async () => {
    const { runs, context } = await goodRuns();
    const unknown = JSON.parse(JSON.stringify(change), (name, value) => name === "left" ? NaN : value);
    assertEquals(statusOf(withLast(runs, unknown), context, id), "undecided");
  });
}

Deno.test("tallyClaims() fails Corollary 1 when a stationary point lies above linear by more than Theorem 3 allows", async () => {
  const { runs, context } = await goodRuns();
  const above = withLast(runs, { gap: 0.1, theorem3: { left: 0.01, right: 0.1, holds: false } });
  assertEquals(statusOf(above, context, "corollary-1"), "fails");
});

Deno.test("tallyClaims() leaves Corollary 1 undecided when a stationary point is above by what its epsilon allows", async () => {
  const { runs, context } = await goodRuns();
  const above = withLast(runs, { gap: 1e-6, theorem3: { left: 1e-3, right: 1e-6, holds: true } });
  assertEquals(statusOf(above, context, "corollary-1"), "undecided");
});

Deno.test("tallyClaims() leaves Corollary 1 undecided when a run that promised a stationary point did not reach one", async () => {
  const { runs, context } = await goodRuns();
  const missed = withLast(runs, { stationary: false });
  assertEquals(statusOf(missed, context, "corollary-1"), "undecided");
  assertEquals(statusOf(missed, { ...context, descend: false }, "corollary-1"), "holds");
  assertEquals(statusOf([], context, "corollary-1"), "undecided");
});

Deno.test("tallyClaims() puts every claim outside for a loss that is not convex, and says so", async () => {
  const { runs, context } = await goodRuns();
  const loss = defineLoss({
    name: "welsch",
    convex: false,
    value: (p, y) => 1 - Math.exp(-((p - y) ** 2) / 2),
    slope: (p, y) => (p - y) * Math.exp(-((p - y) ** 2) / 2),
    curvature: (p, y) => (1 - (p - y) ** 2) * Math.exp(-((p - y) ** 2) / 2),
  });
  const claims = tallyClaims(runs, { ...context, loss });
  assert(claims.every((claim) => claim.status === "outside"));
  assertStringIncludes(claims[0].statement, "welsch is not convex");
  assertEquals(verdictOf(claims), "outside");
});

Deno.test("tallyClaims() puts Theorem 3 outside when no point has a Lipschitz Hessian, and the verdict still holds", async () => {
  const { runs, context } = await goodRuns();
  const rough = runs.map((run) => ({ ...run, points: run.points.map((point) => ({ ...point, theorem3: null })) }));
  assertEquals(statusOf(rough, context, "theorem-3"), "outside");
  assertEquals(verdictOf(tallyClaims(rough, context)), "holds");
});

Deno.test("tallyClaims() names the radius when the infimum is not attained", async () => {
  const { runs, context } = await goodRuns();
  assertStringIncludes(tallyClaims(runs, { ...context, radius: 7 })[3].statement, "||w|| <= 7");
});
