import { assert, assertAlmostEquals, assertEquals, assertLessOrEqual } from "@std/assert";
import { logistic, squared } from "../../src/loss/mod.ts";
import { feedForward, initialise, network, splitParts } from "../../src/nn/mod.ts";
import { key } from "../../src/random/mod.ts";
import { blockLadder, type BlockRung, certifyPoint, type FittedNetwork } from "../../src/train/mod.ts";
import { beside, bestByHand, LOGISTIC, type PlainLoss, SQUARED } from "../support/by_hand.ts";
import { gridOf, kernels, matrixOf, problem } from "../support/by_hand_problems.ts";

function ladderOf(fitted: FittedNetwork, strength: number | null): readonly BlockRung[] | null {
  const ridge = strength === null ? null : { x: strength, f: strength, intercept: false };
  const steps = blockLadder(kernels, fitted, { ...certifyPoint(kernels, fitted, { ridge }), ridge });
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** A network of three blocks on a random problem, with the columns of its features. */
function blocks(index: number, loss: FittedNetwork["loss"]) {
  const { x, y: real } = problem(index);
  const y = loss === squared ? real : real.map((value) => value < 0 ? -1 : 1);
  const net = network(3, feedForward(3, { width: 2, blocks: 3 }));
  const params = initialise(net, key(index));
  const f = gridOf(net.body.forward(splitParts(net, params).theta, matrixOf(x)).y);
  return { x, y, f, fitted: { net, params, loss, examples: { x: matrixOf(x), y: Float64Array.from(y) } } };
}

Deno.test("blockLadder() is min H over [x, f_1, ..., f_l] as the normal equations have it, with and without a ridge", () => {
  const cases: readonly (readonly [FittedNetwork["loss"], PlainLoss, number | null])[] = [
    [squared, SQUARED, null],
    [squared, SQUARED, 0.1],
    [logistic, LOGISTIC, null],
    [logistic, LOGISTIC, 0.1],
  ];
  cases.forEach(([loss, plain, strength], index) => {
    const { x, y, f, fitted } = blocks(index, loss);
    const ladder = ladderOf(fitted, strength)!;
    assertEquals(ladder.map(({ blocks, features }) => [blocks, features]), [[0, 0], [1, 2], [2, 4], [3, 6]]);
    let before = Infinity;
    for (const { features, optimum } of ladder) {
      const columns = beside(x, f.map((row) => row.slice(0, features)));
      assertAlmostEquals(
        optimum.value,
        bestByHand(plain, columns, y, strength ?? 0).value,
        1e-7,
        `${features} features`,
      );
      assertLessOrEqual(optimum.value, before + 1e-9);
      before = optimum.value;
    }
  });
});

Deno.test("blockLadder() is null for a network of one block", () => {
  const { fitted } = blocks(1, squared);
  const net = network(3, feedForward(3, { width: 2 }));
  assert(ladderOf({ ...fitted, net, params: initialise(net, key(1)) }, null) === null);
});
