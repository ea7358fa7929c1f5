import { type Mutant, mutantsOf } from "./mutant.ts";

const TESTS = ["tests/landscape"];

/** Faults in what is claimed of F_theta at a point. */
export const LANDSCAPE_MUTANTS: readonly Mutant[] = [
  ...mutantsOf("src/landscape/theorem1.ts", TESTS, [
    ["Math.hypot(Math.SQRT2, ratio)", "Math.hypot(1, ratio)"],
    ["Math.SQRT2 * normW", "normW"],
    ["if (normW === 0) return null", "if (normW === 1) return null"],
    ["/ normW;", "* normW;"],
  ]),
  ...mutantsOf("src/landscape/theorem3.ts", TESTS, [
    ["mu1 += (curvature * g * g + slope * normF) / n", "mu1 += (curvature * g * g) / n"],
    ["3 * curvature * g * normF", "curvature * g * normF"],
    ["mu0 += slope * g / n", "mu0 += slope * g / (2 * n)"],
    ["Math.hypot(norm(z), normW * normF)", "norm(z)"],
    ["b * Math.sqrt(e * mu1 + e * e)", "b * Math.sqrt(e * mu1)"],
    ["const e = curvature + mu2 * delta", "const e = curvature"],
    ["radius * Math.hypot(Math.SQRT2, b / delta)", "radius * Math.hypot(1, b / delta)"],
    ["lambdaMin * lambdaMin / mu2", "lambdaMin * lambdaMin"],
    ["let [low, high] = [-100, 50]", "let [low, high] = [-1, 50]"],
  ]),
];
