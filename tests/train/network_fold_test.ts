import { assert, assertEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { logistic, rowLosses, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { matrix, type Vector } from "../../src/tensor/mod.ts";
import { chooseRidge, FIT_DEFAULTS, networkFold, ridgeFolds, STRENGTHS_F, STRENGTHS_X } from "../../src/train/mod.ts";

const kernels = await loadKernels();

const run = <T>(steps: Generator<unknown, T>): T => {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value as T;
  }
};

const [n, d] = [40, 6];
const x = matrix(n, d, normal(key(1), n * d).map((value, at) => at % d === 0 ? 1 : value));
const noise = normal(key(2), n);
/** Classes that a network learns, and that are the other way round in the rows left out: what it learns makes them worse. */
const y = noise.map((_, i) => (Math.abs(x.data[i * d + 1]) > 0.7) === (i < 28) ? 1 : -1);
const part = (from: number, to: number, targets: Vector) => ({
  x: matrix(to - from, d, x.data.slice(from * d, to * d)),
  y: targets.slice(from, to),
});
const net = network(d, chain(dense(d, 32), activation("tanh")));
const task = { net, heldOut: null, settings: { ...FIT_DEFAULTS, epochs: 100 } };

Deno.test("networkFold() ends a path behind the first strength with 1.5 times the least loss on the rows left out", () => {
  const fold = { training: part(0, 28, y), validation: part(28, n, y), intercept: true };
  const own = { ...task, loss: logistic, training: fold.training };
  const [path] = run(networkFold(kernels, own, fold, [1e-3], { weights: new Float64Array(d) }));
  const losses = path.map((p) => rowLosses(logistic, p, fold.validation.y, 1).reduce((sum, one) => sum + one / 12, 0));
  const end = losses.findIndex(Number.isNaN);
  assert(end > 1, `some strengths are tried, and some are not: ${losses}`);
  assert(losses.slice(end).every(Number.isNaN));
  const tried = losses.slice(0, end);
  tried.forEach((loss, at) =>
    assertEquals(at > 0 && loss > 1.5 * Math.min(...tried.slice(0, at)), at === end - 1, `${at}: ${losses}`)
  );
  // One row of predictions that were not tried is left out of the choice and of its path.
  const places = [[Array.from({ length: 12 }, (_, row) => row)]];
  const linear = STRENGTHS_X.map(() => [new Float64Array(12)]);
  const found = { y: fold.validation.y, partitions: places, linear };
  const choice = chooseRidge(logistic, found, [1e-3], [path.map((p) => [p])]);
  assert(choice.path.every(({ loss }) => Number.isFinite(loss)));
  assertEquals(choice.path.length, STRENGTHS_X.length + end);
});

Deno.test("networkFold() tries every strength of the squared loss", () => {
  const fold = { training: part(0, 28, noise), validation: part(28, n, noise), intercept: true };
  const own = { ...task, loss: squared, training: fold.training };
  const [path] = run(networkFold(kernels, own, fold, [0.01], { weights: new Float64Array(d) }));
  assertEquals(path.length, STRENGTHS_F.length);
  assert(path.every((p) => p.every(Number.isFinite)));
});

Deno.test("ridgeFolds() has three partitions of few rows, two of more, and one above 1,000", () => {
  const partitions = (rows: number) =>
    ridgeFolds(squared, { x: matrix(rows, 1, new Float64Array(rows)), y: new Float64Array(rows) }, 1).places.length;
  assertEquals([10, 600, 601, 1000, 1001, 5000].map(partitions), [3, 3, 2, 2, 1, 1]);
});
