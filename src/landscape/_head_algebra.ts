import { dot, type Matrix, norm, type Vector } from "../tensor/mod.ts";
import type { Evaluation, Head, HeadObjective } from "./head_objective.ts";

/** `a + share b`, entry by entry. */
export function plusTimes(a: Matrix, share: number, b: Matrix): Matrix {
  const data = new Float64Array(a.data.length);
  for (let i = 0; i < data.length; i++) data[i] = a.data[i] + share * b.data[i];
  return Object.freeze({ rows: a.rows, cols: a.cols, data });
}

/** `(W, V) + step (D, E)`. */
export function moved({ W, V }: Head, { W: D, V: E }: Head, step = 1): Head {
  return { W: plusTimes(W, step, D), V: plusTimes(V, step, E) };
}

/** `share (D, E)`. */
export function scaledHead({ W, V }: Head, share: number): Head {
  const of = (a: Matrix): Matrix => Object.freeze({ ...a, data: a.data.map((entry) => share * entry) });
  return { W: of(W), V: of(V) };
}

/** The Euclidean norm over both parts. */
export const headNorm = ({ W, V }: Head): number => Math.hypot(norm(W.data), norm(V.data));

/** The derivative of F_theta along a direction. */
export const slopeAlong = ({ gradientW, gradientV }: Evaluation, { W, V }: Head): number =>
  dot(gradientW.data, W.data) + dot(gradientV.data, V.data);

/** A direction as one vector: W, then V. */
export function flat({ W, V }: Head): Vector {
  const out = new Float64Array(W.data.length + V.data.length);
  out.set(W.data);
  out.set(V.data, W.data.length);
  return out;
}

/** A vector of m d + d k numbers as a direction. */
export function unflat({ outputs: m, d, k }: HeadObjective, vector: Vector): Head {
  return {
    W: Object.freeze({ rows: m, cols: d, data: vector.slice(0, m * d) }),
    V: Object.freeze({ rows: d, cols: k, data: vector.slice(m * d) }),
  };
}
