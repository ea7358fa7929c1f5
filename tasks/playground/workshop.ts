import { InputError } from "../../src/data/mod.ts";
import { availableKernels, type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import type { Plane } from "../../src/surface/mod.ts";
import { drawMap } from "./draw_map.ts";
import type { Opening, Reply, Request } from "./messages.ts";
import { readTable } from "./read_table.ts";
import type { Settings } from "./settings.ts";
import { advance, columnsOf, fileFrom, frameOf, openedOf, openTrial, standingOf, type Trial } from "./trial.ts";

/** The page's worker without the browser around it. */
export interface Workshop {
  /** Does what the page asks; answers go to `send`. */
  readonly receive: (request: Request) => Promise<void>;
  /** Trains for about so many milliseconds; returns after how many more it wants to be called, null for never. */
  readonly work: (budget: number) => number | null;
}

/** What the workshop needs from outside. */
export interface Surroundings {
  readonly send: (reply: Reply) => void;
  /** Milliseconds, from any origin. */
  readonly clock: () => number;
}

/** Milliseconds between two frames, and the least between two certificates. */
const [FRAME, CERTIFY] = [33, 250];

/** A certificate may take this share of the time. */
const SHARE = 0.2;

/** What changes while a trial runs. */
interface Course {
  running: boolean;
  /** Epochs a second; null for as many as possible. */
  speed: number | null;
  steps: number;
  /** Since when, and from which step on, the rate is measured. */
  paced: { readonly at: number; readonly steps: number };
  /** The plane of the map that was drawn last. */
  plane: Plane | null;
  /** When the last frame and the last certificate were sent, after which step, and how long it took. */
  framed: number;
  certified: { readonly at: number; readonly step: number; readonly took: number };
}

const start = (): Course => ({
  running: false,
  speed: null,
  steps: 0,
  paced: { at: 0, steps: 0 },
  plane: null,
  framed: -Infinity,
  certified: { at: -Infinity, step: -1, took: 0 },
});

/** What a workshop has at hand. */
interface State extends Surroundings {
  /** The opening that was asked for last. */
  latest: number;
  /** What it opened; null until it has. */
  trial: Trial | null;
  course: Course;
  readonly loaded: Partial<Record<Settings["kernels"], Promise<Kernels>>>;
}

/**
 * A workshop: opens tables, trains, certifies, draws maps, in small pieces.
 *
 * @param surroundings Where answers go, and a clock.
 */
export function createWorkshop(surroundings: Surroundings): Workshop {
  const state: State = { ...surroundings, latest: 0, trial: null, course: start(), loaded: {} };
  return {
    async receive(request) {
      if (request.kind === "open") return await open(state, request);
      guarded(state, (trial) => answer(state, trial, request));
    },
    work(budget) {
      let wait = 0;
      guarded(state, (trial) => {
        if (state.course.running) wait = train(state, trial, budget);
      });
      return state.course.running ? wait : null;
    },
  };
}

/** Does some work on the trial, where there is one; what goes wrong is told, and training pauses. */
function guarded(state: State, work: (trial: Trial) => void): void {
  const { trial } = state;
  if (trial === null) return;
  try {
    work(trial);
  } catch (error) {
    fail(state, trial.id, error);
  }
}

function fail({ course, send }: State, id: number, error: unknown): void {
  course.running = false;
  send({ id, kind: "problem", sentence: sentenceOf(error) });
}

/** Opens a table, and lets go of the one before. */
async function open(state: State, request: Opening): Promise<void> {
  const { send, loaded, trial } = state;
  const { id, settings } = request;
  trial?.session[Symbol.dispose]();
  trial?.objective[Symbol.dispose]();
  state.latest = id;
  state.trial = null;
  state.course = start();
  try {
    const { table, decimalComma } = readTable(request.text, request.file);
    const target = request.target ?? table.columns[table.columns.length - 1];
    send({ id, kind: "columns", columns: columnsOf(table), target: settings.target || target });
    const name = nameOf(settings);
    // Every table is computed in one memory: a session frees what it took.
    const kernels = await (loaded[name] ??= loadKernels(name));
    if (id !== state.latest) return;
    const opened = openTrial(kernels, table, request, target);
    state.trial = opened;
    send({ id, kind: "opened", opened: openedOf(opened, { table, decimalComma }, request.file) });
    report(state, opened, true);
  } catch (error) {
    if (id === state.latest) fail(state, id, error);
  }
}

/** Trains for about so many milliseconds, no faster than was asked for; returns after how many more the next step is due. */
function train(state: State, trial: Trial, budget: number): number {
  const { course, clock } = state;
  const until = clock() + budget;
  let wait = 0;
  do {
    wait = waitOf(course, clock());
    if (wait > 0) break;
    const more = trial.session.next();
    course.running = more && trial.session.phase() !== "done";
    if (!course.running || trial.session.phase() === "training") course.steps++;
  } while (course.running && clock() < until);
  report(state, trial, false);
  return wait;
}

/** Sends a frame, and a certificate where one is due. */
function report({ course, clock, send }: State, trial: Trial, always: boolean): void {
  const { id, session } = trial;
  const now = clock();
  const over = session.phase() === "done";
  if (!always && !over && now - course.framed < FRAME) return;
  course.framed = now;
  send({ id, kind: "frame", frame: frameOf(trial, { ...course, rate: rateOf(course, now) }) });
  const { at, step, took } = course.certified;
  if (step === course.steps || !always && !over && now - at < Math.max(CERTIFY, took / SHARE)) return;
  const before = clock();
  const standing = standingOf(trial);
  course.certified = { at: clock(), step: course.steps, took: clock() - before };
  send({ id, kind: "standing", standing });
}

/** Does what the page asks of an open table. */
function answer(state: State, trial: Trial, request: Exclude<Request, Opening>): void {
  const { course, clock, send } = state;
  const { id, session } = trial;
  switch (request.kind) {
    case "run":
      course.running = request.running && session.phase() !== "done";
      course.speed = request.speed;
      course.paced = { at: clock(), steps: course.steps };
      return report(state, trial, true);
    case "step":
      course.running = false;
      advance(session);
      course.steps++;
      return report(state, trial, true);
    case "map": {
      const { plane, map } = drawMap(trial, request.plane, request.steps);
      course.plane = plane;
      send({ id, kind: "map", map });
      return report(state, trial, true);
    }
    case "save":
      return send({ id, kind: "file", ...fileFrom(trial, request.what) });
  }
}

/** Epochs a second since the last start; null while paused. */
const rateOf = ({ running, paced, steps }: Course, now: number): number | null =>
  running && now > paced.at ? (steps - paced.steps) / (now - paced.at) * 1000 : null;

/** Milliseconds until the next step is due. */
const waitOf = ({ speed, paced, steps }: Course, now: number): number =>
  speed === null ? 0 : Math.max(0, paced.at + (steps + 1 - paced.steps) * 1000 / speed - now);

/** The kernels that the settings ask for, where the browser has them; else plain JavaScript. */
const nameOf = ({ kernels }: Settings): Settings["kernels"] => availableKernels().includes(kernels) ? kernels : "js";

/** What went wrong, as a sentence. */
function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (!(error instanceof InputError) || error.remedy === null) return `${text}.`;
  // What the page has no control for, a program with more options has; here the column can be left out.
  const other = error.column === null ? "" : " Under Data, untick the column, or predict another one.";
  return `${text}.${REMEDIES[error.remedy.option] ?? other}`;
}

/** What the page has for the repairs that the library names. */
const REMEDIES: Readonly<Record<string, string>> = {
  missing: " Under Data, choose what happens to missing values.",
  drop: " Under Data, untick the column, or choose what happens to missing values.",
  target: " Choose another target under Data.",
};
