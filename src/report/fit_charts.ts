import type { EpochRecord } from "../train/mod.ts";
import type { Chart, ChartCurve, ChartLevel, ChartPoint } from "./chart_html.ts";
import type { FitReport } from "./fit.ts";
import { extentOf, isWide, tickText } from "./_axes.ts";

/** The gap between the last epoch and the settled model, as a share of the epochs. */
const APART = 0.12;

/** Labels of epochs. */
const EPOCH_TICKS = 5;

/**
 * The losses over training, to the model that is saved: after the last epoch (W, V) is settled, and that point is marked. The dashed levels are those of the
 * best linear predictor, on the training rows and on the held-out rows; where a ridge-regularised one was chosen, its held-out level too.
 *
 * @param report The report.
 * @param history The epochs.
 * @returns The chart; null where there was no epoch, since a linear model was chosen or none asked for.
 * @example No epoch
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const figures = { linear: { loss: 2 }, network: { loss: 1 } };
 * const report = {
 *   value: 1, regularisation: null, unregularised: null, metrics: { training: figures, heldOut: null },
 *   training: { seed: 1, epochs: 1, keptEpoch: 1, diverged: false, descentSteps: 0, prunedFeatures: 0, seconds: 0 },
 * };
 * assertEquals(trainingChart(report, []), null);
 * const chart = trainingChart(report, [{ epoch: 1, training: 1.5, bound: null, heldOut: null }]);
 * assertEquals(chart?.marks, [{ name: "saved model", colour: 1, at: [2, 1] }]);
 * ```
 */
export function trainingChart(
  { value, regularisation, unregularised, metrics, training }: Pick<
    FitReport,
    "value" | "regularisation" | "unregularised" | "metrics" | "training"
  >,
  history: readonly EpochRecord[],
): Chart | null {
  if (history.length === 0) return null;
  const last = history[history.length - 1].epoch;
  const end = last + Math.max(1, Math.round(APART * last));
  const sides = [
    { name: "training", of: "training", colour: 1, final: unregularised?.value ?? value, side: metrics.training },
    { name: "held out", of: "heldOut", colour: 2, final: metrics.heldOut?.network.loss ?? null, side: metrics.heldOut },
  ] as const;
  const drawn = sides.flatMap(({ name, of, colour, final }) => {
    const points = history.map((record): ChartPoint => [record.epoch, record[of] ?? NaN]);
    const kept = points.find(([epoch]) => epoch === training.keptEpoch) ?? points[points.length - 1];
    const settled: ChartPoint | null = final === null ? null : [end, final];
    return { name, colour, points, kept, settled };
  }).filter(({ points, settled }) => settled !== null || points.some(([, loss]) => Number.isFinite(loss)));
  const curves = drawn.flatMap(({ name, colour, points, kept, settled }): readonly ChartCurve[] => [
    ...settled ? [{ name, colour, points: [kept, settled], as: "link" as const }] : [],
    { name, colour, points },
  ]);
  const marks = drawn.flatMap(({ colour, settled }) => settled ? [{ name: "saved model", colour, at: settled }] : []);
  const known = (name: string, colour: ChartLevel["colour"], level: number | null | undefined) =>
    typeof level === "number" ? [{ name, colour, value: level }] : [];
  const levels = [
    ...sides.flatMap(({ name, colour, side }) => known(`linear, ${name}`, colour, side?.linear.loss)),
    ...regularisation?.linearKind === "ridge"
      ? known("ridge-regularised linear, held out", 3, metrics.heldOut?.ridge?.loss)
      : [],
  ];
  const shown = [
    ...curves.flatMap(({ points }) => points.map(([, loss]) => loss)),
    ...levels.map((level) => level.value),
  ];
  const step = Math.max(1, roundStep(last / EPOCH_TICKS));
  const epochs = Array.from({ length: Math.floor(last / step) + 1 }, (_, at) => at * step)
    .filter((epoch) => epoch >= history[0].epoch - step && end - epoch > 0.14 * end && epoch > 0);
  return {
    title: "Training against linear",
    x: {
      label: "epoch, then (w, V) settled",
      ticks: [...epochs.map((at) => ({ at, text: String(at) })), { at: end, text: "settled" }],
    },
    y: { label: "mean loss", isLog: isWide(shown) },
    curves,
    levels,
    marks,
  };
}

/** A round number at least as large: 1, 2 or 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
}

/**
 * The certified bound on the gap to linear over training, on a logarithmic axis. Where it is 0 or less it is satisfied: the curve lies on the lower edge there,
 * and the note says from which epoch on. Where it is never above 0 there is only the sentence.
 *
 * @param history The epochs.
 * @returns The chart; null where no bound was measured.
 * @example Satisfied from the second epoch on
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const history = [2, -1, -2].map((bound, at) => ({ epoch: at + 1, training: null, heldOut: null, bound }));
 * assertEquals(boundChart(history)?.note, "Satisfied from epoch 2 on: the bound is 0 or less, so the training loss is at most the linear one.");
 * ```
 */
export function boundChart(history: readonly EpochRecord[]): Chart | null {
  const measured = history.flatMap(({ epoch, bound }) =>
    bound === null || !Number.isFinite(bound) ? [] : [{ epoch, bound }]
  );
  if (measured.length === 0) return null;
  const above = measured.filter(({ bound }) => bound > 0);
  const lastAbove = above.length === 0 ? -Infinity : above[above.length - 1].epoch;
  const from = measured.find(({ epoch }) => epoch > lastAbove);
  const note = from === undefined
    ? "Not satisfied: after the last epoch the bound is above 0. (w, V) is settled after it."
    : `Satisfied from epoch ${from.epoch} on: the bound is 0 or less, so the training loss is at most the linear one.`;
  const [least, top] = extentOf(above.map(({ bound }) => bound));
  const floor = Math.max(Number.MIN_VALUE, least / 10);
  const points = above.length === 0 ? [] : measured.map(({ epoch, bound }): ChartPoint => [
    epoch,
    bound > 0 ? bound : floor,
  ]);
  return {
    title: "Certified bound on the gap to linear, before settling",
    x: { label: "epoch" },
    y: {
      label: "bound",
      isLog: true,
      ...points.length > 0 && { ticks: boundTicks(floor, top, above.length < measured.length) },
    },
    curves: [{ name: "bound", colour: 1, points }],
    note,
  };
}

/** Powers of ten between, and the floor as 0 or less. */
function boundTicks(floor: number, top: number, isBelow: boolean) {
  const [first, last] = [Math.ceil(Math.log10(floor) + 0.5), Math.floor(Math.log10(top))];
  const stride = Math.max(1, Math.ceil((last - first + 1) / 6));
  const powers = Array.from(
    { length: Math.max(0, Math.ceil((last - first + 1) / stride)) },
    (_, at) => first + at * stride,
  );
  return [
    ...isBelow ? [{ at: floor, text: "≤ 0" }] : [],
    ...powers.map((power) => Number(`1e${power}`)).map((at) => ({ at, text: tickText(at) })),
  ];
}
