import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { chainCertificate } from "../../src/landscape/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { activation, blockNetwork, blocksOf, blockStates, chain, dense, initialise } from "../../src/nn/mod.ts";
import { createObjective, type Objective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix, norm } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");
const [ROWS, D] = [30, 3];
const x = matrix(ROWS, D, normal(key(1), ROWS * D));
const y = normal(key(2), ROWS).map((noise, row) => x.data[row * D] - Math.abs(x.data[row * D + 1]) + noise);

/** Sums of some tens of products, whose order may differ. */
const ROUNDING = 1e-12;

const chainOf = (units: readonly number[], outputs = 1) =>
  blockNetwork(D, units.map((width) => chain(dense(D, width), activation("tanh"))), { outputs });

const linear = bestLinear(kernels, squared, { x, y });
const comparator = { A: matrix(1, D, linear.weights), C: null, value: linear.value };

function certificate(net: ReturnType<typeof chainOf>, params: Float64Array, tolerances = {}) {
  const states = blockStates(net, params, x);
  return chainCertificate(kernels, { ...states, x, y, loss: squared }, comparator, tolerances);
}

/** W that fits `h_L = h_{L-1} + V_L f_L` best, and everything else as it is: the gradient over W is 0. */
function withBestW(net: ReturnType<typeof chainOf>, params: Float64Array): Float64Array {
  const { inputs, features, V } = blockStates(net, params, x);
  const [before, f, last] = [inputs.at(-1)!, features.at(-1)!, V.at(-1)!];
  const h = before.data.map((value, at) => {
    const [row, j] = [Math.floor(at / D), at % D];
    for (let c = 0; c < f.cols; c++) value += last.data[j * f.cols + c] * f.data[row * f.cols + c];
    return value;
  });
  return Float64Array.of(...bestLinear(kernels, squared, { x: matrix(ROWS, D, h), y }).weights, ...params.subarray(D));
}

Deno.test("chainCertificate() claims nothing for wide blocks above linear, and needs no condition at or below it", () => {
  const net = chainOf([5, 5]);
  const params = initialise(net, key(7));
  const states = { ...blockStates(net, params, x), x, y, loss: squared };
  const A = matrix(1, D, new Float64Array(D));
  const above = chainCertificate(kernels, states, { A, C: null, value: 0 });
  assertEquals([above.decision, above.free, above.applies, above.readerRank], ["outside", null, false, D]);
  const below = chainCertificate(kernels, states, { A, C: null, value: 100 });
  assertEquals(below.decision, "at or below linear");
  assert(above.gap.holds === false || above.gap.left >= above.gap.right);
});

Deno.test("chainCertificate() of blocks that with W see every direction: no critical point is above linear, since R = 0", () => {
  // Two units of the second block and one output see all three inputs.
  const net = chainOf([1, 2]);
  let above = 0;
  for (let seed = 0; seed < 20; seed++) {
    const params = withBestW(net, initialise(net, key(seed), { scale: 4 }));
    using objective = createObjective(kernels, net, squared, { x, y });
    const found = certificate(net, params);
    assertEquals([found.free, found.applies, found.curvature, found.readerRank], [null, true, null, 2]);
    assert(found.gradientW < ROUNDING);
    assert(found.gradient <= norm(objective.valueAndGradient(params).gradient) + ROUNDING);
    if (found.decision === "at or below linear") continue;
    above++;
    assertEquals(found.decision, "not critical");
    assert(found.gap.left >= found.gap.right && found.gradient > 1e-3, `${seed}: ${found.gradient}`);
    // With a tolerance that counts this gradient as 0, nothing is decided.
    assertEquals(certificate(net, params, { gradient: 1e3 }).decision, "undecided");
  }
  assert(above > 3, `${above} points above linear`);
});

Deno.test("chainCertificate() shows no more of the gradient than the chain has, and all of it over V_L", () => {
  for (const [units, seed] of [[[1, 1], 1], [[1, 2], 2], [[1, 1, 1], 3]] as const) {
    const net = chainOf(units);
    const params = withBestW(net, initialise(net, key(seed), { scale: 3 }));
    using objective: Objective = createObjective(kernels, net, squared, { x, y });
    const { gradient } = objective.valueAndGradient(params);
    const { V, k } = blocksOf(net)!.at(-1)!;
    const found = certificate(net, params);
    const ofLast = norm(gradient.slice(V, V + D * k));
    assert(found.gradient >= ofLast - ROUNDING && found.gradient <= norm(gradient) + ROUNDING);
    if (found.free !== null) assertAlmostEquals(found.gradient, Math.max(ofLast, found.gradientW), ROUNDING);
  }
});

Deno.test("chainCertificate() calls nothing critical whose gradient over V_L is not 0, though that over W is", () => {
  const net = chainOf([1, 1]);
  const kinds = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const found = certificate(net, withBestW(net, initialise(net, key(seed), { scale: 4 })));
    assert(found.free !== null && found.gradientW < ROUNDING);
    kinds.add(found.decision);
  }
  assertEquals([...kinds].sort(), ["at or below linear", "not critical"]);
});

Deno.test("chainCertificate() of two outputs needs two directions that the blocks do not see", () => {
  const own = (units: readonly number[], outputs: number) => {
    const net = chainOf(units, outputs);
    const states = blockStates(net, initialise(net, key(6), { scale: 3 }), x);
    const A = matrix(outputs, D, new Float64Array(outputs * D));
    const targets = normal(key(5), outputs * ROWS);
    return chainCertificate(kernels, { ...states, x, y: targets, loss: squared }, { A, C: null, value: 0 });
  };
  assertEquals(own([2, 1], 2).applies, true);
  assertEquals([own([2, 2], 2).applies, own([2, 2], 2).decision], [false, "outside"]);
  // Nothing is behind a single block: as many outputs as inputs, all of which W sees.
  const single = own([2], 3);
  assertEquals([single.free, single.applies, single.decision], [null, true, "not critical"]);
});
