import { type Mutant, mutantsOf } from "./mutant.ts";

const SETTLE = ["tests/train/settle_test.ts", "tests/train/limits_of_settling_test.ts"];
const CERTIFY = ["tests/train/certify_test.ts", "tests/train/limits_of_settling_test.ts"];

/** Faults in how (W, V) settles after training, and in the certificate of a point. */
export const FIT_MUTANTS: readonly Mutant[] = [
  ...mutantsOf("src/train/settle.ts", SETTLE, [
    ["first.settled || first.at === null ? [] : SHARES", "[]"],
    ["first.settled || first.at === null ? [] : SHARES", "SHARES"],
    ["const SHARES = [1e-10, 1e-8, 1e-6, 1e-4, 1e-2] as const", "const SHARES = [1e-1] as const"],
    ["column < rows.d ? [] : [column - rows.d]", "[column]"],
    ["linear === undefined || trained.value <= linear.value", "true"],
    ["ceiling: Math.min(above, start.value)", "ceiling: Infinity"],
    ["if (reached.value <= ceiling + TIE * Math.abs(ceiling)) at = reached", "at = reached"],
    ["if (head === null) return", "if (head !== null) return"],
    ["const [ROUNDS, HOPELESS] = [4, 1]", "const [ROUNDS, HOPELESS] = [1, 1]"],
    ["solved === null || m >= d && !isSettled(objective, solved, epsilon)", "false"],
    [
      "state.point.value <= Math.min(ceiling, solved?.value ?? Infinity)",
      "state.point.value >= Math.min(ceiling, solved?.value ?? Infinity)",
    ],
    ["const settled = at !== null && at.gradientNorm <= epsilon", "const settled = at !== null"],
    ["out[row + d + j] += weight * V.data[i * k + j]", "out[row + d + j] += V.data[i * k + j]"],
    ["weights.subarray(i * (d + k) + d, (i + 1) * (d + k))", "weights.subarray(d, d + k)"],
    ["headWith(trained, ...split", "headWith(start, ...split"],
    ["Math.min(first.ceiling, best.upper)", "first.ceiling"],
    ["if (narrow && !best.settled)", "if (false)"],
    ["(settled ? 0 : standingBeside(objective, end, beside).tolerance)", "0"],
    ["!next.settled && next.upper >= best.upper", "!next.settled"],
  ]),
  ...mutantsOf("src/train/_way_down.ts", CERTIFY, [
    ['if (standing !== "above") return null', 'if (standing !== "below") return null'],
  ]),
  ...mutantsOf("src/train/certify.ts", CERTIFY, [
    ["const { epsilon = EPSILON, radius", "const { epsilon = 1e-2, radius"],
    ["{ linear, featureOptimum }, epsilon)", "{ linear, featureOptimum: linear }, epsilon)"],
    ["points: [point], ends: [point]", "points: [], ends: [point]"],
    ["points: [point], ends: [point]", "points: [point], ends: []"],
    ["outputs: m, inputs: d, promised: true", "outputs: d, inputs: m, promised: true"],
    ["verdict: verdictOf(claims)", 'verdict: "holds"'],
    ["convex: loss.convex, wayDown: escape", "convex: loss.convex, wayDown: null"],
  ]),
  ...mutantsOf("src/nn/prune.ts", ["tests/nn"], [
    ["out[start + i * k + feature] = 0", "out[start + i * k] = 0"],
    ['kind === "plain" ? [0, outputs]', 'kind === "plain" ? [0, d]'],
    ["offset + feature * width", "offset + feature"],
    ["&& name !== `${path}.bias`", ""],
    ["if (path === null) return null", "if (path === null) return params.slice()"],
  ]),
];
