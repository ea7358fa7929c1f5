/**
 * The worker of `paper`: checks one statement after another, and posts each finding.
 *
 * @module
 */
import { type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { anyLossByName } from "../../src/loss/mod.ts";
import { checkStatement, type Finding, type PaperContext, type PaperTable, STATEMENTS } from "../../src/paper/mod.ts";
import { poolWorker } from "./_pool_worker.ts";

/** What every statement is checked with. */
export interface PaperSetup extends Omit<PaperContext, "kernels" | "tables"> {
  /** Which kernels. */
  readonly kernels: KernelsName;
  /** The bundled tables; a loss is functions, so its name crosses instead. */
  readonly tables: readonly NamedTable[];
}

/** A table as it crosses to a worker. */
export interface NamedTable extends Omit<PaperTable, "loss"> {
  /** Name of the loss. */
  readonly loss: string;
}

/** A finding and the statement that it is about. */
export interface FoundStatement {
  /** Which statement. */
  readonly id: string;
  /** What was found. */
  readonly finding: Finding;
}

/** The worker's code. */
export const paperWorker = poolWorker<PaperSetup, string, FoundStatement>(async ({ kernels, tables, ...rest }) => {
  const context: PaperContext = {
    ...rest,
    kernels: await loadKernels(kernels),
    tables: tables.map((table) => ({ ...table, loss: anyLossByName(table.loss) })),
  };
  return (job) => {
    const statement = STATEMENTS.find(({ id }) => id === job)!;
    return { id: job, finding: checkStatement(statement, context) };
  };
});
