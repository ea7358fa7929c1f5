import type { Address } from "../kernels/mod.ts";
import type { Network } from "../nn/mod.ts";
import { cut } from "./_cut.ts";
import type { Signal, Site } from "./_site.ts";

/** Where a network's head is placed: between f_theta's output and the predictions. */
export interface HeadSite extends Site {
  readonly net: Network;
  /** The predictions [rows, outputs]. */
  readonly prediction: Signal;
  /** f_theta [rows, k]. */
  readonly features: Signal;
  /** How many threads work at once; each has a part. */
  readonly parts: number;
}

/** A placed head: the predictions from x and f_theta, and what training needs of them. */
export interface PlacedHead {
  /** The predictions of the rows from `from`, with f_theta there already. */
  predict(x: Address, from: number, rows: number, part: number): void;
  /** The signal into f_theta from the slopes of the loss, after `predict` by the same part. */
  backward(from: number, rows: number, part: number): void;
  /** Part `part` of `parts` of the gradient in the head's parameters. */
  gradient(x: Address, rows: number, part: number, parts: number): void;
  /** The tangent of the predictions, from that of f_theta. */
  predictTangent(x: Address, rows: number): void;
  /** The tangents of `gradient` and `backward`, from that of the slopes. */
  gradientTangent(x: Address, rows: number): void;
}

/**
 * `p = W (x + V f)` with beta = W V, so that V costs O(d k) a batch: `p = x Wᵀ + f betaᵀ`,
 * `S = l'ᵀ x`, `R = l'ᵀ f`, `grad W = S + R Vᵀ`, `grad V = Wᵀ R`, and l' beta is the signal into f.
 */
export function placeResidualHead(site: HeadSite): PlacedHead {
  const { set, kernels: { work }, buffer, tangents, vectors, prediction, features, parts } = site;
  const { d, k, outputs: m } = site.net;
  const { bytes } = set;
  const optional = (elements: number): Address => tangents ? buffer(elements) : 0;
  // Every part has a beta and an R of its own: they are made at the same time.
  const [betas, slopesF] = [0, 1].map(() => Array.from({ length: parts }, () => buffer(m * k)));
  const [betaTangent, slopeFTangent] = [optional(m * k), optional(m * k)];
  const inV = (vector: Address) => vector + m * d * bytes;
  const { value: f, gradient: df, tangent: ft, gradientTangent: dft } = features;
  const { value: p, gradient: dp, tangent: pt, gradientTangent: dpt } = prediction;
  const { point, gradient, direction, product } = vectors;
  const [[beta], [slopeF]] = [betas, slopesF];

  return {
    predict(x, from, rows, part) {
      const to = p + from * m * bytes;
      set.gemmNN(m, k, d, point, d, inV(point), k, betas[part], k, 0, work);
      set.gemmNT(rows, m, d, x + from * d * bytes, d, point, d, to, m, 0, work);
      set.gemmNT(rows, m, k, f + from * k * bytes, k, betas[part], k, to, m, 1, work);
    },
    backward(from, rows, part) {
      set.gemmNN(rows, k, m, dp + from * m * bytes, m, betas[part], k, df + from * k * bytes, k, 0, work);
    },
    gradient(x, rows, part, parts) {
      // The columns of x, and so of W and the rows of V, that are this part's.
      const from = cut(d, part, parts);
      const count = cut(d, part + 1, parts) - from;
      if (count === 0) return;
      const [ofW, ofV, own] = [from * bytes, inV(from * k * bytes), slopesF[part]];
      set.gemmTN(m, count, rows, dp, m, x + ofW, d, gradient + ofW, d, 0, work);
      set.gemmTN(m, k, rows, dp, m, f, k, own, k, 0, work);
      set.gemmNT(m, count, k, own, k, point + ofV, k, gradient + ofW, d, 1, work);
      set.gemmTN(count, k, m, point + ofW, d, own, k, gradient + ofV, k, 0, work);
    },
    predictTangent(x, rows) {
      set.gemmNN(m, k, d, direction, d, inV(point), k, betaTangent, k, 0, work);
      set.gemmNN(m, k, d, point, d, inV(direction), k, betaTangent, k, 1, work);
      set.gemmNT(rows, m, d, x, d, direction, d, pt, m, 0, work);
      set.gemmNT(rows, m, k, f, k, betaTangent, k, pt, m, 1, work);
      set.gemmNT(rows, m, k, ft, k, beta, k, pt, m, 1, work);
    },
    gradientTangent(x, rows) {
      // Of grad W = S + R Vᵀ and grad V = Wᵀ R.
      set.gemmTN(m, k, rows, dpt, m, f, k, slopeFTangent, k, 0, work);
      set.gemmTN(m, k, rows, dp, m, ft, k, slopeFTangent, k, 1, work);
      set.gemmTN(m, d, rows, dpt, m, x, d, product, d, 0, work);
      set.gemmNT(m, d, k, slopeFTangent, k, inV(point), k, product, d, 1, work);
      set.gemmNT(m, d, k, slopeF, k, inV(direction), k, product, d, 1, work);
      set.gemmTN(d, k, m, direction, d, slopeF, k, inV(product), k, 0, work);
      set.gemmTN(d, k, m, point, d, slopeFTangent, k, inV(product), k, 1, work);
      // Of the signal l' beta into f.
      set.gemmNN(rows, k, m, dpt, m, beta, k, dft, k, 0, work);
      set.gemmNN(rows, k, m, dp, m, betaTangent, k, dft, k, 1, work);
    },
  };
}

/** `p = W f`, W [outputs, k]: `grad W = l'ᵀ f`, and l' W is the signal into f. */
export function placePlainHead(site: HeadSite): PlacedHead {
  const { set, kernels: { work }, vectors, prediction, features } = site;
  const { k, outputs: m } = site.net;
  const { bytes } = set;
  const { value: f, gradient: df, tangent: ft, gradientTangent: dft } = features;
  const { value: p, gradient: dp, tangent: pt, gradientTangent: dpt } = prediction;
  const { point, gradient, direction, product } = vectors;

  return {
    predict(_x, from, rows) {
      set.gemmNT(rows, m, k, f + from * k * bytes, k, point, k, p + from * m * bytes, m, 0, work);
    },
    backward(from, rows) {
      set.gemmNN(rows, k, m, dp + from * m * bytes, m, point, k, df + from * k * bytes, k, 0, work);
    },
    gradient(_x, rows, part, parts) {
      const from = cut(k, part, parts) * bytes;
      const count = cut(k, part + 1, parts) - cut(k, part, parts);
      if (count > 0) set.gemmTN(m, count, rows, dp, m, f + from, k, gradient + from, k, 0, work);
    },
    predictTangent(_x, rows) {
      set.gemmNT(rows, m, k, f, k, direction, k, pt, m, 0, work);
      set.gemmNT(rows, m, k, ft, k, point, k, pt, m, 1, work);
    },
    gradientTangent(_x, rows) {
      set.gemmTN(m, k, rows, dpt, m, f, k, product, k, 0, work);
      set.gemmTN(m, k, rows, dp, m, ft, k, product, k, 1, work);
      set.gemmNN(rows, k, m, dpt, m, point, k, dft, k, 0, work);
      set.gemmNN(rows, k, m, dp, m, direction, k, dft, k, 1, work);
    },
  };
}
