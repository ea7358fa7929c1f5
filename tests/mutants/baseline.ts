import { type Mutant, mutantsOf } from "./mutant.ts";

const TESTS = ["tests/baseline"];

/** Faults in the best linear predictor, and in the proof that it is the best. */
export const BASELINE_MUTANTS: readonly Mutant[] = [
  ...mutantsOf("src/baseline/best_linear.ts", TESTS, [
    ["const CLOSE = 1e-9", "const CLOSE = 1e-1"],
    ["norm(rawWeights(factor, m, u)) >= radius", "norm(u) >= radius"],
    ["return size <= radius ? u : u.map((value) => value * radius / size)", "return u"],
    ["T.data[i * r + j] * gradient[from + i]", "T.data[j * r + i] * gradient[from + i]"],
    ["(best.infimum * face.rows.length + face.fallen) / n", "best.infimum + face.fallen / n"],
    ["if (face.rows.length === 0) return face.fallen / n", "if (face.rows.length === 0) return face.fallen"],
    ["Math.max(0, infimum - lowerBound)", "0"],
    ["const attained = beyond === null && (close", "const attained = beyond === null && (true"],
    ["const FAR = 15", "const FAR = 1500"],
    ["beyond === null ? lowerBound : Math.min(lowerBound ?? beyond, beyond)", "lowerBound"],
  ]),
  ...mutantsOf("src/baseline/dual_bound.ts", TESTS, [
    ["-conjugate - norm(objective.correlate(nu)) * reach", "-conjugate"],
    ["- dot(sums.gradient, weights) - norm(sums.gradient) * reach", "- dot(sums.gradient, weights)"],
    ["sums.value - dot(sums.gradient, weights)", "sums.value"],
    ["slope + bend[at]", "slope - bend[at]"],
    ["Number.isFinite(sum) ? sum / n : null", "Number.isFinite(sum) ? sum / (n + 1) : null"],
  ]),
  ...mutantsOf("src/baseline/separation.ts", TESTS, [
    ["const CLEAR = 1e-10", "const CLEAR = 1e-1"],
    [
      "if (!(loss.margin(predictions[at], y[at]) > floor)) return false",
      "if (!(loss.margin(predictions[at], y[at]) > -1)) return false",
    ],
    ["isOpen[at] && felt[at] || falls[at]", "true"],
    ["if (stays.has(i)) continue", "if (!stays.has(i)) continue"],
    [
      "for (let at = 0; at < y.length; at++) sum += loss.infimum(y[at])",
      "for (let at = 1; at < y.length; at++) sum += loss.infimum(y[at])",
    ],
  ]),
  ...mutantsOf("src/baseline/_masked_softmax.ts", TESTS, [
    ["slope[j] = y[j] < 0 ? 0 : scale", "slope[j] = scale"],
    ["else if (y[j] === 0) most", "else most"],
  ]),
  ...mutantsOf("src/baseline/minimise.ts", TESTS, [
    ["const NOISE = 4 * Number.EPSILON", "const NOISE = 1e-7"],
    ["const FINE = 1e-13", "const FINE = 1e-4"],
    ["dot(sums.gradient, step);", "2 * dot(sums.gradient, step);"],
    ["sums.value - reached.value >= 1e-4 * gain", "true"],
    ["const length = product / curvature", "const length = 0.5 * product / curvature"],
  ]),
];
