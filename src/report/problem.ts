import type { ColumnSummary, Dataset } from "../data/mod.ts";
import type { Dtype, KernelsName } from "../kernels/mod.ts";
import type { LayerJson, Network } from "../nn/mod.ts";

/** The table and its encoding. */
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
  /** What was read in the columns of the whole table. */
  readonly columns?: readonly ColumnSummary[];
  /** Name of the loss. */
  readonly loss: string;
  /** Whether the first input is the constant 1. */
  readonly intercept: boolean;
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
  const { source, features, targets, classes, outputs, intercept, summary, x } = data;
  return {
    source,
    rows: x.rows,
    heldOutRows,
    features,
    targets,
    classes,
    d: x.cols,
    outputs,
    ...summary && { columns: summary },
    loss,
    intercept,
  };
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
export const architectureReport = ({ k, size, body }: Network): ArchitectureReport => ({
  k,
  parameters: size,
  theta: body.toJson(),
});
