import type { Table } from "../../src/data/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import { createObjective, createRidgeObjective, type Objective } from "../../src/objective/mod.ts";
import { linearNotes, linearReport } from "../../src/report/internal.ts";
import type { Plane } from "../../src/surface/mod.ts";
import { commandLine } from "./command_line.ts";
import { thin } from "./loss_picture.ts";
import type { ColumnView, Frame, Opened, Opening, Standing } from "./messages.ts";
import { project } from "./plane.ts";
import { prepare, type Prepared } from "./prepare.ts";
import type { ReadTable } from "./read_table.ts";
import { type Session, startSession } from "./session.ts";
import type { Settings } from "./settings.ts";
import { modelFile, verdictReport } from "./take_away.ts";
import type { EpochPoint } from "./trainers.ts";

/** Points of a curve that are sent. */
const CURVE = 320;

/** A table that was opened, in training. */
export interface Trial {
  readonly id: number;
  readonly settings: Settings;
  readonly kernels: Kernels;
  readonly prepared: Prepared;
  readonly session: Session;
  readonly objective: Objective;
}

/**
 * Prepares a table, and puts a network at its start.
 *
 * @param kernels Where it trains.
 * @param table The table, as read.
 * @param opening What the page asked for.
 * @param target The column to predict where the settings name none.
 * @throws {InputError} If the table cannot be trained on as it is.
 */
export function openTrial(kernels: Kernels, table: Table, { id, settings }: Opening, target: string): Trial {
  const prepared = prepare(table, settings, target);
  const session = startSession(kernels, prepared, settings);
  const whole = createObjective(kernels, session.net, prepared.loss, prepared.training);
  const objective = session.ridge === null ? whole : createRidgeObjective(whole, session.net, session.ridge);
  return { id, settings, kernels, prepared, session, objective };
}

/** What the page is told of a trial once. */
export function openedOf(
  { settings, kernels, prepared, session }: Trial,
  { table, decimalComma }: ReadTable,
  file: string,
): Opened {
  const { training, heldOut, loss, target } = prepared;
  return {
    file,
    rows: training.x.rows,
    heldOutRows: heldOut?.x.rows ?? 0,
    columns: columnsOf(table),
    target,
    loss: loss.name,
    ridge: session.ridge !== null,
    inputs: training.x.cols,
    parameters: session.net.size,
    kernels: kernels.name,
    linear: session.comparator.value,
    linearHeldOut: session.linearHeldOut,
    notes: [
      ...decimalComma ? ["Numbers are read with decimal commas."] : [],
      ...linearNotes(linearReport(session.linear, training)),
    ],
    command: commandLine(settings, { file, target, decimalComma }, kernels.name),
  };
}

/** What is proved of a trial's network as it is. */
export function standingOf({ session }: Trial): Standing {
  const { point, sentence, verdict } = session.certify();
  return {
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
  };
}

/** One epoch; at the last one, all of settling too. */
export function advance(session: Session): void {
  if (!session.next()) return;
  while (session.phase() === "settling") session.next();
}

/** Every column of a table, in words. */
export const columnsOf = (table: Table): readonly ColumnView[] => table.columns.map((_, at) => viewOf(table, at));

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

/** How a trial stands. */
export function frameOf(
  { session, settings }: Trial,
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

/** A file of what was trained. */
export function fileFrom(
  { kernels, prepared, session, settings }: Trial,
  what: "model" | "verdict",
): { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } {
  if (what === "model") {
    const bytes = new Uint8Array(modelFile(prepared, session, settings));
    return { name: "model.safetensors", bytes };
  }
  const text = `${JSON.stringify(verdictReport(kernels, prepared, session, settings), null, 2)}\n`;
  return { name: "verdict.json", bytes: new TextEncoder().encode(text) };
}
