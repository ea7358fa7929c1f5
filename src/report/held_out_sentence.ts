import type { PairedInterval } from "../model/mod.ts";
import { formatValue } from "./format.ts";

/** What the sentence says beside the interval. */
export interface SentenceParts {
  /** The figure that the mean loss is read as (of "RMSE" the loss is a squared error, whose root is shown). */
  readonly figure: "RMSE" | "log-loss" | "loss";
  /** Which rows were compared (default held-out rows). */
  readonly on?: "held-out rows" | "cross-validated rows";
  /** What the model is compared with (default linear). */
  readonly reference?: string;
}

/**
 * The finding on rows that the model was not fitted on, in a sentence or two: better than linear, no difference, or worse.
 *
 * @param found The losses and their intervals; for the RMSE made with `root`.
 * @param parts The figure, the rows, and what the model is compared with.
 * @returns The text.
 * @example A model with a little more than half of the squared errors
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pairedInterval } from "@resland/resland/model";
 * const found = pairedInterval(Float64Array.of(4, 5, 6, 5), Float64Array.of(8, 9, 10, 9), { root: true });
 * assertEquals(
 *   heldOutSentence(found, { figure: "RMSE" }),
 *   "Better than linear on held-out rows by 25 % (95 % interval 22 to 31 %): RMSE 2.236 against 3.",
 * );
 * ```
 */
export function heldOutSentence(found: PairedInterval, parts: SentenceParts): string {
  const { figure, on = "held-out rows", reference = "linear" } = parts;
  const { outcome, reason } = found;
  const shown = (loss: number) => formatValue(figure === "RMSE" ? Math.sqrt(loss) : loss, 4);
  const figures = `${figure} ${shown(found.model)} against ${shown(found.reference)}`;
  if (outcome === "same") return `The same as ${reference} on ${on}: ${figure} ${shown(found.model)}.`;
  if (outcome === "unknown") {
    const advice = Number.isFinite(found.model) ? "" : ` Use the ${reference} model.`;
    return `Not compared with ${reference} on ${on}: ${reason}.${advice}`;
  }
  if (outcome === "undecided") {
    return `No difference to ${reference} could be shown on ${on}: ${figures} (${changeOf(found, figure)}).`;
  }
  const by = sizeOf(found, figure);
  return outcome === "better"
    ? `Better than ${reference} on ${on}${by}: ${figures}.`
    : `Worse than ${reference} on ${on}${by}: ${figures}. Use the ${reference} model.`;
}

/** What a difference of losses is of, where no share of them can be given: an RMSE is compared by its square. */
const differenceOf = (figure: SentenceParts["figure"]): string => figure === "RMSE" ? "mean squared error" : figure;

/** ` by 12 % (95 % interval 4 to 19 %)`, above 0 either way; ` by a factor of 15.7 (95 % interval 2 to 30)` of a loss that is more than doubled. */
function sizeOf(
  { improvement, difference, level, outcome }: PairedInterval,
  figure: SentenceParts["figure"],
): string {
  if (improvement !== null && improvement.estimate < -1) {
    const [low, high] = [improvement.upper, improvement.lower].map(factor);
    return ` by a factor of ${factor(improvement.estimate)} (${percent(level)} % interval ${low} to ${high})`;
  }
  const sign = outcome === "better" ? 1 : -1;
  const [of, unit, show] = improvement === null
    ? [difference!, "", (value: number) => formatValue(-sign * value, 3)] as const
    : [improvement, " %", (value: number) => percent(sign * value)] as const;
  const ends = [of.lower, of.upper].sort((a, b) => Math.abs(a) - Math.abs(b)).map(show);
  const kind = improvement === null ? ` of ${differenceOf(figure)}` : "";
  return ` by ${show(of.estimate)}${unit}${kind} (${percent(level)} % interval ${ends[0]} to ${ends[1]}${unit})`;
}

/** `2 % lower, 95 % interval 7 % lower to 3 % higher`; without a share `log-loss 0.2 lower, ...`. */
function changeOf({ improvement, difference, level }: PairedInterval, figure: SentenceParts["figure"]): string {
  const change = improvement === null
    ? (value: number) => `${formatValue(Math.abs(value), 3)} ${value > 0 ? "higher" : "lower"}`
    : (value: number) =>
      value < -1 ? `${factor(value)} times as high` : `${percent(Math.abs(value))} % ${value > 0 ? "lower" : "higher"}`;
  const { estimate, lower, upper } = improvement ?? difference!;
  const kind = improvement === null ? `${differenceOf(figure)} ` : "";
  return `${kind}${change(estimate)}, ${percent(level)} % interval ${change(lower)} to ${change(upper)}`;
}

/** What a loss is multiplied by, of the share of it that is saved: below 0 where it grows. */
const factor = (saved: number): string => formatValue(1 - saved, 3);

/** A share as a percentage: whole from 10 on, else two digits. */
function percent(share: number): string {
  const value = 100 * share;
  return Math.abs(value) >= 9.95 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}
