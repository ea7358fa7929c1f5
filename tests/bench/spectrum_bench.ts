/**
 * The exact (w, V) spectrum and what it is made of, in f64: the Gram pass over the data, and the eigenproblem of order
 * 2d + k - 1. Run alone: `deno bench --no-prompt tests/bench/spectrum_bench.ts`.
 */
import { loadKernels } from "../../src/kernels/mod.ts";
import { createHeadObjective, headSpectrum, reducedHessian } from "../../src/landscape/mod.ts";
import { logistic } from "../../src/loss/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { eigen, eigenvalues } from "../../src/tensor/mod.ts";

const [n, d, k] = [2048, 33, 64];
const [forX, forF, forY, forHead] = split(key(1), 4);
const x = { rows: n, cols: d, data: normal(forX, n * d) };
const f = { rows: n, cols: k, data: normal(forF, n * k).map(Math.tanh) };
const y = normal(forY, n).map((value) => value < 0 ? -1 : 1);
const head = normal(forHead, d + d * k).map((value) => 0.1 * value);
const at = { W: { rows: 1, cols: d, data: head.slice(0, d) }, V: { rows: d, cols: k, data: head.slice(d) } };

for (const name of ["relaxed", "simd", "js"] as const) {
  const kernels = await loadKernels(name);
  const objective = createHeadObjective(kernels, { x, f, y, loss: logistic });
  const point = objective.at(at);
  const { matrix } = reducedHessian(objective, point);
  const size = `d ${d}, k ${k}, n ${n}, ${name}`;
  Deno.bench(
    `headSpectrum, ${size}`,
    { group: "spectrum", baseline: name === "relaxed" },
    () => void headSpectrum(objective, point),
  );
  Deno.bench(`Gram pass, ${size}`, { group: "gram" }, () => void objective.hessianOfH(point));
  Deno.bench(
    `eigenvalues of order ${matrix.rows}, ${name}`,
    { group: "values" },
    () => void eigenvalues(kernels, matrix),
  );
  Deno.bench(`eigenpairs of order ${matrix.rows}, ${name}`, { group: "pairs" }, () => void eigen(kernels, matrix));
}
