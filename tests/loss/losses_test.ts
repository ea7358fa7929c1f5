import { assert, assertEquals, assertThrows } from "@std/assert";
import { LOSS_CODES } from "../../src/kernels/types.ts";
import { createHuber, createPseudoHuber, defineLoss, lossByName, LOSSES } from "../../src/loss/mod.ts";
import { LOSS_CASES, quartic } from "./_cases.ts";

Deno.test("LOSSES has one frozen loss for each of the kernels' numbers, under the same name", () => {
  assertEquals(Object.fromEntries(LOSSES.map((loss) => [loss.name, loss.code])), { ...LOSS_CODES });
  assert(Object.isFrozen(LOSSES) && LOSSES.every((loss) => Object.isFrozen(loss) && loss.convex));
  assertEquals(LOSSES.map((loss) => loss.parameter), [0, 0, 1, 1, 0, 0]);
});

Deno.test("targetProblem() tells valid targets from others", () => {
  for (const { loss, targets } of LOSS_CASES) {
    assertEquals(targets.map((y) => loss.targetProblem(y)), targets.map(() => null));
    for (const y of [NaN, Infinity, -Infinity]) assert(loss.targetProblem(y)?.startsWith("must be "), loss.name);
  }
  assertEquals(lossByName("logistic").targetProblem(0), "must be -1 or 1");
  assertEquals(lossByName("smooth_hinge").targetProblem(2), "must be -1 or 1");
  assertEquals(lossByName("poisson").targetProblem(-1), "must be a finite number, 0 or more");
  assertEquals(lossByName("squared").targetProblem(NaN), "must be a finite number");
});

Deno.test("lossByName() finds every loss, and lists them for a name that it does not know", () => {
  for (const loss of LOSSES) assertEquals(lossByName(loss.name), loss);
  const known = "squared, logistic, huber, pseudo_huber, smooth_hinge, poisson";
  assertThrows(() => lossByName("hubber"), RangeError, `Cannot find the loss "hubber": known losses are ${known}`);
  assertThrows(() => lossByName("toString"), RangeError, "Cannot find the loss");
});

Deno.test("createHuber() and createPseudoHuber() keep delta, and refuse one that is not finite and above 0", () => {
  for (const [make, name] of [[createHuber, "huber"], [createPseudoHuber, "pseudo_huber"]] as const) {
    assertEquals([make(2.5).parameter, make(2.5).name, Object.isFrozen(make(2.5))], [2.5, name, true]);
    for (const delta of [0, -1, NaN, Infinity]) {
      assertThrows(() => make(delta), RangeError, `Cannot make the loss ${name}: delta must be a finite number`);
    }
  }
});

Deno.test("defineLoss() gives omitted members the weakest valid default", () => {
  assert(Object.isFrozen(quartic));
  assertEquals([quartic.code, quartic.parameter, quartic.target], [null, 0, "number"]);
  assertEquals(quartic.bounds(0, -1, 1), { d1: Infinity, d2: Infinity, d3: null });
  assertEquals(quartic.targetProblem(NaN), "must be a finite number");
  assertThrows(() => quartic.bounds(0, 1, -1), RangeError, "low must not be above high");
  const { value, d1, d2 } = quartic;
  const wavy = defineLoss({ name: "wavy", convex: false, target: "class", value, d1, d2 });
  assertEquals([quartic.link!(3), wavy.link], [3, null]);
  assertEquals([quartic, wavy].map((loss) => Object.keys(loss.metrics([1, 2], [-1, 1]))), [["rmse", "r2"], [
    "accuracy",
    "auc",
  ]]);
  assertEquals(wavy.targetProblem(0), "must be -1 or 1");
});

Deno.test("defineLoss() passes on given members, and refuses a name in use", () => {
  const { value, d1, d2 } = quartic;
  const given = defineLoss({
    name: "given",
    convex: true,
    target: "standardised",
    value,
    d1,
    d2,
    link: (p) => 2 * p,
    metrics: (p, y) => ({ off: p[0] - y[0] }),
    secondDerivative: "steps",
    bounds: (y, low, high) => ({ d1: high - y, d2: low, d3: 3 }),
    targetProblem: (y) => y > 0 ? null : "must be above 0",
  });
  assertEquals(given.link!(3), 6);
  assertEquals(given.metrics([3], [1]), { off: 2 });
  assertEquals(given.secondDerivative, "steps");
  assertEquals(given.bounds(1, 0, 4), { d1: 3, d2: 0, d3: 3 });
  assertEquals(given.targetProblem(0), "must be above 0");
  const definition = { convex: true, value, d1, d2 };
  for (const name of ["huber", "softmax"]) {
    assertThrows(() => defineLoss({ ...definition, name }), RangeError, `must be new and not empty, got "${name}"`);
  }
  assertThrows(() => defineLoss({ ...definition, name: "" }), RangeError, "Cannot define a loss");
});
