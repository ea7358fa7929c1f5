import { type Mutant, mutantsOf } from "./mutant.ts";

const tests = (name: string) => [`tests/landscape/${name}_test.ts`];

/** Faults in what is claimed of F_theta at a point. */
export const LANDSCAPE_MUTANTS: readonly Mutant[] = [
  ...mutantsOf("src/landscape/_head_sums.ts", tests("head_objective"), [
    ["const gradientW = plus(S, multiply(R, transpose(V)))", "const gradientW = S"],
    ["slopes[i] = loss.d1(0, y[i])", "slopes[i] = loss.d1(1, y[i])"],
  ]),
  ...mutantsOf("src/landscape/head_objective.ts", tests("head_objective"), [
    ["plus(multiply(D, V), multiply(W, E))", "multiply(D, V)"],
    ["plus(multiply(Rq, transpose(V)), multiply(R, transpose(E)))", "multiply(Rq, transpose(V))"],
    ["plus(multiply(transpose(W), Rq), multiply(transpose(D), R))", "multiply(transpose(W), Rq)"],
    ["dot(moved, bent) / n + 2 * dot", "dot(moved, bent) / n + dot"],
    ["sum += Math.sqrt(squares) * sizes[i]", "sum += Math.sqrt(squares)"],
    ["sum += bends[i] * sizes[i] * sizes[i]", "sum += bends[i] * sizes[i]"],
  ]),
  ...mutantsOf("src/landscape/reduced_hessian.ts", tests("reduced_hessian"), [
    ["const NOTHING = 1e-14", "const NOTHING = 1e-3"],
    ["(bent[i * atG + j] + bent[j * atG + i]) / 2", "bent[i * atG + j] + bent[j * atG + i]"],
    ["beyond[t][j] * RQ.data[a * rank + r]", "beyond[t][j] * RQ.data[a * rank]"],
    ["within[s][j] * R.data[a * k + c]", "0"],
    ["lambdaMin: zeros > 0 ? Math.min(0, values[0]) : values[0]", "lambdaMin: values[0]"],
    ["lambdaMax: zeros > 0 ? Math.max(0, last) : last", "lambdaMax: zeros < 0 ? 0 : values[0]"],
  ]),
  ...mutantsOf("src/landscape/lambda_min.ts", tests("lambda_min"), [
    ["finite(rounding.hessian + solverRounding(reduced.matrix))", "0"],
    ["Math.max(value - spread, -normR - finite(rounding.sums))", "value"],
    ["Math.max(value - spread, -normR - finite(rounding.sums))", "Math.max(value, -normR)"],
    ["Math.max(value - spread, -normR - finite(rounding.sums))", "value - spread"],
    ["const lower = -normR - finite(rounding.sums)", "const lower = -0.99 * normR"],
    ["const ceiling = reduced.zeros > 0 ? 0 : Infinity", "const ceiling = -1e-6"],
    ["const [inW, inV] = [-lowest / length, r / length]", "const [inW, inV] = [r / length, -lowest / length]"],
    ["const bound = curvature + finite(rounding.along(direction, curvature))", "const bound = curvature - 1e-3"],
    ["direction: found.upper < 0 ? found.direction : null", "direction: found.direction"],
  ]),
  ...mutantsOf("src/landscape/_rounding.ts", tests("lambda_min"), [
    ["const inPrediction = short * normW * (1 + normV)", "const inPrediction = 1e6 * short * normW * (1 + normV)"],
  ]),
  ...mutantsOf("src/landscape/null_direction.ts", tests("lambda_min"), [
    ["space.column(W.cols - 1)", "space.column(0)"],
    ["Math.min(most, d - space.firstSteps)", "Math.min(most, d)"],
  ]),
  ...mutantsOf("src/landscape/theorem_a.ts", tests("theorem_a"), [
    ["if (m >= d) return null", "if (m > d) return null"],
    ["const kappa = Math.max(0, -lambda.lower)", "const kappa = 1.01 * Math.max(0, -lambda.lower)"],
    ["const kappa = Math.max(0, -lambda.lower)", "const kappa = Math.abs(spectralNorm(kernels, R))"],
    ["const product = kappa * (kappa + b)", "const product = kappa * (kappa + 0.9 * b)"],
    ["const product = kappa * (kappa + b)", "const product = kappa * (2 * kappa + b)"],
    ["judgeWithin(product, normR * normR,", "judgeWithin(product, normR,"],
    ["nuclear * Math.sqrt(product)", "spectralNorm(kernels, R) * Math.sqrt(product)"],
    ["norm(gradientW.data) * distance", "norm(gradientW.data)"],
  ]),
  ...mutantsOf("src/landscape/_null_curvature.ts", tests("theorem_a"), [
    ["projected[i * count + j] ** 2 / n;", "projected[i * count + j] ** 2 / (2 * n);"],
    ["weights.set(transposeTimes(V, a), j * (d + k) + d)", "weights.set(a, j * (d + k))"],
  ]),
  ...mutantsOf("src/landscape/theorem1.ts", tests("theorems"), [
    ["Math.hypot(Math.SQRT2, spectralNorm(kernels, V) / normW)", "Math.hypot(1, spectralNorm(kernels, V) / normW)"],
    ["Math.hypot(Math.SQRT2 * normW,", "Math.hypot(normW,"],
    ["if (normW === 0) return null", "if (normW === 1) return null"],
    ["spectralNorm(kernels, V) / normW", "spectralNorm(kernels, V) * normW"],
    ["norm(across.data))", "0)"],
    ["(m === 1 ? 1 : 64) * (n + 64)", "1e12 * (n + 64)"],
  ]),
  ...mutantsOf("src/landscape/theorem2.ts", tests("theorems"), [
    ["if (rowsOnKink(objective, evaluation) > 0) return null", ""],
    ["Math.hypot(values[0], 2 * normR)", "Math.hypot(values[0], normR)"],
    ["+ lambdaMin * lambdaMin", ""],
    ["gap / normStar : 0;", "gap * normStar : 0;"],
    ["if (jumps) count++", "if (!jumps) count++"],
  ]),
  ...mutantsOf("src/landscape/smoothness.ts", tests("smoothness"), [
    ["mu0 += share * d1 * g", "mu0 += share * d1 * g / 2"],
    ["mu1 += share * (d2 * g * g + d1 * f[i])", "mu1 += share * (d2 * g * g)"],
    ["3 * d2 * g * f[i]", "d2 * g * f[i]"],
    ["Math.hypot(z[i], normW * f[i])", "z[i]"],
    ["Math.min(0, p[at]), Math.max(0, p[at])", "p[at], p[at]"],
  ]),
  ...mutantsOf("src/landscape/theorem3.ts", tests("smoothness"), [
    ["b * Math.sqrt(e * mu1 + e * e)", "b * Math.sqrt(e * mu1)"],
    ["const e = curvature + mu2 * delta", "const e = curvature"],
    ["radius * Math.hypot(Math.SQRT2, b / delta)", "radius * Math.hypot(1, b / delta)"],
    ["let [low, high] = [-100, 50]", "let [low, high] = [-1, 50]"],
  ]),
  ...mutantsOf("src/landscape/convex_certificate.ts", tests("theorems"), [
    ["objective.slopeSize(evaluation) * (long", "100 * objective.slopeSize(evaluation) * (long"],
    ["const long = UNIT * (n + 64)", "const long = 100 * UNIT * (n + 64)"],
    ["C === null ? WV.data : difference(WV.data, C.data)", "WV.data"],
    ["dot(S.data, inA) + dot(R.data, inC)", "dot(S.data, inA)"],
    ["const gap = evaluation.value - value", "const gap = value - evaluation.value"],
  ]),
  ...mutantsOf("src/landscape/stationary.ts", tests("stationary"), [
    ["lambda.lower >= -Math.sqrt((mu2 || 1) * epsilon)", "true"],
    ["-Math.sqrt((mu2 || 1) * epsilon)", "-Math.sqrt(epsilon)"],
    ["-Math.sqrt((mu2 || 1) * epsilon)", "-(mu2 || 1) * epsilon"],
    ["lambda.lower ** 2 / (mu2 || 1)", "lambda.lower ** 2"],
    ["gradientNorm <= epsilon &&", "gradientNorm <= 2 * epsilon &&"],
  ]),
  ...mutantsOf("src/landscape/settle.ts", tests("settle"), [
    ["rest -= space.entry(s, r) * Y[s * k + c]", "rest -= 0"],
    ["const row = space.order[r]", "const row = r"],
    ["const FULL_RANK = 1e-7", "const FULL_RANK = 1e-12"],
    ["best.residual <= ACCEPTED", "best.residual <= 1"],
    ["plus(start.V, solveWith", "plus({ ...start.V, data: start.V.data.map(() => 0) }, solveWith"],
  ]),
  ...mutantsOf("src/landscape/spectral_norm.ts", tests("theorems"), [
    ["sum + Math.max(0, value)", "sum + Math.abs(value)"],
    ["const last = square.rows - 1", "const last = 0"],
    ["return size * values.reduce", "return values.reduce"],
  ]),
  ...mutantsOf("src/landscape/find_descent.ts", tests("find_descent"), [
    ["for (const side of [sign, -sign])", "for (const side of [1])"],
    ["< -noise * headNorm(direction)", "< 0"],
    ["if (evaluation.value > comparator.value)", "if (true)"],
    ["V: scaledHead({ W, V: across }, -1).V", "V: across"],
    ["next.drop > best.drop * (1 + TIE)", "next.drop < best.drop"],
    ["lambda.direction ?? explicitDirection(objective, evaluation)", "lambda.direction"],
  ]),
  ...mutantsOf("src/landscape/descend.ts", tests("descend"), [
    ["lambda.lower >= -curvature", "true"],
    ["gained > 0.01 * decrease", "gained > -1"],
    ["outOfSteps: !state.converged && !state.stalled", "outOfSteps: !state.converged"],
  ]),
  ...mutantsOf("src/landscape/descent_path.ts", tests("find_descent"), [
    ["scale(multiply(W, V), 1 - share)", "multiply(W, V)"],
    ["if (next.value <= last().value) steps.push", "steps.push"],
  ]),
  ...mutantsOf("src/landscape/critical_point.ts", tests("critical_point"), [
    ["-dot(vector, slope) * values[j]", "-dot(vector, slope) * Math.abs(values[j])"],
  ]),
];
