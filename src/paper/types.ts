import type { bestLinear } from "../baseline/mod.ts";
import type { Claim } from "../claims/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { theoremA } from "../landscape/mod.ts";
import type { AnyLoss, Loss } from "../loss/mod.ts";
import type { Examples } from "../objective/mod.ts";
import type { panelMinima } from "./figure_1.ts";

/** What a statement is checked with. */
export interface PaperContext {
  /** The kernels to compute with. */
  readonly kernels: Kernels;
  /** The random seed. */
  readonly seed: number;
  /** Fewer points: the whole paper in seconds. */
  readonly quick: boolean;
  /** The losses of the grid (default: all that the library has). One that is not convex puts what needs convexity outside. */
  readonly losses?: readonly Loss[];
  /** How the best linear predictor is found (default: the library's). */
  readonly baseline?: typeof bestLinear;
  /** How Theorem A is measured at a point (default: the library's). */
  readonly theoremA?: typeof theoremA;
  /** How the minima of a panel of Figure 1 are found (default: the library's). */
  readonly minima?: typeof panelMinima;
  /** Real data, for the statements that are checked on some. */
  readonly tables?: readonly PaperTable[];
}

/** Real data with the loss that fits their targets. */
export interface PaperTable extends Examples {
  /** Such as `iris`. */
  readonly name: string;
  /** The loss. */
  readonly loss: AnyLoss;
}

/** The result of a check: the status of the claim, and the numbers. */
export interface Finding extends Pick<Claim, "status" | "measured" | "bound" | "points"> {
  /** Why, when the status is `undecided` or `outside`. */
  readonly reason?: string;
  /** Further figures, by name, such as how nearly the bound is attained and how many points were left out. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What to draw. */
  readonly chart?: Chart;
  /** What was found one by one, to be listed. */
  readonly listing?: Listing;
}

/** The numbers of a finding, from which its status follows. */
export type Recorded = Pick<Finding, "measured" | "bound" | "points" | "numbers">;

/** A table of single findings. */
export interface Listing {
  /** What each row is. */
  readonly title: string;
  /** The names of the columns. */
  readonly columns: readonly string[];
  /** A cell per column; numbers that are not finite leave it empty. */
  readonly rows: readonly (readonly (number | string)[])[];
}

/** Curves, or clouds of points, over two axes. */
export interface Chart {
  /** What it shows. */
  readonly title: string;
  /** Label of the horizontal axis. */
  readonly x: string;
  /** Label of the vertical axis. */
  readonly y: string;
  /** The axes that are linear (default: none, both are logarithmic and leave out what is not above 0). */
  readonly linear?: "x" | "y" | "both";
  /** Whether the line on which both coordinates are equal is drawn (default false). */
  readonly equality?: boolean;
  /** The curves, each a row of points (x, y); `dots` are points without a line. */
  readonly series: readonly Series[];
  /** Bands from a low to a high y, each a row of (x, low, high), in the colour of the curve whose name they have. */
  readonly bands?: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number, number])[];
  }[];
}

/** One curve of a chart, or one cloud of points. */
export interface Series {
  /** What it is called in the chart. */
  readonly name: string;
  /** Its points (x, y). */
  readonly points: readonly (readonly [number, number])[];
  /** Whether its points are drawn without a line between them (default false). */
  readonly dots?: boolean;
}

/** A statement of the paper, or one that follows from it, with the experiment that checks it. */
export interface Statement {
  /** Stable name, such as `lemma-2`. */
  readonly id: string;
  /** What it says, in a sentence. */
  readonly statement: string;
  /** Where it is stated and proved. */
  readonly source: string;
  /** Whether it is about convex losses only, and checked over the grid of losses. */
  readonly needsConvex: boolean;
  /** Checks it; pure but for the memory of the kernels. */
  readonly check: (context: PaperContext) => Finding;
  /** The status that recorded numbers mean, in the check itself and when they are read again (default: that of a tally). */
  readonly statusOf?: (found: Recorded) => Finding["status"];
}
