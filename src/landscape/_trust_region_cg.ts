import { dot, norm, type Vector } from "../tensor/mod.ts";

/** A step inside a ball that lowers a quadratic model. */
export interface CgStep {
  /** The step [n]. */
  readonly step: Vector;
  /** Its length in the norm of the region. */
  readonly length: number;
  /** How much the model falls: `-(g'y + y'Ay/2)`, at least 0. */
  readonly decrease: number;
  /** The products with A that were made, in turn: a smaller region takes the first of them. */
  readonly products: readonly Vector[];
}

/** The region, and what is known. */
export interface CgRegion {
  /** Its radius. */
  readonly radius: number;
  /** Most products with A. */
  readonly most: number;
  /** `M⁻¹ x`, for a region in the norm `y'My` (default: the Euclidean one). */
  readonly solve?: ((x: Vector) => Vector) | null;
  /** The products of an earlier step from the same point, in the same norm (default none). */
  readonly products?: readonly Vector[];
}

/**
 * Lowers `g'y + y'Ay/2` over `y'My <= radius²` by preconditioned conjugate gradients (Steihaug 1983; the norms by the recurrences of Conn, Gould, Toint, "Trust-region
 * methods", 2000, section 7.5.1): until the residual, in the norm of M⁻¹, is below `min(0.1, sqrt(||g||))` of that of g, or the ball ends, or a direction of negative
 * curvature leads to its edge. The directions do not depend on the radius, so that of a smaller region nothing is multiplied again. Yields after each product.
 */
export function* trustRegionCg(
  apply: (x: Vector) => Vector,
  gradient: Vector,
  { radius, most, solve = null, products: known = [] }: CgRegion,
): Generator<number, CgStep> {
  const n = gradient.length;
  const [step, image] = [new Float64Array(n), new Float64Array(n)];
  const residual = gradient.map((entry) => -entry);
  const made: Vector[] = [];
  let z = solve ? solve(residual) : residual;
  const direction = z.slice();
  let square = dot(residual, z);
  /** `y'My`, `y'Mp` and `p'Mp`. */
  let [yy, yp, pp] = [0, 0, square];
  const share = Math.min(0.1, Math.sqrt(norm(gradient)));
  const enough = share * share * square;
  const add = (share: number, bent: Vector) => {
    for (let i = 0; i < n; i++) {
      step[i] += share * direction[i];
      image[i] += share * bent[i];
      residual[i] -= share * bent[i];
    }
    yy = Math.max(0, yy + 2 * share * yp + share * share * pp);
    yp += share * pp;
  };
  for (let count = 0; count < most && square > enough; count++) {
    const bent = known[count] ?? apply(direction);
    made.push(bent);
    if (known[count] === undefined) yield count;
    const curvature = dot(direction, bent);
    const along = square / curvature;
    const edge = shareToEdge(yy, yp, pp, radius);
    if (!(curvature > 0) || !(along < edge)) {
      add(edge, bent);
      break;
    }
    add(along, bent);
    z = solve ? solve(residual) : residual;
    const next = dot(residual, z);
    const ratio = next / square;
    for (let i = 0; i < n; i++) direction[i] = z[i] + ratio * direction[i];
    [yp, pp] = [ratio * yp, next + ratio * ratio * pp];
    square = next;
  }
  const products = made.length < known.length ? known : made;
  const decrease = Math.max(0, -dot(gradient, step) - dot(step, image) / 2);
  return { step, length: Math.sqrt(yy), decrease, products };
}

/** The t >= 0 with `||y + t p|| = radius`. */
function shareToEdge(yy: number, yp: number, pp: number, radius: number): number {
  const rest = radius * radius - yy;
  const root = Math.sqrt(Math.max(0, yp * yp + pp * rest));
  return yp > 0 ? Math.max(0, rest) / (yp + root) : (root - yp) / pp;
}
