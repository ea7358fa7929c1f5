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

/**
 * A workshop: opens tables, trains, certifies, draws maps, in small pieces.
 *
 * @param surroundings Where answers go, and a clock.
 */
export function createWorkshop({ send, clock }: Surroundings): Workshop {
  let [latest, trial, course]: [number, Trial | null, Course] = [0, null, start()];
  const loaded: Partial<Record<Settings["kernels"], Promise<Kernels>>> = {};

  const fail = (id: number, error: unknown): void => {
    course.running = false;
    send({ id, kind: "problem", sentence: sentenceOf(error) });
  };
  const guarded = (work: () => void): void => {
    const id = trial?.id ?? latest;
    try {
      work();
    } catch (error) {
      fail(id, error);
    }
  };
  const open = async (request: Opening): Promise<void> => {
    const { id, settings } = request;
    latest = id;
    trial?.session[Symbol.dispose]();
    trial?.objective[Symbol.dispose]();
    [trial, course] = [null, start()];
    try {
      const { table, decimalComma } = readTable(request.text, request.file);
      const target = request.target ?? table.columns[table.columns.length - 1];
      send({ id, kind: "columns", columns: columnsOf(table), target: settings.target || target });
      const name = nameOf(settings);
      // Every table is computed in one memory: a session frees what it took.
      const kernels = await (loaded[name] ??= loadKernels(name));
      if (id !== latest) return;
      trial = openTrial(kernels, table, request, target);
      send({ id, kind: "opened", opened: openedOf(trial, { table, decimalComma }, request.file) });
      report(trial, true);
    } catch (error) {
      if (id === latest) fail(id, error);
    }
  };

  /** Sends a frame, and a certificate where one is due. */
  const report = (trial: Trial, always: boolean): void => {
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
  };

  const answer = (trial: Trial, request: Exclude<Request, Opening>): void => {
    const { id, session } = trial;
    switch (request.kind) {
      case "run":
        course.running = request.running && session.phase() !== "done";
        course.speed = request.speed;
        course.paced = { at: clock(), steps: course.steps };
        return report(trial, true);
      case "step":
        course.running = false;
        advance(session);
        course.steps++;
        return report(trial, true);
      case "map": {
        const { plane, map } = drawMap(trial, request.plane, request.steps);
        course.plane = plane;
        send({ id, kind: "map", map });
        return report(trial, true);
      }
      case "save":
        return send({ id, kind: "file", ...fileFrom(trial, request.what) });
    }
  };

  return {
    async receive(request) {
      if (request.kind === "open") return await open(request);
      guarded(() => trial === null || answer(trial, request));
    },
    work(budget) {
      let wait = 0;
      guarded(() => {
        if (!course.running || trial === null) return;
        const until = clock() + budget;
        do {
          wait = waitOf(course, clock());
          if (wait > 0) break;
          const more = trial.session.next();
          course.running = more && trial.session.phase() !== "done";
          if (!course.running || trial.session.phase() === "training") course.steps++;
        } while (course.running && clock() < until);
        report(trial, false);
      });
      return course.running ? wait : null;
    },
  };
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
