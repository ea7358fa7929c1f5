import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { type Kernels, type KernelSet, loadKernels } from "../../src/kernels/mod.ts";
import { defineLoss } from "../../src/loss/mod.ts";
import {
  checkStatement,
  excessCurve,
  figure1,
  type PaperContext,
  type Statement,
  STATEMENTS,
} from "../../src/paper/mod.ts";

const kernels = await loadKernels("simd");
const context: PaperContext = { kernels, seed: 7, quick: true };

const statementOf = (id: string): Statement => STATEMENTS.find((statement) => statement.id === id)!;

for (const statement of STATEMENTS) {
  Deno.test(`${statement.id} holds on the quick grid, at finite numbers`, () => {
    const { status, measured, bound, points, numbers } = checkStatement(statement, context);
    assertEquals(status, "holds");
    assert(Number.isFinite(measured) && Number.isFinite(bound) && points > 0);
    for (const [name, value] of Object.entries(numbers)) assert(Number.isFinite(value), `${name} is ${value}`);
  });
}

Deno.test("the quick grid checks Theorem 1 at 1,000 points or more, Theorem 2 at 300 or more", () => {
  assert(checkStatement(statementOf("theorem-1"), context).points >= 1000);
  assert(checkStatement(statementOf("theorem-2"), context).points >= 300);
});

Deno.test("figure-1 finds the paper's minima by search", () => {
  const { numbers } = figure1.check(context);
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
  for (const { largest, mean, best, bound } of curve) assert(best <= mean && mean <= largest && largest <= bound);
  assertLess(checkStatement(statementOf("theorem-4"), context).numbers.slope, -0.4);
});

Deno.test("corollary-1 meets minima and saddles, and escapes from every saddle above that has two inputs or more", () => {
  const { numbers } = checkStatement(statementOf("corollary-1"), context);
  assert(numbers.minima > 10 && numbers.saddlesAbove > 100);
  assertEquals(numbers.escaped + numbers.oneInput, numbers.saddlesAbove);
});

Deno.test("plain-nets finds plain nets stuck above linear, without slope or negative curvature, and no residual one", () => {
  const { numbers } = checkStatement(statementOf("plain-nets"), context);
  assert(numbers.plainAbove > 0 && numbers.residualAbove === 0 && numbers.dead > 0);
  assert(numbers.stuckGradient <= 1e-10 && numbers.stuckLambdaMin >= -1e-8 && numbers.worstPlain > 0.1);
});

Deno.test("several-blocks stays below linear on the last block's input, and above linear on x where an input was lost", () => {
  const { numbers } = checkStatement(statementOf("several-blocks"), context);
  assert(numbers.failures === 0 && numbers.aboveX > 0 && numbers.highestX > 1);
});

Deno.test("theorem-3 and theorem-4 bring curves to draw", () => {
  for (const id of ["theorem-3", "theorem-4"]) {
    const { chart } = checkStatement(statementOf(id), context);
    assert(chart !== undefined && chart.series.every(({ points }) => points.length > 3));
  }
});

/** Kernels of which one function in f64 is replaced. */
function faulty(change: (set: KernelSet) => Partial<KernelSet>): Kernels {
  return { ...kernels, f64: { ...kernels.f64, ...change(kernels.f64) } };
}

/** A fault, and the statements that must see it. */
const FAULTS: readonly (readonly [name: string, kernels: Kernels, seen: readonly string[]])[] = [
  [
    "a sign error in the gradient",
    faulty((set) => ({
      gemvT(m, n, a, lda, x, y, accumulate) {
        set.gemvT(m, n, a, lda, x, y, accumulate);
        set.scale(n, -1, y);
      },
    })),
    ["lemma-1", "convex-certificate"],
  ],
  [
    "a gradient that is 10 % short",
    faulty((set) => ({
      gemvT(m, n, a, lda, x, y, accumulate) {
        set.gemvT(m, n, a, lda, x, y, accumulate);
        set.scale(n, 0.9, y);
      },
    })),
    ["lemma-1", "convex-certificate"],
  ],
  [
    "a Hessian whose curvature is left out",
    faulty((set) => ({
      scaleRows(rows, cols, weights, x, out) {
        set.scaleRows(rows, cols, weights, x, out);
        set.fill(rows * cols, 0, out);
      },
    })),
    ["small-matrix"],
  ],
  [
    "eigenvalues that are 1 % too large",
    faulty((set) => ({
      eigh(n, a, values, vectors, work) {
        const code = set.eigh(n, a, values, vectors, work);
        set.scale(n, 1.01, values);
        return code;
      },
    })),
    ["lemma-2", "example-1"],
  ],
];

for (const [name, broken, seen] of FAULTS) {
  for (const id of seen) {
    Deno.test(`${id} fails with ${name}`, () => {
      assertEquals(checkStatement(statementOf(id), { ...context, kernels: broken }).status, "fails");
    });
  }
}

Deno.test("what needs convexity is outside for a loss that is not convex, and says so; the rest is checked", () => {
  const dent = defineLoss({
    name: "dent",
    convex: false,
    value: (p, y) => (p - y) ** 2 / (1 + (p - y) ** 2),
    slope: (p, y) => 2 * (p - y) / (1 + (p - y) ** 2) ** 2,
    curvature: (p, y) => (2 - 6 * (p - y) ** 2) / (1 + (p - y) ** 2) ** 3,
  });
  for (const statement of STATEMENTS.filter(({ needsConvex }) => needsConvex)) {
    const { status, reason, points } = checkStatement(statement, { ...context, losses: [dent] });
    assertEquals([status, reason, points], ["outside", 'The loss "dent" is not convex', 0]);
  }
  assertEquals(checkStatement(statementOf("small-matrix"), { ...context, losses: [dent] }).status, "holds");
});

Deno.test("another seed gives other numbers, the same seed the same", () => {
  const measured = (seed: number) => checkStatement(statementOf("theorem-2"), { ...context, seed }).measured;
  assertEquals(measured(3), measured(3));
  assert(measured(3) !== measured(4));
});
