import { extremeEigenvalues } from "../../src/curvature/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import type { Network } from "../../src/nn/mod.ts";
import type { Objective } from "../../src/objective/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import {
  headDirections,
  orthonormalPlane,
  pcaDirections,
  type Plane,
  pointAt,
  randomDirection,
  type Reach,
} from "../../src/surface/mod.ts";
import { combine, dot, norm, type Vector } from "../../src/tensor/mod.ts";

/** The planes of the page. */
export type PlaneKind = "head" | "random" | "hessian" | "path" | "descent";

/** What a plane is spanned from. */
export interface PlaneTask {
  readonly net: Network;
  readonly objective: Pick<Objective, "value" | "hvp">;
  readonly params: Vector;
  readonly path: readonly Vector[];
  readonly seed: number;
}

/**
 * A plane through the parameters as they are.
 *
 * @param kernels The kernels, for eigenvectors.
 * @param task The network, and where it is.
 * @param kind Which plane.
 * @throws {RangeError} If the directions do not span a plane, such as those of a path that did not move.
 */
export function planeThrough(
  kernels: Kernels,
  { net, objective, params, path, seed }: PlaneTask,
  kind: Exclude<PlaneKind, "descent">,
): Plane {
  switch (kind) {
    case "head":
      return { origin: params, ...headDirections(net, params) };
    case "random": {
      const [a, b] = ["a", "b"].map((name) => randomDirection(net, params, fold(key(seed), name)));
      return { origin: params, ...orthonormalPlane(a, b) };
    }
    case "hessian": {
      const { high } = extremeEigenvalues(kernels, (v) => objective.hvp(params, v), net.size, key(seed), {
        count: Math.min(2, net.size),
        block: 1,
      });
      return { origin: params, a: high[0].vector, b: high[1].vector };
    }
    case "path": {
      const { origin, a, b } = pcaDirections([...path, params]);
      return { origin, a, b };
    }
  }
}

/** Where parameters are in a plane: the nearest point of it. The directions are orthogonal, whatever their lengths. */
export function project({ origin, a, b }: Plane, params: Vector): readonly [alpha: number, beta: number] {
  const away = combine(1, params, -1, origin);
  // What is orthogonal but for rounding is made so.
  const alpha = dot(away, a) / dot(a, a);
  const rest = combine(1, away, -alpha, a);
  return [alpha, dot(rest, b) / dot(b, b)];
}

/** The longest and the shortest reach, in lengths of the point along a direction; how often the level is looked for between them. */
const [LONGEST, SHORTEST, DOUBLINGS] = [16, 1 / 1024, 15];

/** How much further than the contour a map reaches. */
const BEYOND = 1.6;

/**
 * How far a map has to reach for the contour of a level to be on it: along each direction, both ways, the nearest place where the loss
 * passes the level, and somewhat more. Where it does not pass it anywhere, to where the loss has risen by as much as the level is away.
 *
 * @param value The loss.
 * @param plane The plane.
 * @param level The level of the best linear predictor.
 * @param include Points of the plane to show too, such as the course of training.
 */
export function chooseReach(
  value: (params: Vector) => number,
  plane: Plane,
  level: number,
  include: readonly (readonly [number, number])[] = [],
): Reach {
  const here = value(plane.origin);
  const size = Math.max(norm(plane.origin), 1);
  const passed = (alpha: number, beta: number, target: number): number | null => {
    const isAbove = (t: number) => !(value(pointAt(plane, t * alpha, t * beta)) <= target);
    const before = !(here <= target);
    const unit = size / norm(alpha !== 0 ? plane.a : plane.b);
    let t = SHORTEST * unit;
    for (let i = 0; i < DOUBLINGS && t <= LONGEST * unit; i++, t *= 2) {
      if (isAbove(t) === before) continue;
      let [low, high] = [t / 2, t];
      for (let j = 0; j < 6; j++) {
        [low, high] = isAbove((low + high) / 2) === before ? [(low + high) / 2, high] : [low, (low + high) / 2];
      }
      return high;
    }
    return null;
  };
  const along = (alpha: number, beta: number): number => {
    const found = [1, -1].map((sign) => passed(sign * alpha, sign * beta, level)).filter((t) => t !== null);
    if (found.length > 0) return BEYOND * Math.max(...found);
    const risen = [1, -1].map((sign) =>
      passed(sign * alpha, sign * beta, here + Math.max(Math.abs(here - level), 1e-9))
    )
      .filter((t) => t !== null);
    return risen.length > 0 ? BEYOND * Math.min(...risen) : size / norm(alpha !== 0 ? plane.a : plane.b);
  };
  const half = [along(1, 0), along(0, 1)];
  const reach = (axis: 0 | 1): readonly [number, number] => {
    const shown = include.map((point) => point[axis]);
    const margin = 0.15 * (shown.length > 0 ? Math.max(...shown) - Math.min(...shown) : 0);
    return [
      Math.min(-half[axis], ...shown.map((at) => at - margin)),
      Math.max(half[axis], ...shown.map((at) => at + margin)),
    ];
  };
  return { a: reach(0), b: reach(1) };
}
