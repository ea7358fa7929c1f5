import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLessOrEqual, assertThrows } from "@std/assert";
import { bestLinear, leastSquares } from "../../src/baseline/mod.ts";
import { encodeTable, parseTable } from "../../src/data/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { defineLoss, type Loss, lossByName, LOSSES, softmax } from "../../src/loss/mod.ts";
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

Deno.test("bestLinear() finds separable classes out, and the best predictor in a ball with its proof", () => {
  const data = bundled("breast_cancer", "diagnosis");
  const logistic = lossByName("logistic");
  for (const radius of [10, 100]) {
    const found = bestLinear(kernels, logistic, data, { radius });
    assertEquals([found.attained, found.radius], [false, radius]);
    assertAlmostEquals(norm(found.weights), radius, 1e-9 * radius);
    assertAlmostEquals(found.value, valueAt(logistic, data, found.weights), 1e-13);
    assertLessOrEqual(found.gapBound!, 1e-9);
    // No direction inside the ball goes below the value by more than the proof allows.
    for (const one of split(key(1), 50)) {
      const draw = normal(one, data.x.cols);
      const inside = found.weights.map((value, j) => 0.999 * (value + 1e-3 * draw[j]));
      const shrunk = inside.map((value) => value * Math.min(1, radius / norm(inside)));
      assert(valueAt(logistic, data, shrunk) >= found.value - found.gapBound! - 1e-15);
    }
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

  Deno.test(`bestLinear() gives collinear columns of ${loss.name} the same value and equal shares`, () => {
    const { x, y } = problemFor(loss);
    const doubled = matrix(
      60,
      5,
      Array.from({ length: 60 }, (_, i) => [...x.data.slice(4 * i, 4 * i + 4), x.data[4 * i + 1]]).flat(),
    );
    const [once, twice] = [bestLinear(kernels, loss, { x, y }), bestLinear(kernels, loss, { x: doubled, y })];
    assertAlmostEquals(twice.value, once.value, 1e-12);
    assertAlmostEquals(twice.weights[1], twice.weights[4], 1e-8);
    assertAlmostEquals(twice.weights[1], once.weights[1] / 2, 1e-8);
  });
}

Deno.test("bestLinear() says that one class alone, and counts that are all zero, have no best predictor", () => {
  const x = matrix(4, 2, [1, 0.3, 1, -0.2, 1, 0.8, 1, -1]);
  for (const [name, target] of [["logistic", 1], ["poisson", 0]] as const) {
    const found = bestLinear(kernels, lossByName(name), { x, y: new Float64Array(4).fill(target) }, { radius: 20 });
    assertEquals([found.attained, found.radius], [false, 20], name);
    assertGreater(norm(found.weights), 19.9);
    assert(Number.isFinite(found.value));
  }
});

Deno.test("bestLinear() takes a loss of one's own", () => {
  const logCosh = defineLoss({
    name: "log_cosh",
    convex: true,
    attains: true,
    value: (p, y) => Math.log(Math.cosh(p - y)),
    slope: (p, y) => Math.tanh(p - y),
    curvature: (p, y) => 1 - Math.tanh(p - y) ** 2,
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
  assertEquals([...found.weights], parts.flatMap(({ weights }) => [...weights]));
  assertAlmostEquals(found.value, parts[0].value + parts[1].value, 1e-13);

  const examples = threeClasses();
  const best = bestLinear(kernels, softmax, examples);
  assert(best.attained && best.gradientNorm <= 1e-12 && best.gapBound! <= 1e-12);
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
    const one = bestLinear(kernels, lossByName("logistic"), { x, y: signs }, {
      radius: separable ? 100 * Math.SQRT2 : 100,
    });
    assertEquals([two.attained, one.attained], [!separable, !separable]);
    // Opposite rows u, -u predict the difference 2u: a ball of radius 100 holds a logistic w of norm 100 sqrt(2).
    assertAlmostEquals(two.value, one.value, 1e-12);
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

Deno.test("bestLinear() of a table too large to factor is that of the factorisation, collinear columns included", () => {
  const [n, d] = [4000, 60];
  const draws = normal(key(31), n * d);
  // The last column repeats the first, and the columns have sizes from 1 to 1000.
  const x = matrix(n, d, draws.map((value, at) => at % d === d - 1 ? draws[at - d + 1] : value * 1000 ** (at % d / d)));
  const y = normal(key(32), n).map((value, i) => value + x.data[i * d]);
  const found = bestLinear(kernels, lossByName("squared"), { x, y });
  const exact = leastSquares(x, y).weights;
  assert(found.attained && found.iterations > 0);
  // Rounding of the Gram matrix, whose condition is the square of that of x, and is refined by the gradient on x itself.
  found.weights.forEach((value, j) => assertAlmostEquals(value, exact[j], 1e-10));
});
