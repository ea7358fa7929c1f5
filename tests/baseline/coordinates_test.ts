import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { inCoordinates, weightsOf } from "../../src/baseline/_coordinates.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { lossByName, softmax } from "../../src/loss/mod.ts";
import { createLinearObjective } from "../../src/objective/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { finish } from "../../src/tensor/internal.ts";
import { factorOf, matrix, matrixRows, orthonormalRows, placeTriangle, type Vector } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

const [N, D] = [50, 5];

/** Correlated columns of different units, the fourth a sum of the second and the third. */
function inputs() {
  const draws = normal(key(1), N * D);
  const row = (i: number) => {
    const [a, b, c] = [draws[3 * i], draws[3 * i + 1], draws[3 * i + 2]];
    return [1, 10 * a, a + 0.1 * b, 11 * a + 0.1 * b, 1e-2 * c + 1e-3 * a];
  };
  return matrix(N, D, Array.from({ length: N }, (_, i) => row(i)).flat());
}

function assertVectors(found: Vector, wanted: Vector, tolerance: number): void {
  assertEquals(found.length, wanted.length);
  found.forEach((value, at) => assertAlmostEquals(value, wanted[at], tolerance));
}

/** The condition of the columns is some thousands. */
const NEAR = 1e-11;

/** Blocks are made of the columns as they are, and solved with twice. */
const NEAR_SQUARED = 1e-8;

for (const loss of [lossByName("logistic"), softmax]) {
  Deno.test(`inCoordinates() has the sums of ${loss.name} that orthonormal rows have`, () => {
    const m = loss === softmax ? 3 : 1;
    const x = inputs();
    const signs = normal(key(2), N);
    const y = loss === softmax
      ? Float64Array.from({ length: 3 * N }, (_, at) => Number(Math.floor(at / 3) % 3 === at % 3))
      : signs.map((value) => value < 0 ? -1 : 1);
    const source = matrixRows(kernels.memory, x);
    const factor = factorOf(kernels, source);
    assertEquals(factor.rank, 4);
    using raw = createLinearObjective(kernels, loss, { x, y });
    using rows = createLinearObjective(kernels, loss, { source: orthonormalRows(kernels, source, factor), y });
    using triangle = placeTriangle(kernels, factor.T);
    const coordinates = inCoordinates(raw, source, factor, triangle);
    assertEquals([coordinates.inputs, coordinates.outputs, coordinates.rows], [4, m, N]);
    for (const draw of split(key(3), 5)) {
      const [forU, forDirection, forNumbers] = split(draw, 3);
      const [u, direction] = [normal(forU, 4 * m), normal(forDirection, 4 * m)];
      const [found, wanted] = [coordinates.at(u), rows.at(u)];
      assertAlmostEquals(found.value, wanted.value, NEAR);
      assertVectors(found.gradient, wanted.gradient, NEAR);
      assertVectors(coordinates.project(u), rows.project(u), NEAR);
      assertVectors(coordinates.correlate(normal(forNumbers, N * m)), rows.correlate(normal(forNumbers, N * m)), NEAR);
      const [second, other] = [coordinates.second(found.predictions), rows.second(wanted.predictions)];
      assertVectors(second.apply(direction), other.apply(direction), NEAR);
      assertVectors(second.means(), other.means(), NEAR);
      const [blocks, wantedBlocks] = [second, other].map((one) => finish(one.blocks()));
      blocks.forEach(({ data }, a) => assertVectors(data, wantedBlocks[a].data, NEAR_SQUARED));
    }
    assertThrows(() => coordinates.hessian(new Float64Array(N * m)), RangeError, "too many weights");
  });
}

Deno.test("weightsOf() solves T w = u output by output, and leaves dependent columns at 0", () => {
  const x = inputs();
  const source = matrixRows(kernels.memory, x);
  const factor = factorOf(kernels, source);
  const u = normal(key(4), 8);
  const weights = weightsOf(factor, 2, u);
  using raw = createLinearObjective(kernels, lossByName("squared"), { x, y: new Float64Array(2 * N) });
  using rows = createLinearObjective(kernels, lossByName("squared"), {
    source: orthonormalRows(kernels, source, factor),
    y: new Float64Array(2 * N),
  });
  assertVectors(raw.project(weights), rows.project(u), NEAR);
  const [{ column }] = factor.dependent;
  assertEquals([weights[column], weights[D + column]], [0, 0]);
});
