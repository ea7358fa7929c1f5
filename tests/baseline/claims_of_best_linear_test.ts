import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { defineLoss, lossByName, softmax, squared } from "../../src/loss/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { matrix, norm } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");
const logistic = lossByName("logistic");

Deno.test("bestLinear() says attained only where the bounds meet: not where its search has to end early", () => {
  // A loss that says 100 times its curvature: each step goes a hundredth of the way, and 200 steps are all that there are.
  const slow = defineLoss({
    name: "slow",
    convex: true,
    attains: true,
    value: (p, y) => (p - y) ** 2 / 2,
    d1: (p, y) => p - y,
    d2: () => 100,
  });
  const n = 200;
  const [forX, forY] = split(key(1), 2);
  const inputs = normal(forX, n);
  const y = normal(forY, n).map((noise, i) => noise + 0.1 * inputs[i]);
  const examples = { x: matrix(n, 1, inputs), y };
  const [early, best] = [bestLinear(kernels, slow, examples), bestLinear(kernels, squared, examples)];
  assert(best.attained && !early.attained);
  assertEquals([early.infimum, early.gapBound], [null, null]);
  // What it says is true all the same, and it is not far off.
  assertLessOrEqual(early.lowerBound!, best.value);
  assertGreater(early.value, best.value * (1 + 1e-7));
  assertLess(early.value - early.lowerBound!, 0.1 * early.value);
});

/** Classes that x_1 separates, its unit as large or small as asked for; x_2 follows it. */
function separable(unit: number) {
  const n = 40;
  const [u, v] = [normal(key(2), n), normal(key(3), n)];
  const x = matrix(n, 3, Array.from(u, (one, i) => [1, unit * one, unit * (one + 0.01 * v[i])]).flat());
  return { x, y: Float64Array.from(u, (one) => one < 0 ? -1 : 1) };
}

for (const unit of [1e-3, 1, 1e3]) {
  Deno.test(`bestLinear() of separable classes continues to a small gradient or the norm bound, in units of ${unit}`, () => {
    for (const [radius, gradient] of [[100, 1e-6], [1e3, 1e-3], [1e9, 1e-9]] as const) {
      const found = bestLinear(kernels, logistic, separable(unit), { radius, gradient });
      assertEquals([found.attained, found.infimum], [false, 0]);
      const size = norm(found.weights);
      assertLessOrEqual(size, radius * (1 + 1e-12));
      assert(found.gradientNorm <= gradient || size >= radius * (1 - 1e-12), `${found.gradientNorm}, ${size}`);
    }
  });
}

Deno.test("bestLinear() of classes that are separated in part bounds the infimum from below, and says by how much", () => {
  // Where x_1 is 0 the classes are mixed, elsewhere all +1.
  const n = 60;
  const draws = normal(key(4), n);
  const apart = (i: number) => i % 3 === 0;
  const x = matrix(n, 2, Array.from({ length: 2 * n }, (_, at) => at % 2 ? Number(apart((at - 1) / 2)) : 1));
  const y = Float64Array.from(draws, (draw, i) => apart(i) || draw > -0.4 ? 1 : -1);
  const mixed = Array.from(y).filter((_, i) => !apart(i));
  const share = mixed.filter((one) => one > 0).length / mixed.length;
  const entropy = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
  for (const radius of [1, 100]) {
    const found = bestLinear(kernels, logistic, { x, y }, { radius });
    assertEquals(found.attained, false);
    assertAlmostEquals(found.infimum!, entropy * mixed.length / n, 1e-12);
    assertLessOrEqual(found.lowerBound!, found.infimum! + 1e-15);
    assertGreater(found.lowerBound!, 0);
    assertEquals(found.gapBound, found.infimum! - found.lowerBound!);
    // w* runs where the infimum lies, whatever norm was asked for; the record says how far.
    assertEquals(found.radius, Math.max(radius, norm(found.weights)));
  }
});

Deno.test("bestLinear() follows classes that come apart one after the other to the two that do not", () => {
  // Class 0 where x_1 is 1, class 1 where x_2 is 1 among the others, and 2 and 3 mixed in the rest.
  const n = 80;
  const draws = normal(key(5), n);
  const kinds = Array.from(draws, (draw, i) => i % 4 < 2 ? i % 4 : draw < 0.5 ? 2 : 3);
  const x = matrix(n, 4, kinds.flatMap((kind, i) => [1, Number(kind === 0), Number(kind === 1), Number(i % 8 === 2)]));
  const y = Float64Array.from({ length: 4 * n }, (_, at) => Number(kinds[Math.floor(at / 4)] === at % 4));
  const found = bestLinear(kernels, softmax, { x, y });
  const rows = kinds.flatMap((kind, i) => kind > 1 ? [i] : []);
  const two = bestLinear(kernels, logistic, {
    x: matrix(rows.length, 2, rows.flatMap((i) => [1, Number(i % 8 === 2)])),
    y: Float64Array.from(rows, (i) => kinds[i] === 2 ? 1 : -1),
  });
  assert(two.attained && !found.attained);
  assertAlmostEquals(found.infimum!, two.value * rows.length / n, 1e-10);
});

Deno.test("bestLinear() cuts a later column of which less is left than was asked for, and keeps the value of the rest", () => {
  const n = 50;
  const [u, v, w] = [6, 7, 8].map((seed) => normal(key(seed), n));
  const x = matrix(n, 3, Array.from(u, (one, i) => [1, one, one + 1e-5 * v[i]]).flat());
  const y = w.map((noise, i) => u[i] + noise);
  const whole = bestLinear(kernels, squared, { x, y });
  const cut = bestLinear(kernels, squared, { x, y }, { later: { from: 2, tolerance: 1e-3 } });
  const without = bestLinear(kernels, squared, {
    x: matrix(n, 2, Array.from(u, (one) => [1, one]).flat()),
    y,
  });
  assertEquals([whole.rank, cut.rank, cut.dependent.map(({ column }) => column)], [3, 2, [2]]);
  assertAlmostEquals(cut.value, without.value, 1e-14);
  assertLess(whole.value, cut.value);
});

Deno.test("bestLinear() does not drop a direction: the condition of the columns decides nothing down to 1e-12", () => {
  const n = 50;
  const [u, v] = [9, 10].map((seed) => normal(key(seed), n));
  for (const small of [1e-4, 1e-8, 1e-11]) {
    const x = matrix(n, 3, Array.from(u, (one, i) => [1, one, one + small * v[i]]).flat());
    // What the table holds of v, not v itself: the sum above has rounded.
    const y = Float64Array.from(u, (one, i) => (x.data[3 * i + 2] - one) / small);
    const { value, rank, attained } = bestLinear(kernels, squared, { x, y });
    assertEquals([rank, attained], [3, true]);
    assertLess(value, 1e-8);
  }
});
