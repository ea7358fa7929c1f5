import type { Optimum, PointRecord } from "../claims/mod.ts";
import type { Loss } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import type { Examples } from "../objective/mod.ts";
import type { StartName } from "./starts.ts";
import type { Advance, SgdSettings } from "./task.ts";

/** How every run of a check goes, as plain data: it crosses to workers as it is. */
export interface CheckSettings extends SgdSettings {
  /** The tolerance epsilon for stationary points. */
  readonly epsilon: number;
  /** Whether (w, V) is then brought to an epsilon-SOPSP. */
  readonly descend: boolean;
  /** Most steps of that descent (default 3000). */
  readonly descentSteps?: number;
  /** Strength of a penalty on (w, V) in training; null for none. */
  readonly penalty: number | null;
  /** Radius of the ball that training keeps (w, V) in; null for none. */
  readonly ball: number | null;
  /** Norm of the comparators where an infimum is not attained. */
  readonly radius: number;
}

/** What every run of a check shares. */
export interface CheckTask {
  /** The network. */
  readonly net: Network;
  /** The loss. */
  readonly loss: Loss;
  /** The data. */
  readonly examples: Examples;
  /** The best linear predictor on them. */
  readonly linear: Optimum;
  /** The settings. */
  readonly settings: CheckSettings;
}

/** Which run: a seed and a start. */
export interface RunName {
  /** The seed: every random number of the run comes from it. */
  readonly seed: number;
  /** Where the run starts. */
  readonly start: StartName;
}

/** What a run says between two pieces of work. */
export type CheckEvent = Advance<"epoch" | "settle">;

/** One point of a trajectory with everything that is known about it. */
export interface RecordedPoint extends PointRecord {
  /** `start`: before the first step; `train`: after an epoch of SGD; `descent`: on the way to a stationary point. */
  readonly phase: "start" | "train" | "descent";
  /** Epochs of SGD so far, or steps of the descent so far. */
  readonly count: number;
}

/**
 * How a descent ended. `none`: there was none. `converged`: gradient and lambda_min are as small as it aims for. `stationary`: they meet
 * the requested tolerance, and it would not have ended otherwise. `stalled`: any further progress is below rounding. `out-of-steps`: its steps ran out.
 */
export type DescentEnd = "none" | "converged" | "stationary" | "stalled" | "out-of-steps";

/** One run from its start to its end. */
export interface RunResult extends RunName {
  /** Steps of SGD. */
  readonly steps: number;
  /** Whether SGD diverged (the loss became infinite or NaN); the run then continues from its last finite point. */
  readonly diverged: boolean;
  /** The recorded points, in order; the last is the end of the run. */
  readonly points: readonly RecordedPoint[];
  /** The parameters there, in the network's layout. */
  readonly params: Float64Array;
  /** How many steps the descent took, and why it ended. */
  readonly descent: { readonly steps: number; readonly end: DescentEnd };
  /** A descent direction from there, when it is above the best linear predictor. */
  readonly escape: { readonly order: "first" | "second"; readonly value: number; readonly drop: number } | null;
}
