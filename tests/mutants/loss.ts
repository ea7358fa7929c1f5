import { type Mutant, mutantsOf } from "./mutant.ts";

const TESTS = ["tests/loss"];

/** Faults in the formulas of the losses. */
export const LOSS_MUTANTS: readonly Mutant[] = [
  ...mutantsOf("src/loss/_band.ts", TESTS, [
    ["t >= left && t <= right ? 1 : 0", "t > left && t <= right ? 1 : 0"],
    ["t >= left && t <= right ? 1 : 0", "t >= left && t < right ? 1 : 0"],
    ["low <= kink && kink <= high", "low < kink && kink < high"],
    ["d2: high >= left && low <= right ? 1 : 0", "d2: high >= right && low <= right ? 1 : 0"],
  ]),
  ...mutantsOf("src/loss/_interval.ts", TESTS, [
    ["low: Math.max(left, -right, 0)", "low: 0"],
    ["Math.max(Math.abs(d1(low)), Math.abs(d1(high)))", "Math.abs(d1(high))"],
  ]),
  ...mutantsOf("src/loss/huber.ts", TESTS, [
    ["delta * (size - 0.5 * delta)", "delta * (size - delta)"],
    ["Math.min(Math.max(p - y, -delta), delta)", "Math.max(p - y, -delta)"],
    ["Math.abs(s) > delta ? Infinity : s * (0.5 * s + y)", "s * (0.5 * s + y)"],
    ["d2: (p, y) => bandD2(p - y, -delta, delta)", "d2: (p, y) => bandD2(p - y, -1, 1)"],
  ]),
  ...mutantsOf("src/loss/pseudo_huber.ts", TESTS, [
    ["delta * sine((p - y) / delta)", "sine((p - y) / delta)"],
    ["d2: (p, y) => cosine((p - y) / delta) ** 3", "d2: (p, y) => cosine((p - y) / delta) ** 2"],
    ["3 * sine(t) * cosine(t) ** 4", "3 * sine(t) * cosine(t) ** 5"],
    ["nearest(0.5 * delta, sizes)", "nearest(delta, sizes)"],
    ["/ (1 + Math.sqrt((1 - t) * (1 + t)))", "/ (1 + Math.sqrt(1 - t))"],
    ["if (Math.abs(t) <= 1) return t / (1 + Math.sqrt(1 + t * t));", "if (Math.abs(t) <= 1) return t / 2;"],
  ]),
  ...mutantsOf("src/loss/logistic.ts", TESTS, [
    ["const PEAK = Math.log(2 + Math.sqrt(3))", "const PEAK = Math.log(3 + Math.sqrt(3))"],
    ["return -y * (margin > 0 ? e : 1) / (1 + e)", "return -y * (margin > 0 ? 1 : e) / (1 + e)"],
    ["return e / (1 + e) ** 2", "return e / (1 + e)"],
    ["xLogX(q) + (1 - q) * Math.log1p(-q)", "xLogX(q) - (1 - q) * Math.log1p(-q)"],
    ["y * direction + 0", "direction + 0"],
  ]),
  ...mutantsOf("src/loss/smooth_hinge.ts", TESTS, [
    ["0.5 * (y - 1)", "0.5 * (y + 1)"],
    ["return 0.5 - margin", "return 1 - margin"],
    ["share * (0.5 * share - 1) + 0", "share * (0.5 * share + 1) + 0"],
  ]),
  ...mutantsOf("src/loss/poisson.ts", TESTS, [
    ["q * (Math.log(q) - 1)", "q * Math.log(q)"],
    ["y > 0 ? 0 - Math.abs(direction) : 0 - direction", "0 - direction"],
    ["infimum: (y) => 0 - entropy(y)", "infimum: () => 0"],
  ]),
  ...mutantsOf("src/loss/softmax.ts", TESTS, [
    ["weight * Math.log1p(others) - picked", "weight * Math.log1p(others) + picked"],
    ["scale * (share * e[j] - y[from + j])", "scale * (share * e[j] + y[from + j])"],
    ["scale * q[own + j] * (v[from + j] - mean - lost)", "scale * q[own + j] * (v[from + j] - lost)"],
    ["scale * q[own + j] * (v[from + j] - mean - lost)", "scale * q[own + j] * (v[from + j] - mean)"],
    ["Math.abs(sum - 1) > SUM_ROUNDING ? Infinity : value", "value"],
    ["if (y[j] !== 1) other", "if (y[j] === 1) other"],
  ]),
  ...mutantsOf("src/loss/softmax.ts", ["tests/landscape/smoothness_test.ts"], [
    ["d3: Math.sqrt(6) / 9", "d3: Math.sqrt(6) / 10"],
    ["d2: 0.5, d3", "d2: 0.25, d3"],
    ["{ d1: Math.SQRT2,", "{ d1: 1,"],
  ]),
  ...mutantsOf("src/loss/metrics.ts", TESTS, [
    ["1 - squares / spread", "squares / spread"],
    ["negative + below / 2", "negative + below"],
    ["values[from + j] > values[from + best]", "values[from + j] >= values[from + best]"],
  ]),
  ...mutantsOf("src/loss/_exp.ts", TESTS, [
    ["square * (0.5 + r * (1 / 6) + square * (1 / 24))", "square * (0.5 + r * (1 / 6))"],
    ["(x + whole * HIGH) + whole * LOW", "x + whole * HIGH"],
  ]),
];
