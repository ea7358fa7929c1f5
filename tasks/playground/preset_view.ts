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

/** Example 1 and Figure 1, in which one drags the start; returns how to draw the map anew. */
export function startPresets(): () => void {
  let preset: Preset = PRESETS[0];
  let start = preset.start;
  let end: PresetEnd | null = null;

  const axes = () => {
    const ends = Float64Array.of(-preset.extent, preset.extent);
    return { alphas: ends, betas: ends };
  };
  const draw = (): void => {
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
      end === null
        ? "Drag the point, or move it with the arrow keys, then train from there."
        : endSentence(preset, end),
    );
  };
  const moveStart = ([w, v]: PlanePoint): void => {
    const within = (value: number) => Math.max(-preset.extent, Math.min(preset.extent, value));
    start = [within(w), within(v)];
    if (end !== null) {
      end = null;
      draw();
    }
    moveMarker(MAP, axes(), start);
    show("preset-end", `Start: (w, v) = (${start[0].toFixed(2)}, ${start[1].toFixed(2)}).`);
  };
  const descend = (): void => {
    end = descendFrom(preset, start);
    draw();
    animateMarker(MAP, axes(), end.path);
  };

  select("preset").addEventListener("change", ({ target }) => {
    preset = PRESETS.find((one) => one.id === (target as HTMLSelectElement).value)!;
    [start, end] = [preset.start, null];
    draw();
  });
  button("descend").addEventListener("click", descend);
  listenToPointer((point) => moveStart(mapScale(axes(), mapSize(MAP)).toPlane(point)), descend);
  find(MAP).addEventListener("keydown", (event) => {
    const by = preset.extent / (event.shiftKey ? 100 : 20);
    const move = MOVES[event.key];
    if (move !== undefined) moveStart([start[0] + by * move[0], start[1] + by * move[1]]);
    else if (event.key === "Enter" || event.key === " ") descend();
    else return;
    event.preventDefault();
  });
  return draw;
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
