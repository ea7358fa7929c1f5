import { type Mutant, mutantsOf } from "./mutant.ts";

const OPTIM = ["transforms", "constraints"].map((name) => `tests/optim/${name}_test.ts`);
const OBJECTIVE = ["tests/objective/linear_objective_test.ts", "tests/baseline"];

/** Faults in the steps of training, and in the sums that every baseline is made of. */
export const TRAIN_MUTANTS: readonly Mutant[] = [
  ...mutantsOf("src/optim/train.ts", OPTIM, [
    ["permutation(fold(key, epoch), rows)", "permutation(key, rows)"],
    ["const from = step % stepsPerEpoch * batch", "const from = 0"],
    [
      "{ ...lastFinite(stepper, state, end), diverged: true }",
      "{ ...lastFinite(stepper, state, end), diverged: false }",
    ],
    ["if (!Number.isFinite(norm(next.params))) break", "if (false) break"],
    ["optimiser: transform.init(params), step: 0", "optimiser: transform.init(params), step: 1"],
  ]),
  ...mutantsOf("src/optim/transforms.ts", OPTIM, [
    ["combine(decay, velocity, 1, gradient)", "combine(decay, velocity, 1 - decay, gradient)"],
    [
      "resident.combine(update.factor, update.slot, decay, velocity)",
      "resident.combine(1, update.slot, decay, velocity)",
    ],
    ["update.factor *= longest / size", "update.factor *= longest"],
    ["value / size * longest", "value / size"],
    ["update.factor *= factor(step++)", "update.factor *= factor(++step)"],
    ["scaleBy((step) => -learningRate(step))", "scaleBy((step) => learningRate(step))"],
  ]),
  ...mutantsOf("src/optim/constraints.ts", OPTIM, [
    ["value + strength * params[at]", "value + 2 * strength * params[at]"],
    ["at < length ? value + strength", "true ? value + strength"],
    ["shrink * (value + params[at]) - params[at] : value", "shrink * (value + params[at]) : value"],
    ["if (!(size > radius)) return", "if (size > radius) return"],
  ]),
  ...mutantsOf("src/optim/schedule.ts", OPTIM, [
    ["Math.min(1, step / steps)", "step / steps"],
    ["(start - end) * (1 + Math.cos", "start * (1 + Math.cos"],
  ]),
  ...mutantsOf("src/tensor/trust_region.ts", ["tests/tensor/trust_region_test.ts"], [
    ["y[0] += (parts[0] > 0 ? -1 : 1) *", "y[0] += 0 *"],
    ["values[j] * y[j] * y[j] / 2", "values[j] * y[j] * y[j]"],
    ["const floor = Math.max(0, -values[0])", "const floor = -values[0]"],
    ["return { step, decrease: -change }", "return { step, decrease: change }"],
  ]),
  ...mutantsOf("src/objective/linear_objective.ts", OBJECTIVE, [
    ["return { value: value / n, gradient: passes.mean()", "return { value, gradient: passes.mean()"],
    ["return { value: value / n, gradient: mean,", "return { value, gradient: mean,"],
  ]),
  ...mutantsOf("src/objective/_chunk_sums.ts", OBJECTIVE, [
    ["set.axpy(length, 1, sumsOf(index), total)", "set.axpy(length, -1, sumsOf(index), total)"],
    ["mean[at] *= 1 / n", "mean[at] *= 1"],
  ]),
  ...mutantsOf("src/objective/second_derivative.ts", OBJECTIVE, [
    ["out[a] += diagonal[i * m + a] / n", "out[a] += diagonal[i * m + a]"],
  ]),
  ...mutantsOf("src/objective/survey.ts", OBJECTIVE, [
    ['if (typeof weights === "number") set.scale(d * d, weights, own);', ""],
    ["for (let i = 0; i < d; i++) for (let j = i + 1; j < d; j++) data[i * d + j] = data[j * d + i];", ""],
  ]),
  ...mutantsOf("src/objective/_block_matrix.ts", OBJECTIVE, [
    ["if (a !== b) data.set(row, (b * d + i) * size + a * d)", ""],
  ]),
  ...mutantsOf("src/objective/_row_hessians.ts", OBJECTIVE, [
    ["weights[start + at] * c[at]", "c[at]"],
  ]),
];
