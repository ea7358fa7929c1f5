import type { Dtype } from "../kernels/mod.ts";
import type { Layer } from "../nn/mod.ts";
import type { Comparator } from "../landscape/mod.ts";
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
  /** The first learning rate; half a cosine takes it to 0. */
  readonly learningRate: number;
  /** What counts as stationary. */
  readonly epsilon: number;
  /** Whether (w, V) is then brought to an epsilon-SOPSP. */
  readonly descend: boolean;
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
  readonly linear: Comparator;
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

/** One side of a claim at a point, as it was measured: `left >= right`. */
export interface Sides {
  /** The measured left side. */
  readonly left: number;
  /** The measured right side. */
  readonly right: number;
  /** Whether `left >= right`, rounding allowed for. */
  readonly holds: boolean;
}

/** One point of a trajectory with everything that was claimed about it. */
export interface RecordedPoint {
  /** `start`: before the first step; `train`: after an epoch of SGD; `descent`: on the way to a stationary point. */
  readonly phase: "start" | "train" | "descent";
  /** Epochs of SGD so far, or steps of the descent so far. */
  readonly count: number;
  /** `F(w, V, theta)`. */
  readonly value: number;
  /** `F - F_lin(w*)`. */
  readonly gap: number;
  /** `||grad F_theta||`. */
  readonly gradientNorm: number;
  /** The smallest eigenvalue of the Hessian over (w, V). */
  readonly lambdaMin: number;
  /** `||w||`. */
  readonly wNorm: number;
  /** `||V||`, Frobenius. */
  readonly vNorm: number;
  /** The least epsilon for which the point is an epsilon-SOPSP. */
  readonly epsilon: number;
  /** Whether that is at most the epsilon asked for. */
  readonly stationary: boolean;
  /** Theorem 1; null when w = 0. */
  readonly theorem1: Sides | null;
  /** Theorem 2 at (0, V, theta). */
  readonly theorem2: Sides;
  /** Theorem 3: the bound on the left, the gap on the right; null when the loss is not smooth enough. */
  readonly theorem3: Sides | null;
  /** The convex certificate against the best linear predictor: bound and gap. */
  readonly certificate: Sides;
  /** The same against min H, the best that the features allow. */
  readonly features: Sides & { readonly value: number };
}

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
  /** The way down from there, when it lies above the best linear predictor. */
  readonly escape: { readonly order: "first" | "second"; readonly value: number; readonly drop: number } | null;
}
