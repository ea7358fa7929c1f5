import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  createHuber,
  isBuiltInLoss,
  JOINT_LOSSES,
  LOSSES,
  lossFromJson,
  lossToJson,
  softmax,
} from "../../src/loss/mod.ts";
import { quartic } from "./_cases.ts";

Deno.test("lossToJson() and lossFromJson() name every built-in loss, and keep the parameter of a huber", () => {
  for (const loss of [...LOSSES, ...JOINT_LOSSES]) {
    assertEquals([isBuiltInLoss(loss), lossToJson(loss)], [true, loss.name]);
    assert(lossFromJson(lossToJson(loss)) === loss);
  }
  const read = lossFromJson(JSON.parse(JSON.stringify(lossToJson(createHuber(2.5)))));
  assertEquals([read.name, "parameter" in read && read.parameter], ["huber", 2.5]);
});

Deno.test("lossFromJson() takes a custom loss where its name is supplied, and says what is known where not", () => {
  assertEquals([isBuiltInLoss(quartic), lossToJson(quartic)], [false, quartic.name]);
  assert(lossFromJson(quartic.name, { [quartic.name]: quartic }) === quartic);
  assertThrows(
    () => lossFromJson(quartic.name, { mine: quartic }),
    SyntaxError,
    `Cannot find the loss "${quartic.name}": known are squared, logistic, huber, pseudo_huber, smooth_hinge, poisson, softmax, mine; supply`,
  );
  for (const value of [null, 3, {}, "toString"]) assertThrows(() => lossFromJson(value), SyntaxError, "Cannot find");
});

Deno.test("a custom loss does not take the place of a built-in one", () => {
  for (const name of ["squared", "softmax"]) {
    const impostor = { ...quartic, name };
    assertThrows(() => lossToJson(impostor), RangeError, `"${name}": that is the name of a built-in loss`);
    assert(lossFromJson(name, { [name]: impostor }) !== impostor);
  }
  assert(!isBuiltInLoss({ ...softmax }));
});
