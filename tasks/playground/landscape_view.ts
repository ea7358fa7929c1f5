/// <reference lib="dom" />
import { formatValue, type LossMap, mapSvg } from "../../src/report/internal_drawing.ts";
import type { PlanePoint } from "../../src/surface/mod.ts";
import { button, find, save, select, show } from "./dom.ts";
import { animateMarker, mapSize, moveMarker } from "./map_on_page.ts";
import type { MapView, Request } from "./messages.ts";
import type { PlaneKind } from "./plane.ts";
import { standalone } from "./svg.ts";

/** The element of the map. */
const MAP = "surface";

/** Points along each axis of a map, and the losses of single rows that one may take. */
const [STEPS, LEAST_STEPS, MOST] = [41, 13, 2e7];

/** Rows up to which a map is drawn unasked. */
const FEW = 5000;

/** The map around the network. */
export interface LandscapeView {
  /** Begins with another table. */
  readonly clear: () => void;
  /** Asks for a map where that takes no time; else says how to get one. */
  readonly drawUnasked: () => void;
  /** Shows a map that was asked for. */
  readonly show: (map: MapView) => void;
  /** Moves the point to where the network is now; a map without the linear level that the loss has left below it is drawn again. */
  readonly move: (place: PlanePoint | null, loss: number) => void;
  /** Draws the same at the size of now. */
  readonly redraw: () => void;
}

/**
 * The map around the network, with its controls.
 *
 * @param ask Asks the worker for a map.
 * @param standing How many rows there are, and how many epochs were trained.
 */
export function startLandscape(
  ask: (request: Request) => void,
  standing: () => { readonly rows: number; readonly epoch: number },
): LandscapeView {
  let map: MapView | null = null;
  let place: PlanePoint | null = null;

  // Fewer points where the table is large.
  const steps = (): number => Math.max(LEAST_STEPS, Math.min(STEPS, Math.floor(Math.sqrt(MOST / standing().rows))));
  let asked = false;
  const request = (plane: PlaneKind): void => {
    asked = true;
    ask({ kind: "map", plane, steps: steps() });
  };
  const draw = (): void => {
    const plane = select("plane").value as PlaneKind;
    // Before training there is no path.
    request(plane === "path" && standing().epoch < 2 ? "head" : plane);
  };
  /** Where the marker is when nothing moves. */
  const resting = ({ plane, descent }: MapView): PlanePoint =>
    plane === "descent" ? descent[descent.length - 1] : place ?? [0, 0];

  button("map").addEventListener("click", draw);
  select("plane").addEventListener("change", draw);
  button("descent").addEventListener("click", () => request("descent"));
  button("save-map").addEventListener("click", () => {
    if (map !== null) save("map.svg", standalone(mapSvg(pictureOf(map, resting(map)), { width: 620, height: 500 })));
  });

  return {
    clear() {
      [map, place, asked] = [null, null, false];
      find(MAP).replaceChildren();
      show("map-note", "");
    },
    drawUnasked() {
      if (standing().rows <= FEW) draw();
      else show("map-note", "The table is large: press Draw it here for a map.");
    },
    show(shown) {
      [map, asked] = [shown, false];
      find(MAP).innerHTML = mapSvg(pictureOf(shown, [0, 0]), mapSize(MAP));
      show("map-note", shown.note || noteOn(shown));
      if (shown.plane === "descent") animateMarker(MAP, shown.grid, shown.descent);
    },
    move(now, loss) {
      place = now;
      if (map !== null && map.plane !== "descent" && !asked) {
        const least = leastOf(map);
        if (least > map.linear && loss < least && standing().rows <= FEW) draw();
      }
      if (map !== null && now !== null && map.plane !== "descent") moveMarker(MAP, map.grid, now);
    },
    redraw() {
      if (map !== null) find(MAP).innerHTML = mapSvg(pictureOf(map, resting(map)), mapSize(MAP));
    },
  };
}

/** What is to be seen on a map: the linear level, or that no point of the plane reaches it. */
function noteOn(map: MapView): string {
  const { linear } = map;
  const least = leastOf(map);
  const level = least <= linear
    ? "The thick contour is the linear level: blue is below it, red above."
    : `All of it is above the linear level, ${formatValue(linear, 3)} (the least here is ${
      formatValue(least, 3)
    }): train, and draw it again.`;
  return `The loss around the network as it was when this was drawn. ${level} The point moves with training.`;
}

/** The least loss on a map. */
const leastOf = ({ grid }: MapView): number => grid.values.reduce((low, value) => value < low ? value : low, Infinity);

/** A map as a picture. */
const pictureOf = ({ grid, linear, axes, plane, descent, path }: MapView, point: PlanePoint): LossMap => ({
  grid,
  linear,
  axes,
  title: `The loss around the network: ${axes.join(", ")}`,
  path: plane === "descent" ? descent : path,
  point,
});
