import { assertAlmostEquals } from "@std/assert";
import { studentQuantile, studentWithin } from "../../src/model/_student.ts";

/** The finite sums have at most `degrees` terms, each rounded to 2^-53. */
const ROUNDING = 1e-12;

/** The mass of the density within ±t by Simpson's rule; the constant as a product, `Gamma((v + 1) / 2) / Gamma(v / 2)`. */
function byQuadrature(t: number, degrees: number): number {
  let ratio = degrees % 2 === 0 ? Math.sqrt(Math.PI) / 2 : 1 / Math.sqrt(Math.PI);
  for (let v = degrees % 2 === 0 ? 2 : 1; v < degrees; v += 2) ratio *= (v + 1) / v;
  const density = (x: number) => ratio / Math.sqrt(degrees * Math.PI) * (1 + x * x / degrees) ** (-(degrees + 1) / 2);
  const [steps, width] = [4000, 2 * t / 4000];
  let sum = density(-t) + density(t);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 0 ? 2 : 4) * density(-t + i * width);
  return sum * width / 3;
}

Deno.test("studentWithin() is the integral of the density", () => {
  for (const degrees of [1, 2, 3, 4, 5, 17, 100, 999]) {
    for (const t of [1e-3, 0.5, 1.96, 4]) {
      // Simpson's error with 4,000 steps is below 1e-10 here.
      assertAlmostEquals(studentWithin(t, degrees), byQuadrature(t, degrees), 1e-10, `${t}, ${degrees}`);
    }
  }
});

Deno.test("studentQuantile() has the values of the printed tables, and studentWithin() undoes it", () => {
  const printed = [[1, 12.7062], [2, 4.30265], [4, 2.77645], [9, 2.26216], [30, 2.04227], [120, 1.97993]];
  for (const [degrees, value] of printed) assertAlmostEquals(studentQuantile(0.95, degrees), value, 5e-5);
  // The normal quantile, from which t with v degrees differs by about 1.5 t / v.
  assertAlmostEquals(studentQuantile(0.95, 100_000), 1.959964, 5e-5);
  for (const level of [0.01, 0.5, 0.9, 0.999]) {
    for (const degrees of [1, 2, 8, 55]) {
      assertAlmostEquals(studentWithin(studentQuantile(level, degrees), degrees), level, ROUNDING);
    }
  }
});
