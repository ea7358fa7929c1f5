import { assert, assertEquals } from "@std/assert";
import { squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { key, normal, uniform } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { crossValidateRidge, FIT_DEFAULTS, planFolds, type RidgeChoice } from "../../src/train/mod.ts";
import { kernels } from "../support/random_heads.ts";

const ROWS = 120;

/** One input, from -2 to 2, and a target made of it with a little noise. */
function choose(target: (x: number) => number): RidgeChoice {
  const inputs = uniform(key(4), ROWS, { low: -2, high: 2 });
  const noise = normal(key(5), ROWS);
  const x = matrix(
    ROWS,
    2,
    Float64Array.from({ length: 2 * ROWS }, (_, at) => at % 2 === 0 ? 1 : inputs[(at - 1) / 2]),
  );
  const y = inputs.map((value, i) => target(value) + 0.1 * noise[i]);
  const net = network(2, chain(dense(2, 8), activation("tanh")));
  const task = { net, loss: squared, training: { x, y }, heldOut: null, settings: { ...FIT_DEFAULTS, epochs: 30 } };
  const folds = planFolds(
    ROWS,
    [[0, 1, 2, 3, 4].map((part) => Array.from({ length: ROWS / 5 }, (_, i) => 5 * i + part))],
  );
  const steps = crossValidateRidge(kernels, task, true, folds);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    assert(value.share >= 0 && value.share <= 1);
  }
}

Deno.test("crossValidateRidge() finds that |x| needs a network, and x does not", () => {
  const bent = choose(Math.abs);
  assertEquals(bent.kind, "network");
  assert(bent.network.loss < 0.5 * bent.linear.loss);
  const straight = choose((x) => x);
  assert(straight.kind !== "network", JSON.stringify(straight.network));
});

Deno.test("crossValidateRidge() gives the same choice, to the bit, for the same seed", () => {
  assertEquals(choose(Math.abs), choose(Math.abs));
});
