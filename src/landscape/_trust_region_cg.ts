import { dot, norm, type Vector } from "../tensor/mod.ts";

/** A step inside a ball that lowers a quadratic model. */
export interface CgStep {
  /** The step [n]. */
  readonly step: Vector;
  /** How much the model falls: `-(g'y + y'Ay/2)`, at least 0. */
  readonly decrease: number;
}

/**
 * Lowers `g'y + y'Ay/2` over `||y|| <= radius` by conjugate gradients (Steihaug 1983): until the residual is below
 * `min(0.1, sqrt(||g||)) ||g||`, or the ball ends, or a direction of negative curvature leads to its edge. Yields after each product.
 */
export function* trustRegionCg(
  apply: (x: Vector) => Vector,
  gradient: Vector,
  radius: number,
  most: number,
): Generator<number, CgStep> {
  const n = gradient.length;
  const [step, image] = [new Float64Array(n), new Float64Array(n)];
  const residual = gradient.map((entry) => -entry);
  let direction = residual.slice();
  let square = dot(residual, residual);
  const enough = Math.min(0.1, Math.sqrt(norm(gradient))) * norm(gradient);
  const add = (share: number, bent: Vector) => {
    for (let i = 0; i < n; i++) {
      step[i] += share * direction[i];
      image[i] += share * bent[i];
      residual[i] -= share * bent[i];
    }
  };
  for (let count = 0; count < most && Math.sqrt(square) > enough; count++) {
    const bent = apply(direction);
    yield count;
    const curvature = dot(direction, bent);
    const share = square / curvature;
    const edge = shareToEdge(step, direction, radius);
    if (!(curvature > 0) || !(share < edge)) {
      add(edge, bent);
      break;
    }
    add(share, bent);
    const next = dot(residual, residual);
    direction = direction.map((entry, i) => residual[i] + next / square * entry);
    square = next;
  }
  return { step, decrease: Math.max(0, -dot(gradient, step) - dot(step, image) / 2) };
}

/** The t >= 0 with `||y + t p|| = radius`. */
function shareToEdge(y: Vector, p: Vector, radius: number): number {
  const [pp, yp, rest] = [dot(p, p), dot(y, p), radius * radius - dot(y, y)];
  const root = Math.sqrt(Math.max(0, yp * yp + pp * rest));
  return yp > 0 ? Math.max(0, rest) / (yp + root) : (root - yp) / pp;
}
