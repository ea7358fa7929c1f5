import type { Address, Dtype, Kernels } from "../kernels/mod.ts";
import { type AnyLoss, isJoint, type Loss, type RealsOut } from "../loss/mod.ts";
import { cut, makeSignal, type Network, place, type Site } from "../nn/mod.ts";

/** A network laid out in kernel memory for batches of up to `rows` rows, its flat vectors beside it. */
export interface PlacedNetwork {
  /** The flat vectors [size]: point and direction are read, gradient and product are written. */
  readonly vectors: Site["vectors"];
  /** f_theta [rows, k] and the predictions [rows, outputs] of the last batch. */
  readonly features: Address;
  readonly predictions: Address;
  /** The sum of the losses over a batch: x [rows, d], y [rows, outputs]. */
  value(x: Address, y: Address, rows: number): number;
  /** The same sum, from the predictions that the last call on that batch made. */
  loss(y: Address, rows: number): number;
  /** The sum, and `gradient` = the gradient of `scale` times that sum: `signals`, then `gradients`, as one part. */
  gradient(x: Address, y: Address, rows: number, scale: number): number;
  /** First half of part `part` of `parts` of `gradient`: its share of the rows, forward and backward. Returns their losses. */
  signals(x: Address, y: Address, rows: number, scale: number, part: number, parts: number): number;
  /** Second half, once every part has done the first: its share of the parameters. */
  gradients(x: Address, rows: number, part: number, parts: number): void;
  /** `product` = the derivative along `direction` of the gradient of `scale` times the sum. */
  product(x: Address, y: Address, rows: number, scale: number): void;
}

/** How to place a network. */
export interface Placement {
  /** Most rows of a batch. */
  readonly rows: number;
  /** Whether Hessian-vector products are wanted. */
  readonly tangents: boolean;
  /** How many parts `signals` and `gradients` can be cut into at most (default 1). */
  readonly parts?: number;
  /** Makes a buffer of that many elements. */
  readonly buffer: (elements: number) => Address;
}

/**
 * Places `p = W (x + V f_theta(x))` with beta = W V, so that V costs O(d k) a batch: `p = x Wᵀ + f betaᵀ`,
 * `S = l'ᵀ x`, `R = l'ᵀ f`, `grad W = S + R Vᵀ`, `grad V = Wᵀ R`, and l' beta is the signal into f_theta.
 */
export function placeNetwork(
  kernels: Kernels,
  dtype: Dtype,
  net: Network,
  loss: AnyLoss,
  options: Placement,
): PlacedNetwork {
  const { rows: capacity, tangents, parts: most = 1, buffer } = options;
  const { d, k, outputs: m, size } = net;
  const { memory, work } = kernels;
  const set = kernels[dtype];
  const { bytes } = set;
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
  const bend = optional(tangents, capacity * m);
  // Every part has a beta of its own: they are made at the same time.
  const betas = Array.from({ length: most }, () => buffer(m * k));
  const [slopeX, slopeF] = [buffer(m * d), buffer(m * k)];
  const [betaTangent, slopeFTangent] = [optional(tangents, m * k), optional(tangents, m * k)];
  const inV = (vector: Address) => vector + m * d * bytes;
  const { value: f, gradient: df, tangent: ft, gradientTangent: dft } = theta.output;
  const { value: p, gradient: dp, tangent: pt, gradientTangent: dpt } = prediction;
  const { point, gradient, direction, product } = vectors;
  /** The inputs of the batch at hand; nobody asks for a gradient in them. */
  const input = { value: 0, gradient: 0, tangent: 0, gradientTangent: 0 };

  const predict = (from: number, rows: number, order: 0 | 1 | 2, beta: Address) => {
    const to = p + from * m * bytes;
    theta.forward(input, from, rows, order);
    set.gemmNN(m, k, d, point, d, inV(point), k, beta, k, 0, work);
    set.gemmNT(rows, m, d, input.value + from * d * bytes, d, point, d, to, m, 0, work);
    set.gemmNT(rows, m, k, f + from * k * bytes, k, beta, k, to, m, 1, work);
  };
  const evaluateLoss = (
    y: Address,
    from: number,
    rows: number,
    scale: number,
    slope: Address,
    curvature: Address,
  ): number => {
    const n = rows * m;
    const shift = from * m * bytes;
    const [slopes, bends] = [slope && slope + shift, curvature && curvature + shift];
    if (!isJoint(loss) && loss.code !== null) {
      return set.loss(loss.code, loss.parameter, n, scale, p + shift, y + shift, slopes, bends);
    }
    const view = (at: Address) => memory.view(dtype, at, at === 0 ? 0 : n);
    if (isJoint(loss)) {
      return loss.evaluate({ n: rows, m, p: view(p + shift), y: view(y + shift) }, scale, view(slopes));
    }
    return ownLoss(loss, scale, view(p + shift), view(y + shift), view(slopes), view(bends));
  };
  /** The tangent of the slopes, l'' times that of the predictions. */
  const bendTangent = (y: Address, rows: number, scale: number): void => {
    if (!isJoint(loss)) return set.mul(rows * m, bend, pt, dpt);
    const view = (at: Address) => memory.view(dtype, at, rows * m);
    loss.bend({ n: rows, m, p: view(p), y: view(y) }, scale, view(pt), view(dpt));
  };
  const backward = (from: number, rows: number, order: 1 | 2, beta: Address) => {
    const shift = from * k * bytes;
    set.gemmNN(rows, k, m, dp + from * m * bytes, m, beta, k, df + shift, k, 0, work);
    if (order === 1) theta.backward(input, from, rows);
  };
  const headGradient = (rows: number) => {
    set.gemmTN(m, d, rows, dp, m, input.value, d, slopeX, d, 0, work);
    set.gemmTN(m, k, rows, dp, m, f, k, slopeF, k, 0, work);
    set.copy(m * d, slopeX, gradient);
    set.gemmNT(m, d, k, slopeF, k, inV(point), k, gradient, d, 1, work);
    set.gemmTN(d, k, m, point, d, slopeF, k, inV(gradient), k, 0, work);
  };
  const signals = (x: Address, y: Address, rows: number, scale: number, part: number, parts: number): number => {
    const from = cut(rows, part, parts);
    const count = cut(rows, part + 1, parts) - from;
    if (count === 0) return 0;
    input.value = x;
    predict(from, count, 1, betas[part]);
    const value = evaluateLoss(y, from, count, scale, dp, 0);
    backward(from, count, 1, betas[part]);
    return value;
  };
  const gradients = (x: Address, rows: number, part: number, parts: number): void => {
    input.value = x;
    if (part === 0) headGradient(rows);
    theta.gradient(input, rows, part, parts);
  };

  return {
    vectors,
    features: f,
    predictions: p,
    signals,
    gradients,
    loss: (y, rows) => evaluateLoss(y, 0, rows, 1, 0, 0),
    value(x, y, rows) {
      input.value = x;
      predict(0, rows, 0, betas[0]);
      return evaluateLoss(y, 0, rows, 1, 0, 0);
    },
    gradient(x, y, rows, scale) {
      const value = signals(x, y, rows, scale, 0, 1);
      gradients(x, rows, 0, 1);
      return value;
    },
    product(x, y, rows, scale) {
      const [beta] = betas;
      input.value = x;
      predict(0, rows, 2, beta);
      evaluateLoss(y, 0, rows, scale, dp, bend);
      backward(0, rows, 2, beta);
      headGradient(rows);
      theta.forwardTangent(input, rows);
      // Tangents of beta, of the predictions, and of the slopes.
      set.gemmNN(m, k, d, direction, d, inV(point), k, betaTangent, k, 0, work);
      set.gemmNN(m, k, d, point, d, inV(direction), k, betaTangent, k, 1, work);
      set.gemmNT(rows, m, d, x, d, direction, d, pt, m, 0, work);
      set.gemmNT(rows, m, k, f, k, betaTangent, k, pt, m, 1, work);
      set.gemmNT(rows, m, k, ft, k, beta, k, pt, m, 1, work);
      bendTangent(y, rows, scale);
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
    },
  };
}

/** A loss that only its TypeScript computes; lengths of 0 stand for outputs that nobody asked for. */
function ownLoss(
  loss: Loss,
  scale: number,
  p: ArrayLike<number>,
  y: ArrayLike<number>,
  slope: RealsOut,
  bend: RealsOut,
): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    sum += loss.value(p[i], y[i]);
    if (bend.length > 0) bend[i] = scale * loss.curvature(p[i], y[i]);
    if (slope.length > 0) slope[i] = scale * loss.slope(p[i], y[i]);
  }
  return sum;
}
