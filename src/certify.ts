import { finish } from "./tensor/internal.ts";
import { encodeWith, type Table } from "./data/mod.ts";
import { type Kernels, loadKernels } from "./kernels/mod.ts";
import type { Model } from "./model/mod.ts";
import { alignColumns, formatValue } from "./report/mod.ts";
import { type CertifiedPoint, type CertifyOptions, certifySteps, ridgeOfStrengths } from "./train/mod.ts";

/** The settings of {@linkcode certify}; all have defaults. */
export interface CertifyTableOptions extends Pick<CertifyOptions, "epsilon" | "radius"> {
  /** The kernels to compute with (default: the fastest that the runtime has). */
  readonly kernels?: Kernels;
}

/** What is proved of a model on the rows of a table. */
export interface Certificate extends CertifiedPoint {
  /** A table of claims, and the certificate in a few sentences. */
  toString(): string;
}

/**
 * Certifies a model on the rows of a table, from its parameters and the rows alone: how it lies to the best linear predictor, whether training with
 * respect to (W, V) has converged, and every claim, in float64. For a network without a table use `certifyPoint`.
 *
 * @param model The model, such as `decodeModel` reads from a file, trained by anyone.
 * @param table The rows, the target among the columns.
 * @param options What counts as stationary, and how large comparators may be.
 * @returns The certificate.
 * @throws {InputError} If the table does not fit the model.
 * @throws {RangeError} If the model is a plain network.
 * @example What was trained here is certified again
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fit, parseTable } from "@resland/resland";
 * const table = parseTable("size,price\n1,1\n2,4\n3,9\n4,16\n5,25\n6,36\n", { file: "houses.csv" });
 * const { model } = await fit(table, { target: "price", width: 4, regularise: "none" });
 * const { verdict, point } = await certify(model, table);
 * assertEquals([verdict, point.standing], ["holds", "below"]);
 * ```
 */
export async function certify(model: Model, table: Table, options: CertifyTableOptions = {}): Promise<Certificate> {
  const kernels = options.kernels ?? await loadKernels();
  const { net, params, loss, intercept } = model;
  const { epsilon, radius } = options;
  const ridge = model.ridge ? ridgeOfStrengths(model.ridge, intercept) : null;
  const fitted = { net, params, loss, examples: encodeWith(table, model) };
  const certified = finish(certifySteps(kernels, fitted, { epsilon, radius, ridge }));
  return Object.freeze({ ...certified, toString: () => text(certified) });
}

function text({ claims, sentence }: CertifiedPoint): string {
  const rows = claims.map(({ id, status, measured, bound }) => [
    id,
    status,
    formatValue(measured, 4),
    formatValue(bound, 4),
  ]);
  return [...alignColumns(["claim", "status", "measured", "bound"], rows, new Set([0, 1])), "", sentence].join("\n");
}
