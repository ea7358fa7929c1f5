import { type Mutant, mutantsOf } from "./mutant.ts";

const TESTS = ["tests/baseline"];

/** Faults in the best linear predictor, and in the proof that it is the best. */
export const BASELINE_MUTANTS: readonly Mutant[] = [
  ...mutantsOf("src/baseline/best_linear.ts", TESTS, [
    ["const FAR = 15", "const FAR = 1500"],
    ["norm(weightsOf(factor, m, u)) >= radius", "norm(u) >= radius"],
    ["const MOST_FACES = 6", "const MOST_FACES = 0"],
    ["return size <= radius ? u : u.map((value) => value * radius / size)", "return u"],
    ["T.data[i * r + j] * gradient[from + i]", "T.data[j * r + i] * gradient[from + i]"],
    [
      ": projectedStart(raw, objective, options.start)",
      ": options.start.slice()",
    ],
    ["factorRows(kernels, source, { later })", "factorRows(kernels, source)"],
    ["many && loss !== squared ?", "many || loss === squared ?"],
    ["(best.infimum * size + face.fallen) / n", "best.infimum + face.fallen / n"],
  ]),
  ...mutantsOf("src/baseline/_proof.ts", TESTS, [
    ["const CLOSE = 1e-9", "const CLOSE = 1e-1"],
    ["const CANCELLING = 1e5", "const CANCELLING = 1e50"],
    ["Math.max(0, infimum - lowerBound)", "0"],
    ["Math.max(0, infimum - lowerBound)", "Math.max(0, infimum - lowerBound) / 100"],
    ["Math.min(Math.max(...proofs), value)", "Math.max(...proofs) + 1e-9"],
    ["CLOSE * Math.abs(value) + rounding", "CLOSE * Math.abs(value)"],
    ["const attained = beyond === null && (close", "const attained = beyond === null && (true"],
    ["norm(weights) <= radius * (1 + 1e-9) ? radius : norm(weights)", "radius"],
  ]),
  ...mutantsOf("src/baseline/_coordinates.ts", TESTS, [
    ["out[a * columns + kept[j]] = solved[a * r + j]", "out[a * columns + j] = solved[a * r + j]"],
    ["out[a * r + j] = g[a * columns + kept[j]]", "out[a * r + j] = g[a * columns + j]"],
    ["triangle.solveTransposed(keptOf(factor, m, g))", "keptOf(factor, m, g)"],
    ["gradient: toCoordinates(sums.gradient)", "gradient: sums.gradient"],
    ["second.apply(toColumns(direction))", "second.apply(direction)"],
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
    ["const UNTOUCHED = 1e-6", "const UNTOUCHED = 1e-1"],
    ["const MOST_ROUNDS = 8", "const MOST_ROUNDS = 0"],
    [
      "if (!(loss.margin(predictions[at], y[at]) > floor)) return false",
      "if (!(loss.margin(predictions[at], y[at]) > -1)) return false",
    ],
    ["isOpen[at] && felt[at] || falls[at]", "true"],
    ["if (stays.has(i)) continue", "if (!stays.has(i)) continue"],
    ["values[at] <= 1e-13 * n", "values[at] <= 0.1 * n"],
    ["add(a, b, a === b ? 1 : -1, counts[b])", "add(a, b, 1, counts[b])"],
    ["counts[own === a ? other : own][row]++", "counts[own][row]++"],
    ["left[at + other] = 0", "left[at + other] = LEFT_OUT"],
    ["sum += weights === null ? own", "if (i > 0) sum += weights === null ? own"],
  ]),
  ...mutantsOf("src/baseline/_pick_rows.ts", TESTS, [
    ["source.write(rows[from + i], 1", "source.write(from + i, 1"],
    ["to + 8 * ld * i, ld", "to, ld"],
  ]),
  ...mutantsOf("src/baseline/_exact_value.ts", TESTS, [
    ["return sum + rest", "return sum"],
    ["lowA * lowB - (product", "0 - (product"],
    ["source.write(from, count, at, d)", "source.write(0, count, at, d)"],
    ["exactDot(d, x, i * d, w, a * d)", "exactDot(d, x, i * d, w, 0)"],
    ["p[(from + i) * m + a]", "p[i * m + a]"],
    ["return loss.evaluate({ n, m, p, y }, 1, []) / n", "return loss.evaluate({ n, m, p, y }, 1, [])"],
  ]),
  ...mutantsOf("src/baseline/_masked_softmax.ts", TESTS, [
    ["slope[j] = y[j] < 0 ? 0 : scale", "slope[j] = scale"],
    ["else if (y[j] === 0) most", "else most"],
    ["sum += Math.log(total) - own", "sum += Math.log(total) + own"],
    ["hvpWith: softmax.hvpWith", "hvpWith: () => {}"],
    ["q[j] = y[j] < 0 ? 0 : Math.exp(p[j] - top)", "q[j] = Math.exp(p[j] - top)"],
    ["if (q > 0) value += q * Math.log(q)", "if (q > 0) value += q"],
    ["infimum: () => 0", "infimum: () => 1"],
  ]),
  ...mutantsOf("src/baseline/minimise.ts", TESTS, [
    ["const NOISE = 4 * Number.EPSILON", "const NOISE = 1e-7"],
    ["const [FINE, COARSE] = [1e-13, 1e-6]", "const [FINE, COARSE] = [1e-4, 1e-4]"],
    [
      "const [OPERATIONS, LEAST_PRODUCTS, MANY_PRODUCTS] = [2e11, 60, 200]",
      "const [OPERATIONS, LEAST_PRODUCTS, MANY_PRODUCTS] = [1, 1, 1]",
    ],
    ["dot(sums.gradient, step);", "2 * dot(sums.gradient, step);"],
    ["? sums.value - reached.value >= 1e-4 * gain", "? true"],
    ["combine(1, image, shift, direction)", "combine(1, image, -shift, direction)"],
    ["a[i * order + b] += fill / m", "a[i * order + b] += 0"],
    ["sum += Math.abs(slopes[at] * predictions[at])", "sum += 1e6 * Math.abs(slopes[at] * predictions[at])"],
  ]),
  ...mutantsOf("src/baseline/_coordinates.ts", ["tests/baseline/coordinates_test.ts"], [
    ["data[kept[i] * columns + kept[j]]", "data[i * columns + j]"],
    ["data: triangle.solveTransposed(half.data)", "data: half.data"],
  ]),
  ...mutantsOf("src/baseline/_blocks.ts", TESTS, [
    ["if (possible && products > cost", "if (false && products > cost"],
    ['own.set(memory.view("f64", x, r))', ""],
  ]),
  // What depends on what is decided here, for every baseline.
  ...mutantsOf("src/tensor/factor.ts", ["tests/tensor/factor_test.ts", ...TESTS], [
    ["Math.max(n, d) * Number.EPSILON)", "1e4 * Math.max(n, d) * Number.EPSILON)"],
  ]),
  ...mutantsOf("src/tensor/_decide_factor.ts", ["tests/tensor/factor_test.ts", ...TESTS], [
    ["norms[column] / Math.sqrt(n) /", "norms[column] /"],
    ["const sign = leading[row + i] < 0 ? -1 : 1", "const sign = 1"],
  ]),
  ...mutantsOf("src/tensor/_decide_factor.ts", ["tests/tensor/single_factor_test.ts"], [
    ["size > LEAST * root && size < root / LEAST", "size > 0"],
    ["!(condition < safe)", "false"],
    ["scaleRows(r, d, 1 / root)", "scaleRows(r, d, 1)"],
    ["< 0 ? -by : by", "< 0 ? by : by"],
  ]),
  ...mutantsOf("src/tensor/single_factor.ts", ["tests/tensor/single_factor_test.ts"], [
    ["const CLEAR = 30", "const CLEAR = 1e3"],
  ]),
  ...mutantsOf("src/tensor/_gram_triangle.ts", ["tests/tensor/single_factor_test.ts"], [
    ["sums[at] += products[at]", "sums[at] = products[at]"],
    ["[width, first + width, count", "[width, width, count"],
    ["l[i * d + j] * norms[i]", "l[i * d + j]"],
  ]),
  ...mutantsOf("src/tensor/extend_factor.ts", ["tests/tensor/single_factor_test.ts"], [
    ["const MUCH = 1e-2", "const MUCH = 1e-9"],
  ]),
  ...mutantsOf("src/tensor/conjugate_gradients.ts", ["tests/tensor/operators_test.ts"], [
    ["const step = weight / bend", "const step = 0.5 * weight / bend"],
    ["z[i] + next / weight * p[i]", "z[i]"],
    ["bend > (options.flat ?? 0) * size * size", "bend > 0"],
    ["bend / size / size", "bend / size"],
  ]),
  ...mutantsOf("src/tensor/lowest_eigenpair.ts", ["tests/tensor/operators_test.ts"], [
    ["subtract(product, dot(q, product), q)", "subtract(product, 0, q)"],
    ["beyond * Math.abs(shares[order - 1]) / most", "beyond"],
    ["if (!product.every(Number.isFinite)) return null", ""],
  ]),
  ...mutantsOf("src/tensor/_pivoted_triangle.ts", ["tests/tensor/factor_test.ts", ...TESTS], [
    ["if (!(size > tolerance * first))", "if (!(size > 1e-7 * first))"],
    ["left[j] -= heap[row(j, k) / 8] ** 2", "left[j] -= 0"],
    ["const WORN = 1e-3", "const WORN = 0"],
  ]),
];
