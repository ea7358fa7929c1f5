import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { bestLinear, findRidgeOptimum, ridgePath } from "../../src/baseline/mod.ts";
import { type AnyLoss, huber, logistic, poisson, smoothHinge, softmax, squared } from "../../src/loss/mod.ts";
import { weightsOfMeanOne } from "../../src/loss/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { activation, chain, dense, initialise, network } from "../../src/nn/mod.ts";
import {
  createBatches,
  createLinearObjective,
  createObjective,
  type Examples,
  ridgeOnColumns,
} from "../../src/objective/mod.ts";
import { fold, key, normal } from "../../src/random/mod.ts";
import { matrix, matrixRows, type Vector } from "../../src/tensor/mod.ts";
import { certifyPoint, convexBound, FIT_DEFAULTS, fitWithRidge, settle } from "../../src/train/mod.ts";

const kernels = await loadKernels();

/** What weighted and repeated rows may differ by, relative to the size of the numbers: both are solved to about 1e-12. */
const CLOSE = 1e-9;

/** How often each row is there; rows enough that no predictor separates random classes, and every optimum is attained. */
const TIMES = Array.from({ length: 48 }, (_, row) => 1 + row * row % 5);

const CASES: readonly { readonly name: string; readonly loss: AnyLoss; readonly m: number }[] = [
  { name: "squared", loss: squared, m: 1 },
  { name: "squared, two outputs", loss: squared, m: 2 },
  { name: "logistic", loss: logistic, m: 1 },
  { name: "huber", loss: huber, m: 1 },
  { name: "smooth hinge", loss: smoothHinge, m: 1 },
  { name: "poisson", loss: poisson, m: 1 },
  { name: "softmax", loss: softmax, m: 3 },
];

/** Rows of an intercept and three inputs, with targets that the loss takes. */
function examplesFor(loss: AnyLoss, m: number): Examples {
  const [n, d, from] = [TIMES.length, 4, key(3)];
  const x = matrix(n, d, Float64Array.from(normal(fold(from, "x"), n * d), (value, at) => at % d === 0 ? 1 : value));
  const noise = normal(fold(from, "y"), n * m);
  const y = Float64Array.from(noise, (value, at) => {
    if (loss === softmax) return at % m === Math.floor(7 * Math.abs(noise[at - at % m])) % m ? 1 : 0;
    if (loss === poisson) return Math.floor(Math.abs(3 * value));
    return loss.target === "class" ? value > 0 ? 1 : -1 : value + x.data[Math.floor(at / m) * d + 1];
  });
  return { x, y, weights: Float64Array.from(TIMES, (times) => times / 7) };
}

/** The rows, each as often as its weight says. */
function repeated({ x, y }: Examples): Examples {
  const rows = TIMES.flatMap((times, row) => Array<number>(times).fill(row));
  const m = y.length / x.rows;
  const pick = (values: Vector, width: number) =>
    Float64Array.from(rows.flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]));
  return { x: matrix(rows.length, x.cols, pick(x.data, x.cols)), y: pick(y, m) };
}

const run = <T>(steps: Generator<unknown, T>): T => {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value as T;
  }
};

/** Every number of two values that have the same fields, but for the ones left out. */
function assertSame(a: unknown, b: unknown, path: string, without: ReadonlySet<string> = new Set()): void {
  if (typeof a === "number" && typeof b === "number") {
    if (Number.isFinite(a)) assertAlmostEquals(a, b, CLOSE * (1 + Math.abs(a)), path);
    else assertEquals(a, b, path);
  } else if (a !== null && typeof a === "object") {
    for (const name of Object.keys(a)) {
      if (without.has(name)) continue;
      assertSame(
        (a as Record<string, unknown>)[name],
        (b as Record<string, unknown>)[name],
        `${path}.${name}`,
        without,
      );
    }
  } else assertEquals(a, b, path);
}

for (const { name, loss, m } of CASES) {
  const weighted = examplesFor(loss, m);
  const rows = repeated(weighted);
  const net = network(4, chain(dense(4, 3), activation("tanh")), { outputs: m });
  const params = initialise(net, key(5));

  Deno.test(`createObjective() and createBatches() with integer weights are those of repeated rows: ${name}`, () => {
    using a = createObjective(kernels, net, loss, weighted);
    using b = createObjective(kernels, net, loss, rows);
    const direction = normal(key(9), net.size);
    assertSame(a.value(params), b.value(params), "value");
    assertSame(a.valueAndGradient(params), b.valueAndGradient(params), "gradient");
    assertSame(a.hvp(params, direction), b.hvp(params, direction), "hvp");
    const all = ({ x }: Examples) => Uint32Array.from({ length: x.rows }, (_, row) => row);
    using c = createBatches(kernels, net, loss, weighted, { batch: weighted.x.rows });
    using d = createBatches(kernels, net, loss, rows, { batch: rows.x.rows });
    assertSame(c.gradient(params, all(weighted)), d.gradient(params, all(rows)), "batch");
    const order = all(weighted).reverse();
    assertSame(c.gradient(params, order), d.gradient(params, all(rows)), "batch in another order");
  });

  Deno.test(`bestLinear(), findRidgeOptimum() and ridgePath() with integer weights are those of repeated rows: ${name}`, () => {
    const [a, b] = [weighted, rows].map((examples) => bestLinear(kernels, loss, examples));
    assertSame(a.value, b.value, "value");
    assertEquals([a.attained, a.rank], [b.attained, b.rank]);
    assertSame([a.infimum, a.lowerBound], [b.infimum, b.lowerBound], "infimum");
    const ridges = [ridgeOnColumns({ x: 0.3, f: 0, intercept: true }, 4, 0)];
    const [c, d] = [weighted, rows].map(({ x, ...rest }) =>
      run(findRidgeOptimum(kernels, loss, { source: matrixRows(kernels.memory, x), ...rest }, ridges[0]))
    );
    assertSame([c.value, c.lowerBound, c.weights], [d.value, d.lowerBound, d.weights], "ridge");
    assertEquals([c.attained, d.attained], [true, true]);
    const paths = [weighted, rows].map((examples) => {
      using objective = createLinearObjective(kernels, loss, examples);
      return run(ridgePath(objective, ridges));
    });
    // A path ends where the gradient is small enough to compare predictors.
    assertAlmostEquals(Math.hypot(...paths[0][0].map((value, at) => value - paths[1][0][at])), 0, 1e-3);
  });

  Deno.test(`certifyPoint() with integer weights says what it says of repeated rows: ${name}`, () => {
    for (const ridge of [null, { x: 0.1, f: 0.2, intercept: true }]) {
      const a = certifyPoint(kernels, { net, params, loss, examples: weighted }, { ridge });
      const alone = certifyPoint(kernels, { net, params, loss, examples: rows }, { ridge });
      assertSame([a.linear.value, a.featureOptimum.value], [alone.linear.value, alone.featureOptimum.value], "optima");
      // The weights of an optimum are known to the root of what its value is: all else is compared at the same ones.
      const { linear, featureOptimum } = a;
      const b = certifyPoint(kernels, { net, params, loss, examples: rows }, { ridge, linear, featureOptimum });
      // What rounding allows for grows with the number of rows.
      assertSame(a.point, b.point, "point", new Set(["rounding", "tolerance", "allowance"]));
      assertEquals(a.verdict, b.verdict);
    }
  });

  Deno.test(`settle() and fitWithRidge() with weights end where the weighted mean is lowest: ${name}`, () => {
    const settled = run(settle(kernels, { net, params, loss, examples: weighted }, { epsilon: 1e-8 }));
    const same = run(settle(kernels, { net, params, loss, examples: rows }, { epsilon: 1e-8 }));
    if (same.featureOptimum.attained) assertSame(settled.featureOptimum.value, same.featureOptimum.value, "min H");
    const task = { net, loss, training: weighted, heldOut: null, settings: { ...FIT_DEFAULTS, epochs: 2 } };
    const fitted = run(fitWithRidge(kernels, task, { x: 0.1, f: 0.2 }, true, bestLinear(kernels, loss, weighted)));
    const { point, verdict } = certifyPoint(
      kernels,
      { net, loss, params: fitted.result.params, examples: rows },
      { ridge: fitted.ridge },
    );
    assertEquals([verdict, point.stationary], ["holds", true]);
  });

  Deno.test(`convexBound() with integer weights is that of repeated rows: ${name}`, () => {
    const bounds = [weighted, rows].map(({ x, y, weights }) => {
      const p = Float64Array.from(y, (_, at) => x.data[Math.floor(at / m) * 4 + 1 + at % m]);
      return convexBound(loss, { y, outputs: m, ...weights && { weights } }, p, p.map((value) => 0.5 - value));
    });
    assertSame(bounds[0], bounds[1], "bound");
  });
}

Deno.test("weightsOfMeanOne() refuses what is no weight, and has nothing to do for equal ones", () => {
  assertEquals(weightsOfMeanOne(Float64Array.of(2, 2), 2), null);
  assertEquals(weightsOfMeanOne(undefined, 2), null);
  for (const wrong of [0, -1, NaN, Infinity]) {
    assertThrows(() => weightsOfMeanOne(Float64Array.of(1, wrong), 2), RangeError, `got ${wrong}`);
  }
  assertThrows(() => weightsOfMeanOne(Float64Array.of(1, 2), 3), RangeError, "there are 3, and 2 weights");
});
