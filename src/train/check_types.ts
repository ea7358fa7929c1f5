import type { Optimum, PointRecord } from "../claims/mod.ts";
import type { Dtype } from "../kernels/mod.ts";
import type { Layer } from "../nn/mod.ts";
import type { Loss } from "../loss/mod.ts";
import type { CrewPlan, Examples } from "../objective/mod.ts";
import type { StartName } from "./starts.ts";

/** What every run of a check shares, as plain data: it crosses to workers as it is. */
export interface CheckSettings {
  /** The layer tree f_theta. */
  readonly theta: Layer;
  /** Passes over the data by SGD. */
  readonly epochs: number;
  /** Rows of a minibatch. */
  readonly batch: number;
  /** The first learning rate of a cosine schedule to 0. */
  readonly learningRate: number;
  /** What counts as stationary. */
  readonly epsilon: number;
  /** Whether (w, V) is then brought to an epsilon-SOPSP. */
  readonly descend: boolean;
  /** Most steps of that descent (default 3000). */
  readonly descentSteps?: number;
  /** Precision of training; certificates are always f64. */
  readonly dtype: Dtype;
  /** Strength of a penalty on (w, V) in training; null for none. */
  readonly penalty: number | null;
  /** Radius of the ball that training keeps (w, V) in; null for none. */
  readonly ball: number | null;
  /** Norm of the comparators where an infimum is not attained. */
  readonly radius: number;
}

/** What every run is given beside the settings. */
export interface CheckTask {
  /** The settings. */
  readonly settings: CheckSettings;
  /** The loss. */
  readonly loss: Loss;
  /** The data. */
  readonly examples: Examples;
  /** The best linear predictor on them. */
  readonly linear: Optimum;
  /** How many threads a run has (default 1). No result depends on it. */
  readonly threads?: number;
  /** Called with the plan of a step that the run's other threads are to share; needed for more than one thread. */
  readonly recruit?: (plan: CrewPlan) => void;
}

/** Which run: a seed and a start. */
export interface RunName {
  /** The seed: every random number of the run comes from it. */
  readonly seed: number;
  /** Where the run starts. */
  readonly start: StartName;
}

/** One point of a trajectory with everything that is known about it. */
export interface RecordedPoint extends PointRecord {
  /** `start`: before the first step; `train`: after an epoch of SGD; `descent`: on the way to a stationary point. */
  readonly phase: "start" | "train" | "descent";
  /** Epochs of SGD so far, or steps of the descent so far. */
  readonly count: number;
}

/**
 * How a descent ended. `none`: there was none. `converged`: gradient and lambda_min are as small as it aims for. `stationary`: they are as small
 * as was asked for, and it would have gone on for ever. `stalled`: rounding hides any further progress. `out-of-steps`: its steps ran out.
 */
export type DescentEnd = "none" | "converged" | "stationary" | "stalled" | "out-of-steps";

/** One run from its start to where it stopped. */
export interface RunResult extends RunName {
  /** Steps of SGD. */
  readonly steps: number;
  /** Whether SGD left the finite numbers; the run then goes on from its last finite point. */
  readonly diverged: boolean;
  /** The recorded points, in order; the last is where the run stopped. */
  readonly points: readonly RecordedPoint[];
  /** The parameters there, in the network's layout. */
  readonly parameters: Float64Array;
  /** How many steps the descent took, and why it ended. */
  readonly descent: { readonly steps: number; readonly end: DescentEnd };
  /** The way down from there, when it lies above the best linear predictor. */
  readonly escape: { readonly order: "first" | "second"; readonly value: number; readonly drop: number } | null;
}
