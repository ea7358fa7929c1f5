/**
 * The worker of `paper`: checks one statement after another, and posts each finding.
 *
 * @module
 */
import { type KernelsName, loadKernels } from "../src/kernels/mod.ts";
import { anyLossByName } from "../src/loss/mod.ts";
import { checkStatement, type Finding, type PaperContext, type PaperTable, STATEMENTS } from "../src/paper/mod.ts";
import type { FromWorker, ToWorker } from "./_pool.ts";

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

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToWorker<PaperSetup, string>>) => void) | null;
  postMessage(message: FromWorker<FoundStatement>): void;
};

let context: PaperContext | null = null;

scope.onmessage = async ({ data }) => {
  try {
    if (data.kind === "setup") {
      const { kernels, tables, ...rest } = data.setup;
      context = {
        ...rest,
        kernels: await loadKernels(kernels),
        tables: tables.map((table) => ({ ...table, loss: anyLossByName(table.loss) })),
      };
      scope.postMessage({ kind: "ready" });
    } else {
      const statement = STATEMENTS.find(({ id }) => id === data.job)!;
      scope.postMessage({ kind: "done", result: { id: data.job, finding: checkStatement(statement, context!) } });
    }
  } catch (error) {
    scope.postMessage({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};
