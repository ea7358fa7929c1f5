import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { blockOperator, blocksOf, extremeEigenvalues } from "../../src/curvature/mod.ts";
import { createHeadObjective, headSpectrum } from "../../src/landscape/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, joinParts, network, splitParts } from "../../src/nn/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { eigenvalues, matrix, ShapeError, times } from "../../src/tensor/mod.ts";
import { bentData } from "../support/small_problem.ts";
import { HESSIANS, kernels } from "./_matrices.ts";

for (const { name, net, apply, dense } of HESSIANS) {
  Deno.test(`blockOperator() over each block of ${name} is that block of the dense Hessian`, () => {
    for (const { name, offset, length } of blocksOf(net)) {
      const rows = Array.from(
        { length },
        (_, i) => [...dense.data.slice((offset + i) * net.size + offset, (offset + i) * net.size + offset + length)],
      );
      const block = matrix(length, length, rows.flat());
      const operator = blockOperator(apply, offset, length, net.size);
      const v = normal(key(1), length);
      const expected = times(block, v);
      operator(v).forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-12 * net.size, name));
      const { low, high } = extremeEigenvalues(kernels, operator, length, key(2));
      const values = eigenvalues(kernels, block);
      assertAlmostEquals(low[0].value, values[0], 1e-8, name);
      assertAlmostEquals(high[0].value, values[length - 1], 1e-8, name);
    }
  });
}

Deno.test("blockOperator() over (w, V) has the ends of the exact head spectrum, found another way", () => {
  const data = bentData(40, 3, 1);
  const net = network(3, chain(dense(3, 6), activation("tanh")));
  using objective = createObjective(kernels, net, squared, data);
  for (const scale of [0, 0.5]) {
    const { w, V, theta } = splitParts(net, normal(key(4), net.size));
    // At w = 0 the lowest and the highest eigenvalues come in several copies.
    const point = joinParts(net, { w: w.map((value) => scale * value), V, theta });
    using onHead = createHeadObjective(kernels, { ...data, f: objective.features(point), loss: squared });
    const at = onHead.at({ W: matrix(1, 3, splitParts(net, point).w), V: matrix(3, 6, V) });
    const { values } = headSpectrum(onHead, at);
    const [, head] = blocksOf(net);
    const operator = blockOperator((v) => objective.hvp(point, v), head.offset, head.length, net.size);
    const { low, high } = extremeEigenvalues(kernels, operator, head.length, key(5), { count: 2 });
    assertAlmostEquals(low[0].value, values[0], 1e-8);
    assertAlmostEquals(low[1].value, values[1], 1e-8);
    assertAlmostEquals(high[0].value, values.at(-1)!, 1e-8);
  }
});

Deno.test("blocksOf() covers every parameter three times: in all, and by name", () => {
  const net = network(3, chain(dense(3, 4), activation("relu"), dense(4, 2, { bias: false })));
  const blocks = blocksOf(net);
  assertEquals(
    blocks.map(({ name }) => name),
    ["all", "(w, V)", "w", "V", "theta.0.weight", "theta.0.bias", "theta.2.weight"],
  );
  assertEquals(blocks[0], { name: "all", offset: 0, length: net.size });
  assertEquals(blocks[1], { name: "(w, V)", offset: 0, length: 3 + 3 * 2 });
  assertEquals(blocks.slice(2).reduce((sum, { length }) => sum + length, 0), net.size);
  blocks.slice(3).forEach(({ offset }, i) => assertEquals(offset, blocks[i + 2].offset + blocks[i + 2].length));
  assert(Object.isFrozen(blocks) && blocks.every(Object.isFrozen));
  assertEquals(blocksOf(network(2, dense(2, 1), { outputs: 3 }))[1], { name: "(W, V)", offset: 0, length: 3 * 2 + 2 });
});

Deno.test("blockOperator() refuses blocks outside the whole, and vectors of other lengths", () => {
  for (const [from, length, size] of [[-1, 2, 5], [4, 2, 5], [5, 1, 5], [0, 0, 5], [0, 6, 5], [0.5, 1, 5], [0, 1, 0]]) {
    assertThrows(() => blockOperator((v) => v, from, length, size), RangeError, "Cannot take a block of an operator");
  }
  assertThrows(() => blockOperator((v) => v, 1, 2, 5)(new Float64Array(3)), ShapeError, "expected shape [2], got [3]");
  assertThrows(() => blockOperator((v) => v.slice(1), 1, 2, 5)(new Float64Array(2)), ShapeError, "[5], got [4]");
});
