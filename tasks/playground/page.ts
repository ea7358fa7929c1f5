/// <reference lib="dom" />
/**
 * The page: settings to its worker, answers to pictures. What can be computed is computed in the other files.
 *
 * @module
 */
import { formatValue } from "../../src/report/mod.ts";
import type { Point } from "./contours.ts";
import { gauge } from "./gauge.ts";
import { type Losses, lossPicture } from "./loss_picture.ts";
import { type LossMap, mapPicture, scaleOf } from "./map_picture.ts";
import type { ColumnView, Frame, MapView, Opened, Reply, Request, Standing } from "./messages.ts";
import type { PlaneKind } from "./plane.ts";
import {
  descendFrom,
  endSentence,
  linearLevel,
  type Preset,
  type PresetEnd,
  presetField,
  presetLevel,
  PRESETS,
} from "./presets.ts";
import { fileOf, SAMPLES } from "./samples.ts";
import { readSetting, type Settings, settingsFromHash, settingsToHash } from "./settings.ts";
import { standalone } from "./svg.ts";

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const button = (id: string): HTMLButtonElement => find<HTMLButtonElement>(id);
const select = (id: string): HTMLSelectElement => find<HTMLSelectElement>(id);

/** Points along each axis of a map, and of a preset's. */
const [STEPS, PRESET_STEPS] = [41, 61];

/** Milliseconds of an animation along a path. */
const ANIMATION = 1600;

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const scripts = new Blob([find("worker").textContent!], { type: "text/javascript" });
// A page from disk has no origin that a worker of modules could be loaded from: its script is a plain one.
const worker = new Worker(URL.createObjectURL(scripts));
const ask = (request: Request): void => worker.postMessage(request);

let { settings, problems } = settingsFromHash(location.hash);
let id = 0;
let file: { readonly name: string; readonly text: string } | null = null;
let [opened, frame, map]: [Opened | null, Frame | null, MapView | null] = [null, null, null];
let [mapsOnOpening, drawsAgain]: [boolean, boolean] = [true, false];

/** Starts anew with the settings as they are. */
function open(): void {
  id++;
  [opened, frame, map] = [null, null, null];
  mapsOnOpening = true;
  find("surface").replaceChildren();
  show("problem", problems.join(" "));
  problems = [];
  showSettings();
  const hash = settingsToHash(settings);
  if (hash !== location.hash.slice(1)) {
    history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
  }
  const sample = SAMPLES.find((one) => one.id === settings.data);
  show("about", sample?.about ?? (file === null ? "Choose the file: a link cannot hold it." : file.name));
  if (sample === undefined && file === null) {
    show(
      "problem",
      `Choose a file, or a table of the list: ${
        settings.data === "file"
          ? "the link is to a table of its writer's own"
          : `no table is called "${settings.data}"`
      }.`,
    );
    return;
  }
  show("verdict", "The table is read, and the best linear model computed.");
  ask({
    kind: "open",
    id,
    settings,
    file: sample === undefined ? file!.name : fileOf(sample),
    text: sample === undefined ? file!.text : sample.csv(),
    target: sample?.target ?? null,
  });
}

const show = (element: string, text: string): void => {
  if (find(element).textContent !== text) find(element).textContent = text;
};

/** The controls as the settings are. */
function showSettings(): void {
  for (const control of find<HTMLFormElement>("controls").elements) {
    if (!(control instanceof HTMLInputElement || control instanceof HTMLSelectElement) || !(control.name in settings)) {
      continue;
    }
    if (control.name !== "target") control.value = String(settings[control.name as keyof Settings]);
  }
}

worker.onmessage = ({ data }: MessageEvent<Reply>) => {
  if (data.id !== id) return;
  switch (data.kind) {
    case "columns":
      return showColumns(data.columns, data.target);
    case "opened":
      opened = data.opened;
      showOpened(opened);
      return;
    case "frame":
      if (data.frame.phase === "done" && frame?.phase !== "done") drawSmallMap();
      frame = data.frame;
      return draw();
    case "standing":
      showStanding(data.standing);
      // The first map waits until the first picture is there.
      if (mapsOnOpening) drawSmallMap();
      mapsOnOpening = false;
      return;
    case "map":
      map = data.map;
      return showMap(map);
    case "file":
      return save(data.name, data.bytes);
    case "problem":
      show("problem", data.sentence);
      return showRunning(false);
  }
};
worker.onerror = (event) => {
  event.preventDefault();
  show("problem", `The worker stopped: ${event.message}. Press Restart.`);
};

function showOpened({ rows, heldOutRows, loss, inputs, parameters, kernels, notes, command, target }: Opened): void {
  const held = heldOutRows > 0 ? `, ${heldOutRows} held out` : "";
  const slow = kernels === "js" && settings.kernels !== "js"
    ? " This browser lacks WebAssembly SIMD: plain JavaScript computes, more slowly."
    : "";
  show(
    "notes",
    [
      `Predicting ${target}: ${rows} rows to train on${held}, ${inputs} inputs, ${loss} loss, ${parameters} parameters, ${kernels} kernels. Thin dotted lines: held-out rows.${end}${slow}`,
      ...notes,
    ].join(" "),
  );
  show("command", command ?? "");
  find("command").hidden = command === null;
  show(
    "command-note",
    command === null
      ? "No single command trains with these settings: the saddle is a start of the command check, and a penalty on (w, V) is an option of it."
      : "This command repeats it, with the table above saved where it runs:",
  );
}

function showColumns(columns: readonly ColumnView[], target: string): void {
  const list = document.querySelector<HTMLSelectElement>('select[name="target"]')!;
  list.replaceChildren(...columns.map(({ name }) => new Option(name, name, false, name === target)));
  find("column-rows").replaceChildren(...columns.map(({ name, kind, missing }) => {
    const row = document.createElement("tr");
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.checked = !settings.drop.includes(name);
    tick.disabled = name === target;
    tick.setAttribute("aria-label", `use ${name}`);
    tick.addEventListener("change", () => {
      const others = settings.drop.filter((one) => one !== name);
      change({ drop: tick.checked ? others : [...others, name] });
    });
    const texts = [name, kind, missing === 0 ? "" : String(missing)].map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    });
    const first = document.createElement("td");
    first.append(tick);
    row.append(first, ...texts);
    return row;
  }));
  if (columns.some(({ missing }) => missing > 0) && settings.missing === "refuse") {
    find<HTMLDetailsElement>("columns").open = true;
  }
}

/** What the picture of losses shows now; null before there is anything. */
function losses(): Losses | null {
  if (opened === null || frame === null) return null;
  const { linear, linearHeldOut } = opened;
  return { ...frame, linear, linearHeldOut, loss: `${opened.loss} loss` };
}

/** Rows up to which a map is drawn unasked, and the losses of single rows that one may take. */
const [FEW, MOST] = [5000, 2e7];

/** Points along each axis of a map: fewer where the table is large. */
const mapSteps = (): number => Math.max(13, Math.min(STEPS, Math.floor(Math.sqrt(MOST / (opened?.rows ?? 1)))));

/** Draws a map unasked, where that takes no time. */
function drawSmallMap(): void {
  if ((opened?.rows ?? 0) <= FEW) drawMap();
  else show("map-note", "The table is large: press Draw it here for a map.");
}

/** Asks for a map of the plane that is chosen. */
function drawMap(): void {
  const plane = select("plane").value as PlaneKind;
  // Before training there is no path.
  const isStart = plane === "path" && (frame?.epoch ?? 0) < 2;
  ask({ kind: "map", plane: isStart ? "head" : plane, steps: mapSteps() });
}

/** Draws at the next paint, once. */
function draw(): void {
  if (drawsAgain) return;
  drawsAgain = true;
  requestAnimationFrame(() => {
    drawsAgain = false;
    const shown = losses();
    if (shown === null || frame === null) return;
    const place = find("losses");
    place.innerHTML = lossPicture(shown, Math.max(300, place.clientWidth), 340);
    const { phase, running, epoch, epochs, rate, diverged } = frame;
    const pace = running && rate !== null && rate > 0 ? `, ${Math.round(rate)} a second` : "";
    const lost = [...diverged.residual ? ["the network"] : [], ...diverged.plain ? ["the plain net"] : []].join(
      " and ",
    );
    show(
      "status",
      `epoch ${epoch} of ${epochs}${pace}${
        phase !== "done" ? "" : settings.regulariser === "penalty" ? ", done" : ", done: (w, V) has been settled"
      }`,
    );
    if (lost !== "") {
      show(
        "problem",
        `Diverged: the loss of ${lost} became infinite. The last finite point was kept. Choose a smaller learning rate.`,
      );
    }
    showRunning(running);
    button("play").disabled = button("step").disabled = phase === "done";
    if (map !== null && frame.place !== null && map.plane !== "descent") movePoint("surface", map, frame.place);
  });
}

function showRunning(running: boolean): void {
  const play = button("play");
  play.textContent = running ? "Pause" : "Play";
  // While it trains the sentence changes several times a second: it is read out when training pauses.
  find("verdict").setAttribute("aria-live", running ? "off" : "polite");
}

function showStanding(found: Standing): void {
  const verdict = find("verdict");
  show("verdict", found.sentence);
  verdict.className = found.standing;
  const [lower, upper] = found.lambda;
  showGauge(
    "gauge-gradient",
    found.gradient,
    found.epsilon,
    `${formatValue(found.gradient, 2)} (epsilon ${formatValue(found.epsilon, 2)})`,
  );
  showGauge("gauge-lambda", Math.max(0, -lower), -found.bend, `${formatValue(lower, 2)} to ${formatValue(upper, 2)}`);
}

function showGauge(element: string, size: number, limit: number, text: string): void {
  const { share, good } = gauge(size, limit);
  const track = find(element).querySelector<HTMLElement>(".track")!;
  track.classList.toggle("good", good);
  track.setAttribute("aria-valuenow", share.toFixed(2));
  track.setAttribute("aria-valuetext", text);
  track.querySelector<HTMLElement>("i")!.style.transform = `scaleX(${share})`;
  find(element).querySelector(".reading")!.textContent = text;
}

const sizeOf = (element: string): readonly [number, number] => {
  const width = Math.max(280, Math.min(560, find(element).clientWidth));
  return [width, Math.round(width * 0.8)];
};

const pictured = (shown: MapView, point: Point | null): LossMap => ({
  field: shown,
  linear: shown.linear,
  level: null,
  axes: shown.axes,
  title: `The loss around the network: ${shown.axes.join(", ")}`,
  path: shown.plane === "descent" ? shown.descent : shown.path,
  point,
  disc: null,
});

/** Where the marker of a map is when nothing moves. */
const placeOn = ({ plane, descent }: MapView): Point =>
  plane === "descent" ? descent[descent.length - 1] : frame?.place ?? [0, 0];

function showMap(shown: MapView): void {
  find("surface").innerHTML = mapPicture(pictured(shown, [0, 0]), ...sizeOf("surface"));
  show(
    "map-note",
    shown.note !== ""
      ? shown.note
      : "The loss around the network as it is. The thick contour is the linear level: blue is below it, red above. The point moves with training.",
  );
  if (shown.plane === "descent") animate("surface", shown, shown.descent);
}

/** Moves the marker of a map. */
function movePoint(
  element: string,
  field: { readonly xs: Float64Array; readonly ys: Float64Array },
  point: Point,
): void {
  const dot = find(element).querySelector(".marker");
  if (dot === null) return;
  const [x, y] = scaleOf(field, ...sizeOf(element)).toPixels(point);
  dot.setAttribute("cx", String(x));
  dot.setAttribute("cy", String(y));
}

/** Moves the marker along a path; at once to its end where motion is to be reduced. */
function animate(
  element: string,
  field: { readonly xs: Float64Array; readonly ys: Float64Array },
  path: readonly Point[],
): void {
  const drawn = find(element).firstElementChild;
  const begun = performance.now();
  const move = (now: number): void => {
    if (find(element).firstElementChild !== drawn) return;
    const share = STILL.matches ? 1 : Math.min(1, (now - begun) / ANIMATION);
    movePoint(element, field, path[Math.round(share * (path.length - 1))]);
    if (share < 1) requestAnimationFrame(move);
  };
  move(begun);
}

/** Changes settings, and starts anew. */
function change(changed: Partial<Settings>): void {
  settings = { ...settings, ...changed };
  open();
}

function run(running: boolean): void {
  const wanted = select("speed").value;
  ask({ kind: "run", running, speed: wanted === "max" ? null : Number(wanted) });
}

find("controls").addEventListener("submit", (event) => event.preventDefault());
find("controls").addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement) || !(target.name in settings)) {
    return;
  }
  const found = readSetting(target.name as keyof Settings, target.value);
  if (found === null) {
    const limits = target instanceof HTMLInputElement
      ? `a number from ${target.min} to ${target.max}`
      : "one of the list";
    const name = target.closest("label")?.firstChild?.textContent ?? target.name;
    show(
      "problem",
      `${name} must be ${limits}; "${target.value}" is not, and ${
        String(settings[target.name as keyof Settings])
      } is kept.`,
    );
    return showSettings();
  }
  // Columns are another table's.
  change(target.name === "data" ? { ...found, target: "", drop: [] } : found);
});
button("play").addEventListener("click", () => run(!(frame?.running ?? false)));
button("step").addEventListener("click", () => ask({ kind: "step" }));
button("restart").addEventListener("click", () => open());
select("speed").addEventListener("change", () => frame?.running && run(true));
button("map").addEventListener("click", drawMap);
select("plane").addEventListener("change", drawMap);
button("descent").addEventListener("click", () => ask({ kind: "map", plane: "descent", steps: mapSteps() }));
addEventListener("hashchange", () => {
  ({ settings, problems } = settingsFromHash(location.hash));
  open();
});

/** Reads a file of the user's own. */
async function take(chosen: File | undefined): Promise<void> {
  if (chosen === undefined) return;
  file = { name: chosen.name, text: await chosen.text() };
  change({ data: "file", target: "", drop: [] });
}
const drop = find("drop");
find<HTMLInputElement>("file").addEventListener(
  "change",
  ({ target }) => void take((target as HTMLInputElement).files?.[0]),
);
for (const [kind, over] of [["dragover", true], ["dragleave", false], ["drop", false]] as const) {
  addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", over);
    if (kind === "drop") void take((event as DragEvent).dataTransfer?.files[0]);
  });
}

function save(name: string, content: Uint8Array<ArrayBuffer> | string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
button("save-model").addEventListener("click", () => ask({ kind: "save", what: "model" }));
button("save-verdict").addEventListener("click", () => ask({ kind: "save", what: "verdict" }));
button("save-losses").addEventListener("click", () => {
  const shown = losses();
  if (shown !== null) save("losses.svg", standalone(lossPicture(shown, 720, 400)));
});
button("save-map").addEventListener("click", () => {
  if (map !== null) save("map.svg", standalone(mapPicture(pictured(map, placeOn(map)), 620, 500)));
});
button("save-table").addEventListener("click", () => {
  const sample = SAMPLES.find((one) => one.id === settings.data);
  if (sample !== undefined) save(fileOf(sample), sample.csv());
  else if (file !== null) save(file.name, file.text);
});

let preset: Preset = PRESETS[0];
let start: Point = preset.start;
let end: PresetEnd | null = null;

const presetAxes = () => {
  const ends = Float64Array.of(-preset.extent, preset.extent);
  return { xs: ends, ys: ends };
};

/** The preset's map: the start, and where training came from there. */
function showPreset(): void {
  const field = presetField(preset, PRESET_STEPS);
  find("preset-map").innerHTML = mapPicture({
    field,
    linear: linearLevel(preset),
    level: presetLevel(preset, field),
    axes: ["w", "v"],
    title: preset.title,
    path: end?.path ?? [],
    point: end?.point ?? start,
    disc: preset.disc,
  }, ...sizeOf("preset-map"));
  show("preset-about", preset.about);
  show(
    "preset-end",
    end === null ? "Drag the point, or move it with the arrow keys, then train from there." : endSentence(preset, end),
  );
}
function moveStart([w, v]: Point): void {
  const within = (value: number) => Math.max(-preset.extent, Math.min(preset.extent, value));
  start = [within(w), within(v)];
  if (end !== null) {
    end = null;
    showPreset();
  }
  movePoint("preset-map", presetAxes(), start);
  show("preset-end", `Start: (w, v) = (${start[0].toFixed(2)}, ${start[1].toFixed(2)}).`);
}
function descend(): void {
  end = descendFrom(preset, start);
  showPreset();
  animate("preset-map", presetAxes(), end.path);
}
select("preset").addEventListener("change", ({ target }) => {
  preset = PRESETS.find((one) => one.id === (target as HTMLSelectElement).value)!;
  [start, end] = [preset.start, null];
  showPreset();
});
button("descend").addEventListener("click", descend);
const presetMap = find("preset-map");
const fromEvent = (event: PointerEvent): Point => {
  const box = presetMap.querySelector("svg")!.getBoundingClientRect();
  const [width, height] = sizeOf("preset-map");
  const pixels: Point = [
    (event.clientX - box.left) * width / box.width,
    (event.clientY - box.top) * height / box.height,
  ];
  return scaleOf(presetAxes(), width, height).toPlane(pixels);
};
presetMap.addEventListener("pointerdown", (event) => {
  presetMap.setPointerCapture(event.pointerId);
  moveStart(fromEvent(event));
});
presetMap.addEventListener(
  "pointermove",
  (event) => presetMap.hasPointerCapture(event.pointerId) && moveStart(fromEvent(event)),
);
presetMap.addEventListener("pointerup", descend);
presetMap.addEventListener("keydown", (event) => {
  const by = preset.extent / (event.shiftKey ? 100 : 20);
  const moves: Readonly<Record<string, Point>> = {
    ArrowLeft: [-by, 0],
    ArrowRight: [by, 0],
    ArrowUp: [0, by],
    ArrowDown: [0, -by],
  };
  const move = moves[event.key];
  if (move !== undefined) moveStart([start[0] + move[0], start[1] + move[1]]);
  else if (event.key === "Enter" || event.key === " ") descend();
  else return;
  event.preventDefault();
});

let drawnWidth = 0;
new ResizeObserver(([{ contentRect: { width } }]) => {
  // A sentence that takes another line changes only the height.
  if (width === drawnWidth) return;
  drawnWidth = width;
  draw();
  if (map !== null) find("surface").innerHTML = mapPicture(pictured(map, placeOn(map)), ...sizeOf("surface"));
  showPreset();
}).observe(document.querySelector("main")!);

select("speed").value = "20";
open();
