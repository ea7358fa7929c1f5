import type { Address, Kernels } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import { type Matrix, ShapeError, type Vector } from "../tensor/mod.ts";
import { createPasses } from "./_passes.ts";
import { type PlacedNetwork, placeNetwork } from "./_placed_network.ts";

/** Inputs [rows, d] and targets [rows]. */
export interface Examples {
  /** Inputs, one example per row. */
  readonly x: Matrix;
  /** Targets, one per row (row-major [rows, outputs] when there are several). */
  readonly y: Vector;
  /** The weight of each row, above 0 [rows]: means over the rows are weighted by them; only their ratios count (default: equal ones). */
  readonly weights?: Vector;
}

/**
 * Inputs, targets and weights alone, of a value that holds more: what a worker is sent.
 *
 * @param data The value.
 * @returns Its examples.
 * @example Names do not cross
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(1, 1, [1]), y: Float64Array.of(2), features: ["a"] };
 * assertEquals(Object.keys(onlyExamples(data)), ["x", "y"]);
 * ```
 */
export const onlyExamples = ({ x, y, weights }: Examples): Examples => ({ x, y, ...weights && { weights } });

/** A value with its gradient. */
export interface ValueAndGradient {
  /** F at the point. */
  readonly value: number;
  /** Its gradient, in the layout of the point. */
  readonly gradient: Vector;
}

/** The mean loss of a network over a data set as functions of one flat vector; f64 throughout. Dispose it to free its memory. */
export interface Objective extends Disposable {
  /** Length of a point. */
  readonly size: number;
  /** Rows of the data. */
  readonly rows: number;
  /** `F(params)`. Cost: one forward pass. */
  value(params: Vector): number;
  /** `F` and its gradient. Cost: about three forward passes. */
  valueAndGradient(params: Vector): ValueAndGradient;
  /** The Hessian at `params` times `direction`. Cost: about eight forward passes. */
  hvp(params: Vector, direction: Vector): Vector;
  /** `f_theta(x)` [rows, k] at the point's theta. */
  features(params: Vector): Matrix;
  /** The predictions [rows, outputs]. */
  predict(params: Vector): Vector;
}

/**
 * `F(params) = E[l(p(x); y)]`, with `p = W (x + V f_theta(x))` or, of a plain network, `p = W f_theta(x)`, over the rows of a data set, which stays in kernel memory where it is small, and passes through it where it is large.
 *
 * @param kernels The kernels to compute with.
 * @param net The network.
 * @param loss The loss.
 * @param data Inputs [rows, d] and targets [rows].
 * @returns Pure functions of a flat vector in the network's layout.
 * @throws {ShapeError} If the data do not fit the network, or later a point does not.
 * @example The zero point predicts zero
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { squared } from "@resland/resland/loss";
 * import { dense, network } from "@resland/resland/nn";
 * import { matrix } from "@resland/resland/tensor";
 * const data = { x: matrix(2, 1, [1, 1]), y: Float64Array.of(1, -3) };
 * using objective = createObjective(await loadKernels("simd"), network(1, dense(1, 1)), squared, data);
 * assertEquals(objective.value(new Float64Array(objective.size)), (1 + 9) / 4);
 * ```
 */
export function createObjective(kernels: Kernels, net: Network, loss: AnyLoss, data: Examples): Objective {
  checkData(net, data);
  const { size, k, outputs } = net;
  const { memory, f64: set } = kernels;
  const { rows } = data.x;
  const blocks: Address[] = [];
  const buffer = (elements: number): Address => {
    const at = memory.allocate(elements * 8);
    blocks.push(at);
    return at;
  };
  const total = buffer(size);
  const passes = createPasses(kernels, net, data, buffer);
  const placement = { rows: passes.most, weighted: passes.weighted, buffer };
  const light = placeNetwork(kernels, "f64", net, loss, { ...placement, tangents: false });
  let heavy: PlacedNetwork | null = null;
  const copyIn = (address: Address, vector: Vector, what: string) => {
    if (vector.length !== size) throw new ShapeError(`evaluate at the ${what}`, `[${size}]`, `[${vector.length}]`);
    memory.view("f64", address, size).set(vector);
  };
  const copyOut = (): Vector => memory.view("f64", total, size).slice() as Vector;
  const scale = 1 / rows;
  return {
    size,
    rows,
    value(params) {
      copyIn(light.vectors.point, params, "parameters");
      return passes.overPredictions(params, light, light.loss) * scale;
    },
    valueAndGradient(params) {
      copyIn(light.vectors.point, params, "parameters");
      set.fill(size, 0, total);
      const value = passes.over(light, (xs, ys, count) => {
        const sum = light.gradient(xs, ys, count, scale);
        set.axpy(size, 1, light.vectors.gradient, total);
        return sum;
      }) * scale;
      return { value, gradient: copyOut() };
    },
    hvp(params, direction) {
      const placed = heavy ??= placeNetwork(kernels, "f64", net, loss, { ...placement, tangents: true });
      copyIn(placed.vectors.point, params, "parameters");
      copyIn(placed.vectors.direction, direction, "direction");
      set.fill(size, 0, total);
      passes.over(placed, (xs, ys, count) => {
        placed.product(xs, ys, count, scale);
        set.axpy(size, 1, placed.vectors.product, total);
        return 0;
      });
      return copyOut();
    },
    features(params) {
      copyIn(light.vectors.point, params, "parameters");
      const data = new Float64Array(rows * k);
      passes.over(light, (xs, _ys, count, from) => {
        light.compute(xs, count);
        data.set(memory.view("f64", light.features, count * k), from * k);
        return 0;
      });
      return Object.freeze({ rows, cols: k, data });
    },
    predict(params) {
      copyIn(light.vectors.point, params, "parameters");
      const found = new Float64Array(rows * outputs);
      passes.overPredictions(params, light, (_y, count, at, from) => {
        found.set(memory.view("f64", at, count * outputs), from * outputs);
        return 0;
      });
      return found;
    },
    [Symbol.dispose]() {
      heavy = null;
      for (const block of blocks.splice(0)) memory.free(block);
    },
  };
}

function checkData({ d, outputs }: Network, { x, y }: Examples): void {
  if (x.cols !== d) throw new ShapeError("evaluate the network on the data", `[rows, ${d}]`, `[${x.rows}, ${x.cols}]`);
  if (y.length !== x.rows * outputs) {
    throw new ShapeError("pair inputs with targets", `[${x.rows * outputs}]`, `[${y.length}]`);
  }
  if (x.rows < 1) throw new ShapeError("average over the rows", "[1 or more, d]", `[0, ${x.cols}]`);
}
