import type { Head } from "../landscape/mod.ts";
import { type Matrix, norm } from "../tensor/mod.ts";

/** A matrix with every entry times a number. */
export const scaledBy = (share: number, a: Matrix): Matrix => ({ ...a, data: a.data.map((value) => share * value) });

/** Both parts at norm 1: of a modest size, where searches have a chance to end. */
export function tamed({ W, V }: Head): Head {
  return { W: scaledBy(1 / (norm(W.data) || 1), W), V: scaledBy(1 / (norm(V.data) || 1), V) };
}

/** The head with W = 0. */
export const atZero = ({ W, V }: Head): Head => ({ W: scaledBy(0, W), V });

/** The last row of W as half the first: W lacks a rank where it has several rows, and is 0 where it has one. */
export function lackingRank({ W, V }: Head): Head {
  const { rows: m, cols: d } = W;
  if (m === 1) return atZero({ W, V });
  const data = W.data.slice();
  for (let j = 0; j < d; j++) data[(m - 1) * d + j] = 0.5 * data[j];
  return { W: { ...W, data }, V };
}

/** `(W, V) + (D, E)`. */
export function plus({ W, V }: Head, { W: D, V: E }: Head): Head {
  const sum = (a: Matrix, b: Matrix): Matrix => ({ ...a, data: a.data.map((value, i) => value + b.data[i]) });
  return { W: sum(W, D), V: sum(V, E) };
}
