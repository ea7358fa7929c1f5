/// <reference lib="dom" />
import { mapScale, type PictureSize } from "../../src/report/internal_drawing.ts";
import type { Grid, PlanePoint } from "../../src/surface/mod.ts";
import { find } from "./dom.ts";
import { pointAlong } from "./point_along.ts";

/** What places of a map depend on. */
type Axes = Pick<Grid, "alphas" | "betas">;

/** Milliseconds of an animation along a path. */
const ANIMATION = 1600;

/** The size of a map in an element. */
export function mapSize(element: string): PictureSize {
  const width = Math.max(280, Math.min(560, find(element).clientWidth));
  return { width, height: Math.round(width * 0.8) };
}

/** Moves the marker of the map in an element. */
export function moveMarker(element: string, grid: Axes, point: PlanePoint): void {
  const marker = find(element).querySelector(".marker");
  if (marker === null) return;
  const [x, y] = mapScale(grid, mapSize(element)).toPixels(point);
  marker.setAttribute("cx", String(x));
  marker.setAttribute("cy", String(y));
}

/** Moves the marker along a path; at once to its end where motion is to be reduced. */
export function animateMarker(element: string, grid: Axes, path: readonly PlanePoint[]): void {
  const drawn = find(element).firstElementChild;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const begun = performance.now();
  const move = (now: number): void => {
    if (find(element).firstElementChild !== drawn) return;
    const share = still.matches ? 1 : (now - begun) / ANIMATION;
    moveMarker(element, grid, pointAlong(path, share));
    if (share < 1) requestAnimationFrame(move);
  };
  move(begun);
}
