import type { LinearBaseline } from "../baseline/mod.ts";
import { type Claim, isEvaluated, type Judgement } from "../claims/mod.ts";
import { csvRows, type Dataset } from "../data/mod.ts";
import type { CertifiedPoint, EpochRecord, Metrics } from "../fit/mod.ts";
import type { LayerJson, Network } from "../nn/mod.ts";
import { alignColumns, counted, finite, formatValue } from "./format.ts";
import { layerText } from "./layer_text.ts";
import type { Environment } from "./verdict.ts";

/** An inequality as it was measured; null where it does not apply. */
export type ReportedSides =
  | { readonly left: number | null; readonly right: number | null; readonly holds: boolean }
  | null;

/** An interval of f64. */
export interface ReportedInterval {
  /** Its lower end. */
  readonly lower: number | null;
  /** Its upper end. */
  readonly upper: number | null;
}

/** What is known of a point: everything but the direction of its escape, which is long. */
export interface CertificateReport {
  /** F on the rows. */
  readonly value: number | null;
  /** F less the value of the linear predictor that it is compared with. */
  readonly gap: number | null;
  /** F less the infimum over linear predictors; null where that is not known. */
  readonly infimumGap: number | null;
  /** How F lies to linear: apart by more than rounding, or not. */
  readonly standing: "below" | "equal" | "above";
  /** `||grad||` over (W, V). */
  readonly gradientNorm: number | null;
  /** `||E[l' x']||`. */
  readonly sNorm: number | null;
  /** `||E[l' f']||`. */
  readonly rNorm: number | null;
  /** The smallest eigenvalue of the Hessian over (W, V): the upper end of its interval. */
  readonly lambdaMin: number | null;
  /** The interval that holds that eigenvalue. */
  readonly lambda: ReportedInterval;
  /** `||W||`. */
  readonly wNorm: number | null;
  /** `||V||`, Frobenius. */
  readonly vNorm: number | null;
  /** Whether the point is second-order stationary to epsilon: training with respect to (W, V) has converged here. */
  readonly stationary: boolean;
  /** The convex certificate. */
  readonly certificate: { readonly bound: number | null; readonly holds: boolean };
  /** The best that the features allow. */
  readonly features: { readonly value: number | null; readonly gap: number | null };
  /** Theorem 1. */
  readonly theorem1: ReportedSides;
  /** Theorem 2. */
  readonly theorem2: ReportedSides;
  /** Theorem 3: left is the bound on the gap. */
  readonly theorem3: ReportedSides;
  /** Theorem A: left is the bound on the gap. */
  readonly theoremA: ReportedSides;
  /** Why an inequality is null, by its name. */
  readonly outside: Readonly<Record<string, string>>;
  /** The way down from a point above linear; null when there is none. */
  readonly escape: { readonly order: "first" | "second"; readonly slope: number | null } | null;
  /** What is claimed. */
  readonly claims: readonly Claim[];
  /** Over all claims. */
  readonly verdict: Claim["status"];
}

/** The table and how it was read. */
export interface ProblemReport {
  /** The file's base name. */
  readonly source: string;
  /** Rows that were used. */
  readonly rows: number;
  /** Rows held out. */
  readonly heldOutRows: number;
  /** Names of the features, the intercept left out. */
  readonly features: readonly string[];
  /** Names of the targets. */
  readonly targets: readonly string[];
  /** The classes, or null for numbers. */
  readonly classes: readonly string[] | null;
  /** Inputs, the intercept included. */
  readonly d: number;
  /** Predictions per row. */
  readonly outputs: number;
  /** Name of the loss. */
  readonly loss: string;
  /** Whether the first input is the constant 1. */
  readonly intercept: boolean;
}

/** The best linear predictor. */
export interface LinearReport {
  /** F there. */
  readonly value: number;
  /** Whether the infimum is attained. */
  readonly attained: boolean;
  /** The infimum, attained or not; null where it is not known. */
  readonly infimum: number | null;
  /** Proved: no linear predictor has a loss below this; null where nothing is proved. */
  readonly lowerBound: number | null;
  /** The duality gap: infimum less lower bound. */
  readonly gapBound: number | null;
  /** Norm of the gradient. */
  readonly gradientNorm: number;
  /** Norm of the comparator when it is not attained. */
  readonly radius: number | null;
  /** Columns that are independent, the intercept counted. */
  readonly rank: number;
  /** The columns that depend on others and are left out. */
  readonly dependent: readonly { readonly column: string; readonly on: readonly string[] }[];
  /** Its weights, for several outputs row after row. */
  readonly weights: readonly number[];
}

/** Figures of the linear predictor and of the network on the same rows. */
export interface Comparison {
  /** The best linear predictor on the training rows. */
  readonly linear: Readonly<Record<string, number | null>>;
  /** The network. */
  readonly network: Readonly<Record<string, number | null>>;
}

/** What `fit --json` prints: `resland/fit@1`. */
export interface FitReport extends CertificateReport {
  /** The schema's name and version. */
  readonly schema: "resland/fit@1";
  /** The table and how it was read. */
  readonly problem: ProblemReport;
  /** The network. */
  readonly architecture: { readonly k: number; readonly parameters: number; readonly theta: LayerJson };
  /** The best linear predictor on the training rows. */
  readonly linear: LinearReport;
  /** Figures in the user's units. */
  readonly metrics: { readonly training: Comparison; readonly heldOut: Comparison | null };
  /** The held-out figures of each fold of a cross-validation, or null. */
  readonly folds: readonly Comparison[] | null;
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
 * A certificate as plain data; numbers that are not finite become null.
 *
 * @param found What was found at the point.
 * @returns The same, ready for `JSON.stringify`; of the way down only its order and slope.
 * @example JSON keeps all of it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { certifyPoint, dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(0, 1, 2) };
 * const fitted = { net: network(2, dense(2, 1)), point: Float64Array.of(1, 1, 0, 0, 0, 0, 0), loss: squared, examples };
 * const found = certifyPoint(await loadKernels("simd"), fitted);
 * const report = certificateReport(found);
 * assertEquals(JSON.parse(JSON.stringify(report)), report);
 * ```
 */
export function certificateReport(found: CertifiedPoint): CertificateReport {
  const { point, claims, escape } = found;
  const { inequalities, lambda } = point;
  const sides = (one: Judgement): ReportedSides =>
    isEvaluated(one) ? { left: finite(one.left), right: finite(one.right), holds: one.holds } : null;
  const certificate = sides(inequalities["convex-certificate"]);
  return {
    value: finite(point.value),
    gap: finite(point.gap),
    infimumGap: finite(point.infimumGap),
    standing: point.standing,
    gradientNorm: finite(point.gradientNorm),
    sNorm: finite(point.sNorm),
    rNorm: finite(point.rNorm),
    lambdaMin: finite(lambda.upper),
    lambda: { lower: finite(lambda.lower), upper: finite(lambda.upper) },
    wNorm: finite(point.wNorm),
    vNorm: finite(point.vNorm),
    stationary: point.stationary,
    certificate: { bound: certificate?.left ?? null, holds: certificate?.holds ?? false },
    features: { value: finite(point.featureOptimum.value), gap: finite(point.featureOptimum.gap) },
    theorem1: sides(inequalities["theorem-1"]),
    theorem2: sides(inequalities["theorem-2"]),
    theorem3: sides(inequalities["theorem-3"]),
    theoremA: sides(inequalities["theorem-a"]),
    outside: Object.fromEntries(
      Object.entries(inequalities).flatMap(([id, one]) => isEvaluated(one) ? [] : [[id, one.outside]]),
    ),
    escape: escape && { order: escape.order, slope: finite(escape.slope) },
    claims: claims.map((claim) => ({ ...claim, measured: finite(claim.measured), bound: finite(claim.bound) })),
    verdict: found.verdict,
  };
}

/**
 * The linear predictor as plain data.
 *
 * @param linear The best linear predictor.
 * @param data How its columns are called.
 * @returns The same, ready for `JSON.stringify`.
 * @example y = 1 + x
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { bestLinear, loadKernels, matrix, squared } from "@resland/resland";
 * const data = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(0, 1, 2) };
 * const linear = bestLinear(await loadKernels("simd"), squared, data);
 * const { weights } = linearReport(linear, { features: ["age"], intercept: true });
 * weights.forEach((weight) => assertAlmostEquals(weight, 1, 1e-14));
 * ```
 */
export function linearReport(
  linear: LinearBaseline,
  { features, intercept }: Pick<Dataset, "features" | "intercept">,
): LinearReport {
  const { value, attained, infimum, lowerBound, gapBound, gradientNorm, radius, rank, dependent, weights } = linear;
  const names = [...intercept ? ["intercept"] : [], ...features];
  return {
    value,
    attained,
    infimum,
    lowerBound,
    gapBound,
    gradientNorm,
    radius: finite(radius),
    rank,
    dependent: dependent.map(({ column, on }) => ({ column: names[column], on: on.map((other) => names[other]) })),
    weights: [...weights],
  };
}

/**
 * The table and how it was read, as plain data.
 *
 * @param data The rows that were used.
 * @param loss Name of the loss.
 * @param heldOutRows Rows of the table that were held out.
 * @returns The same without the numbers of the table.
 * @example One feature, and the intercept
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeTable, parseTable } from "@resland/resland";
 * const table = parseTable("age,price\n1,2\n2,3\n3,5\n", { file: "prices.csv" });
 * const data = encodeTable(table, { target: "price", targetKind: "standardised" });
 * const { rows, features, d } = problemReport(data, "squared", 0);
 * assertEquals({ rows, features, d }, { rows: 3, features: ["age"], d: 2 });
 * ```
 */
export function problemReport(data: Dataset, loss: string, heldOutRows: number): ProblemReport {
  const { source, features, targets, classes, outputs, intercept, x } = data;
  return {
    source,
    rows: x.rows,
    heldOutRows,
    features,
    targets,
    classes,
    d: x.cols,
    outputs,
    loss,
    intercept,
  };
}

/**
 * Figures side by side; what is not finite becomes null.
 *
 * @param linear The figures of the best linear predictor, by name.
 * @param network Those of the network on the same rows.
 * @returns Both.
 * @example A figure that is not defined
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(comparison({ r2: NaN }, { r2: 0.5 }), { linear: { r2: null }, network: { r2: 0.5 } });
 * ```
 */
export function comparison(linear: Metrics, network: Metrics): Comparison {
  const plain = (metrics: Metrics) =>
    Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, finite(value)]));
  return { linear: plain(linear), network: plain(network) };
}

/**
 * What must be said of the linear predictor beside its loss: columns that were left out of it, an infimum that lies at infinity.
 *
 * @param linear The linear predictor.
 * @returns The sentences, one a line.
 * @example A column that is another one's double
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const notes = linearNotes({ attained: true, infimum: 0, radius: null, dependent: [{ column: "b", on: ["a"] }] });
 * assertEquals(notes, ["Left out of the linear predictor: b depends on a. Claims are made against the columns that are left."]);
 * ```
 */
export function linearNotes(
  { attained, infimum, lowerBound = null, radius, dependent }:
    & Pick<LinearReport, "attained" | "infimum" | "radius" | "dependent">
    & Partial<Pick<LinearReport, "lowerBound">>,
): readonly string[] {
  const shown = dependent.slice(0, MOST_NAMED).map(({ column, on }) =>
    on.length === 0 ? `${column} is constant` : `${column} depends on ${on.slice(0, MOST_NAMED).join(", ")}`
  );
  const more = dependent.length > MOST_NAMED ? `; and ${dependent.length - MOST_NAMED} more` : "";
  return [
    ...dependent.length === 0 ? [] : [
      `Left out of the linear predictor: ${
        shown.join("; ")
      }${more}. Claims are made against the columns that are left.`,
    ],
    ...attained ? [] : [
      infimum === null
        ? `The best linear predictor is not known exactly: the comparison is with one with weights of norm at most ${
          formatValue(radius, 3)
        }${lowerBound === null ? "" : `; no linear predictor has a loss below ${formatValue(lowerBound)}`}.`
        : `No linear predictor attains the infimum, ${
          formatValue(infimum)
        }: some direction separates the targets, and the loss falls ` +
          `towards it while the weights grow. The figures beside are of a predictor of norm at most ${
            formatValue(radius, 4)
          }.`,
    ],
  ];
}

/** Columns that a note names, and classes that a line lists. */
const [MOST_NAMED, MOST_CLASSES] = [5, 20];

/**
 * A fit as text: what was learned, linear against network, and the certificate.
 *
 * @param report The report.
 * @returns The text, without a final line end.
 * @example A network that nobody trained
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { certifyPoint, dense, encodeTable, loadKernels, network, parseTable, squared } from "@resland/resland";
 * const table = parseTable("age,price\n-1,0\n0,1\n1,2\n", { file: "prices.csv" });
 * const data = encodeTable(table, { target: "price", targetKind: "number" });
 * const net = network(2, dense(2, 1));
 * const found = certifyPoint(await loadKernels("simd"), { net, point: new Float64Array(net.size), loss: squared, examples: data });
 * const certificate = certificateReport(found);
 * const figures = comparison({ loss: found.linear.value }, { loss: found.point.value });
 * const report: FitReport = {
 *   ...certificate, schema: "resland/fit@1", problem: problemReport(data, "squared", 0), architecture: architectureReport(net),
 *   linear: linearReport(found.linear, data), metrics: { training: figures, heldOut: null }, folds: null,
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
  const { problem, architecture, linear, metrics, folds, training, sentence } = report;
  const held = problem.heldOutRows > 0 ? `, ${counted(problem.heldOutRows, "held-out row")}` : "";
  const what = problem.classes === null
    ? problem.targets.join(", ")
    : `${problem.targets[0]} (${
      problem.classes.length > MOST_CLASSES ? `${problem.classes.length} classes` : problem.classes.join(", ")
    })`;
  const diverged = training.diverged ? "; diverged (the loss became infinite), the last finite point was kept" : "";
  return [
    `${problem.source}: ${counted(problem.rows, "row")} to train on${held}, ${
      counted(problem.d, "input")
    }, target ${what}, ${problem.loss} loss`,
    `network: p = ${problem.outputs === 1 ? "w'" : "W"}(x + V f(x)), f = ${layerText(architecture.theta)}, ${
      counted(architecture.parameters, "parameter")
    }; ${counted(training.epochs, "epoch")}, kept ${training.keptEpoch}${diverged}`,
    "",
    ...metricsTable(metrics),
    ...folds === null ? [] : ["", ...foldsTable(folds)],
    "",
    sentence,
    ...training.prunedFeatures === 0 ? [] : [
      `${training.prunedFeatures} of ${
        counted(architecture.k, "feature")
      } nearly repeated the inputs and the others; they are set to 0, so that (W, V) could settle.`,
    ],
    ...linearNotes(linear),
    ...openClaims(report.claims),
  ].join("\n");
}

/**
 * The claims that do not hold, each with its status and reason, a line each.
 *
 * @param claims The claims.
 * @returns The lines.
 * @example One that is open
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const claim = { id: "theorem-2", statement: "A", source: "B", status: "outside", reason: "it is about one output", measured: null, bound: null, points: 0 } as const;
 * assertEquals(openClaims([claim]), ["theorem-2 is outside: it is about one output."]);
 * ```
 */
export function openClaims(claims: readonly Claim[]): readonly string[] {
  return claims.filter(({ status }) => status !== "holds").map(({ id, status, reason, statement }) =>
    status === "fails" ? `${id} fails: ${statement}.` : `${id} is ${status}: ${reason ?? statement}.`
  );
}

/** Linear against network, a row per figure. */
function metricsTable({ training, heldOut }: FitReport["metrics"]): readonly string[] {
  const header = ["", "linear", "network", ...heldOut ? ["linear, held out", "network, held out"] : []];
  const rows = Object.keys(training.linear).map((name) => [
    name,
    ...[training, ...heldOut ? [heldOut] : []].flatMap((side) =>
      [side.linear[name], side.network[name]].map((value) => formatValue(value ?? null, 5))
    ),
  ]);
  return alignColumns(header, rows, new Set([0]));
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
 * The epochs as CSV, a row per epoch; what was not measured, or is not finite, is empty.
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

/**
 * The network as plain data: the width and the tree of f_theta, and how many parameters w, V and theta have together.
 *
 * @param net The network.
 * @returns What a report says of it.
 * @example Two inputs, three features
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, network } from "@resland/resland";
 * const { k, parameters } = architectureReport(network(2, dense(2, 3)));
 * assertEquals({ k, parameters }, { k: 3, parameters: 2 + 2 * 3 + 3 * 3 });
 * ```
 */
export const architectureReport = ({ k, size, theta }: Network): FitReport["architecture"] => ({
  k,
  parameters: size,
  theta: theta.toJson(),
});
