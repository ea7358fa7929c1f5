import { findBestLinear, type LinearBaseline } from "../../src/baseline/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import {
  chosenRegularisation,
  givenRegularisation,
  PREDICTIONS_SCHEMA,
  type RegularisationReport,
  ridgeSchema,
  type ValidationReport,
} from "../../src/report/mod.ts";
import {
  findRidgeLinear,
  type FitCheckpoint,
  type FitEvent,
  type FitSettings,
  fitWithRidge,
  guarded,
  type RidgeFit,
  type Strengths,
} from "../../src/train/mod.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../io/checkpoint.ts";
import { clock } from "../io/clock.ts";
import { namesIn, readJson, readTensors, removeFile, toJson, writeWhole } from "../io/files.ts";
import { drive, Interrupted } from "../io/interrupt.ts";
import { openPieces } from "../io/pieces.ts";
import { partOf, type Progress } from "../io/progress.ts";
import type { FitPlan } from "./_fit_plan.ts";
import { chooseRegularisation, type ChosenRidge, type RidgeTask } from "./_regularise.ts";

/** Milliseconds between two checkpoints. */
const EVERY = 1000;

/** The share of a fit that the choice of a ridge by ten folds takes. */
const CHOICE = 10 / 11;

/** What every part of a fit works with. */
export interface Session {
  readonly kernels: Kernels;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What is trained on: of a plan, or of one fold of it. */
type FitWork = Pick<
  FitPlan,
  "options" | "training" | "heldOut" | "groups" | "net" | "settings" | "kernels" | "loss" | "folder" | "mark"
>;

/** A trained model with all that it is compared with. */
export interface FittedModel extends RidgeFit {
  readonly regularisation: RegularisationReport | null;
  /** What cross-validation found of the model; null without one. */
  readonly validation: ValidationReport | null;
  /** What the rows of the folds say of predictions, by the model and by the linear one; null without folds. */
  readonly calibration: ChosenRidge["calibration"] | null;
  /** The best linear predictor without a ridge. */
  readonly linear: LinearBaseline;
  /** The linear model that regularisation would choose; that without a ridge where there is none. */
  readonly chosenLinear: { readonly weights: Float64Array };
}

/** Chooses the ridge, and trains one model; saves on the way only where it is to be `resumable`. */
export async function fitOne(work: FitWork, session: Session, resumable: boolean): Promise<FittedModel> {
  const { options: { regularise }, training, settings, loss } = work;
  const { kernels, progress, signal } = session;
  // Each of the folds takes as long as the model itself.
  const chosen = regularise === "auto" ? CHOICE : 0;
  progress.update(0, "the best linear predictor");
  const linear = await drive(findBestLinear(kernels, loss, training, { radius: settings.radius }), signal);
  const choice = regularise === "auto"
    ? await choose(work, { ...session, progress: partOf(progress, 0, chosen) }, resumable)
    : null;
  const strengths = choice?.chosen ?? (typeof regularise === "string" ? null : regularise);
  const rest = { ...session, progress: partOf(progress, chosen, 1) };
  const fitted = await trainOne(work, strengths, linear, rest, resumable);
  const base = choice ? guarded(choice[choice.linearKind].x, linear) : null;
  const chosenLinear = base === null || base === fitted.ridge?.x
    ? fitted.comparator
    : base === 0
    ? linear
    : await drive(
      findRidgeLinear(kernels, work, { x: base, intercept: training.intercept }, linear.weights),
      signal,
    );
  const found = choice ? chosenRegularisation(choice) : strengths && givenRegularisation(strengths);
  const regularisation = found && { ...found, x: fitted.ridge?.x ?? 0 };
  return {
    ...fitted,
    regularisation,
    validation: choice?.validation ?? null,
    calibration: choice?.calibration ?? null,
    linear,
    chosenLinear,
  };
}

/** The ridge by cross-validation; kept in the folder, so that an interrupted run need not choose again. */
async function choose(work: FitWork, session: Session, resumable: boolean): Promise<ChosenRidge> {
  const { folder, mark, options } = work;
  const file = `${folder}/regularisation.json`;
  if (resumable && (await namesIn(folder)).has("regularisation.json")) {
    const stored = await readJson<{ readonly mark: string; readonly choice: ChosenRidge }>(
      file,
      ridgeSchema(mark),
      "the file belongs to another run; start again without --resume",
    );
    return stored.choice;
  }
  const workers = options.workers ?? navigator.hardwareConcurrency;
  const keep: RidgeTask["keep"] = (names, problem) =>
    openPieces(folder, `${mark} ridge`, names, { schema: () => PREDICTIONS_SCHEMA, problem });
  const choice = await chooseRegularisation(
    session.kernels,
    { ...work, ...session, kernels: work.kernels, workers, keep: resumable ? keep : null },
    session.progress,
    session.signal,
  );
  if (resumable) await writeWhole(file, toJson({ mark, choice }));
  return choice;
}

/** The checkpoints of a fit, one for each of its seeds that was begun, by its place among them. */
const checkpointsOf = ({ folder, mark }: Pick<FitWork, "folder" | "mark">) => ({
  name: (member: number) => member === 0 ? "checkpoint.safetensors" : `checkpoint-${member + 1}.safetensors`,
  mark: (member: number) => member === 0 ? mark : `${mark} ${member + 1}`,
  async read(size: number): Promise<readonly FitCheckpoint[]> {
    const names = await namesIn(folder);
    const found: FitCheckpoint[] = [];
    for (let file = this.name(0); names.has(file); file = this.name(found.length)) {
      const path = `${folder}/${file}`;
      found.push(decodeCheckpoint(await readTensors(path), path, this.mark(found.length), size));
    }
    return found;
  },
  /** Writes some, those of earlier seeds first: where one is there, all before it are. */
  async write(some: ReadonlyMap<number, FitCheckpoint>): Promise<void> {
    for (const [member, checkpoint] of some) {
      await writeWhole(`${folder}/${this.name(member)}`, encodeCheckpoint(checkpoint, this.mark(member)));
    }
  },
});

/** Removes the checkpoints of a fit that is finished. */
export async function removeCheckpoints(work: Pick<FitWork, "folder" | "mark" | "settings">): Promise<void> {
  const { name } = checkpointsOf(work);
  for (let member = (work.settings.seeds ?? 1) - 1; member >= 0; member--) {
    await removeFile(`${work.folder}/${name(member)}`);
  }
}

/** Trains once; with `resumable` checkpoints as it goes, and at an interrupt. */
async function trainOne(
  work: FitWork,
  strengths: Strengths | null,
  linear: LinearBaseline,
  { kernels, progress, signal }: Session,
  resumable: boolean,
): Promise<RidgeFit> {
  const { training, heldOut, net, settings, loss } = work;
  const checkpoints = checkpointsOf(work);
  const resume = resumable ? await checkpoints.read(net.size) : [];
  const task = { net, loss, training, heldOut, settings, resume };
  const steps = fitWithRidge(kernels, task, strengths, training.intercept, linear);
  const unsaved = new Map<number, FitCheckpoint>();
  let [saved, place] = [clock(), "training"];
  const save = async () => {
    if (!resumable || unsaved.size === 0) return;
    await checkpoints.write(unsaved);
    unsaved.clear();
    saved = clock();
  };
  try {
    return await drive(steps, signal, async (event) => {
      if (event.kind === "epoch") unsaved.set(event.member, event.checkpoint);
      if (event.kind === "epoch") place = placeOf(event, settings);
      else if (event.kind === "settle") place = "settling (W, V)";
      progress.update(event.share, place);
      if (clock() - saved > EVERY) await save();
    });
  } catch (error) {
    if (error instanceof Interrupted) await save();
    throw error;
  }
}

/** Where training is, in words. */
function placeOf(
  { checkpoint, member }: Extract<FitEvent, { readonly kind: "epoch" }>,
  { epochs, seeds = 1 }: FitSettings,
): string {
  const epoch = `epoch ${checkpoint.history.length} of ${epochs}`;
  return seeds === 1 ? epoch : `seed ${member + 1} of ${seeds}, ${epoch}`;
}
