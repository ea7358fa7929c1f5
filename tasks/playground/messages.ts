import type { Grid, PlanePoint } from "../../src/surface/mod.ts";
import type { LossPoint } from "./loss_picture.ts";
import type { PlaneKind } from "./plane.ts";
import type { Settings } from "./settings.ts";

/** A column of the table, in words. */
export interface ColumnView {
  readonly name: string;
  /** Numbers, or text with how many different values. */
  readonly kind: string;
  /** Cells without a value. */
  readonly missing: number;
}

/** Opens a table and starts anew. */
export interface Opening {
  readonly kind: "open";
  /** Answers carry it, so that those to an earlier opening can be told. */
  readonly id: number;
  readonly settings: Settings;
  /** The table's name, for messages and the command line. */
  readonly file: string;
  /** The table, as CSV. */
  readonly text: string;
  /** The column to predict where the settings name none; null for the last one. */
  readonly target: string | null;
}

/** What the page asks its worker for. */
export type Request =
  | Opening
  /** Trains, or pauses; epochs a second, null for as many as possible. */
  | { readonly kind: "run"; readonly running: boolean; readonly speed: number | null }
  /** One epoch. */
  | { readonly kind: "step" }
  /** A map of the loss around the parameters as they are. */
  | { readonly kind: "map"; readonly plane: PlaneKind; readonly steps: number }
  /** A file of what was trained. */
  | { readonly kind: "save"; readonly what: "model" | "verdict" };

/** How training stands. */
export interface Frame {
  readonly phase: "training" | "settling" | "done";
  readonly running: boolean;
  readonly epoch: number;
  readonly epochs: number;
  /** Epochs a second lately; null while paused. */
  readonly rate: number | null;
  readonly residual: readonly LossPoint[];
  readonly plain: readonly LossPoint[];
  readonly residualHeldOut: readonly LossPoint[];
  readonly plainHeldOut: readonly LossPoint[];
  readonly diverged: { readonly residual: boolean; readonly plain: boolean };
  /** Where the parameters are on the map that was drawn last; null without one. */
  readonly place: PlanePoint | null;
}

/** What is proved of the residual network as it is. */
export interface Standing {
  readonly epoch: number;
  /** In the words of the program. */
  readonly sentence: string;
  readonly verdict: string;
  readonly standing: "below" | "equal" | "above";
  readonly value: number;
  readonly gradient: number;
  /** The largest gradient norm of a stationary point. */
  readonly epsilon: number;
  readonly lambda: readonly [lower: number, upper: number];
  /** The least lambda_min of a stationary point. */
  readonly bend: number;
  readonly stationary: boolean;
}

/** A table that was opened, and what is compared. */
export interface Opened {
  readonly file: string;
  readonly rows: number;
  readonly heldOutRows: number;
  readonly columns: readonly ColumnView[];
  readonly target: string;
  readonly loss: string;
  /** Whether the losses on the training rows include a ridge. */
  readonly ridge: boolean;
  readonly inputs: number;
  readonly parameters: number;
  readonly kernels: string;
  readonly linear: number;
  readonly linearHeldOut: number | null;
  /** What is to be known of the linear predictor, such as columns that it leaves out. */
  readonly notes: readonly string[];
  /** The command that repeats it; null where none does. */
  readonly command: string | null;
}

/** A map of the loss. */
export interface MapView {
  readonly plane: PlaneKind;
  readonly grid: Grid;
  readonly linear: number;
  /** The course of training in the plane. */
  readonly path: readonly PlanePoint[];
  readonly axes: readonly [string, string];
  /** The path along the descent direction; empty but for that plane. */
  readonly descent: readonly PlanePoint[];
  /** What was found, in a sentence; empty where the map says it. */
  readonly note: string;
}

/** What the worker answers, and to which opening it belongs. */
export type Reply =
  & { readonly id: number }
  & (
    | { readonly kind: "opened"; readonly opened: Opened }
    /** The table was read, but nothing can be trained on it as it is. */
    | { readonly kind: "columns"; readonly columns: readonly ColumnView[]; readonly target: string }
    | { readonly kind: "frame"; readonly frame: Frame }
    | { readonly kind: "standing"; readonly standing: Standing }
    | { readonly kind: "map"; readonly map: MapView }
    | { readonly kind: "file"; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
    | { readonly kind: "problem"; readonly sentence: string }
  );
