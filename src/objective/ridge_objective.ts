import type { Network } from "../nn/mod.ts";
import { ShapeError, type Vector } from "../tensor/mod.ts";
import type { Objective } from "./objective.ts";
import { type Ridge, ridgeOnColumns, ridgeValue } from "./ridge.ts";

/**
 * A network's objective plus a ridge on what its predictions are made of: `F(params) + (x/2) ||W||² + (f/2) ||W V||²`, the intercept's column
 * left out. Predictions and features stay as they are. Disposing it disposes the objective. Cost: `O(m d k)` more a call.
 *
 * @param objective The mean loss.
 * @param net The residual network that it is of.
 * @param ridge The strengths.
 * @returns The sum.
 * @throws {ShapeError} If the objective is of another network, or the network has no skip from x to the output.
 * @example Half of w² more at V = 0
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { createObjective } from "@resland/resland/objective";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const net = network(1, dense(1, 1, { bias: false }));
 * const examples = { x: matrix(1, 1, [1]), y: Float64Array.of(2) };
 * using objective = createRidgeObjective(createObjective(await loadKernels("simd"), net, squared, examples), net, { x: 1, f: 1, intercept: false });
 * assertAlmostEquals(objective.value(Float64Array.of(3, 0, 1)), 0.5 + 4.5);
 * ```
 */
export function createRidgeObjective(objective: Objective, net: Network, ridge: Ridge): Objective {
  const { d, k, outputs: m } = net;
  if (objective.size !== net.size || net.kind !== "residual-to-output") {
    throw new ShapeError("add a ridge", `[${objective.size}], a residual network`, `[${net.size}], ${net.kind}`);
  }
  const { onX, onF, headOf } = readerOf(net, ridge);
  const valueOf = (params: Vector): number => ridgeAt(net, ridge, params);
  /** Adds `f (C V')` to the part of W and `f (W' C)` to that of V: the gradient of the second term for C = W V, and parts of its derivative. */
  const addPart = (to: Vector, C: Vector, W: Vector, V: Vector): void => {
    const [toW, toV] = headOf(to);
    for (let a = 0; a < m; a++) {
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < k; j++) {
          const slope = onF[j] * C[a * k + j];
          toW[a * d + i] += slope * V[i * k + j];
          toV[i * k + j] += slope * W[a * d + i];
        }
      }
    }
  };
  const addFirst = (to: Vector, W: Vector): void => {
    for (let at = 0; at < m * d; at++) to[at] += onX[at % d] * W[at];
  };
  return {
    ...objective,
    value: (params) => objective.value(params) + valueOf(params),
    valueAndGradient(params) {
      const { value, gradient } = objective.valueAndGradient(params);
      const [W, V] = headOf(params);
      addFirst(gradient, W);
      addPart(gradient, product(net, W, V), W, V);
      return { value: value + valueOf(params), gradient };
    },
    hvp(params, direction) {
      const out = objective.hvp(params, direction);
      const [[W, V], [dW, dV]] = [headOf(params), headOf(direction)];
      const [left, right] = [product(net, dW, V), product(net, W, dV)];
      addFirst(out, dW);
      addPart(out, left.map((value, at) => value + right[at]), W, V);
      addPart(out, product(net, W, V), dW, dV);
      return out;
    },
    [Symbol.dispose]: () => objective[Symbol.dispose](),
  };
}

/** The strengths on x and on f, and where W and V are. */
function readerOf({ d, k, outputs: m }: Network, ridge: Ridge) {
  const onColumns = ridgeOnColumns(ridge, d, k);
  return {
    onX: onColumns.subarray(0, d),
    onF: onColumns.subarray(d),
    headOf: (params: Vector) => [params.subarray(0, m * d), params.subarray(m * d, m * d + d * k)] as const,
  };
}

/** W V [m, k]. */
function product({ d, k, outputs: m }: Network, W: Vector, V: Vector): Vector {
  const out = new Float64Array(m * k);
  for (let a = 0; a < m; a++) {
    for (let i = 0; i < d; i++) for (let j = 0; j < k; j++) out[a * k + j] += W[a * d + i] * V[i * k + j];
  }
  return out;
}

/**
 * What the ridge adds at some parameters: `(x/2) ||W||² + (f/2) ||W V||²`, the intercept's column left out.
 *
 * @param net The residual network.
 * @param ridge The strengths.
 * @param params Its parameters.
 * @returns The penalty.
 * @example W is 3, W V is 6
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland";
 * const net = network(1, dense(1, 1, { bias: false }));
 * assertEquals(ridgeAt(net, { x: 1, f: 0.5, intercept: false }, Float64Array.of(3, 2, 7)), 4.5 + 9);
 * ```
 */
export function ridgeAt(net: Network, ridge: Ridge, params: Vector): number {
  const { onX, onF, headOf } = readerOf(net, ridge);
  const [W, V] = headOf(params);
  return ridgeValue(onX, W) + ridgeValue(onF, product(net, W, V));
}
