/// <reference lib="dom" />
/**
 * The page: settings to its worker, answers to its views. What can be computed is computed in the other files.
 *
 * @module
 */
// First, so that the tables stand beside each other where the page is compressed best; its size has a limit.
import { fileOf, SAMPLES } from "./samples.ts";
import { listenForFiles, showColumns } from "./data_view.ts";
import { button, find, save, select, show } from "./dom.ts";
import { textOfFile } from "./file_text.ts";
import { type LandscapeView, startLandscape } from "./landscape_view.ts";
import { lossPicture } from "./loss_picture.ts";
import type { Frame, Opened, Reply, Request } from "./messages.ts";
import { KERNELS, unpack } from "./packed.ts";
import { startPresets } from "./preset_view.ts";
import { readSetting, type Settings, settingsFromHash, settingsToHash } from "./settings.ts";
import { standalone } from "./svg.ts";
import { lossesOf, showFrame, showNothing, showOpened, showRunning, showStanding } from "./training_view.ts";

let [settings, problems]: [Settings, readonly string[]] = [settingsFromHash("").settings, []];
let ask: (request: Request) => void;
let landscape: LandscapeView;
let drawPreset: () => void;
let id = 0;
let file: { readonly name: string; readonly text: string } | null = null;
let [opened, frame]: [Opened | null, Frame | null] = [null, null];
/** The opening whose columns are shown. */
let listed = 0;
let [mapsOnOpening, drawsAgain]: [boolean, boolean] = [true, false];

/** Starts the page, and the worker that it asks: this same script, with the kernels in their place. */
export async function showPage(): Promise<void> {
  const kernels = await unpack(find("kernels").textContent!);
  const script = new Blob([find("script").textContent!.replace(KERNELS, kernels)], { type: "text/javascript" });
  // A page from disk has no origin that a worker of modules could be loaded from: its script is a plain one.
  const worker = new Worker(URL.createObjectURL(script));
  worker.onmessage = ({ data }: MessageEvent<Reply>) => data.id === id && receive(data);
  worker.onerror = (event) => {
    event.preventDefault();
    show("problem", `The worker stopped: ${event.message}. Press Restart.`);
  };
  ask = (request) => worker.postMessage(request);
  landscape = startLandscape(ask, () => ({ rows: opened?.rows ?? 1, epoch: frame?.epoch ?? 0 }));
  drawPreset = startPresets();
  listenToSettings();
  listenToButtons();
  listenForFiles(openFile);
  redrawWithWidth();
  select("speed").value = "20";
  openHash();
}

/** Starts anew with the settings as they are. */
function open(): void {
  id++;
  [opened, frame] = [null, null];
  mapsOnOpening = true;
  landscape.clear();
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

/** The controls as the settings are. */
function showSettings(): void {
  for (const control of find<HTMLFormElement>("controls").elements) {
    if (!(control instanceof HTMLInputElement || control instanceof HTMLSelectElement) || !(control.name in settings)) {
      continue;
    }
    if (control.name !== "target") control.value = String(settings[control.name as keyof Settings]);
  }
}

/** Shows what the worker answers. */
function receive(data: Reply): void {
  switch (data.kind) {
    case "columns":
      listed = data.id;
      return showColumns(data.columns, data.target, settings, change);
    case "opened":
      opened = data.opened;
      return showOpened(opened, settings);
    case "frame":
      if (data.frame.phase === "done" && frame?.phase !== "done") landscape.drawUnasked();
      frame = data.frame;
      return draw();
    case "standing":
      showStanding(data.standing);
      // The first map waits until the first picture is there.
      if (mapsOnOpening) landscape.drawUnasked();
      mapsOnOpening = false;
      return;
    case "map":
      return landscape.show(data.map);
    case "file":
      return save(data.name, data.bytes);
    case "problem":
      show("problem", data.sentence);
      if (opened === null) showNothing();
      // What has to be changed is there.
      if (opened === null && listed === id) find<HTMLDetailsElement>("columns").open = true;
      return showRunning(false);
  }
}

/** Draws at the next paint, once. */
function draw(): void {
  if (drawsAgain) return;
  drawsAgain = true;
  requestAnimationFrame(() => {
    drawsAgain = false;
    if (opened === null || frame === null) return;
    showFrame(opened, frame, settings);
    landscape.move(frame.place, frame.residual.at(-1)?.[1] ?? Infinity);
  });
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

function listenToSettings(): void {
  find("controls").addEventListener("submit", (event) => event.preventDefault());
  find("controls").addEventListener("change", ({ target }) => takeSetting(target));
  addEventListener("hashchange", openHash);
}

/** A control that was changed: its setting, or what is wrong with it. */
function takeSetting(target: EventTarget | null): void {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement) || !(target.name in settings)) {
    return;
  }
  const found = readSetting(target.name as keyof Settings, target.value);
  // Columns are another table's.
  if (found !== null) return change(target.name === "data" ? { ...found, target: "", drop: [] } : found);
  const limits = target instanceof HTMLInputElement
    ? `a number from ${target.min} to ${target.max}`
    : "one of the list";
  const name = target.closest("label")?.firstChild?.textContent ?? target.name;
  const kept = String(settings[target.name as keyof Settings]);
  show("problem", `${name} must be ${limits}; "${target.value}" is not, and ${kept} is kept.`);
  showSettings();
}

function listenToButtons(): void {
  button("play").addEventListener("click", () => run(!(frame?.running ?? false)));
  button("step").addEventListener("click", () => ask({ kind: "step" }));
  button("restart").addEventListener("click", () => open());
  select("speed").addEventListener("change", () => frame?.running && run(true));
  button("save-model").addEventListener("click", () => ask({ kind: "save", what: "model" }));
  button("save-verdict").addEventListener("click", () => ask({ kind: "save", what: "verdict" }));
  button("save-losses").addEventListener("click", () => {
    if (opened !== null && frame !== null) {
      save("losses.svg", standalone(lossPicture(lossesOf(opened, frame), 720, 400)));
    }
  });
  button("save-table").addEventListener("click", () => {
    const sample = SAMPLES.find((one) => one.id === settings.data);
    if (sample !== undefined) save(fileOf(sample), sample.csv());
    else if (file !== null) save(file.name, file.text);
  });
}

/** Starts anew with the settings of the link. */
function openHash(): void {
  ({ settings, problems } = settingsFromHash(location.hash));
  open();
}

/** Starts anew with a file of the reader's own. */
async function openFile(chosen: File): Promise<void> {
  try {
    file = { name: chosen.name, text: await textOfFile(chosen) };
  } catch (error) {
    // What was open stays open.
    return show("problem", `${(error as Error).message}.`);
  }
  change({ data: "file", target: "", drop: [] });
}

function redrawWithWidth(): void {
  let drawnWidth = 0;
  new ResizeObserver(([{ contentRect: { width } }]) => {
    // A sentence that takes another line changes only the height.
    if (width === drawnWidth) return;
    drawnWidth = width;
    draw();
    landscape.redraw();
    drawPreset();
  }).observe(document.querySelector("main")!);
}
