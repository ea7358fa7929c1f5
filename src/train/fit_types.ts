import type { AnyLoss } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import type { Examples, Ridge } from "../objective/mod.ts";
import type { SgdState, TrainState } from "../optim/mod.ts";
import type { Vector } from "../tensor/mod.ts";
import type { Settled } from "./settle.ts";
import type { Advance, SgdSettings } from "./task.ts";

/** How a model is trained, as plain data. */
export interface FitSettings extends SgdSettings {
  /** Where training starts: at the best linear predictor, at the best constant, or at random. */
  readonly start: "linear" | "constant" | "random";
  /** The random seed. */
  readonly seed: number;
  /** From how many seeds theta is trained, each by itself; their features stand side by side (default 1). */
  readonly seeds?: number;
  /** The tolerance epsilon for stationary points. */
  readonly epsilon: number;
  /** Epochs without a better held-out loss after which training stops; null for never. */
  readonly patience: number | null;
  /** Norm of the comparators where an infimum is not attained. */
  readonly radius: number;
  /** Whether the parameters after every epoch are kept. */
  readonly keepPath: boolean;
}

/** What is trained, on what. */
export interface FitTask {
  /** The network. */
  readonly net: Network;
  /** The loss. */
  readonly loss: AnyLoss;
  /** The rows to train on. */
  readonly training: Examples;
  /** Held-out rows, or null. */
  readonly heldOut: Examples | null;
  /** The settings. */
  readonly settings: FitSettings;
  /** The ridge on w and V'w under which (W, V) settles; null (default) for none. */
  readonly ridge?: Ridge | null;
  /** The checkpoints of an interrupted run, one for each seed that it had begun: of all but the last, those at their ends. */
  readonly resume?: readonly FitCheckpoint[];
}

/** One epoch as it was measured. */
export interface EpochRecord {
  /** Epochs so far. */
  readonly epoch: number;
  /** The loss on the training rows; null where it was not measured. */
  readonly training: number | null;
  /** The convex certificate: the training loss is at most this above the best linear predictor's; null where it was not measured. */
  readonly bound: number | null;
  /** The loss on the held-out rows; null without any. */
  readonly heldOut: number | null;
}

/** Everything needed to resume training after an epoch, with the same bits as without interruption. */
export interface FitCheckpoint {
  /** The optimiser's state. */
  readonly state: TrainState<SgdState>;
  /** How often the learning rate was cut since training rose above its start. */
  readonly cuts: number;
  /** The epochs so far. */
  readonly history: readonly EpochRecord[];
  /** Whether SGD diverged in the last of them; then there is none after it. */
  readonly diverged: boolean;
  /** The best epoch by held-out loss, and the point there; null without held-out rows. */
  readonly best: { readonly epoch: number; readonly loss: number; readonly params: Vector } | null;
  /** The parameters at the start and after every epoch; empty when they are not kept. */
  readonly path: readonly Vector[];
}

/** An event of a fit: a piece of an epoch, an epoch, or a step of settling. */
export type FitEvent =
  | Advance<"epoch"> & {
    /** Where training is, of the seed that is trained. */
    readonly checkpoint: FitCheckpoint;
    /** Which of the seeds that is, from 0. */
    readonly member: number;
  }
  | Advance<"train" | "settle">;

/** A trained network: {@linkcode Settled}, so (W, V) has the best value that the features of theta allow, and how it came there. */
export interface FitResult extends Settled, Pick<FitCheckpoint, "history" | "path"> {
  /** The network that the parameters are of: that of the task, or of several seeds their features side by side. */
  readonly net: Network;
  /** Epochs whose point was kept. */
  readonly epoch: number;
  /** Whether SGD diverged (the loss became infinite or NaN); then the last finite point was kept. */
  readonly diverged: boolean;
  /** The first learning rate of the schedule with which no epoch ended above the start. */
  readonly learningRate: number;
}
