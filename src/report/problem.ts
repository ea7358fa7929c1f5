import type { LinearOptimum } from "../baseline/mod.ts";
import type { Dataset, TargetTransform, Weighting } from "../data/mod.ts";
import type { Dtype, KernelsName } from "../kernels/mod.ts";
import type { LayerJson, Network } from "../nn/mod.ts";
import { type ColumnReport, markDependent } from "./dependent_columns.ts";
import { formatValue } from "./format.ts";

/** The table and its encoding. */
export interface ProblemReport {
  /** The file's base name. */
  readonly source: string;
  /** Rows that were used. */
  readonly rows: number;
  /** Held-out rows. */
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
  /** What was read in the columns of the whole table. */
  readonly columns?: readonly ColumnReport[];
  /** Name of the loss. */
  readonly loss: string;
  /** Whether the first input is the constant 1. */
  readonly intercept: boolean;
  /** How rows are weighted; absent where all count the same. */
  readonly weighting?: Weighting;
  /** What is done to targets before they are learned; absent where nothing is. */
  readonly transform?: TargetTransform;
}

/** The network as plain data. */
export interface ArchitectureReport {
  /** Width of f_theta. */
  readonly k: number;
  /** Parameters of w, V and theta together. */
  readonly parameters: number;
  /** The layer tree f_theta. */
  readonly theta: LayerJson;
}

/** The runtime and the kernels. */
export interface Environment {
  /** Version of Deno. */
  readonly deno: string;
  /** Version of V8. */
  readonly v8: string;
  /** Which kernels. */
  readonly kernels: KernelsName;
  /** Precision of training. */
  readonly dtype: Dtype;
  /** How many workers the machine can run side by side. */
  readonly workers: number;
}

/**
 * The table and how it was read, as plain data.
 *
 * @param data The rows that were used.
 * @param loss Name of the loss.
 * @param heldOutRows Rows of the table that were held out.
 * @param linear The best linear predictor, which knows the columns that depend on others; none by default.
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
export function problemReport(
  data: Dataset,
  loss: string,
  heldOutRows: number,
  linear: Pick<LinearOptimum, "dependent"> | null = null,
): ProblemReport {
  const { source, features, targets, classes, outputs, intercept, summary, weighting, x } = data;
  const { transform } = data.standardisation;
  return {
    source,
    rows: x.rows,
    heldOutRows,
    features,
    targets,
    classes,
    d: x.cols,
    outputs,
    ...summary && { columns: linear === null ? summary : markDependent(summary, data, linear.dependent) },
    loss,
    intercept,
    ...weighting && { weighting },
    ...transform && { transform },
  };
}

/**
 * How rows are weighted, as the end of a line about them.
 *
 * @param problem The table and its encoding.
 * @returns The words; empty where all rows count the same.
 * @example Two classes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const problem = { classes: ["ill", "well"], weighting: { column: "w", classes: [2, 2 / 3] } };
 * assertEquals(weightingText(problem), ", rows weighted by w and by class (ill 2, well 0.667)");
 * assertEquals(weightingText({ classes: null }), "");
 * ```
 */
export function weightingText({ weighting, classes }: Pick<ProblemReport, "weighting" | "classes">): string {
  if (weighting === undefined) return "";
  const ofClass = weighting.classes?.slice(0, MOST_CLASSES).map((weight, at) =>
    `${classes?.[at]} ${formatValue(weight, 3)}`
  );
  const more = (weighting.classes?.length ?? 0) > MOST_CLASSES ? ", ..." : "";
  const by = [weighting.column ?? [], ofClass ? `by class (${ofClass.join(", ")}${more})` : []].flat();
  return `, rows weighted ${weighting.column === null ? "" : "by "}${by.join(" and ")}`;
}

/**
 * How targets are transformed, as words behind their names.
 *
 * @param problem The table and its encoding.
 * @returns The words; empty where nothing is done to them.
 * @example A power
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const transform = { kind: "yeo-johnson", lambda: [0.25] } as const;
 * assertEquals(transformText({ transform }), " (Yeo-Johnson, lambda 0.25; predictions are medians)");
 * ```
 */
export function transformText({ transform }: Pick<ProblemReport, "transform">): string {
  if (transform === undefined) return "";
  const how = transform.kind === "log"
    ? "log"
    : `Yeo-Johnson, lambda ${transform.lambda.map((one) => formatValue(one, 3)).join(", ")}`;
  return ` (${how}; predictions are medians)`;
}

/** Classes that a line lists. */
const MOST_CLASSES = 20;

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
export const architectureReport = ({ k, size, body }: Network): ArchitectureReport => ({
  k,
  parameters: size,
  theta: body.toJson(),
});
