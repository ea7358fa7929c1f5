import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createHeadObjective, headWith, lambdaMin, solveAcross } from "../../src/landscape/mod.ts";
import { huber, logistic, poisson, pseudoHuber, softmax, squared } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix, multiply, norm, transpose } from "../../src/tensor/mod.ts";
import { plainOptimum } from "../support/plain_newton.ts";
import { kernels, randomHead } from "../support/random_heads.ts";

/** A plain Newton method ends with a gradient of its rounding; the head adds the size of V to that. */
const SETTLED = 1e-10;

const random = (rows: number, cols: number, seed: number, size = 1) =>
  matrix(rows, cols, normal(key(seed), rows * cols).map((value) => size * value));
const minus = (a: Float64Array, b: Float64Array) => a.map((entry, at) => entry - b[at]);

for (
  const [loss, m] of [[squared, 1], [squared, 3], [logistic, 1], [pseudoHuber, 2], [poisson, 1], [huber, 2], [
    softmax,
    3,
  ]] as const
) {
  Deno.test(`headWith() at argmin H has gradient 0, no negative curvature and the value min H, for ${loss.name} with ${m} output(s)`, () => {
    for (let seed = 1; seed < 6; seed++) {
      const head = randomHead(loss, seed, { n: 80, d: 4, k: 3, m, rank: seed % 2 ? m : 0 });
      using objective = createHeadObjective(kernels, head);
      const { A, C, value, gradientNorm } = plainOptimum(head, m);
      assert(gradientNorm < 1e-12);
      const settled = headWith(head, A, C)!;
      const at = objective.at(settled);
      assertEquals(settled.W, A);
      assertAlmostEquals(at.value, value, 1e-13 * (1 + value));
      assert(at.gradientNorm <= SETTLED && norm(at.S.data) + norm(at.R.data) <= SETTLED, `${at.gradientNorm}`);
      // H is convex, so no point is lower.
      assert(at.value <= objective.at(head).value);
      const lambda = lambdaMin(objective, at);
      assert(lambda.lower >= -SETTLED && lambda.upper >= -SETTLED);
    }
  });
}

Deno.test("headWith() takes the V nearest to the start's: the change is orthogonal to all that A does not see", () => {
  for (let seed = 0; seed < 20; seed++) {
    const [m, d, k] = [1 + seed % 3, 4, 3];
    const [A, C, V] = [random(m, d, seed), random(m, k, seed + 100, 10 ** (seed % 5 - 2)), random(d, k, seed + 200)];
    const head = headWith({ W: A, V }, A, C)!;
    const size = norm(C.data) + norm(A.data) * norm(head.V.data);
    assert(norm(minus(multiply(A, head.V).data, C.data)) <= 1e-14 * size);
    // V - V0 = A' Y for some Y, with Y from the normal equations of a well conditioned A.
    const change = matrix(d, k, minus(head.V.data, V.data));
    const Y = multiply(A, change);
    const back = solveAcross(A, Y)!;
    assert(norm(minus(back.data, change.data)) <= 1e-12 * (1 + norm(change.data)));
  }
});

Deno.test("headWith() works where A lacks a rank and C agrees, as for softmax, and keeps V small there", () => {
  for (let seed = 0; seed < 20; seed++) {
    const [d, k, m] = [5, 3, 4];
    const [A, C, V] = [random(m, d, seed), random(m, k, seed + 100), random(d, k, seed + 200)];
    // Rows that sum to 0, but for rounding.
    const centred = (a: typeof A) =>
      matrix(
        m,
        a.cols,
        a.data.map((entry, at) => {
          let sum = 0;
          for (let i = 0; i < m; i++) sum += a.data[i * a.cols + at % a.cols];
          return entry - sum / m;
        }),
      );
    const head = headWith({ W: A, V }, centred(A), centred(C))!;
    assert(head !== null);
    assert(norm(minus(multiply(head.W, head.V).data, centred(C).data)) <= 1e-13 * (1 + norm(head.V.data)));
    assert(norm(head.V.data) < 1e3, `${norm(head.V.data)}`);
  }
});

Deno.test("headWith() is null where A cannot carry C, and only there", () => {
  const start = { W: random(2, 3, 1), V: random(3, 2, 2) };
  const A = matrix(2, 3, [1, 2, 3, 2, 4, 6]);
  assertEquals(headWith(start, A, matrix(2, 2, [1, 1, 2, 2.001])), null);
  assert(headWith(start, A, matrix(2, 2, [1, 1, 2, 2])) !== null);
  // More outputs than inputs.
  assertEquals(headWith({ W: random(4, 2, 3), V: random(2, 3, 4) }, random(4, 2, 3), random(4, 3, 5)), null);
  const V = random(2, 3, 4);
  const W = random(4, 2, 3);
  assertAlmostEquals(norm(minus(headWith({ W, V: random(2, 3, 9) }, W, multiply(W, V))!.V.data, V.data)), 0, 1e-12);
  const zero = matrix(1, 2, [0, 0]);
  const still = headWith({ W: zero, V }, zero, matrix(1, 3, [0, 0, 0]))!;
  assertEquals(still.V.data, V.data);
  assertThrows(() => headWith(start, A, matrix(2, 3, new Array(6).fill(0))));
});

Deno.test("headWith() does not square A: rows that differ by 1e-10 still carry what they must", () => {
  const A = matrix(2, 3, [1, 1, 1, 1, 1, 1 + 1e-10]);
  const C = matrix(2, 1, [1, 2]);
  const head = headWith({ W: A, V: matrix(3, 1, [0, 0, 0]) }, A, C)!;
  const product = multiply(A, head.V).data;
  // V is of size 1e10, so 1e-16 of it is 1e-6.
  assertAlmostEquals(product[0], 1, 1e-5);
  assertAlmostEquals(product[1], 2, 1e-5);
});

Deno.test("solveAcross() is the solution of least norm, at any scale, and null where W lacks a rank", () => {
  for (const scale of [1e-150, 1, 1e150]) {
    const W = random(2, 4, 7, scale);
    const B = random(2, 3, 8);
    const E = solveAcross(W, B)!;
    assert(norm(minus(multiply(W, E).data, B.data)) <= 1e-13 * norm(B.data));
    const square = multiply(W, transpose(W)).data.map((entry) => entry / scale ** 2);
    if (scale === 1) {
      const [a, b, , c] = square;
      const inverse = matrix(2, 2, [c, -b, -b, a].map((entry) => entry / (a * c - b * b)));
      const expected = multiply(transpose(W), multiply(inverse, B)).data;
      E.data.forEach((entry, at) => assertAlmostEquals(entry, expected[at], 1e-12));
    }
  }
  assertEquals(solveAcross(matrix(2, 2, [1, 2, 2, 4]), random(2, 1, 1)), null);
  assertEquals(solveAcross(matrix(2, 2, [1, 2, 1, 2 + 1e-9]), random(2, 1, 1)), null);
  assert(solveAcross(matrix(2, 2, [1, 2, 1, 2 + 1e-5]), random(2, 1, 1)) !== null);
  assertEquals(solveAcross(random(3, 2, 1), random(3, 1, 1)), null);
});
