import { UsageError } from "../src/cli/mod.ts";
import { type Dataset, encodeTable, inferTargetKind, InputError, parseTable } from "../src/data/mod.ts";
import { type Loss, lossByName } from "../src/loss/mod.ts";
import { readInput } from "./_files.ts";
import type { NamedTable } from "./paper_worker.ts";

/** The options that say which table, and how to read it. */
export interface ProblemOptions {
  readonly data: string | null;
  readonly target: string | null;
  readonly features: readonly string[] | null;
  readonly drop: readonly string[] | null;
  readonly positive: string | null;
  readonly "no-intercept": boolean;
  readonly loss: string | null;
}

/** The bundled table, and the column of it to predict. */
const BUNDLED = { file: new URL("../data/diabetes.csv", import.meta.url), name: "diabetes.csv", target: "progression" };

/** The bundled tables with the losses that fit their targets: their names, since losses do not cross to a worker. */
export async function bundledTables(): Promise<readonly NamedTable[]> {
  const kinds = [
    ["diabetes", "progression", "squared", "standardised"],
    ["breast_cancer", "diagnosis", "logistic", "class"],
    ["iris", "species", "softmax", "classes"],
  ] as const;
  return await Promise.all(kinds.map(async ([name, target, loss, targetKind]) => {
    const text = await Deno.readTextFile(new URL(`../data/${name}.csv`, import.meta.url));
    const { x, y } = encodeTable(parseTable(text, { file: `${name}.csv` }), { target, targetKind });
    return { name, x, y, loss };
  }));
}

/** Reads and encodes the table that the options name, for the loss that they name or that the target suggests. */
export async function loadProblem(options: ProblemOptions): Promise<{ readonly data: Dataset; readonly loss: Loss }> {
  const { data: file } = options;
  const text = file === null ? await Deno.readTextFile(BUNDLED.file) : await readInput(file);
  const table = parseTable(text, { file: file ?? BUNDLED.name });
  const target = options.target ?? (file === null ? BUNDLED.target : null);
  if (target === null) {
    throw new UsageError(`--target is missing; name the column to predict, one of ${table.columns.join(", ")}`);
  }
  const kind = options.loss === null ? inferTargetKind(table, target) : null;
  if (kind === "classes") {
    throw new InputError("the target holds three classes or more; check has one output: keep the rows of two classes", {
      file: table.file,
      column: target,
    });
  }
  const loss = lossByName(options.loss ?? (kind === "class" ? "logistic" : "squared"));
  const data = encodeTable(table, {
    target,
    targetKind: loss.target,
    intercept: !options["no-intercept"],
    ...options.features && { features: options.features },
    ...options.drop && { drop: options.drop },
    ...options.positive !== null && { positive: options.positive },
  });
  const wrong = data.y.findIndex((value) => loss.targetProblem(value) !== null);
  if (wrong >= 0) {
    throw new UsageError(
      `--loss ${loss.name} does not fit the column "${target}": line ${table.lines[wrong]} has ${data.y[wrong]}, ` +
        `which ${loss.targetProblem(data.y[wrong])}`,
    );
  }
  return { data, loss };
}
