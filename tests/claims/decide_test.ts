import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  decide,
  decideAll,
  decideTallies,
  type Evidence,
  NO_TALLIES,
  STATEMENTS,
  tallyPoints,
  verdictOf,
} from "../../src/claims/mod.ts";
import { defineLoss, squared } from "../../src/loss/mod.ts";
import { BROKEN, record, TRUE } from "./_records.ts";

const statement = (id: string) => STATEMENTS.find((one) => one.id === id)!;

const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  points: [record(), record()],
  ends: [record()],
  loss: squared,
  linear: { value: 0.5, attained: true, infimum: 0.5, radius: null },
  outputs: 1,
  inputs: 3,
  ...change,
});

Deno.test("decideAll() decides every statement once, in the order of the catalogue", () => {
  const claims = decideAll(evidence());
  assertEquals(claims.map(({ id }) => id), [
    "theorem-1",
    "theorem-2",
    "theorem-3",
    "theorem-a",
    "corollary-1",
    "convex-certificate",
    "features-certificate",
  ]);
  assert(claims.every(({ status }) => status === "holds"), JSON.stringify(claims));
  assertEquals(claims.map(({ points }) => points), [2, 2, 2, 2, 1, 2, 2]);
  assert(claims.every((claim) => !("reason" in claim)));
});

Deno.test("decideAll() puts every claim outside for a loss that is not convex, with the reason", () => {
  const loss = defineLoss({
    name: "welsch",
    convex: false,
    value: (p, y) => 1 - Math.exp(-((p - y) ** 2) / 2),
    d1: (p, y) => (p - y) * Math.exp(-((p - y) ** 2) / 2),
    d2: (p, y) => (1 - (p - y) ** 2) * Math.exp(-((p - y) ** 2) / 2),
  });
  const claims = decideAll(evidence({ loss }));
  assert(claims.every(({ status }) => status === "outside"));
  assertStringIncludes(claims[0].statement, "Outside: the loss welsch is not convex");
  assertEquals(claims[0].reason, "the loss welsch is not convex");
});

for (const { id, inequalities, measured } of STATEMENTS) {
  for (const part of inequalities) {
    Deno.test(`decide() fails ${id} when one point breaks ${part}, and shows that point`, () => {
      const claim = decide(statement(id), [record(), record({}, { [part]: BROKEN }), record()]);
      assertEquals([claim.status, claim.points], ["fails", 3]);
      assertEquals([claim.measured, claim.bound], measured === "left" ? [1, 2] : [2, 1]);
      assertEquals("reason" in claim, false);
    });

    Deno.test(`decide() leaves ${id} undecided when a side of ${part} is NaN or too large for a number`, () => {
      for (const lost of [{ left: NaN }, { right: NaN }, { left: -Infinity }, { right: Infinity }]) {
        const claim = decide(statement(id), [record(), record({}, { [part]: { ...BROKEN, ...lost } })]);
        assertEquals([claim.status, claim.reason], ["undecided", "a side is not a finite number"]);
      }
    });
  }
}

Deno.test("decide() fails before it is undecided", () => {
  const lost = record({}, { "theorem-1": { ...BROKEN, left: NaN } });
  const broken = record({}, { "theorem-1": BROKEN });
  assertEquals(decide(statement("theorem-1"), [lost, broken]).status, "fails");
});

Deno.test("decide() shows the point where the sides are nearest to each other for their size", () => {
  const close = { left: 1.01e-6, right: 1e-6, rounding: 0, holds: true };
  const claim = decide(statement("theorem-1"), [record(), record({}, { "theorem-1": close }), record()]);
  assertEquals([claim.status, claim.measured, claim.bound], ["holds", 1.01e-6, 1e-6]);
  const small = { left: 2e-9, right: 1e-9, rounding: 0, holds: true };
  const large = { left: 101, right: 100, rounding: 0, holds: true };
  const points = [small, large].map((sides) => record({}, { "theorem-1": sides }));
  assertEquals(decide(statement("theorem-1"), points).measured, 101);
});

Deno.test("decide() shows the bound on the gap for theorem-a, however tight its other half is", () => {
  const tight = { left: 1, right: 1, rounding: 0, holds: true };
  const claim = decide(statement("theorem-a"), [record({}, { "theorem-a1": tight })]);
  assertEquals([claim.status, claim.measured, claim.bound], ["holds", 1, 2]);
});

Deno.test("decide() is outside with the reason where no point is in reach, and counts those that are", () => {
  const outside = record({}, { "theorem-1": { outside: "w = 0" } });
  const none = decide(statement("theorem-1"), [outside, outside]);
  assertEquals([none.status, none.reason, none.measured, none.points], ["outside", "w = 0", null, 0]);
  assertStringIncludes(none.statement, "Outside: w = 0");
  const one = decide(statement("theorem-1"), [outside, record()]);
  assertEquals([one.status, one.points], ["holds", 1]);
  assertEquals(decide(statement("theorem-1"), []).status, "undecided");
});

Deno.test("decide() lets a bound be infinite", () => {
  const claim = decide(statement("theorem-3"), [
    record({}, { "theorem-3": { ...TRUE, left: Infinity } as typeof TRUE }),
  ]);
  assertEquals(claim.status, "holds");
});

Deno.test("verdictOf() is the first of fails, undecided, holds that occurs, else outside", () => {
  const of = (...all: readonly ("holds" | "fails" | "undecided" | "outside")[]) =>
    verdictOf(all.map((status) => ({ status })));
  assertEquals(of("holds", "undecided", "fails", "outside"), "fails");
  assertEquals(of("holds", "undecided", "outside"), "undecided");
  assertEquals(of("outside", "holds"), "holds");
  assertEquals([of("outside"), of()], ["outside", "outside"]);
});

Deno.test("tallyPoints() gives the same claims however the points are cut into parts", () => {
  const close = { left: 100, right: 99.9, rounding: 0, holds: true };
  const points = [
    record(),
    record({}, { "theorem-1": close }),
    record({}, { "theorem-2": { outside: "w = 0" } }),
    record({}, { "theorem-3": BROKEN }),
    record({}, { "theorem-a": { ...BROKEN, left: NaN } }),
  ];
  const { ends, ...rest } = evidence();
  for (let cut = 0; cut <= points.length; cut++) {
    const tallies = tallyPoints(tallyPoints(NO_TALLIES, points.slice(0, cut)), points.slice(cut));
    assertEquals(decideTallies({ ...rest, ends, tallies }), decideAll({ ...rest, ends, points }));
  }
  assertEquals(decideAll({ ...rest, ends, points }).map(({ status }) => status), [
    ...["holds", "holds", "fails", "undecided", "holds", "holds", "holds"],
  ]);
});
