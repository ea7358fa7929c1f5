import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLessOrEqual, assertThrows } from "@std/assert";
import { bestLinear, findBestLinear } from "../../src/baseline/mod.ts";
import { encodeTable, parseTable } from "../../src/data/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  type AnyLoss,
  createHuber,
  defineLoss,
  isJoint,
  type Loss,
  lossByName,
  LOSSES,
  softmax,
} from "../../src/loss/mod.ts";
import { createLinearObjective, type Examples } from "../../src/objective/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { matrix, norm, type Vector } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

function bundled(name: string, target: string, features?: readonly string[]) {
  const text = Deno.readTextFileSync(new URL(`../../data/${name}.csv`, import.meta.url));
  const targetKind = name === "diabetes" ? "standardised" : "class";
  return encodeTable(parseTable(text, { file: name }), { target, targetKind, ...features && { features } });
}

/** The mean loss, straight from the definition. */
function valueAt(loss: Loss, { x, y }: Examples, w: Vector): number {
  let sum = 0;
  for (let i = 0; i < x.rows; i++) {
    let p = 0;
    for (let j = 0; j < x.cols; j++) p += x.data[i * x.cols + j] * w[j];
    sum += loss.value(p, y[i]);
  }
  return sum / x.rows;
}

/** Random inputs with a constant column, and noisy targets that no predictor separates. */
function problemFor(loss: Loss, n = 60, d = 4): Examples {
  const draws = normal(key(21), n * d);
  const x = matrix(n, d, draws.map((value, at) => at % d === 0 ? 1 : value));
  const noise = normal(key(22), n);
  const y = Float64Array.from({ length: n }, (_, i) => {
    const score = x.data[i * d + 1] - 0.5 * x.data[i * d + 2] + 2 * noise[i];
    return loss.target === "class"
      ? (score < 0 ? -1 : 1)
      : loss.name === "poisson"
      ? Math.floor(Math.abs(score))
      : score;
  });
  return { x, y };
}

Deno.test("bestLinear() has the values of the bundled tables", () => {
  const diabetes = bestLinear(kernels, lossByName("squared"), bundled("diabetes", "progression"));
  assertAlmostEquals(diabetes.value, 0.24112578888982, 1e-13);
  assertEquals([diabetes.attained, diabetes.radius], [true, null]);
  const two = bundled("breast_cancer", "diagnosis", ["mean_radius", "mean_texture"]);
  const cancer = bestLinear(kernels, lossByName("logistic"), two);
  assertAlmostEquals(cancer.value, 0.2558201286275, 1e-12);
  assertEquals([cancer.attained, cancer.radius], [true, null]);
  assertLessOrEqual(cancer.gradientNorm, 1e-12);
});

Deno.test("bestLinear() knows the infimum of separable classes, and gives a predictor of bounded norm near it", () => {
  const data = bundled("breast_cancer", "diagnosis");
  const logistic = lossByName("logistic");
  for (const radius of [10, 100]) {
    const found = bestLinear(kernels, logistic, data, { radius });
    assertEquals([found.attained, found.infimum, found.radius], [false, 0, radius]);
    assertLessOrEqual(norm(found.weights), radius * (1 + 1e-12));
    assertAlmostEquals(found.value, valueAt(logistic, data, found.weights), 1e-13);
    // A certificate of its own: every row is on its side, so multiples of the weights reach the infimum.
    const largest = bestLinear(kernels, logistic, data, { radius: 1e6, gradient: 1e-9 });
    assertLessOrEqual(largest.value, 1e-6);
  }
});

for (const loss of LOSSES) {
  Deno.test(`bestLinear() reaches a gradient of 1e-12 for ${loss.name}, proves it, and is beaten by no neighbour`, () => {
    const data = problemFor(loss);
    const found = bestLinear(kernels, loss, data);
    assertEquals(found.attained, true);
    assertLessOrEqual(found.gradientNorm, 1e-12);
    assertAlmostEquals(found.value, valueAt(loss, data, found.weights), 1e-13);
    assertLessOrEqual(found.gapBound ?? 0, 1e-12);
    for (const one of split(key(2), 60)) {
      const draw = normal(one, 4);
      for (const step of [1e-4, 1e-2, 1]) {
        const other = found.weights.map((value, j) => value + step * draw[j]);
        assert(valueAt(loss, data, other) >= found.value - 1e-14);
      }
    }
  });

  Deno.test(`bestLinear() leaves a column of ${loss.name} that repeats another one out, names it, and has the same value`, () => {
    const { x, y } = problemFor(loss);
    const doubled = matrix(
      60,
      5,
      Array.from({ length: 60 }, (_, i) => [...x.data.slice(4 * i, 4 * i + 4), x.data[4 * i + 1]]).flat(),
    );
    const [once, twice] = [bestLinear(kernels, loss, { x, y }), bestLinear(kernels, loss, { x: doubled, y })];
    assertAlmostEquals(twice.value, once.value, 1e-12);
    assertEquals([once.rank, once.dependent, twice.rank, twice.dependent.length], [4, [], 4, 1]);
    const [{ column, on }] = twice.dependent;
    assertEquals([column, on[0]].toSorted(), [1, 4]);
    assertEquals(twice.weights[column], 0);
  });
}

Deno.test("bestLinear() says that one class alone, and counts that are all zero, have no best predictor", () => {
  const x = matrix(4, 2, [1, 0.3, 1, -0.2, 1, 0.8, 1, -1]);
  for (const [name, target] of [["logistic", 1], ["poisson", 0]] as const) {
    const found = bestLinear(kernels, lossByName(name), { x, y: new Float64Array(4).fill(target) }, { radius: 20 });
    assertEquals([found.attained, found.infimum, found.radius], [false, 0, 20], name);
    assertLessOrEqual(norm(found.weights), 20 * (1 + 1e-12));
    assert(Number.isFinite(found.value));
  }
});

Deno.test("bestLinear() takes a custom loss", () => {
  const logCosh = defineLoss({
    name: "log_cosh",
    convex: true,
    attains: true,
    value: (p, y) => Math.log(Math.cosh(p - y)),
    d1: (p, y) => Math.tanh(p - y),
    d2: (p, y) => 1 - Math.tanh(p - y) ** 2,
  });
  const data = problemFor(lossByName("squared"));
  const { gradientNorm, attained } = bestLinear(kernels, logCosh, data);
  assertLessOrEqual(gradientNorm, 1e-12);
  assertEquals(attained, true);
});

Deno.test("bestLinear() handles fewer rows than columns, and refuses a radius that is none", () => {
  const data = problemFor(lossByName("squared"), 3, 6);
  assertLessOrEqual(bestLinear(kernels, lossByName("squared"), data).value, 1e-25);
  for (const radius of [0, -1, NaN]) {
    assertThrows(() => bestLinear(kernels, lossByName("logistic"), data, { radius }), RangeError, "above 0");
  }
});

Deno.test("bestLinear() agrees between kernel sets, and repeats to the bit", async () => {
  const loss = lossByName("logistic");
  const data = problemFor(loss);
  const [js, relaxed] = await Promise.all([loadKernels("js"), loadKernels("relaxed")]);
  const found = bestLinear(kernels, loss, data);
  for (const other of [js, relaxed]) assertAlmostEquals(bestLinear(other, loss, data).value, found.value, 1e-14);
  assertEquals(bestLinear(kernels, loss, data), found);
});

/** Classes of three kinds that overlap, as unit vectors. */
function threeClasses(n = 90, d = 3): Examples {
  const { x, y } = problemFor(lossByName("squared"), n, d);
  const classes = y.map((value) => value < -1 ? 0 : value < 1 ? 1 : 2);
  return { x, y: Float64Array.from({ length: 3 * n }, (_, at) => classes[Math.floor(at / 3)] === at % 3 ? 1 : 0) };
}

Deno.test("bestLinear() of several outputs: squared is each output's own, softmax is proved and beaten by no neighbour", () => {
  const one = problemFor(lossByName("squared"));
  const other = problemFor(lossByName("squared"), 60, 4);
  const reversed = other.y.toReversed();
  const both = Float64Array.from({ length: 120 }, (_, at) => at % 2 ? reversed[(at - 1) / 2] : one.y[at / 2]);
  const found = bestLinear(kernels, lossByName("squared"), { x: one.x, y: both });
  const parts = [one.y, reversed].map((y) => bestLinear(kernels, lossByName("squared"), { x: one.x, y }));
  parts.flatMap(({ weights }) => [...weights]).forEach((weight, at) =>
    assertAlmostEquals(found.weights[at], weight, 1e-12)
  );
  assertAlmostEquals(found.value, parts[0].value + parts[1].value, 1e-13);

  const examples = threeClasses();
  const best = bestLinear(kernels, softmax, examples);
  assert(best.attained);
  assertLessOrEqual(best.gradientNorm, 1e-12);
  assertLessOrEqual(best.gapBound!, 1e-12);
  using objective = createLinearObjective(kernels, softmax, examples);
  for (let draw = 0; draw < 20; draw++) {
    const near = normal(key(draw), 9).map((value, at) => best.weights[at] + 1e-3 * value);
    assertGreater(objective.at(near).value, best.value - 1e-15);
  }
});

Deno.test("bestLinear() of softmax with two classes is that of logistic loss, attained or not", () => {
  for (const separable of [false, true]) {
    const { x, y } = problemFor(lossByName("logistic"));
    const signs = separable ? Float64Array.from(y, (_, i) => x.data[i * 4 + 1] < 0 ? -1 : 1) : y;
    const pairs = Float64Array.from({ length: 120 }, (_, at) => (signs[Math.floor(at / 2)] + 1) / 2 === at % 2 ? 1 : 0);
    const two = bestLinear(kernels, softmax, { x, y: pairs });
    const one = bestLinear(kernels, lossByName("logistic"), { x, y: signs });
    assertEquals([two.attained, one.attained], [!separable, !separable]);
    assertAlmostEquals(two.infimum!, one.infimum!, 1e-12);
  }
});

Deno.test("bestLinear() crosses the straight stretches of the smooth hinge, where the model of second order is flat", () => {
  for (let seed = 0; seed < 60; seed++) {
    const [n, d] = [10 + seed % 8, 7 + seed % 5];
    const [forX, forY] = split(key(seed), 2);
    const x = matrix(n, d, normal(forX, n * d).map((value) => value / (1 + seed)));
    const y = normal(forY, n).map((value) => value < 0 ? -1 : 1);
    const { value, gradientNorm } = bestLinear(kernels, lossByName("smooth_hinge"), { x, y });
    // So many columns separate most draws; the rest have a minimum above 0, where the gradient vanishes too.
    // Rounding of predictions by weights in the thousands.
    assertLessOrEqual(gradientNorm, 1e-10);
    assertLessOrEqual(value, 0.5);
  }
});

/** Values of one problem in other coordinates. */
const INVARIANT = 1e-9;

const LOSSES_AND_SOFTMAX: readonly AnyLoss[] = [...LOSSES, softmax];

function problemOf(loss: AnyLoss, n: number, d: number): Examples {
  return isJoint(loss) ? threeClasses(n, d) : problemFor(loss, n, d);
}

/** Columns of integers and integer multiples of others added to them: the same span to the last bit, with a condition of about 1e10. */
function sheared(n: number, d: number): { readonly plain: Vector; readonly mapped: Vector } {
  const plain = normal(key(71), n * d).map((value, at) => at % d === 0 ? 1 : Math.round(50 * value));
  const mapped = plain.slice();
  for (let i = 0; i < n; i++) {
    const row = mapped.subarray(i * d, (i + 1) * d);
    // Two columns hundreds of thousands of times a third, but for what they were themselves; then one of them once more.
    row[1] += 100_003 * row[2];
    row[3] += 99_991 * row[2];
    row[2] += row[1] - row[3];
    row[4] += 100_019 * row[3];
  }
  return { plain, mapped };
}

for (const loss of LOSSES_AND_SOFTMAX) {
  Deno.test(`bestLinear() of ${loss.name} does not change under a map of the columns with a condition of 1e10`, () => {
    const [n, d] = [200, 5];
    const { plain, mapped } = sheared(n, d);
    const { y } = problemOf(loss, n, d);
    const [once, found] = [plain, mapped].map((data) => bestLinear(kernels, loss, { x: matrix(n, d, data), y }));
    assertAlmostEquals(found.value, once.value, INVARIANT * Math.max(1, Math.abs(once.value)));
    assertEquals([found.rank, found.attained, once.attained], [d, true, true]);
  });

  Deno.test(`bestLinear() of ${loss.name} does not change where rows are repeated, or their order is turned round`, () => {
    const [n, d] = [50, 4];
    const { x, y } = problemOf(loss, n, d);
    const m = y.length / n;
    const once = bestLinear(kernels, loss, { x, y });
    const twice = bestLinear(kernels, loss, {
      x: matrix(2 * n, d, [...x.data, ...x.data]),
      y: Float64Array.from([...y, ...y]),
    });
    const turn = (data: Vector, width: number) =>
      data.map((_, at) => data[(n - 1 - Math.floor(at / width)) * width + at % width]) as Vector;
    const turned = bestLinear(kernels, loss, { x: matrix(n, d, turn(x.data, d)), y: turn(y, m) });
    assertAlmostEquals(twice.value, once.value, 1e-12);
    assertAlmostEquals(turned.value, once.value, 1e-12);
  });

  Deno.test(`bestLinear() of ${loss.name} has a bound below and a value above that meet, and no predictor between`, () => {
    const [n, d] = [60, 4];
    const { x, y } = problemOf(loss, n, d);
    const { value, lowerBound, infimum, attained, weights } = bestLinear(kernels, loss, { x, y });
    assert(attained);
    assert(lowerBound !== null);
    assertEquals(infimum, value);
    assertLessOrEqual(lowerBound, value);
    assertLessOrEqual(value - lowerBound, 1e-11 * Math.max(1, Math.abs(value)));
    using objective = createLinearObjective(kernels, loss, { x, y });
    for (const [draw, one] of split(key(3), 20).entries()) {
      const size = 10 ** (draw % 5 - 3);
      const other = normal(one, weights.length).map((change, at) => weights[at] + size * change);
      assert(objective.at(other).value >= lowerBound - 1e-15);
    }
  });
}

Deno.test("bestLinear() finds a target that is the difference of two columns of times", () => {
  const n = 40;
  const start = normal(key(41), n).map((value) => 1.69e12 + Math.round(1e10 * value));
  const span = normal(key(42), n).map((value) => 1000 + Math.round(100 * value));
  const centred = (values: Vector) => {
    const mean = values.reduce((sum, value) => sum + value / n, 0);
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / n, 0));
    return values.map((value) => (value - mean) / deviation);
  };
  const [a, b, y] = [start, start.map((value, i) => value + span[i]), span].map(centred);
  const x = matrix(n, 3, Array.from({ length: n }, (_, i) => [1, a[i], b[i]]).flat());
  for (const loss of [lossByName("squared"), createHuber(3), lossByName("pseudo_huber")]) {
    const { value, rank, attained } = bestLinear(kernels, loss, { x, y });
    assertEquals([rank, attained], [3, true], loss.name);
    assertLessOrEqual(value, 1e-12);
  }
});

Deno.test("bestLinear() finds two overlapping rows among 200,000: the infimum is attained far out", () => {
  const n = 200_000;
  const x = matrix(n, 2, Array.from({ length: n }, (_, i) => [1, (i + 0.5) / n - 0.5]).flat());
  const y = Float64Array.from({ length: n }, (_, i) => i < n / 2 ? -1 : 1);
  [y[n / 2 - 1], y[n / 2]] = [1, -1];
  const { attained, value, lowerBound } = bestLinear(kernels, lossByName("logistic"), { x, y });
  assert(attained);
  assertGreater(value, 0);
  assertLessOrEqual(value - lowerBound!, 1e-9 * value);
});

Deno.test("bestLinear() follows classes that are separated in part to the infimum of those that are left", () => {
  // Class 0 lies apart; classes 1 and 2 overlap: the infimum is that of these two alone.
  const n = 60;
  const [u, v] = [normal(key(51), n), normal(key(52), n)];
  const kind = Array.from({ length: n }, (_, i) => i % 3 === 0 ? 0 : 0.7 * u[i] + v[i] > 0 ? 1 : 2);
  const x = matrix(
    n,
    3,
    Array.from({ length: n }, (_, i) => [1, u[i] + (kind[i] === 0 ? 20 : 0), v[i] / 2 + u[(i + 1) % n]]).flat(),
  );
  const y = Float64Array.from({ length: 3 * n }, (_, at) => kind[Math.floor(at / 3)] === at % 3 ? 1 : 0);
  const found = bestLinear(kernels, softmax, { x, y });
  const rows = kind.flatMap((one, i) => one === 0 ? [] : [i]);
  const part = bestLinear(kernels, lossByName("logistic"), {
    x: matrix(rows.length, 3, rows.flatMap((i) => [...x.data.subarray(3 * i, 3 * i + 3)])),
    y: Float64Array.from(rows, (i) => kind[i] === 1 ? 1 : -1),
  });
  assert(part.attained);
  assertEquals(found.attained, false);
  assertAlmostEquals(found.infimum!, part.value * rows.length / n, 1e-10);
});

Deno.test("bestLinear() follows counts: where one group has none, the infimum is that of the others", () => {
  const n = 40;
  const group = Array.from({ length: n }, (_, i) => i < 10 ? 1 : 0);
  const draws = normal(key(61), n);
  const y = Float64Array.from(group, (one, i) => one === 1 ? 0 : Math.floor(3 * Math.abs(draws[i])));
  const x = matrix(n, 2, group.flatMap((one) => [1, one]));
  const { attained, infimum } = bestLinear(kernels, lossByName("poisson"), { x, y });
  // The others share one rate, their mean.
  const mean = y.reduce((sum, value) => sum + value, 0) / 30;
  assertEquals(attained, false);
  assertAlmostEquals(infimum!, 0.75 * (mean - mean * Math.log(mean)), 1e-10);
});

Deno.test("findBestLinear() can be left between two steps, and frees what it held", () => {
  const before = kernels.memory.used;
  const steps = findBestLinear(kernels, softmax, threeClasses());
  for (let i = 0; i < 4; i++) steps.next();
  steps.return(undefined as never);
  assertEquals(kernels.memory.used, before);
});

Deno.test("bestLinear() starts from given weights", () => {
  const data = problemFor(lossByName("logistic"));
  const found = bestLinear(kernels, lossByName("logistic"), data);
  const again = bestLinear(kernels, lossByName("logistic"), data, { start: found.weights });
  // One step, and one that finds nothing left to gain.
  assertLessOrEqual(again.iterations, 2);
  assertAlmostEquals(again.value, found.value, 1e-14);
});

Deno.test("bestLinear() under the squared loss leaves the columns of many rows as they are, and still solves to rounding", () => {
  // 5.9 MB of columns, above what is kept, of a condition of some hundreds.
  const [n, d] = [12_000, 61];
  const data = normal(key(1), n * d);
  for (let i = 0; i < n; i++) data[i * d + 1] = data[i * d] + 0.01 * data[i * d + 1];
  const x = { rows: n, cols: d, data };
  const y = Float64Array.from(normal(key(2), n), (noise, i) => noise + 3 * data[i * d + 1] - data[i * d + 5]);
  const { weights, attained, gapBound, value } = bestLinear(kernels, lossByName("squared"), { x, y });
  assert(attained && gapBound! <= 1e-11 * value, String(gapBound));
  // The normal equations, summed in plain loops: what is left is rounding, in the direction of the small difference too.
  const gradient = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const row = data.subarray(i * d, (i + 1) * d);
    const rest = row.reduce((sum, entry, j) => sum + entry * weights[j], 0) - y[i];
    for (let j = 0; j < d; j++) gradient[j] += rest * row[j] / n;
  }
  assert(gradient.every((entry) => Math.abs(entry) < 1e-13), String(Math.max(...gradient.map(Math.abs))));
  assert(Math.abs(gradient[1] - gradient[0]) < 1e-15, String(gradient[1] - gradient[0]));
});
