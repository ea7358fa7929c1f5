import type { SymmetricOperator } from "../../src/curvature/mod.ts";
import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { logistic, type Loss, squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, initialParameters, type Network, network } from "../../src/nn/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { fold, key, normal } from "../../src/random/mod.ts";
import { type Matrix, matrix, multiply, times, transpose, type Vector } from "../../src/tensor/mod.ts";
import { bentData } from "../support/small_problem.ts";

/** Kernels for tests of the curvature. */
export const kernels: Kernels = await loadKernels("simd");

/** A random orthogonal matrix: the product of as many reflections as it has rows. */
function randomOrthogonal(size: number, seed: number): Matrix {
  const data = new Float64Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  for (let turn = 0; turn < size; turn++) {
    const v = normal(fold(key(seed), turn), size);
    const squares = v.reduce((sum, value) => sum + value * value, 0);
    for (let i = 0; i < size; i++) {
      let part = 0;
      for (let j = 0; j < size; j++) part += data[i * size + j] * v[j];
      for (let j = 0; j < size; j++) data[i * size + j] -= 2 * part / squares * v[j];
    }
  }
  return matrix(size, size, data);
}

/** `Q diag(values) Q'` with a random orthogonal Q, exactly symmetric. */
export function withSpectrum(values: ArrayLike<number>, seed: number): Matrix {
  const size = values.length;
  const q = randomOrthogonal(size, seed);
  const scaled = matrix(size, size, q.data.map((value, at) => value * values[at % size]));
  const { data } = multiply(scaled, transpose(q));
  return matrix(size, size, data.map((value, at) => (value + data[at % size * size + Math.floor(at / size)]) / 2));
}

/** A matrix as an operator, which counts its products. */
export function operatorOf(a: Matrix): { readonly apply: SymmetricOperator; readonly products: () => number } {
  let products = 0;
  return {
    apply: (v) => {
      products++;
      return times(a, v);
    },
    products: () => products,
  };
}

/** The sum of the diagonal. */
export const traceOf = (a: Matrix): number =>
  a.data.reduce((sum, value, at) => at % (a.cols + 1) === 0 ? sum + value : sum, 0);

/** An operator over all parameters of a network, and the same matrix entry by entry. */
export interface NetworkHessian {
  readonly name: string;
  readonly net: Network;
  readonly apply: SymmetricOperator;
  readonly dense: Matrix;
}

/** The Hessian of a mean loss at a random point of a network; it keeps its memory until the tests end. */
function networkHessian(name: string, net: Network, loss: Loss, seed: number): NetworkHessian {
  const { x, y } = bentData(40, net.d, seed);
  const data = { x, y: loss.target === "class" ? y.map((value) => value < 0 ? -1 : 1) : y };
  const objective = createObjective(kernels, net, loss, data);
  const point = normal(key(seed), net.size).map((value) => 0.7 * value);
  const theta = initialParameters(key(seed), net.body, net.d);
  point.set(theta, net.size - theta.length);
  const apply = (v: Vector) => objective.hvp(point, v);
  const rows = Array.from({ length: net.size }, (_, i) => [...apply(new Float64Array(net.size).fill(1, i, i + 1))]);
  return { name, net, apply, dense: matrix(net.size, net.size, rows.flat()) };
}

/** Hessians of networks with at most 300 parameters. */
export const HESSIANS: readonly NetworkHessian[] = [
  networkHessian("one dense layer, squared", network(2, dense(2, 2)), squared, 1),
  networkHessian("5 tanh units, squared", network(3, chain(dense(3, 5), activation("tanh"))), squared, 2),
  networkHessian(
    "two hidden layers, logistic",
    network(4, chain(dense(4, 12), activation("tanh"), dense(12, 12), activation("silu"))),
    logistic,
    3,
  ),
];
