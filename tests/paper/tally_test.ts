import { assertEquals } from "@std/assert";
import type { Inequality } from "../../src/landscape/mod.ts";
import {
  addTo,
  EMPTY_TALLY,
  findingOf,
  recordedProblem,
  statusOfTally,
  theorem1Statement,
  tightness,
} from "../../src/paper/mod.ts";

const sides = (left: number, right: number): Inequality => ({ left, right, rounding: 0, holds: left >= right });

Deno.test("tightness() is 1 at equality, above 1 beyond it, and 0 where the bound is trivial", () => {
  assertEquals([sides(2, 1), sides(3, 3), sides(1, 2), sides(1, -1), sides(0, 1)].map(tightness), [
    0.5,
    1,
    2,
    0,
    Infinity,
  ]);
});

Deno.test("addTo() keeps the tightest point, and one that fails before all that hold", () => {
  const holding = [sides(10, 1), sides(10, 9), sides(10, 5)].reduce(addTo, EMPTY_TALLY);
  assertEquals([holding.points, holding.failures, holding.tightest!.right], [3, 0, 9]);
  // -1 >= -0.5 fails although the ratio of its sides says nothing.
  const failing = addTo(holding, sides(-1, -0.5));
  assertEquals([failing.points, failing.failures, failing.tightest!.left], [4, 1, -1]);
  assertEquals(addTo(failing, sides(10, 9.9)).tightest!.left, -1);
});

Deno.test("findingOf() fails with one failure, is undecided without a point, and names the measured side", () => {
  assertEquals(findingOf(EMPTY_TALLY, "left").status, "undecided");
  const one = addTo(EMPTY_TALLY, sides(4, 2));
  assertEquals(findingOf(one, "left", { skipped: 3 }), {
    status: "holds",
    measured: 4,
    bound: 2,
    points: 1,
    numbers: { failures: 0, tightest: 0.5, skipped: 3 },
  });
  const { status, measured, bound } = findingOf(addTo(one, sides(1, 2)), "right");
  assertEquals([status, measured, bound], ["fails", 2, 1]);
});

Deno.test("statusOfTally() judges what findingOf() records: by its failures, and by both sides and the rounding", () => {
  const held = { left: 1, right: 1 + 1e-15, rounding: 1e-14, holds: true };
  const { status: _, ...found } = findingOf(addTo(addTo(EMPTY_TALLY, sides(4, 2)), held), "right");
  assertEquals(statusOfTally(found), "holds");
  const { numbers } = found;
  for (
    const other of [
      { ...found, numbers: { ...numbers, failures: 1 } },
      { ...found, numbers: { ...numbers, rounding: 1e-16 } },
      { ...found, numbers: { failures: 0, tightest: numbers.tightest } },
      { ...found, numbers: { ...numbers, tightest: 0.9 } },
      { ...found, measured: 2 },
      { ...found, points: 0 },
    ]
  ) assertEquals(statusOfTally(other), "fails");
  const { status: undecided, reason, ...none } = findingOf(EMPTY_TALLY, "left");
  assertEquals([statusOfTally(none), undecided, reason], ["undecided", "undecided", "no point to check"]);
  assertEquals(recordedProblem(theorem1Statement, { ...none, status: "outside" }), null);
  assertEquals(statusOfTally({ ...none, numbers: { failures: 1 } }), "fails");
});
