import type { Address, Dtype, Kernels } from "../kernels/mod.ts";
import { type AnyLoss, isJoint, type Loss, type RealsOut, weightedLoss, weightRows } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import { place } from "./_place.ts";
import { type HeadSite, type PlacedHead, placePlainHead, placeResidualHead } from "./_placed_head.ts";
import { makeSignal, type PlacedLayer, type Signal, type Site } from "./_site.ts";

/** A network laid out in kernel memory for batches of up to `rows` rows, its flat vectors beside it. */
export interface PlacedNetwork {
  /** The flat vectors [size]: point and direction are read, gradient and product are written. */
  readonly vectors: Site["vectors"];
  /** f_theta [rows, k] and the predictions [rows, outputs] of the last batch. */
  readonly features: Address;
  readonly predictions: Address;
  /** The weight of each row of the batch, of mean 1 over the data, which the caller writes before the batch is computed; 0 where rows are not weighted. */
  readonly weights: Address;
  /** f_theta of a batch, into `features`. */
  compute(x: Address, rows: number): void;
  /** The predictions of a batch, and f_theta; or of some rows of one, from one on, by a part of those that compute at the same time. */
  predict(x: Address, rows: number, from?: number, part?: number): void;
  /** The sum of the losses over a batch, y [rows, outputs], from the predictions that the last call on it made, or that lie at another place. */
  loss(y: Address, rows: number, p?: Address): number;
  /** That sum, and `gradient` = the gradient of `scale` times that sum: the four below in turn, as one part. */
  gradient(x: Address, y: Address, rows: number, scale: number): number;
  /** First, of some rows of a batch: the predictions, and what `backward` needs. Rows that other calls have may be computed at the same time by another part. */
  forward(x: Address, from: number, rows: number, part: number): void;
  /** Second, of those rows: the slopes of `scale` times the loss. Returns the sum of the losses. */
  slopes(y: Address, from: number, rows: number, scale: number): number;
  /** Whether `slopes` is one call of a kernel. */
  readonly slopesAreCall: boolean;
  /** Third, of those rows, by the same part: the signals into every layer. */
  backward(from: number, rows: number, part: number): void;
  /** Last, once that was done for all rows: part `part` of `parts` of the gradient. */
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
  /** Whether rows have weights (default false). */
  readonly weighted?: boolean;
  /** How many parts there can be at most (default 1). */
  readonly parts?: number;
  /** Makes a buffer of that many elements. */
  readonly buffer: (elements: number) => Address;
}

/** Places a network with its loss; null for one that only predicts. */
export function placeNetwork(
  kernels: Kernels,
  dtype: Dtype,
  net: Network,
  loss: AnyLoss | null,
  options: Placement,
): PlacedNetwork {
  const { rows: capacity, tangents, weighted = false, parts: most = 1, buffer } = options;
  const { d, k, outputs: m, size, kind } = net;
  const set = kernels[dtype];
  const optional = (wanted: boolean, elements: number): Address => wanted ? buffer(elements) : 0;
  const vectors = {
    point: buffer(size),
    gradient: buffer(size),
    direction: optional(tangents, size),
    product: optional(tangents, size),
  };
  const site: Site = { kernels, set, rows: capacity, tangents, buffer, vectors };
  const theta = place(site, net.body, d, kind === "plain" ? m * k : m * d + d * k);
  const prediction = makeSignal(site, m);
  const bend = optional(tangents, capacity * m);
  const weights = optional(weighted, capacity);
  const headSite: HeadSite = { ...site, net, prediction, features: theta.output, parts: most };
  const head = kind === "plain" ? placePlainHead(headSite) : placeResidualHead(headSite);
  const input = { value: 0, gradient: 0, tangent: 0, gradientTangent: 0 };
  const placed: Placed = { memory: kernels.memory, set, dtype, m, loss, theta, head, input, prediction, bend, weights };
  return {
    vectors,
    features: theta.output.value,
    predictions: prediction.value,
    weights,
    slopesAreCall: loss !== null && !isJoint(loss) && loss.code !== null && !weighted,
    forward: (x, from, rows, part) => predict(placed, x, from, rows, 1, part),
    slopes: (y, from, rows, scale) => slopes(placed, y, from, rows, scale),
    backward: (from, rows, part) => backward(placed, from, rows, part),
    gradients: (x, rows, part, parts) => gradients(placed, x, rows, part, parts),
    compute(x, rows) {
      input.value = x;
      theta.forward(input, 0, rows, 0);
    },
    predict: (x, rows, from = 0, part = 0) => predict(placed, x, from, rows, 0, part),
    loss: (y, rows, p = prediction.value) => evaluateLoss(placed, y, 0, rows, 1, 0, 0, p),
    gradient(x, y, rows, scale) {
      predict(placed, x, 0, rows, 1, 0);
      const value = slopes(placed, y, 0, rows, scale);
      backward(placed, 0, rows, 0);
      gradients(placed, x, rows, 0, 1);
      return value;
    },
    product: (x, y, rows, scale) => product(placed, x, y, rows, scale),
  };
}

/** What is laid out. */
interface Placed extends Pick<Site, "set"> {
  readonly memory: Kernels["memory"];
  readonly dtype: Dtype;
  /** Outputs. */
  readonly m: number;
  readonly loss: AnyLoss | null;
  readonly theta: PlacedLayer;
  readonly head: PlacedHead;
  /** The inputs of the current batch; their gradient is not needed. */
  readonly input: { -readonly [Part in keyof Signal]: Signal[Part] };
  readonly prediction: Signal;
  /** l'' of each prediction; 0 without products. */
  readonly bend: Address;
  /** 0 without weights. */
  readonly weights: Address;
}

function predict(
  { theta, head, input }: Placed,
  x: Address,
  from: number,
  rows: number,
  order: 0 | 1 | 2,
  part: number,
): void {
  input.value = x;
  theta.forward(input, from, rows, order);
  head.predict(x, from, rows, part);
}

const slopes = (placed: Placed, y: Address, from: number, rows: number, scale: number): number =>
  evaluateLoss(placed, y, from, rows, scale, placed.prediction.gradient, 0);

function backward({ theta, head, input }: Placed, from: number, rows: number, part: number): void {
  head.backward(from, rows, part);
  theta.backward(input, from, rows);
}

function gradients({ theta, head, input }: Placed, x: Address, rows: number, part: number, parts: number): void {
  input.value = x;
  head.gradient(x, rows, part, parts);
  theta.gradient(input, rows, part, parts);
}

function product(placed: Placed, x: Address, y: Address, rows: number, scale: number): void {
  const { theta, head, input, prediction, bend } = placed;
  predict(placed, x, 0, rows, 2, 0);
  evaluateLoss(placed, y, 0, rows, scale, prediction.gradient, bend);
  head.backward(0, rows, 0);
  head.gradient(x, rows, 0, 1);
  theta.forwardTangent(input, rows);
  head.predictTangent(x, rows);
  bendTangent(placed, y, rows, scale);
  head.gradientTangent(x, rows);
  theta.backwardTangent(input, rows);
}

/** The sum of the losses of some rows at their predictions; their slopes and l'' times `scale` where addresses are given. */
function evaluateLoss(
  { memory, set, dtype, m, loss, prediction, weights }: Placed,
  y: Address,
  from: number,
  rows: number,
  scale: number,
  slope: Address,
  curvature: Address,
  predictions: Address = prediction.value,
): number {
  if (loss === null) return 0;
  const n = rows * m;
  const shift = from * m * set.bytes;
  const p = predictions + shift;
  const [slopes, bends] = [slope && slope + shift, curvature && curvature + shift];
  const own = (at: Address, count: number) => memory.view(dtype, at, at === 0 ? 0 : count);
  if (weights !== 0) {
    const batch = { n: rows, m, p: own(p, n), y: own(y + shift, n) };
    return weightedLoss(loss, batch, own(weights + from * set.bytes, rows), scale, own(slopes, n), own(bends, n));
  }
  if (!isJoint(loss) && loss.code !== null) {
    return set.loss(loss.code, loss.parameter, n, scale, p, y + shift, slopes, bends);
  }
  if (isJoint(loss)) return loss.evaluate({ n: rows, m, p: own(p, n), y: own(y + shift, n) }, scale, own(slopes, n));
  return ownLoss(loss, scale, own(p, n), own(y + shift, n), own(slopes, n), own(bends, n));
}

/** The tangent of the slopes, l'' times that of the predictions. */
function bendTangent(
  { memory, set, dtype, m, loss, prediction, bend, weights }: Placed,
  y: Address,
  rows: number,
  scale: number,
): void {
  const { value: p, tangent: pt, gradientTangent: dpt } = prediction;
  if (loss === null || !isJoint(loss)) return set.mul(rows * m, bend, pt, dpt);
  const view = (at: Address) => memory.view(dtype, at, rows * m);
  loss.hvp({ n: rows, m, p: view(p), y: view(y) }, scale, view(pt), view(dpt));
  if (weights !== 0) weightRows(memory.view(dtype, weights, rows), m, view(dpt));
}

/** A loss that only its TypeScript computes; a length of 0 means that an output is not needed. */
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
    if (bend.length > 0) bend[i] = scale * loss.d2(p[i], y[i]);
    if (slope.length > 0) slope[i] = scale * loss.d1(p[i], y[i]);
  }
  return sum;
}
