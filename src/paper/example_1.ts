import { SHAMIR } from "../claims/mod.ts";
import { createHeadObjective, headSpectrum, smoothness, theorem3 } from "../landscape/mod.ts";
import { squared } from "../loss/mod.ts";
import { matrix } from "../tensor/mod.ts";
import type { Finding, PaperContext, Recorded, Statement } from "./types.ts";

/** How flat the feature is: f(x) = eps x. */
const FLATNESS = [1, 0.1, 1e-2, 1e-3, 1e-4];

/** A few roundings, relative to the numbers of the example. */
const ROUNDING = 1e-12;

/** Every number is the formula's, and the value below Theorem 3's bound. */
function statusOf({ measured, numbers: { failures, tightest } }: Recorded): Finding["status"] {
  return failures === 0 && tightest <= 1 && measured !== null && measured <= ROUNDING ? "holds" : "fails";
}

/** Example 1: stationary, nearly without negative curvature, and far above linear, because ||V|| is large. */
export const example1: Statement = {
  id: "example-1",
  statement: "With x = y = 1, f(x) = eps x and squared loss, (w, V) = (0, -1/eps) has F = 1/2, gradient 0 and " +
    "lambda_min = -eps, while F_lin(1) = 0; Theorem 3's bound, which knows ||V||, is still true there",
  source: `${SHAMIR}, Example 1`,
  needsConvex: false,
  check,
  statusOf,
};

function check({ kernels }: PaperContext): Finding {
  let [failures, largest, tightest] = [0, 0, 0];
  const curves = {
    value: [] as [number, number][],
    curvature: [] as [number, number][],
    bound: [] as [number, number][],
  };
  for (const flatness of FLATNESS) {
    const [x, f, y] = [matrix(1, 1, [1]), matrix(1, 1, [flatness]), Float64Array.of(1)];
    using objective = createHeadObjective(kernels, { x, f, y, loss: squared });
    const point = objective.at({ W: matrix(1, 1, [0]), V: matrix(1, 1, [-1 / flatness]) });
    const { lambdaMin } = headSpectrum(objective, point);
    const off = Math.max(
      Math.abs(point.value - 1 / 2),
      point.gradientNorm,
      Math.abs(lambdaMin + flatness) / flatness,
    );
    largest = Math.max(largest, off);
    // w* = 1 has norm 1; the point's own norm is that of V. At w = 0 nothing has to move, so every mu is 0.
    const { bound } = theorem3(smoothness(objective, point), point.gradientNorm, {
      b: 1 / flatness,
      radius: 1,
      curvature: -lambdaMin,
    })!;
    tightest = Math.max(tightest, point.value / bound);
    curves.value.push([flatness, point.value]);
    curves.curvature.push([flatness, -lambdaMin]);
    curves.bound.push([flatness, bound]);
    if (!(off <= ROUNDING && point.value <= bound)) failures++;
  }
  const found = { measured: largest, bound: ROUNDING, points: FLATNESS.length, numbers: { failures, tightest } };
  return {
    ...found,
    status: statusOf(found),
    chart: {
      title: "Example 1: almost stationary, and half a unit above linear",
      x: "eps",
      y: "value",
      series: [
        { name: "F - F_lin", points: curves.value },
        { name: "-lambda_min", points: curves.curvature },
        { name: "Theorem 3's bound", points: curves.bound },
      ],
    },
  };
}
