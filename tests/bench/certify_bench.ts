/**
 * Certifying one point, beside gradients, and the exact spectrum. Run alone: `deno bench --no-check --no-prompt tests/bench/certify_bench.ts`.
 * The first group's target: at most 20 times its baseline, one gradient.
 */
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  convexCertificate,
  createHeadObjective,
  headSpectrum,
  lambdaMin,
  reducedHessian,
  smoothness,
  theoremA,
} from "../../src/landscape/mod.ts";
import { logistic, softmax } from "../../src/loss/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";
import { eigen, eigenvalues, matrix } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("relaxed");

{
  const [n, d, k, m] = [20_000, 101, 32, 10];
  const [forX, forF, forY, forW, forV] = split(key(1), 5);
  const labels = normal(forY, n).map((value) => Math.floor(Math.abs(7 * value)) % m);
  const y = Float64Array.from({ length: n * m }, (_, at) => at % m === labels[Math.floor(at / m)] ? 1 : 0);
  const data = {
    x: matrix(n, d, normal(forX, n * d)),
    f: matrix(n, k, normal(forF, n * k).map(Math.tanh)),
    y,
    loss: softmax,
  };
  const objective = createHeadObjective(kernels, data);
  const head = {
    W: matrix(m, d, normal(forW, m * d).map((value) => 0.1 * value)),
    V: matrix(d, k, normal(forV, d * k).map((value) => 0.1 * value)),
  };
  const star = { A: matrix(m, d, new Float64Array(m * d)), C: null, value: Math.log(m) };
  const at = objective.at(head);
  const group = `certify, n ${n}, d ${d}, k ${k}, m ${m}`;
  Deno.bench(`one gradient, ${group}`, { group, baseline: true }, () => void objective.at(head));
  Deno.bench(`value, lambda_min, Theorem A, convex certificate, ${group}`, { group }, () => {
    const point = objective.at(head);
    const lambda = lambdaMin(objective, point);
    theoremA(objective, point, lambda, star);
    convexCertificate(objective, point, star);
  });
  const parts = `parts, ${group}`;
  Deno.bench(`lambda_min, ${group}`, { group: parts }, () => void lambdaMin(objective, at));
  Deno.bench(
    `Theorem A, ${group}`,
    { group: parts },
    () => void theoremA(objective, at, { lower: -1 }, star),
  );
  Deno.bench(`convex certificate, ${group}`, { group: parts }, () => void convexCertificate(objective, at, star));
  Deno.bench(`smoothness, ${group}`, { group: parts }, () => void smoothness(objective, at));
}

{
  const [n, d, k] = [2048, 33, 64];
  const [forX, forF, forY, forW, forV] = split(key(2), 5);
  const data = {
    x: matrix(n, d, normal(forX, n * d)),
    f: matrix(n, k, normal(forF, n * k).map(Math.tanh)),
    y: normal(forY, n).map((value) => value < 0 ? -1 : 1),
    loss: logistic,
  };
  const objective = createHeadObjective(kernels, data);
  const at = objective.at({
    W: matrix(1, d, normal(forW, d).map((value) => 0.1 * value)),
    V: matrix(d, k, normal(forV, d * k).map((value) => 0.1 * value)),
  });
  const { matrix: small } = reducedHessian(objective, at);
  const group = `spectrum, n ${n}, d ${d}, k ${k}, m 1`;
  Deno.bench(`headSpectrum, ${group}`, { group, baseline: true }, () => void headSpectrum(objective, at));
  Deno.bench(`lambda_min, ${group}`, { group }, () => void lambdaMin(objective, at));
  Deno.bench(`Hessian of H, ${group}`, { group }, () => void objective.hessianOfH(at));
  Deno.bench(`reduced matrix, ${group}`, { group }, () => void reducedHessian(objective, at));
  Deno.bench(`eigenvalues of order ${small.rows}`, { group }, () => void eigenvalues(kernels, small));
  Deno.bench(`eigenpairs of order ${small.rows}`, { group }, () => void eigen(kernels, small));
}
