import { type Mutant, mutantsOf } from "./mutant.ts";

const TESTS = ["tests/claims"];

/** Faults in what is recorded of a point, and in how claims are decided. */
export const CLAIMS_MUTANTS: readonly Mutant[] = [
  ...mutantsOf("src/claims/measure_point.ts", TESTS, [
    ["certified <= GAP_TOLERANCE * scale ? certified : 0", "certified"],
    ["value - linear.infimum", "linear.infimum - value"],
    ["const minimum = featureOptimum.infimum", "const minimum = featureOptimum.value as number | null"],
    ["if (loss.convex) refuseContradictions", "if (!loss.convex) refuseContradictions"],
    ["infimum === null ? -Infinity : infimum - open", "-Infinity"],
    ["infimum - open, lowerBound ?? -Infinity", "infimum - open, -Infinity"],
    ['refuse("F", value, norms.point)', 'refuse("F", value + 1, norms.point)'],
    ['refuse("F_lin", linear.value, norms.star)', 'refuse("F_lin", linear.value + 1, norms.star)'],
    ["weights.subarray(a * width + from, a * width + to)", "weights.subarray(from, to)"],
    ["curvature: Math.max(0, -lambda.lower)", "curvature: 0"],
    ["sides(a && a.stationarity, tooFewInputs)", "sides(a && a.gap, tooFewInputs)"],
    ["return Math.max(0, found.left + found.rounding)", "return Infinity"],
    ["convexCertificate(objective, at, best)", "convexCertificate(objective, at, star)"],
  ]),
  ...mutantsOf("src/claims/standing.ts", TESTS, [
    ["GAP_TOLERANCE * Math.max(Math.abs(value), Math.abs(other))", "GAP_TOLERANCE * Math.max(value, other)"],
    ["GAP_TOLERANCE * Math.max(Math.abs(value), Math.abs(other))", "GAP_TOLERANCE * Math.max(1, Math.abs(other))"],
    ['gap > tolerance ? "above"', 'gap < tolerance ? "above"'],
    ['gap < -tolerance ? "below"', 'gap < 0 ? "below"'],
  ]),
  ...mutantsOf("src/landscape/stationary.ts", TESTS, [
    ["lambda.lower >= -Math.sqrt((mu2 || 1) * epsilon)", "true"],
    ["gradientNorm <= epsilon && lambda", "gradientNorm <= 100 * epsilon && lambda"],
    ["-Math.sqrt((mu2 || 1) * epsilon)", "-Math.sqrt(epsilon)"],
    ["-Math.sqrt((mu2 || 1) * epsilon)", "-100 * Math.sqrt((mu2 || 1) * epsilon)"],
  ]),
  ...mutantsOf("src/claims/_rounding.ts", TESTS, [
    ["const operations = UNIT * (rows + d + k + 64)", "const operations = 1e6 * UNIT * (rows + d + k + 64)"],
    ["slopes * moved + curvatures * moved * moved", "slopes * moved"],
  ]),
  ...mutantsOf("src/claims/decide.ts", TESTS, [
    ["else if (!found.holds) failing ??= found", "else if (found.holds) failing ??= found"],
    ["if (isUnknown(found)) unknown ??= found", "if (isUnknown(found)) failing ??= found"],
    ["if (failing) return", "if (failing && !unknown) return"],
    ["slackOf(found) < slackOf(tightest)", "slackOf(found) > slackOf(tightest)"],
    ["(left - right) / size", "left - right"],
    ['statement.measured === "left"', 'statement.measured === "right"'],
    ["if (points === 0) return", "if (points < 0) return"],
  ]),
  ...mutantsOf("src/claims/corollary_1.ts", TESTS, [
    ["if (outputs > inputs)", "if (outputs > inputs + 1)"],
    ["if (outputs > inputs)", "if (outputs >= inputs)"],
    ["if (gap <= tolerance) return", "if (gap <= 1e-9) return"],
    ["gap > allowance + tolerance", "gap > allowance + 0.2"],
    ["infimumGap <= NEAR * point.scale", "true"],
    ["ends.filter((point) => point.stationary)", "ends.filter(() => true)"],
    ["if (promised && stationary.length < ends.length)", "if (stationary.length < ends.length)"],
    ["difference > 0 ||", "difference < 0 ||"],
    ["linear.value - linear.infimum", "0"],
  ]),
  ...mutantsOf("src/claims/verdict.ts", TESTS, [
    ['["fails", "undecided", "holds"]', '["fails", "holds", "undecided"]'],
  ]),
  ...mutantsOf("src/train/check_descent.ts", ["tests/train/check_test.ts"], [
    ["const BELOW_EPSILON = 1e-5", "const BELOW_EPSILON = 1e2"],
    ['return iterations >= descentSteps ? "out-of-steps" : null', 'return iterations >= 2 ? "stalled" : null'],
    ["point.gradientNorm <= epsilon && settled()", "true"],
    ["lambda.upper > -epsilon &&", "lambda.upper > epsilon &&"],
  ]),
  ...mutantsOf("src/train/check.ts", ["tests/train/check_test.ts"], [
    ["beside: f }", "beside: examples.x }"],
    ["epoch === settings.epochs || diverged", "diverged"],
    ["if (steps === 0) record", "if (steps < 0) record"],
  ]),
  ...mutantsOf("src/train/sgd.ts", ["tests/train/check_test.ts", "tests/train/fit_test.ts"], [
    ["if (finite) state = next", "state = next"],
    ["if (diverged) return", "if (!finite) return"],
  ]),
  ...mutantsOf("src/train/fit.ts", ["tests/train/fit_test.ts"], [
    ["best.loss <= heldOut", "best.loss >= heldOut"],
    ["history.length - best.epoch >= patience", "history.length - best.epoch > patience"],
    ["epoch: checkpoint.history.length", "epoch: 0"],
  ]),
  ...mutantsOf("src/train/starts.ts", ["tests/train/check_test.ts"], [
    ["-s[i] * r[j] / square", "s[i] * r[j] / square"],
    ["scale /= 2", "scale /= 1"],
  ]),
];
