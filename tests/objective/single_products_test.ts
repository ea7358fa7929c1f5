import { assert, assertEquals } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { type AnyLoss, huber, logistic, softmax } from "../../src/loss/mod.ts";
import { createLinearObjective } from "../../src/objective/mod.ts";
import { key, normal, uniform } from "../../src/random/mod.ts";
import { dot, type Matrix, norm, type Vector } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("relaxed");

/** Rows, and targets of m outputs that suit a loss. */
function examples(loss: AnyLoss, n: number, d: number, m: number): { readonly x: Matrix; readonly y: Vector } {
  const x = { rows: n, cols: d, data: normal(key(1), n * d) };
  const [draws, classes] = [normal(key(2), n * m), uniform(key(3), n)];
  const y = loss === softmax
    ? draws.map((_, at) => at % m === Math.floor(classes[Math.floor(at / m)] * m) ? 1 : 0)
    : loss === logistic
    ? draws.map((value) => value < 0 ? -1 : 1)
    : draws;
  return { x, y };
}

/** Units of rounding of f32 of the size of the terms, summed as they fall: the square root of their number would do for random signs. */
const UNITS = 8 * 2 ** -24;

const CASES: readonly (readonly [name: string, loss: AnyLoss, m: number])[] = [
  ["softmax", softmax, 5],
  ["logistic", logistic, 1],
  ["huber", huber, 3],
];

for (const [name, loss, m] of CASES) {
  Deno.test(`applySingle() of ${name} is the product in double precision to the rounding of single`, () => {
    for (const [n, d] of [[1, 1], [37, 5], [3001, 130]]) {
      const data = examples(loss, n, d, m);
      using objective = createLinearObjective(kernels, loss, data, { single: true });
      const { predictions } = objective.at(normal(key(4), m * d).map((value) => value / Math.sqrt(d)));
      using second = objective.second(predictions);
      const direction = normal(key(5), m * d);
      const before = direction.slice();
      const [exact, single] = [second.apply(direction), second.applySingle!(direction)];
      // |E[c x']| <= (max l'') E|Dx||x|, with l'' at most 1 and D x about ||D|| / sqrt(m).
      const size = norm(direction) * Math.sqrt(d);
      exact.forEach((entry, at) => {
        assert(Math.abs(single[at] - entry) <= UNITS * size, `${n} x ${d}: ${single[at]} ${entry}`);
      });
      assertEquals(direction, before);
      // Not the double product by another name.
      if (n > 1000) assert(exact.some((entry, at) => entry !== single[at]));
      // A second point, whose weights take the place of the first one's.
      using other = objective.second(predictions.map((value) => value / 2));
      const again = other.applySingle!(direction);
      other.apply(direction).forEach((entry, at) => assert(Math.abs(again[at] - entry) <= UNITS * size));
    }
  });
}

Deno.test("applySingle() is absent unless asked for, and for losses without a kernel for it", () => {
  const data = examples(logistic, 20, 3, 1);
  using plain = createLinearObjective(kernels, logistic, data);
  using second = plain.second(new Float64Array(20));
  assertEquals(second.applySingle, null);
});

Deno.test("bestLinear() with products in single precision ends at the same optimum, proved in double", () => {
  // 6 million multiply-adds a product: beyond the limit from which on single precision is used.
  const [n, d, m] = [8000, 130, 6];
  const data = examples(softmax, n, d, m);
  const found = bestLinear(kernels, softmax, data);
  assert(found.attained);
  assert(found.gapBound! <= 1e-9 * found.value, String(found.gapBound));
  // The optimum by its own conditions, in plain loops: the mean gradient in f64 is 0 but for what is left of the last step.
  let worst = 0;
  const gradient = new Float64Array(m * d);
  for (let i = 0; i < n; i++) {
    const row = data.x.data.subarray(i * d, (i + 1) * d);
    const p = Array.from({ length: m }, (_, a) => dot(found.weights.subarray(a * d, (a + 1) * d), row));
    const top = Math.max(...p);
    const e = p.map((value) => Math.exp(value - top));
    const total = e.reduce((sum, value) => sum + value, 0);
    for (let a = 0; a < m; a++) {
      const slope = e[a] / total - data.y[i * m + a];
      for (let j = 0; j < d; j++) gradient[a * d + j] += slope * row[j] / n;
    }
  }
  for (const entry of gradient) worst = Math.max(worst, Math.abs(entry));
  assert(worst < 1e-7, String(worst));
});
