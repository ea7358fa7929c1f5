/// <reference lib="dom" />
import { mapScale, mapSvg } from "../../src/report/internal_drawing.ts";
import type { PlanePoint } from "../../src/surface/mod.ts";
import { button, find, select, show } from "./dom.ts";
import { animateMarker, mapSize, moveMarker } from "./map_on_page.ts";
import {
  descendFrom,
  endSentence,
  linearLevel,
  type Preset,
  type PresetEnd,
  presetGrid,
  presetLevel,
  PRESETS,
} from "./presets.ts";

/** Points along each axis of a preset's map. */
const STEPS = 61;

/** The element of the map. */
const MAP = "preset-map";

/** What the arrow keys do to the start. */
const MOVES: Readonly<Record<string, PlanePoint>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** What the map shows: a preset, where descent starts, and where it ended. */
interface View {
  preset: Preset;
  start: PlanePoint;
  end: PresetEnd | null;
}

/** Example 1 and Figure 1, in which one drags the start; returns how to draw the map anew. */
export function startPresets(): () => void {
  const [preset] = PRESETS;
  const view: View = { preset, start: preset.start, end: null };
  select("preset").addEventListener("change", ({ target }) => {
    view.preset = PRESETS.find((one) => one.id === (target as HTMLSelectElement).value)!;
    view.start = view.preset.start;
    view.end = null;
    draw(view);
  });
  button("descend").addEventListener("click", () => descend(view));
  listenToPointer(
    (point) => moveStart(view, mapScale(axesOf(view), mapSize(MAP)).toPlane(point)),
    () => descend(view),
  );
  find(MAP).addEventListener("keydown", (event) => {
    const { preset: { extent }, start } = view;
    const by = extent / (event.shiftKey ? 100 : 20);
    const move = MOVES[event.key];
    if (move !== undefined) moveStart(view, [start[0] + by * move[0], start[1] + by * move[1]]);
    else if (event.key === "Enter" || event.key === " ") descend(view);
    else return;
    event.preventDefault();
  });
  return () => draw(view);
}

function axesOf({ preset: { extent } }: View) {
  const ends = Float64Array.of(-extent, extent);
  return { alphas: ends, betas: ends };
}

function draw({ preset, start, end }: View): void {
  const grid = presetGrid(preset, STEPS);
  find(MAP).innerHTML = mapSvg({
    grid,
    linear: linearLevel(preset),
    level: presetLevel(preset, grid),
    axes: ["w", "v"],
    title: preset.title,
    path: end?.path ?? [],
    point: end?.point ?? start,
    disc: preset.disc,
  }, mapSize(MAP));
  show("preset-about", preset.about);
  show(
    "preset-end",
    end === null ? "Drag the point, or move it with the arrow keys, then train from there." : endSentence(preset, end),
  );
}

function moveStart(view: View, [w, v]: PlanePoint): void {
  const { extent } = view.preset;
  const within = (value: number) => Math.max(-extent, Math.min(extent, value));
  view.start = [within(w), within(v)];
  if (view.end !== null) {
    view.end = null;
    draw(view);
  }
  moveMarker(MAP, axesOf(view), view.start);
  show("preset-end", `Start: (w, v) = (${view.start[0].toFixed(2)}, ${view.start[1].toFixed(2)}).`);
}

function descend(view: View): void {
  const end = descendFrom(view.preset, view.start);
  view.end = end;
  draw(view);
  animateMarker(MAP, axesOf(view), end.path);
}

/** Follows the pointer over the map, in its pixels, and says when it lets go. */
function listenToPointer(move: (pixels: PlanePoint) => void, letGo: () => void): void {
  const map = find(MAP);
  const follow = (event: PointerEvent): void => {
    const box = map.querySelector("svg")!.getBoundingClientRect();
    const { width, height } = mapSize(MAP);
    move([(event.clientX - box.left) * width / box.width, (event.clientY - box.top) * height / box.height]);
  };
  map.addEventListener("pointerdown", (event) => {
    map.setPointerCapture(event.pointerId);
    follow(event);
  });
  map.addEventListener("pointermove", (event) => map.hasPointerCapture(event.pointerId) && follow(event));
  map.addEventListener("pointerup", letGo);
}
