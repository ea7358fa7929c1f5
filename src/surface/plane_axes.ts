/** The planes through a network. */
export type PlaneName = "random" | "head" | "hessian" | "path";

/**
 * What the axes of each plane are called.
 *
 * @example Scaling w and V
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(PLANE_AXES.head, ["along w", "along V"]);
 * ```
 */
export const PLANE_AXES: Readonly<Record<PlaneName, readonly [x: string, y: string]>> = Object.freeze({
  head: ["along w", "along V"],
  random: ["first random direction", "second random direction"],
  hessian: ["first eigenvector of the Hessian", "second eigenvector"],
  path: ["first direction of the path", "second direction of the path"],
});
