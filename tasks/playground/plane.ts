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
  type PlaneName,
  randomDirection,
} from "../../src/surface/mod.ts";
import { combine, dot, type Vector } from "../../src/tensor/mod.ts";

/** The planes of the page. */
export type PlaneKind = PlaneName | "descent";

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
