import { InputError, parseTable, type Table } from "../../src/data/mod.ts";
import { availableKernels, type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { createHeadObjective, findDescent, type Head, lambdaMin } from "../../src/landscape/mod.ts";
import { joinParts, splitParts } from "../../src/nn/mod.ts";
import { createObjective, createRidgeObjective, type Objective } from "../../src/objective/mod.ts";
import { linearNotes, linearReport } from "../../src/report/internal.ts";
import { chooseReach, emptyGrid, evaluateRow, type Plane, PLANE_AXES } from "../../src/surface/mod.ts";
import { matrix, type Vector } from "../../src/tensor/mod.ts";
import { headOf } from "../../src/train/mod.ts";
import { commandLine } from "./command_line.ts";
import { thin } from "./loss_picture.ts";
import type { ColumnView, Frame, MapView, Opening, Reply, Request } from "./messages.ts";
import { type PlaneKind, planeThrough, project } from "./plane.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { type Session, startSession } from "./session.ts";
import type { EpochPoint } from "./trainers.ts";
import type { Settings } from "./settings.ts";
import { modelFile, verdictReport } from "./take_away.ts";

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

/** Points of a curve that are sent. */
const CURVE = 320;

/** An opened table in training. */
interface Bench {
  readonly id: number;
  readonly settings: Settings;
  readonly kernels: Kernels;
  readonly prepared: Prepared;
  readonly session: Session;
  readonly objective: Objective;
}

/**
 * A workshop: opens tables, trains, certifies, draws maps, in small pieces.
 *
 * @param surroundings Where answers go, and a clock.
 */
export function createWorkshop({ send, clock }: Surroundings): Workshop {
  let [latest, bench]: [number, Bench | null] = [0, null];
  let [running, speed]: [boolean, number | null] = [false, null];
  let plane: Plane | null = null;
  const loaded: Partial<Record<Settings["kernels"], Promise<Kernels>>> = {};
  let [framed, certified, cost, certifiedStep]: [number, number, number, number] = [-Infinity, -Infinity, 0, -1];
  let [steps, paced]: [number, { readonly at: number; readonly steps: number }] = [0, { at: 0, steps: 0 }];

  const fail = (id: number, error: unknown): void => {
    running = false;
    send({ id, kind: "problem", sentence: sentenceOf(error) });
  };
  const open = async (request: Opening): Promise<void> => {
    const { id, settings } = request;
    latest = id;
    bench?.session[Symbol.dispose]();
    bench?.objective[Symbol.dispose]();
    [bench, running, plane] = [null, false, null];
    [framed, certified, cost, certifiedStep, steps] = [-Infinity, -Infinity, 0, -1, 0];
    try {
      const table = parseTable(request.text, { file: request.file });
      const target = request.target ?? table.columns[table.columns.length - 1];
      send({
        id,
        kind: "columns",
        columns: table.columns.map((_, at) => viewOf(table, at)),
        target: settings.target || target,
      });
      const name = nameOf(settings);
      // Every table is computed in one memory: a session frees what it took.
      const kernels = await (loaded[name] ??= loadKernels(name));
      if (id !== latest) return;
      const prepared = prepare(table, settings, target);
      const session = startSession(kernels, prepared, settings);
      const objective = objectiveOf(kernels, prepared, session);
      bench = { id, settings, kernels, prepared, session, objective };
      const { training, heldOut, loss } = prepared;
      send({
        id,
        kind: "opened",
        opened: {
          file: request.file,
          rows: training.x.rows,
          heldOutRows: heldOut?.x.rows ?? 0,
          columns: table.columns.map((_, at) => viewOf(table, at)),
          target: prepared.target,
          loss: loss.name,
          ridge: session.ridge !== null,
          inputs: training.x.cols,
          parameters: session.net.size,
          kernels: kernels.name,
          linear: session.comparator.value,
          linearHeldOut: session.linearHeldOut,
          notes: linearNotes(linearReport(session.linear, training)),
          command: commandLine(settings, request.file, prepared.target, kernels.name),
        },
      });
      report(true);
    } catch (error) {
      if (id === latest) fail(id, error);
    }
  };

  /** Sends a frame, and a certificate where one is due. */
  const report = (always: boolean): void => {
    if (bench === null) return;
    const now = clock();
    const { id, session } = bench;
    const over = session.phase() === "done";
    if (!always && !over && now - framed < FRAME) return;
    framed = now;
    send({ id, kind: "frame", frame: frameOf(bench, { running, plane, rate: rateAt(now) }) });
    if (certifiedStep === steps || !always && !over && now - certified < Math.max(CERTIFY, cost / SHARE)) return;
    certify();
  };
  const certify = (): void => {
    const { id, session } = bench!;
    const before = clock();
    const { point, sentence, verdict } = session.certify();
    [certified, certifiedStep] = [clock(), steps];
    cost = certified - before;
    send({
      id,
      kind: "standing",
      standing: {
        epoch: session.epoch(),
        sentence,
        verdict,
        standing: point.standing,
        value: point.value,
        gradient: point.gradientNorm,
        epsilon: point.asked,
        lambda: [point.lambda.lower, point.lambda.upper],
        bend: -Math.sqrt((point.mu2 ?? 1) * point.asked),
        stationary: point.stationary,
      },
    });
  };
  const rateAt = (now: number): number | null =>
    running && now > paced.at ? (steps - paced.steps) / (now - paced.at) * 1000 : null;

  const guarded = (work: () => void): void => {
    const id = bench?.id ?? latest;
    try {
      work();
    } catch (error) {
      fail(id, error);
    }
  };

  return {
    async receive(request) {
      if (request.kind === "open") return await open(request);
      guarded(() => {
        if (bench === null) return;
        switch (request.kind) {
          case "run":
            running = request.running && bench.session.phase() !== "done";
            speed = request.speed;
            paced = { at: clock(), steps };
            return report(true);
          case "step":
            running = false;
            advance(bench.session);
            steps++;
            return report(true);
          case "map": {
            const found = drawMap(bench, request.plane, request.steps);
            plane = found.plane;
            send({ id: bench.id, kind: "map", map: found.map });
            return report(true);
          }
          case "save":
            return send({ id: bench.id, kind: "file", ...fileFrom(bench, request.what) });
        }
      });
    },
    work(budget) {
      if (!running || bench === null) return null;
      const from = clock();
      let wait: number | null = 0;
      guarded(() => {
        const { session } = bench!;
        do {
          const due = speed === null ? 0 : paced.at + (steps + 1 - paced.steps) * 1000 / speed - clock();
          if (due > 0) {
            wait = due;
            break;
          }
          const more = session.next();
          if (session.phase() === "training") steps++;
          if (!more || session.phase() === "done") {
            running = false;
            steps++;
            break;
          }
        } while (clock() - from < budget);
        report(false);
      });
      return running ? wait : null;
    },
  };
}

/** The loss that is drawn: with the ridge where there is one. */
function objectiveOf(kernels: Kernels, { loss, training }: Prepared, { net, ridge }: Session): Objective {
  const objective = createObjective(kernels, net, loss, training);
  return ridge === null ? objective : createRidgeObjective(objective, net, ridge);
}

/** One epoch; at the last one, all of settling too. */
function advance(session: Session): void {
  if (!session.next()) return;
  while (session.phase() === "settling") session.next();
}

function viewOf({ columns, cells, rows }: Table, at: number): ColumnView {
  const { kind, texts, codes } = cells[at]!;
  const empty = texts.indexOf("");
  const missing = codes === null || empty < 0 ? 0 : codes.reduce((count, code) => count + Number(code === empty), 0);
  const filled = texts.length - Number(empty >= 0);
  const words = kind === "number" || kind === "mixed" && filled === 0
    ? "numbers"
    : missing === rows
    ? "nothing"
    : `${kind === "mixed" ? "numbers and " : ""}text, ${filled} different`;
  return { name: columns[at], kind: words, missing };
}

/** The kernels that the settings ask for, where the browser has them; else plain JavaScript. */
const nameOf = ({ kernels }: Settings): Settings["kernels"] => availableKernels().includes(kernels) ? kernels : "js";

function frameOf(
  { session, settings }: Bench,
  { running, plane, rate }: { readonly running: boolean; readonly plane: Plane | null; readonly rate: number | null },
): Frame {
  const history = session.history();
  const curve = (points: readonly EpochPoint[], kind: "training" | "heldOut") =>
    thin(
      points.flatMap(({ epoch, ...losses }) => losses[kind] === null ? [] : [[epoch, losses[kind]] as const]),
      CURVE,
    );
  return {
    phase: session.phase(),
    running,
    epoch: session.epoch(),
    epochs: settings.epochs,
    rate,
    residual: curve(history, "training"),
    plain: curve(session.plainHistory(), "training"),
    residualHeldOut: curve(history, "heldOut"),
    plainHeldOut: curve(session.plainHistory(), "heldOut"),
    diverged: session.diverged(),
    place: plane && project(plane, session.params()),
  };
}

/** The names of the axes on which a descent is shown. */
const DESCENT_AXES = ["descent direction", "a direction across it"] as const;

/** The loss over a plane through the parameters as they are. */
function drawMap(bench: Bench, kind: PlaneKind, steps: number): { readonly map: MapView; readonly plane: Plane } {
  const { kernels, session, objective, settings } = bench;
  const { net } = session;
  const [params, path] = [session.params(), session.path()];
  const task = { net, objective, params, path, seed: settings.seed };
  const down = kind === "descent" ? descentFrom(bench) : null;
  const plane = kind === "descent" ? { origin: params, ...down!.directions } : planeThrough(kernels, task, kind);
  const shown = kind === "path" ? path.map((point) => project(plane, point)) : [];
  const descent = down?.points ?? [];
  const reach = chooseReach((at) => objective.value(at), plane, session.comparator.value, [...shown, ...descent]);
  const empty = emptyGrid(steps, reach);
  const values = new Float64Array(steps * steps);
  for (let row = 0; row < steps; row++) values.set(evaluateRow(objective, plane, empty, row), row * steps);
  const { value: linear } = session.comparator;
  const map = {
    plane: kind,
    grid: { ...empty, values },
    linear,
    path: shown,
    axes: kind === "descent" ? DESCENT_AXES : PLANE_AXES[kind],
    descent,
    note: down?.note ?? "",
  };
  return { map, plane };
}

/** Points on the way along a descent direction. */
const ALONG = 40;

/** The descent direction of Theorem A (or of Theorem 1 where the gradient shows it) from the parameters as they are, with theta fixed. */
function descentFrom({ kernels, session, objective, prepared: { training, loss } }: Bench) {
  const { net, ridge, comparator: linear } = session;
  const params = session.params();
  using head = createHeadObjective(kernels, {
    x: training.x,
    y: training.y,
    f: objective.features(params),
    loss,
    ridge,
  });
  const at = head.at(headOf(net, params));
  if (!(at.value > linear.value)) {
    throw new RangeError(
      "Cannot show a descent direction from here: the point is at or below the best linear predictor already; restart, or choose the saddle as the start",
    );
  }
  const comparator = { A: matrix(net.outputs, net.d, linear.weights), C: null, value: linear.value };
  const found = findDescent(head, at, lambdaMin(head, at), comparator);
  if (found === null) throw new RangeError("Cannot show a descent direction from here: none was found");
  const flat = ({ W, V }: Head): Vector =>
    joinParts(net, { w: W.data, V: V.data, theta: new Float64Array(splitParts(net, params).theta.length) });
  const a = flat(found.direction);
  const across = flat({ W: at.gradientW, V: at.gradientV });
  const points = Array.from({ length: ALONG + 1 }, (_, i) => [found.step * i / ALONG, 0] as const);
  const short = (value: number) => String(Number(value.toPrecision(3)));
  return {
    directions: { a, b: orthogonalTo(a, across) },
    points,
    note:
      `A descent direction of ${
        found.order === "first" ? "first order" : `negative curvature ${short(found.curvature)}`
      }: ` +
      `along it the loss falls from ${short(at.value)} to ${
        short(found.reached.value)
      }; the best linear predictor has ${short(linear.value)}.`,
  };
}

/** A vector without its part along another, as long as that one; where nothing is left, a coordinate's. */
function orthogonalTo(a: Vector, wanted: Vector): Vector {
  const square = (x: Vector) => x.reduce((sum, value) => sum + value * value, 0);
  const length = square(a);
  const rest = (x: Vector): Vector => {
    const share = a.reduce((sum, value, i) => sum + value * x[i], 0) / length;
    return x.map((value, i) => value - share * a[i]);
  };
  const unit = (at: number) => new Float64Array(a.length).with(at, 1);
  // Of all coordinates, the one where the direction is least has most left.
  const least = a.reduce((best, value, i) => Math.abs(value) < Math.abs(a[best]) ? i : best, 0);
  const first = rest(wanted);
  const found = square(first) > 1e-12 * square(wanted) ? first : rest(unit(least));
  const scale = Math.sqrt(length / square(found));
  return found.map((value) => value * scale);
}

/** A file of what was trained. */
function fileFrom({ kernels, prepared, session, settings }: Bench, what: "model" | "verdict") {
  if (what === "model") {
    const bytes = new Uint8Array(modelFile(prepared, session, settings));
    return { name: "model.safetensors", bytes };
  }
  const text = `${JSON.stringify(verdictReport(kernels, prepared, session, settings), null, 2)}\n`;
  return { name: "verdict.json", bytes: new TextEncoder().encode(text) };
}

/** What went wrong, as a sentence. */
function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof InputError && error.remedy !== null ? REMEDIES[error.remedy.option] ?? "" : "";
  return `${text}.${remedy}`;
}

/** What the page has for the repairs that the library names. */
const REMEDIES: Readonly<Record<string, string>> = {
  missing: " Under Data, choose what happens to missing values.",
  drop: " Under Data, untick the column, or choose what happens to missing values.",
  target: " Choose another target under Data.",
};
