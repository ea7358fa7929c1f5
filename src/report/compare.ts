import type { Vector } from "../data/mod.ts";
import { weightsOfMeanOne } from "../loss/mod.ts";
import { crossValidatedInterval, type PairedInterval, pairedInterval } from "../model/mod.ts";
import { chooseSimplest, type Standing, type Strengths } from "../train/mod.ts";
import { columnLines } from "./columns.ts";
import { alignColumns, counted, formatValue } from "./format.ts";
import { heldOutSentence, type SentenceParts } from "./held_out_sentence.ts";
import { type Plain, plain } from "./plain.ts";
import { type Environment, type ProblemReport, transformText, weightingText } from "./problem.ts";

/** The shape of a compared network. */
export interface ComparedShape {
  /** Units of each layer of f. */
  readonly width: number;
  /** Layers of f. */
  readonly depth: number;
  /** The activation after each. */
  readonly activation: string;
}

/** A model as it enters the comparison. */
export interface Contender {
  /** Its name in the table and in the picture. */
  readonly name: string;
  /** What it is. */
  readonly kind: "linear" | "ridge" | "network" | "ensemble";
  /** The shape of a network; null for the others. */
  readonly shape: ComparedShape | null;
  /** Numbers that are fitted; of an ensemble those of all its members. */
  readonly parameters: number;
  /** The ridge of each fold, chosen on its training rows; empty for an ensemble, whose members have their own. */
  readonly ridges: readonly Strengths[];
  /** Figures in the user's units over all predicted rows. */
  readonly figures: Readonly<Record<string, number>>;
  /** The loss of each predicted row. */
  readonly losses: Vector;
}

/** A model of a comparison, in JSON. */
export interface ComparedModel extends Plain<Omit<Contender, "losses">> {
  /** Its mean loss over the predicted rows; of the RMSE the mean squared error. */
  readonly loss: number | null;
  /** Beside the linear model without a ridge; null for that itself. */
  readonly againstLinear: Plain<PairedInterval> | null;
  /** Beside the model with the least mean loss. */
  readonly behindBest: Plain<Standing>;
}

/** Which rows were predicted by models that were not fitted on them. */
export interface ComparedFolds {
  /** How many folds; 1 for one held-out split of a large table. */
  readonly count: number;
  /** Rows that were predicted. */
  readonly rows: number;
  /** Folds of the training rows of each, on which the strengths of a ridge were chosen; 1 for one split. */
  readonly inner: number;
}

/** What `compare --json` prints: `resland/compare@1`. */
export interface CompareReport {
  /** The schema's name and version. */
  readonly schema: "resland/compare@1";
  /** The table and its encoding. */
  readonly problem: ProblemReport;
  /** The folds. */
  readonly folds: ComparedFolds;
  /** How the loss is read. */
  readonly figure: SentenceParts["figure"];
  /** The models, the simplest first. */
  readonly models: readonly ComparedModel[];
  /** The name of the model with the least mean loss. */
  readonly best: string;
  /** The name of the simplest model within one standard error of it. */
  readonly chosen: string;
  /** The finding in a sentence or two. */
  readonly sentence: string;
  /** File name of the chosen model, fitted on all rows. */
  readonly model: string;
  /** Its ridge; null for an ensemble, whose members have their own. */
  readonly ridge: Strengths | null;
  /** How the networks were trained. */
  readonly training: { readonly seed: number; readonly epochs: number; readonly seconds: number };
  /** Where and with what it was computed. */
  readonly environment: Environment;
}

/** What follows from the losses of the models. */
export type ComparisonOutcome = Pick<CompareReport, "models" | "best" | "chosen" | "sentence">;

/** What a comparison goes by. */
export interface ComparedBy {
  /** How the loss is read, of "RMSE" as a squared error. */
  readonly figure: SentenceParts["figure"];
  /** How many rows a model of a fold was fitted on. */
  readonly trainingRows: number;
  /** The weight of each predicted row, above 0 (default: equal ones). */
  readonly weights?: Vector;
}

/**
 * Models beside each other on the same rows: each against linear with an interval, each against the best one with a standard error, and
 * the simplest one within that.
 *
 * @param contenders The models, the simplest first; the first is the linear model without a ridge.
 * @param folds The rows of each fold, by positions in the losses.
 * @param options The figure, the rows to train on, and weights.
 * @returns The models, the best and the chosen one, and the finding in words.
 * @throws {RangeError} If there is no model, or the losses are not of the same rows.
 * @example A model that is better on every row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const one = { kind: "linear", shape: null, parameters: 2, ridges: [], figures: {} } as const;
 * const linear = { ...one, name: "linear", losses: Float64Array.of(4, 5, 4, 5, 4, 5) };
 * const network = { ...one, name: "tanh 8", losses: Float64Array.of(1, 1.5, 1, 1.5, 1, 1.5) };
 * const { chosen, best } = compareModels([linear, network], [[0, 1], [2, 3], [4, 5]], { figure: "loss", trainingRows: 4 });
 * assertEquals([chosen, best], ["tanh 8", "tanh 8"]);
 * ```
 */
export function compareModels(
  contenders: readonly Contender[],
  folds: readonly (readonly number[])[],
  { figure, trainingRows, weights }: ComparedBy,
): ComparisonOutcome {
  const omega = weightsOfMeanOne(weights, contenders[0]?.losses.length ?? 0);
  const weighted = contenders.map(({ losses }) =>
    omega === null ? losses : losses.map((loss, row) => omega[row] * loss)
  );
  const { best, chosen, standings } = chooseSimplest(weighted, folds);
  const root = figure === "RMSE";
  const [linear] = contenders;
  const shared = { root, ...weights && { weights } };
  const found = contenders.map(({ losses }) =>
    folds.length > 1
      ? crossValidatedInterval(losses, linear.losses, folds, { ...shared, trainingRows })
      : pairedInterval(losses, linear.losses, shared)
  );
  const models = contenders.map(({ losses: _, ...contender }, at): ComparedModel => ({
    ...plain(contender),
    ...plain({ loss: weighted[at].reduce((sum, loss) => sum + loss, 0) / weighted[at].length }),
    againstLinear: at === 0 ? null : plain(found[at]),
    behindBest: plain(standings[at]),
  }));
  const names = contenders.map(({ name }) => name);
  const on = folds.length > 1 ? "cross-validated rows" : "held-out rows";
  // Where linear is chosen, the best of the others is what a reader wants to know of.
  const shown = chosen > 0 ? chosen : best;
  const why = chosen !== best
    ? `, the simplest model within one standard error of the best one (${names[best]})`
    : `, which has the least loss${chosen === 0 ? "" : "; no simpler model is within one standard error of it"}`;
  const choice = `Chosen: ${names[chosen]}${why}.`;
  const subject = chosen > 0 || best === 0 ? "" : `Of ${names[best]}: `;
  const finding = shown === 0 ? [] : [`${subject}${lowered(heldOutSentence(found[shown], { figure, on }), subject)}`];
  return { models, best: names[best], chosen: names[chosen], sentence: [choice, ...finding].join(" ") };
}

/** A sentence that goes on after other words. */
const lowered = (sentence: string, before: string): string =>
  before === "" ? sentence : `${sentence[0].toLowerCase()}${sentence.slice(1)}`;

/** What the intervals mean. */
const NOTE = "Each interval is of one model; the best of several looks better than it is by what chance adds.";

/**
 * A comparison as a table of text.
 *
 * @param report The report.
 * @returns The text, without a final line end.
 * @example Two models
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const one = { kind: "linear", shape: null, parameters: 2, ridges: [], figures: {} } as const;
 * const models = [4, 1].map((loss, at) => ({ ...one, name: ["linear", "tanh 8"][at], losses: new Float64Array(6).map((_, i) => loss + i / 9) }));
 * const report: CompareReport = {
 *   schema: "resland/compare@1",
 *   problem: {
 *     source: "a.csv", rows: 6, heldOutRows: 0, features: ["x"], targets: ["y"], classes: null, d: 2, outputs: 1, loss: "squared",
 *     intercept: true,
 *   },
 *   folds: { count: 3, rows: 6, inner: 3 }, figure: "RMSE",
 *   ...compareModels(models, [[0, 1], [2, 3], [4, 5]], { figure: "RMSE", trainingRows: 4 }),
 *   model: "model.safetensors", ridge: null, training: { seed: 1, epochs: 1, seconds: 0 },
 *   environment: { deno: "2", v8: "1", kernels: "simd", dtype: "f64", workers: 1 },
 * };
 * assertStringIncludes(compareText(report), "Chosen: tanh 8");
 * ```
 */
export function compareText(report: CompareReport): string {
  const { problem, folds, sentence } = report;
  const { header, rows } = compareTable(report);
  const { inner } = folds;
  return [
    `${problem.source}: ${counted(problem.rows, "row")}, ${counted(problem.d, "input")}, target ${
      problem.targets.join(", ")
    }${transformText(problem)}, ${problem.loss} loss${weightingText(problem)}`,
    ...columnLines(problem.columns ?? []),
    folds.count > 1
      ? `${folds.count}-fold cross-validation, every model on the same folds; theta is trained anew in each, and the ridge is chosen ${
        insideOf(inner)
      }`
      : `${counted(folds.rows, "held-out row")}, one split since the table is large; the ridge is chosen ${
        insideOf(inner)
      }`,
    "",
    ...alignColumns(header, rows, new Set([0])),
    "",
    sentence,
    NOTE,
  ].join("\n");
}

const insideOf = (inner: number): string =>
  inner > 1 ? `by ${inner} folds of the training rows` : "on a fifth of the training rows";

/**
 * The table of a comparison: a row per model, the simplest first, an asterisk at the chosen one.
 *
 * @param report The report.
 * @returns Header and cells.
 * @example The chosen one of two
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const one = { kind: "linear", shape: null, parameters: 2, ridges: [], figures: {} } as const;
 * const models = [4, 1].map((loss, at) => ({ ...one, name: ["linear", "tanh 8"][at], losses: new Float64Array(6).map((_, i) => loss + i / 9) }));
 * const outcome = compareModels(models, [[0, 1], [2, 3], [4, 5]], { figure: "RMSE", trainingRows: 4 });
 * assertEquals(compareTable({ ...outcome, figure: "RMSE" }).rows.map(([name]) => name), ["linear", "tanh 8 *"]);
 * ```
 */
export function compareTable(
  { figure, models, chosen }: Pick<CompareReport, "figure" | "models" | "chosen">,
): { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const extra = Object.keys(models[0].figures).filter((name) => !(name === "loss" || name === figure.toLowerCase()));
  const rows = models.map(({ name, parameters, loss, figures, againstLinear, behindBest }) => [
    name === chosen ? `${name} *` : name,
    String(parameters),
    formatValue(figure === "RMSE" && loss !== null ? Math.sqrt(loss) : loss, 4),
    ...extra.map((one) => formatValue(figures[one], 3)),
    ...changeCells(againstLinear),
    behindBest.within ? "yes" : "no",
  ]);
  return { header: ["model", "parameters", figure, ...extra, "against linear", "95 % interval", "within 1 SE"], rows };
}

/** The change against linear and its interval: of the share where there is one, else of the loss; below 0 is better. */
function changeCells(found: Plain<PairedInterval> | null): readonly [change: string, interval: string] {
  if (found === null) return ["-", "-"];
  const { improvement, difference } = found;
  if (improvement !== null) {
    const { estimate, lower, upper } = improvement;
    return [percent(estimate), `${percent(upper)} to ${percent(lower)}`];
  }
  if (difference === null) return ["-", "-"];
  const { estimate, lower, upper } = difference;
  return [formatValue(estimate, 3), `${formatValue(lower, 3)} to ${formatValue(upper, 3)}`];
}

/** What a share that is saved changes, such as `-12.0 %`. */
const percent = (saved: number | null): string => {
  if (saved === null) return "-";
  const change = -100 * saved;
  return `${change > 0 ? "+" : ""}${Math.abs(change) >= 1000 ? change.toExponential(1) : change.toFixed(1)} %`;
};
