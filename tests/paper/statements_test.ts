import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { defineLoss } from "../../src/loss/mod.ts";
import {
  checkStatement,
  excessCurve,
  type Finding,
  type PaperContext,
  READINGS,
  recordedProblem,
  type Statement,
  STATEMENTS,
} from "../../src/paper/mod.ts";
import { mathml } from "../../src/report/pages/mod.ts";

const kernels = await loadKernels("simd");
const context: PaperContext = { kernels, seed: 7, quick: true };

/** What the quick grid finds, once for all tests. */
const findings = new Map<string, Finding>();
function findingOf(id: string): Finding {
  if (!findings.has(id)) findings.set(id, checkStatement(statementOf(id), context));
  return findings.get(id)!;
}

const statementOf = (id: string): Statement => STATEMENTS.find((statement) => statement.id === id)!;

for (const statement of STATEMENTS) {
  Deno.test(`${statement.id} holds on the quick grid, at finite numbers`, () => {
    const { status, measured, bound, points, numbers } = findingOf(statement.id);
    assertEquals(status, statement.id === "vector-outputs-wide" ? "outside" : "holds");
    assert(Number.isFinite(measured));
    assert(Number.isFinite(bound));
    assertGreater(points, 0);
    for (const [name, value] of Object.entries(numbers)) assert(Number.isFinite(value), `${name} is ${value}`);
  });

  Deno.test(`${statement.id} as it was stored means its status, and no other; without its numbers it does not hold`, () => {
    const finding = findingOf(statement.id);
    const stored: Finding = JSON.parse(JSON.stringify(finding));
    for (const status of ["holds", "fails", "undecided", "outside"] as const) {
      assertEquals(recordedProblem(statement, { ...stored, status }) === null, status === finding.status, status);
    }
    const { status, points, measured } = stored;
    assert(recordedProblem(statement, { status, points, bound: null, measured: null, numbers: {} }) !== null);
    assert(recordedProblem(statement, { ...stored, measured: measured! + 1, numbers: {} }) !== null);
  });
}

Deno.test("the quick grid checks Theorem 1 at 1,000 points or more, Theorem 2 at 300 or more", () => {
  assert(findingOf("theorem-1").points >= 1000);
  assert(findingOf("theorem-2").points >= 300);
});

Deno.test("figure-1 finds the paper's minima by search", () => {
  const { numbers } = findingOf("figure-1");
  const expected = {
    "b.bad.w": -0.98285,
    "b.bad.v": -1.60269,
    "b.bad.value": 0.5249,
    "b.best.w": 0.6596,
    "b.best.v": 0.3277,
    "b.best.value": 0.0755,
    "c.bad.w": -1.07561,
    "c.bad.v": -1.68614,
    "c.bad.value": 0.034317,
  };
  // The published digits end at the fourth or fifth place.
  for (const [name, value] of Object.entries(expected)) assertAlmostEquals(numbers[name], value, 1e-4, name);
  assertAlmostEquals(Math.hypot(numbers["c.bad.w"], numbers["c.bad.v"]), 2, 1e-12);
});

Deno.test("theorem-4 stays under its bound at every length, and falls with a slope of -0.4 or steeper", () => {
  const curve = excessCurve(context);
  assertEquals(curve.map(({ steps }) => steps), [8, 9, 10, 11, 12, 13, 14].map((power) => 2 ** power));
  for (const { largest, mean, best, bound } of curve) {
    assertLessOrEqual(best, mean);
    assertLessOrEqual(mean, largest);
    assertLessOrEqual(largest, bound);
  }
  assertLess(findingOf("theorem-4").numbers.slope, -0.4);
});

Deno.test("corollary-1 meets minima and saddles, and a path leads down from every saddle above with fewer outputs than inputs", () => {
  const { numbers } = findingOf("corollary-1");
  assert(numbers.minima > 10 && numbers.saddlesAbove > 100);
  assertEquals(numbers.pathsDown + numbers.asManyOutputs, numbers.saddlesAbove);
});

Deno.test("corollary-1 counts separable classes, where the infimum 0 lies at infinity, and holds them to it", () => {
  const { numbers, listing } = findingOf("corollary-1");
  assert(numbers.atInfinity > 10);
  assertEquals(numbers.unknownInfimum, 0);
  const near = listing!.rows.filter((row) => row[4] === "near the infimum");
  assertEquals(near.length, numbers.atInfinity);
  // A gradient below 1e-11 leaves about as much of a loss that falls like an exponential.
  for (const row of near) assert(Number(row[6]) >= 0 && Number(row[6]) < 1e-8, `F - inf is ${row[6]}`);
});

Deno.test("theorem-a comes near to equality in all three inequalities, and checks 1,000 points or more", () => {
  const { numbers, points } = findingOf("theorem-a");
  assert(points >= 1000);
  for (const name of ["tightest", "stationarity.tightest", "reach.tightest"]) {
    assert(numbers[name] > 0.99 && numbers[name] < 1.001, `${name} is ${numbers[name]}`);
  }
});

Deno.test("settling leaves a gradient and a negative curvature of rounding, for every problem whose min H is attained", () => {
  const { measured, numbers } = findingOf("settling");
  assert(measured! < 1e-10 && numbers.largestCurvature < 1e-10);
  assertEquals(numbers.noHead, 0);
});

Deno.test("plain-nets finds plain nets at second-order stationary points above linear, and no residual ones", () => {
  const { numbers } = findingOf("plain-nets");
  assertGreater(numbers.plainAbove, 0);
  assertEquals(numbers.residualAbove, 0);
  assertGreater(numbers.dead, 0);
  assertLessOrEqual(numbers.stuckGradient, 1e-10);
  assertGreaterOrEqual(numbers.stuckLambdaMin, -1e-8);
  assertGreater(numbers.worstPlain, 0.1);
});

Deno.test("several-blocks stays below linear on the last block's input, and above linear on x where an input was lost", () => {
  const { numbers } = findingOf("several-blocks");
  assertEquals(numbers.failures, 0);
  assertGreater(numbers.aboveX, 0);
  assertGreater(numbers.highestX, 1);
});

Deno.test("theorem-3 and theorem-4 bring curves to draw", () => {
  for (const id of ["theorem-3", "theorem-4"]) {
    const { chart } = findingOf(id);
    assert(chart !== undefined && chart.series.every(({ points }) => points.length > 3));
  }
});

Deno.test("every statement but Figure 1, which is drawn by itself, brings a chart with points that its axes show", () => {
  for (const { id } of STATEMENTS.filter((statement) => statement.id !== "figure-1")) {
    const { chart } = findingOf(id);
    assert(chart !== undefined, id);
    const shown = ([x, y]: readonly [number, number]) =>
      Number.isFinite(x) && Number.isFinite(y) &&
      (chart.linear === "both" || (chart.linear === "x" || x > 0) && (chart.linear === "y" || y > 0));
    assertGreaterOrEqual(chart.series.flatMap(({ points }) => points).filter(shown).length, 4, id);
  }
});

Deno.test("theorem-a-tight comes within a part in a hundred of equality in all three inequalities", () => {
  const { numbers } = findingOf("theorem-a-tight");
  for (const name of ["a1.tightest", "reach.tightest", "a2.tightest"]) {
    assert(numbers[name] > 0.99 && numbers[name] <= 1, `${name} is ${numbers[name]}`);
  }
});

Deno.test("theorem-a-rate falls like epsilon^(1/4) where kappa is what the definition allows, as Theorem 3 does", () => {
  const { numbers } = findingOf("theorem-a-rate");
  assertAlmostEquals(numbers["slope.theoremA"], 0.25, 0.02);
  assertAlmostEquals(numbers["slope.theorem3"], 0.25, 0.02);
  assertGreater(numbers["slope.measured"], 0.4);
});

Deno.test("theorem-a-kinks meets predictions on kinks at every point, where Theorem 3 has no constants", () => {
  const { numbers, points } = findingOf("theorem-a-kinks");
  assertEquals([6 * numbers.withoutTheorem3, numbers.oneSidedFailures], [points, 0]);
  assertGreater(numbers.onKinks, 1000);
  assertGreater(numbers["a1.tightest"], 0.99);
});

Deno.test("deep-chains decides: negative curvature where the gradient is 0 above linear, nothing for wide blocks", () => {
  const { numbers, listing } = findingOf("deep-chains");
  assert(numbers.negative >= 10 && numbers.outside > 0 && numbers.below > 10);
  assertEquals([numbers.wrong, numbers.undecided], [0, 0]);
  for (const row of listing!.rows.filter((row) => row[8] === "negative curvature")) {
    assert(Number(row[7]) < 0, String(row));
  }
});

Deno.test("chain-examples gives the numbers of Yun, Sra and Jadbabaie to four digits", () => {
  const { numbers } = findingOf("chain-examples");
  assertAlmostEquals(numbers["linear/rho²"], 8 / 15, 1e-9);
  assertEquals([numbers.x.toFixed(4), numbers.h.toFixed(4)], ["0.3205", "0.3810"]);
  assert(numbers["residual, best descent/rho²"] < 0.52 && numbers["plain, best descent/rho²"] > 0.533);
});

Deno.test("near-identity: the bound at 64 blocks is at most (e - 1) times that at one, the gap no larger", () => {
  const { numbers } = findingOf("near-identity");
  assertLessOrEqual(numbers["bound at depth 64"], Math.E * numbers["bound at depth 1"]);
  assertLessOrEqual(numbers["gap at depth 64"], numbers["bound at depth 1"]);
  assertGreater(numbers["gap at depth 1"], 0);
});

Deno.test("block-ladder and shallow-minima: each block adds, and a unit costs less of a wide body than of a narrow one", () => {
  const ladder = findingOf("block-ladder").numbers;
  for (let block = 1; block <= 6; block++) {
    const share = (of: number) => ladder[`min H after ${of} blocks, share of F_lin`];
    assertLess(share(block), share(block - 1));
  }
  const shallow = findingOf("shallow-minima").numbers;
  const depth = (units: number) => shallow[`depth at ${units} units, share of F_lin`];
  assertLess(depth(32), 0.1 * depth(2));
});

Deno.test("penalties: weight decay traps descents above its linear predictor, the ridge none, and its plane has one minimum", () => {
  const { numbers } = findingOf("penalties");
  assertGreater(numbers.decayAbove, 5);
  assertGreater(numbers.decayHighest, 0.1);
  assertEquals([numbers.failures, numbers["b.bad"], numbers["d.bad"]], [0, 1, 0]);
  // min over t of (2t - 1)²/2 + t²/4: t = 4/9, so w = 4/9, v = 1 and the value 1/18.
  for (const [name, exact] of [["w", 4 / 9], ["v", 1], ["value", 1 / 18]] as const) {
    assertAlmostEquals(numbers[`d.best.${name}`], exact, 1e-6, name);
  }
});

Deno.test("what needs convexity is outside for a loss that is not convex, with the reason; the rest is checked", () => {
  const dent = defineLoss({
    name: "dent",
    convex: false,
    value: (p, y) => (p - y) ** 2 / (1 + (p - y) ** 2),
    d1: (p, y) => 2 * (p - y) / (1 + (p - y) ** 2) ** 2,
    d2: (p, y) => (2 - 6 * (p - y) ** 2) / (1 + (p - y) ** 2) ** 3,
  });
  for (const statement of STATEMENTS.filter(({ needsConvex }) => needsConvex)) {
    const { status, reason, points } = checkStatement(statement, { ...context, losses: [dent] });
    assertEquals([status, reason, points], ["outside", 'The loss "dent" is not convex', 0]);
  }
  assertEquals(checkStatement(statementOf("small-matrix"), { ...context, losses: [dent] }).status, "holds");
});

Deno.test("vector-outputs-wide finds a local minimum above linear: no slope, no negative curvature, a gap", () => {
  const { status, reason, numbers } = findingOf("vector-outputs-wide");
  assertEquals(status, "outside");
  assert(reason!.startsWith("Outside: m > d; an example with"), reason);
  assertGreater(numbers.above, 0);
  assertGreater(numbers.highest, 1e-3);
  assertLessOrEqual(numbers.gradient, 1e-10);
  assertGreater(numbers.lambdaMin, 0);
});

Deno.test("every statement has a reading, and every reading a statement; the formulas parse", () => {
  assertEquals(Object.keys(READINGS).toSorted(), STATEMENTS.map(({ id }) => id).toSorted());
  for (const { formula } of Object.values(READINGS)) assert(mathml(formula).startsWith("<math "));
});

Deno.test("corollary-1 and plain-nets list what they found: a plain net above linear with its gradient and lambda_min, no residual one", () => {
  const nets = findingOf("plain-nets").listing!;
  const above = nets.rows.filter((row) => row[7] === "above");
  assert(
    above.length > 0 && above.every((row) => row[2] === "plain" && Number(row[5]) <= 1e-10 && Number(row[6]) >= -1e-8),
  );
  const { listing, points } = findingOf("corollary-1");
  assertEquals(listing!.rows.length, points);
});

Deno.test("another seed gives other numbers, the same seed the same", () => {
  const measured = (seed: number) => checkStatement(statementOf("theorem-1"), { ...context, seed }).measured;
  assertEquals(measured(3), measured(3));
  assert(measured(3) !== measured(4));
});

Deno.test("docs/mathematics.md names the section and the function of every statement, in the order of the paper", async () => {
  const text = await Deno.readTextFile("docs/mathematics.md");
  const rows = [...text.matchAll(/^\| `([a-z0-9-]+)` +\| (\d+) +\| `\w+` in \[/gm)].map(([, id, section]) => ({
    id,
    section,
  }));
  assertEquals(rows.map(({ id }) => id), STATEMENTS.map(({ id }) => id));
  for (const { section } of rows) assert(text.includes(`\n## ${section} `), section);
});
