import { GAP_TOLERANCE } from "../claims/mod.ts";
import { csvRows } from "../data/mod.ts";
import type { EpochRecord } from "../train/mod.ts";
import type { Metrics } from "../model/mod.ts";
import { type CertificateReport, openClaims } from "./certificate.ts";
import type { EffectsReport } from "./effects.ts";
import type { ValidationReport } from "./validation.ts";
import { columnLines } from "./columns.ts";
import { alignColumns, counted, formatValue } from "./format.ts";
import { plain } from "./plain.ts";
import { blocksText, layerText } from "./layer_text.ts";
import { linearNotes, type LinearReport } from "./linear.ts";
import { regularisationLines, type RegularisationReport, type UnregularisedReport } from "./regularisation.ts";
import {
  type ArchitectureReport,
  type Environment,
  type ProblemReport,
  transformText,
  weightingText,
} from "./problem.ts";

/** Figures of the linear predictor and of the network on the same rows. */
export interface Comparison {
  /** The best linear predictor on the training rows. */
  readonly linear: Readonly<Record<string, number | null>>;
  /** The linear predictor that was chosen: ridge-regularised where that pays; absent without regularisation. */
  readonly ridge?: Readonly<Record<string, number | null>>;
  /** The network. */
  readonly network: Readonly<Record<string, number | null>>;
}

/** What `fit --json` prints: `resland/fit@1`. */
export interface FitReport extends CertificateReport {
  /** The schema's name and version. */
  readonly schema: "resland/fit@1";
  /** The table and its encoding. */
  readonly problem: ProblemReport;
  /** The network. */
  readonly architecture: ArchitectureReport;
  /** The best linear predictor on the training rows, under the same ridge as the network. */
  readonly linear: LinearReport;
  /** The ridge under which (W, V) was settled, and how it was chosen; null for none. Value, gap and claims are those of the loss plus the ridge. */
  readonly regularisation: RegularisationReport | null;
  /** The loss without the ridge; null where none was trained with. */
  readonly unregularised: UnregularisedReport | null;
  /** Figures in the user's units. */
  readonly metrics: { readonly training: Comparison; readonly heldOut: Comparison | null };
  /** The held-out figures of each fold of a cross-validation, or null. */
  readonly folds: readonly Comparison[] | null;
  /** The model beside linear ones on rows that none was fitted on; null where there are none. */
  readonly validation: ValidationReport | null;
  /** What the model reads of which column; null where that would take long, absent in reports of earlier versions. */
  readonly effects?: EffectsReport | null;
  /** Epochs that were trained, and the one whose point was kept. */
  readonly training: {
    readonly seed: number;
    readonly epochs: number;
    readonly keptEpoch: number;
    readonly diverged: boolean;
    readonly descentSteps: number;
    readonly prunedFeatures: number;
    readonly seconds: number;
  };
  /** The certificate in a sentence. */
  readonly sentence: string;
  /** File name of the model. */
  readonly model: string;
  /** Where and with what it was computed. */
  readonly environment: Environment;
}

/**
 * Figures side by side; what is not finite becomes null.
 *
 * @param linear The figures of the best linear predictor, by name.
 * @param network Those of the network on the same rows.
 * @param ridge Those of the linear predictor that regularisation chose (default none).
 * @returns Both.
 * @example A figure that is not defined
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(comparison({ r2: NaN }, { r2: 0.5 }), { linear: { r2: null }, network: { r2: 0.5 } });
 * ```
 */
export function comparison(linear: Metrics, network: Metrics, ridge?: Metrics): Comparison {
  return plain({ linear, ...ridge && { ridge }, network });
}

/** Classes that a line lists. */
const MOST_CLASSES = 20;

/**
 * A fit as text: the network, linear against network, and the certificate.
 *
 * @param report The report.
 * @returns The text, without a final line end.
 * @example An untrained network
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { architectureReport, certificateReport, linearReport, problemReport } from "@resland/resland/report";
 * import { certifyPoint, dense, encodeTable, loadKernels } from "@resland/resland";
 * import { network, parseTable, squared } from "@resland/resland";
 * const table = parseTable("age,price\n-1,0\n0,1\n1,2\n", { file: "prices.csv" });
 * const data = encodeTable(table, { target: "price", targetKind: "number" });
 * const net = network(2, dense(2, 1));
 * const found = certifyPoint(await loadKernels("simd"), { net, params: new Float64Array(net.size), loss: squared, examples: data });
 * const certificate = certificateReport(found);
 * const figures = comparison({ loss: found.linear.value }, { loss: found.point.value });
 * const report: FitReport = {
 *   ...certificate, schema: "resland/fit@1", problem: problemReport(data, "squared", 0), architecture: architectureReport(net),
 *   linear: linearReport(found.linear, data), regularisation: null, unregularised: null, metrics: { training: figures, heldOut: null }, folds: null, validation: null,
 *   training: { seed: 1, epochs: 0, keptEpoch: 0, diverged: false, descentSteps: 0, prunedFeatures: 0, seconds: 0 },
 *   sentence: found.sentence, model: "model.safetensors",
 *   environment: { deno: "2.9.6", v8: "15.0", kernels: "simd", dtype: "f64", workers: 2 },
 * };
 * const text = fitText(report);
 * assertStringIncludes(text, "network: p = w'(x + V f(x)), f = 2 → 1, 7 parameters");
 * assertStringIncludes(text, "Not converged: training can still lower the loss");
 * ```
 */
export function fitText(report: FitReport): string {
  const { problem, architecture, linear, metrics, folds, training, sentence, regularisation, unregularised } = report;
  const held = problem.heldOutRows > 0 ? `, ${counted(problem.heldOutRows, "held-out row")}` : "";
  const what = problem.classes === null
    ? problem.targets.join(", ")
    : `${problem.targets[0]} (${
      problem.classes.length > MOST_CLASSES ? `${problem.classes.length} classes` : problem.classes.join(", ")
    })`;
  const isLinear = regularisation?.f === null;
  const figures = metricsTable(metrics, isLinear ? "model" : "network");
  return [
    `${problem.source}: ${counted(problem.rows, "row")} to train on${held}, ${
      counted(problem.d, "input")
    }, target ${what}${transformText(problem)}, ${problem.loss} loss${weightingText(problem)}`,
    ...columnLines(problem.columns ?? []),
    isLinear ? `linear model: p = ${problem.outputs === 1 ? "w'" : "W"}x` : networkLine(report),
    "",
    ...alignColumns(figures.header, figures.rows, new Set([0])),
    ...folds === null ? [] : ["", ...foldsTable(folds)],
    "",
    ...report.validation === null ? [] : [report.validation.sentence],
    ...regularisation === null ? [] : regularisationLines(regularisation),
    sentence,
    ...unregularised === null ? [] : [unregularisedSentence(unregularised)],
    ...training.prunedFeatures === 0 ? [] : [
      `${training.prunedFeatures} of ${
        counted(architecture.k, "feature")
      } nearly repeated the inputs and the others; they are set to 0, since (W, V) cannot settle with them.`,
    ],
    ...linearNotes(linear),
    ...openClaims(report.claims),
  ].join("\n");
}

function networkLine({ problem, architecture, training }: FitReport): string {
  const diverged = training.diverged ? "; diverged (the loss became infinite), the last finite point was kept" : "";
  const line = `network: p = ${problem.outputs === 1 ? "w'" : "W"}(x + V f(x)), f = ${layerText(architecture.theta)}, ${
    counted(architecture.parameters, "parameter")
  }; ${counted(training.epochs, "epoch")}, kept ${training.keptEpoch}${diverged}`;
  return [line, ...blocksText(architecture.theta)].join("\n");
}

function unregularisedSentence({ value, linear, gap }: UnregularisedReport): string {
  const loss = `Without the ridge the training loss is ${formatValue(value, 5)}`;
  if (Math.abs(gap) <= GAP_TOLERANCE * Math.max(Math.abs(value), Math.abs(linear))) {
    return `${loss}, as that of the best linear predictor.`;
  }
  const difference = `${formatValue(Math.abs(gap), 3)} ${gap < 0 ? "below" : "above"}`;
  return `${loss}, ${difference} that of the best linear predictor (${formatValue(linear, 5)}).`;
}

/**
 * Linear, ridge-regularised linear and the model side by side, a row per figure.
 *
 * @param metrics The figures on the training rows and on held-out rows.
 * @param model What the model is called (default network).
 * @returns The header and the rows.
 * @example One figure
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { header, rows } = metricsTable({ training: { linear: { rmse: 2 }, network: { rmse: 1 } }, heldOut: null });
 * assertEquals([header, rows], [["", "linear", "network"], [["rmse", "2", "1"]]]);
 * ```
 */
export function metricsTable(
  { training, heldOut }: FitReport["metrics"],
  model = "network",
): { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const models = ["linear", ...training.ridge ? ["ridge"] as const : [], "network"] as const;
  const sides = [training, ...heldOut ? [heldOut] : []];
  const names = models.map((name) => name === "network" ? model : name);
  const header = sides.flatMap((_, at) => names.map((name) => at === 0 ? name : `${name}, held out`));
  const rows = Object.keys(training.linear).map((figure) => [
    figure,
    ...sides.flatMap((side) => models.map((name) => formatValue(side[name]?.[figure] ?? null, 5))),
  ]);
  return { header: ["", ...header], rows };
}

/** Mean and standard deviation of each figure over the folds. */
function foldsTable(folds: readonly Comparison[]): readonly string[] {
  const spread = (values: readonly (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
    return `${formatValue(mean, 5)} ± ${formatValue(deviation, 2)}`;
  };
  const rows = Object.keys(folds[0].linear).map((name) => [
    name,
    spread(folds.map(({ linear }) => linear[name])),
    spread(folds.map(({ network }) => network[name])),
  ]);
  return alignColumns([`held out, ${folds.length} folds`, "linear", "network"], rows, new Set([0]));
}

/**
 * The epochs as CSV, a row per epoch; what was not measured, or is not is empty.
 *
 * @param history The epochs.
 * @returns The text, header first.
 * @example Without held-out rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const csv = historyCsv([{ epoch: 1, training: 0.5, bound: 0.25, heldOut: null }]);
 * assertEquals(csv, "epoch,training,held_out,certificate_bound\n1,0.5,,0.25\n");
 * ```
 */
export function historyCsv(history: readonly EpochRecord[]): string {
  const cell = (value: number | null) => value === null || !Number.isFinite(value) ? "" : String(value);
  return csvRows([
    ["epoch", "training", "held_out", "certificate_bound"],
    ...history.map(({ epoch, training, heldOut, bound }) => [epoch, cell(training), cell(heldOut), cell(bound)]),
  ]);
}
