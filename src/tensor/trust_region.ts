import { dot, norm } from "./algebra.ts";
import type { Matrix, Vector } from "./matrix.ts";

/** A step inside a ball that minimises a quadratic model. */
export interface TrustRegionStep {
  /** The step [n]. */
  readonly step: Vector;
  /** How much the model falls: `-(g'y + y'Ay/2)`, at least 0. */
  readonly decrease: number;
}

/**
 * The global minimiser of `g'y + y'Ay/2` over `||y|| <= radius`, from the eigenpairs of A (More and Sorensen 1983):
 * `y = -(A + mu)^-1 g` with the least `mu >= max(0, -lambda_min)` that keeps y in the ball; in the hard case, where g has
 * no part along the lowest eigenvector, that eigenvector fills the ball up. So it leaves a strict saddle, where g = 0.
 *
 * @param values Eigenvalues of A, ascending [n].
 * @param vectors Its eigenvectors, as rows [n, n].
 * @param gradient g [n].
 * @param radius Above 0.
 * @returns The step and the decrease of the model.
 * @example A strict saddle is left along its lowest eigenvector
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const { step, decrease } = trustRegionStep(Float64Array.of(-1, 1), matrix(2, 2, [1, 0, 0, 1]), Float64Array.of(0, 0), 2);
 * assertEquals([Math.abs(step[0]), step[1], decrease], [2, 0, 2]);
 * ```
 */
export function trustRegionStep(values: Vector, vectors: Matrix, gradient: Vector, radius: number): TrustRegionStep {
  const n = values.length;
  const row = (j: number) => vectors.data.subarray(j * n, (j + 1) * n) as Vector;
  const parts = Float64Array.from(values, (_, j) => dot(row(j), gradient));
  const scale = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]), Number.MIN_VALUE);
  // Directions of no curvature and no slope stay out of the step: what the parts hold there is rounding.
  const flat = (mu: number, j: number) => values[j] + mu <= 1e-14 * scale;
  const at = (mu: number) => parts.map((part, j) => flat(mu, j) ? 0 : -part / (values[j] + mu));
  const onEdge = (mu: number) => parts.map((part, j) => values[j] + mu > 0 ? -part / (values[j] + mu) : 0);
  const floor = Math.max(0, -values[0]);
  let y = at(floor);
  // Where there is negative curvature, a slope that rounding could have made, in g or in A times a step, must not hide that
  // the direction falls by itself; elsewhere the slope is all there is to follow.
  const rounding = 1e-14 * Math.max(norm(gradient), floor > 0 ? scale * radius : 0);
  const sloped = parts.some((part, j) => flat(floor, j) && Math.abs(part) > rounding);
  if (norm(y) > radius || sloped) {
    y = onEdge(shiftFor(values, parts, radius, floor));
  } else if (floor > 0) {
    y[0] += (parts[0] > 0 ? -1 : 1) * Math.sqrt(Math.max(0, radius * radius - norm(y) ** 2));
  }
  const step = new Float64Array(n);
  let change = 0;
  for (let j = 0; j < n; j++) {
    change += parts[j] * y[j] + values[j] * y[j] * y[j] / 2;
    const q = row(j);
    if (y[j] !== 0) { for (let i = 0; i < n; i++) step[i] += y[j] * q[i]; }
  }
  return { step, decrease: -change };
}

/** The mu above `floor` at which `||(A + mu)^-1 g|| = radius`: bisection on `log(mu - floor)`, where the norm falls steadily. */
function shiftFor(values: Vector, parts: Vector, radius: number, floor: number): number {
  const lengthAt = (mu: number) => norm(parts.map((part, j) => part === 0 ? 0 : part / (values[j] + mu)));
  let [low, high] = [floor, floor + norm(parts) / radius];
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const middle = step < 60 && low === floor ? floor + (high - floor) / 16 : (low + high) / 2;
    if (lengthAt(middle) > radius) low = middle;
    else high = middle;
  }
  return high;
}
