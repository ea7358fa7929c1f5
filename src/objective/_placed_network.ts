import type { Address, Dtype, Kernels } from "../kernels/mod.ts";
import type { Loss } from "../loss/mod.ts";
import { makeSignal, type Network, place, type Signal, type Site } from "../nn/mod.ts";

/** A network laid out in kernel memory for batches of up to `rows` rows, its flat vectors beside it. */
export interface PlacedNetwork {
  /** The flat vectors [size]: point and direction are read, gradient and product are written. */
  readonly vectors: Site["vectors"];
  /** f_theta [rows, k] and the predictions [rows, outputs] of the last batch. */
  readonly features: Address;
  readonly predictions: Address;
  /** The sum of the losses over a batch: x [rows, d], y [rows, outputs]. */
  value(x: Address, y: Address, rows: number): number;
  /** The same, and `gradient` = the gradient of `scale` times that sum. */
  gradient(x: Address, y: Address, rows: number, scale: number): number;
  /** `gradient`, and `product` = its derivative along `direction`. */
  product(x: Address, y: Address, rows: number, scale: number): number;
  /** Frees every buffer. */
  dispose(): void;
}

/**
 * Places `p = W (x + V f_theta(x))` with beta = W V, so that V costs O(d k) a batch: `p = x Wᵀ + f betaᵀ`,
 * `S = l'ᵀ x`, `R = l'ᵀ f`, `grad W = S + R Vᵀ`, `grad V = Wᵀ R`, and l' beta is the signal into f_theta.
 */
export function placeNetwork(
  kernels: Kernels,
  dtype: Dtype,
  net: Network,
  loss: Loss,
  options: { readonly rows: number; readonly tangents: boolean },
): PlacedNetwork {
  const { rows: capacity, tangents } = options;
  const { d, k, outputs: m, size } = net;
  const { memory, work } = kernels;
  const set = kernels[dtype];
  const blocks: Address[] = [];
  const buffer = (elements: number): Address => {
    const at = memory.allocate(elements * set.bytes);
    blocks.push(at);
    return at;
  };
  const optional = (wanted: boolean, elements: number): Address => wanted ? buffer(elements) : 0;
  const vectors = {
    point: buffer(size),
    gradient: buffer(size),
    direction: optional(tangents, size),
    product: optional(tangents, size),
  };
  const site: Site = { kernels, set, rows: capacity, tangents, buffer, vectors };
  const theta = place(site, net.theta, d, m * d + d * k);
  const prediction = makeSignal(site, m);
  const curvature = optional(tangents, capacity * m);
  const [beta, slopeX, slopeF] = [buffer(m * k), buffer(m * d), buffer(m * k)];
  const [betaTangent, slopeFTangent] = [optional(tangents, m * k), optional(tangents, m * k)];
  const inV = (vector: Address) => vector + m * d * set.bytes;
  const { value: f, gradient: df, tangent: ft, gradientTangent: dft } = theta.output;
  const { value: p, gradient: dp, tangent: pt, gradientTangent: dpt } = prediction;
  const { point, gradient, direction, product } = vectors;

  const inputAt = (x: Address): Signal => ({ value: x, gradient: 0, tangent: 0, gradientTangent: 0 });

  const predict = (input: Signal, rows: number, order: 0 | 1 | 2) => {
    theta.forward(input, rows, order);
    set.gemmNN(m, k, d, point, d, inV(point), k, beta, k, 0, work);
    set.gemmNT(rows, m, d, input.value, d, point, d, p, m, 0, work);
    set.gemmNT(rows, m, k, f, k, beta, k, p, m, 1, work);
  };
  const evaluateLoss = (y: Address, rows: number, scale: number, slope: Address, bend: Address): number => {
    const n = rows * m;
    if (loss.code !== null) return set.loss(loss.code, loss.parameter, n, scale, p, y, slope, bend);
    const view = (at: Address) => memory.view(dtype, at, at === 0 ? 0 : n);
    return ownLoss(loss, scale, view(p), view(y), view(slope), view(bend));
  };
  const backward = (input: Signal, rows: number) => {
    set.gemmTN(m, d, rows, dp, m, input.value, d, slopeX, d, 0, work);
    set.gemmTN(m, k, rows, dp, m, f, k, slopeF, k, 0, work);
    set.copy(m * d, slopeX, gradient);
    set.gemmNT(m, d, k, slopeF, k, inV(point), k, gradient, d, 1, work);
    set.gemmTN(d, k, m, point, d, slopeF, k, inV(gradient), k, 0, work);
    set.gemmNN(rows, k, m, dp, m, beta, k, df, k, 0, work);
  };

  return {
    vectors,
    features: f,
    predictions: p,
    value(x, y, rows) {
      predict(inputAt(x), rows, 0);
      return evaluateLoss(y, rows, 1, 0, 0);
    },
    gradient(x, y, rows, scale) {
      const input = inputAt(x);
      predict(input, rows, 1);
      const value = evaluateLoss(y, rows, scale, dp, 0);
      backward(input, rows);
      theta.backward(input, rows);
      return value;
    },
    product(x, y, rows, scale) {
      const input = inputAt(x);
      predict(input, rows, 2);
      const value = evaluateLoss(y, rows, scale, dp, curvature);
      backward(input, rows);
      theta.forwardTangent(input, rows);
      // Tangents of beta, of the predictions, and of the slopes.
      set.gemmNN(m, k, d, direction, d, inV(point), k, betaTangent, k, 0, work);
      set.gemmNN(m, k, d, point, d, inV(direction), k, betaTangent, k, 1, work);
      set.gemmNT(rows, m, d, x, d, direction, d, pt, m, 0, work);
      set.gemmNT(rows, m, k, f, k, betaTangent, k, pt, m, 1, work);
      set.gemmNT(rows, m, k, ft, k, beta, k, pt, m, 1, work);
      set.mul(rows * m, curvature, pt, dpt);
      // Of grad W = S + R Vᵀ and grad V = Wᵀ R.
      set.gemmTN(m, k, rows, dpt, m, f, k, slopeFTangent, k, 0, work);
      set.gemmTN(m, k, rows, dp, m, ft, k, slopeFTangent, k, 1, work);
      set.gemmTN(m, d, rows, dpt, m, x, d, product, d, 0, work);
      set.gemmNT(m, d, k, slopeFTangent, k, inV(point), k, product, d, 1, work);
      set.gemmNT(m, d, k, slopeF, k, inV(direction), k, product, d, 1, work);
      set.gemmTN(d, k, m, direction, d, slopeF, k, inV(product), k, 0, work);
      set.gemmTN(d, k, m, point, d, slopeFTangent, k, inV(product), k, 1, work);
      // Of the signal l' beta into f_theta.
      set.gemmNN(rows, k, m, dpt, m, beta, k, dft, k, 0, work);
      set.gemmNN(rows, k, m, dp, m, betaTangent, k, dft, k, 1, work);
      theta.backwardTangent(input, rows);
      return value;
    },
    dispose() {
      for (const block of blocks.splice(0)) memory.free(block);
    },
  };
}

/** A loss that only its TypeScript computes; lengths of 0 stand for outputs that nobody asked for. */
function ownLoss(
  loss: Loss,
  scale: number,
  p: ArrayLike<number>,
  y: ArrayLike<number>,
  slope: FloatOut,
  bend: FloatOut,
): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    sum += loss.value(p[i], y[i]);
    if (bend.length > 0) bend[i] = scale * loss.curvature(p[i], y[i]);
    if (slope.length > 0) slope[i] = scale * loss.slope(p[i], y[i]);
  }
  return sum;
}

interface FloatOut {
  readonly length: number;
  [index: number]: number;
}
