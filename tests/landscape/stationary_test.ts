import { assertEquals } from "@std/assert";
import { isStationary, sopspEpsilon, type StationaryPoint } from "../../src/landscape/mod.ts";

const point = (gradientNorm: number, lower: number, mu2: number | null): StationaryPoint => ({
  gradientNorm,
  lambda: { lower },
  mu2,
});

Deno.test("isStationary() asks for a small gradient and for lambda_min >= -sqrt(mu2 epsilon), with the mu2 that it is given", () => {
  const epsilon = 1e-6;
  // sqrt(mu2 epsilon) is 1e-3, 2e-3 and 1e-2; between them only mu2 tells.
  assertEquals([1, 4, 100].map((mu2) => isStationary(point(0, -1.5e-3, mu2), epsilon)), [false, true, true]);
  assertEquals([1, 4, 100].map((mu2) => isStationary(point(0, -5e-3, mu2), epsilon)), [false, false, true]);
  assertEquals([0.25, 0.01].map((mu2) => isStationary(point(0, -3e-4, mu2), epsilon)), [true, false]);
  // Either condition alone is not enough.
  assertEquals([isStationary(point(1.1e-6, 0, 1), epsilon), isStationary(point(0.9e-6, -1.1e-3, 1), epsilon)], [
    false,
    false,
  ]);
  assertEquals(isStationary(point(1e-6, -1e-3, 1), epsilon), true);
  assertEquals(isStationary(point(0, 0.5, 1), 0), true);
});

Deno.test("isStationary() uses 1 where the Hessian has no Lipschitz constant, and is false for NaN", () => {
  assertEquals([isStationary(point(0, -0.9e-3, null), 1e-6), isStationary(point(0, -1.1e-3, null), 1e-6)], [
    true,
    false,
  ]);
  assertEquals([
    isStationary(point(NaN, 0, 1), 1),
    isStationary(point(0, NaN, 1), 1),
    isStationary(point(0, -Infinity, 1), 1),
  ], [
    false,
    false,
    false,
  ]);
});

Deno.test("isStationary() and sopspEpsilon() take 1 where mu2 is 0: features that are all 0 leave only rounding below 0", () => {
  assertEquals([isStationary(point(0, -1e-14, 0), 1e-6), isStationary(point(2e-6, 0, 0), 1e-6)], [true, false]);
  assertEquals(sopspEpsilon(point(1e-9, -1e-14, 0)), 1e-9);
});

Deno.test("sopspEpsilon() is the least epsilon for which isStationary() holds", () => {
  for (const gradientNorm of [0, 1e-9, 0.1]) {
    for (const lower of [0.5, -1e-5, -0.2, -2]) {
      for (const mu2 of [null, 0.01, 1, 4]) {
        const epsilon = sopspEpsilon(point(gradientNorm, lower, mu2));
        assertEquals(isStationary(point(gradientNorm, lower, mu2), epsilon * (1 + 1e-12)), true);
        if (epsilon > 0) assertEquals(isStationary(point(gradientNorm, lower, mu2), epsilon * (1 - 1e-12)), false);
      }
    }
  }
  assertEquals([sopspEpsilon(point(0.1, -0.2, 4)), sopspEpsilon(point(0.1, -2, 4))], [0.1, 1]);
});
