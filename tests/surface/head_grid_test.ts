import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { rowLosses, softmax, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, network } from "../../src/nn/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { headDirections, headGrid, pointAt } from "../../src/surface/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");

for (const [loss, outputs] of [[squared, 1], [softmax, 3]] as const) {
  Deno.test(`headGrid() from four predictions is the objective at every point of the plane, ${loss.name}, ${outputs} outputs`, () => {
    const [rows, d, k] = [17, 3, 5];
    const net = network(d, chain(dense(d, k), activation("tanh")), { outputs });
    const params = normal(key(1), net.size);
    const x = matrix(rows, d, normal(key(2), rows * d));
    const y = Float64Array.from(
      { length: rows * outputs },
      (_, at) => Number(at % outputs === Math.floor(at / outputs) % outputs),
    );
    using objective = createObjective(kernels, net, loss, { x, y });
    const level = objective.value(params) * 1.1;
    const mean = (p: Float64Array) => rowLosses(loss, p, y, outputs).reduce((sum, one) => sum + one, 0) / rows;
    const grid = headGrid({ at: (points) => points.map(objective.predict), loss: mean }, net, params, {
      steps: 9,
      level,
    });
    const plane = { origin: params, ...headDirections(net, params) };
    for (const [at, value] of grid.values.entries()) {
      const point = pointAt(plane, grid.alphas[at % 9], grid.betas[Math.floor(at / 9)]);
      const expected = objective.value(point);
      // Four predictions weighted by coordinates up to the reach, which is of the size of the parameters.
      assertAlmostEquals(value, expected, 1e-10 * (1 + expected));
    }
    assertEquals(grid.alphas[4], 0);
    const below = grid.values.filter((value) => value <= level).length / 81;
    assert(below > 0.05 && below < 0.95);
  });
}
