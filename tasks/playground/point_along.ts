import type { PlanePoint } from "../../src/surface/mod.ts";

/**
 * The point of a path at a share of its length; before it begins its first point, after it ends its last one. A frame's time may lie a
 * little before the moment at which its animation was asked for.
 *
 * @param path The points; one at least.
 * @param share From 0 to 1.
 */
export function pointAlong(path: readonly PlanePoint[], share: number): PlanePoint {
  return path[Math.round(Math.max(0, Math.min(1, share)) * (path.length - 1))];
}
