/**
 * The command `paper`: checks every statement of the paper over a grid of problems, and saves what it found.
 *
 * @module
 */
import { loadCharts } from "./_charts.ts";
import {
  choice,
  choices,
  flag,
  type HelpParts,
  integer,
  integerOrAuto,
  type OptionValues,
  parseOptions,
  text,
} from "../../src/cli/mod.ts";
import { InputError } from "../../src/data/mod.ts";
import { fastestKernels, type KernelsName, loadKernels } from "../../src/kernels/mod.ts";
import { type Panel, panelMinima, PANELS, recordedProblem, SAFE_PANEL, STATEMENTS } from "../../src/paper/mod.ts";
import { findingSchema, makePaperReport, type PaperClaim, type PaperReport, paperText } from "../../src/report/mod.ts";
import { type Command, printReport } from "./command.ts";
import { onInterrupt } from "../io/interrupt.ts";
import { environmentOf } from "../io/environment.ts";
import { readJson, toJson, writeWhole } from "../io/files.ts";
import { startPool } from "../workers/pool.ts";
import { bundledTables } from "./_bundled_tables.ts";
import { startProgress } from "../io/progress.ts";
import type { FoundStatement, PaperSetup } from "../workers/paper_worker.ts";
import { openRun, runFolder } from "../io/run_folder.ts";

const IDS = STATEMENTS.map(({ id }) => id);

const paperOptions = {
  quick: flag("Fewer points: takes seconds instead of minutes"),
  only: choices(IDS, IDS, "The statements to check"),
  seed: integer(1, 0, "Random seed"),
  out: text(
    "FOLDER",
    "Output folder; new, empty, or an unfinished run to resume (default runs/paper-<time>)",
  ),
  workers: integerOrAuto("Number of parallel statements; results do not depend on it"),
  kernels: choice(["relaxed", "simd", "js"], null, "Which kernels (default: the fastest that this runtime has)"),
  json: flag("Print the report as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

type Options = OptionValues<typeof paperOptions>;

const about: HelpParts = {
  name: "paper",
  summary:
    "Checks the paper's statements, and those that follow from it, over a grid of losses, activations, depths, data and " +
    "sizes of (w, V) from 1e-3 to 1e3: the status of each, the number of points, and how nearly its bound is attained.",
  options: paperOptions,
  notes: [
    "To resume an interrupted run, start it again with the same options and --out.",
    "Exit codes: 0 every statement holds; 1 one fails or is undecided; 2 bad usage; 3 interrupted, what was finished is kept.",
  ],
  examples: [
    ["--quick", "all statements in seconds"],
    ["--out runs/paper", "the full run, resumable"],
    ["--only theorem-1,figure-1 --json", "two of them, as JSON"],
  ],
};

/** The command. */
export const paper: Command = { about, run };

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, paperOptions);
  const kernels = options.kernels ?? fastestKernels();
  const folder = options.out ?? runFolder("paper");
  const settings = { command: "paper", quick: options.quick, only: options.only, seed: options.seed, kernels };
  const known = await resume(folder, settings);
  const open = options.only.filter((id) => !known.has(id));
  using interrupt = onInterrupt();
  const progress = startProgress(options.quiet);
  const found = new Map(known);
  if (open.length > 0) {
    using pool = startPool<PaperSetup, string, FoundStatement>(
      "paper",
      Math.min(options.workers ?? navigator.hardwareConcurrency, open.length),
    );
    await pool.run({
      setup: { seed: options.seed, quick: options.quick, kernels, tables: bundledTables() },
      jobs: open,
      onProgress: (done) => progress.update(done / open.length, `${Math.floor(done)} of ${open.length} statements`),
      onResult: async (result) => {
        found.set(result.id, result);
        await writeWhole(claimFile(folder, result.id), toJson(result));
      },
      signal: interrupt.signal,
    });
  }
  progress.done();
  if (interrupt.signal.aborted) {
    console.error(
      `resland paper: interrupted after ${found.size} of ${options.only.length} statements; ${folder} holds those`,
    );
    return 3;
  }
  const report = await finish(folder, options, kernels, found);
  printReport(report, paperText, options, `${folder}; open ${folder}/index.html`);
  return report.verdict === "fails" || report.verdict === "undecided" ? 1 : 0;
}

const claimName = (id: string): string => `claim-${id}.json`;

const claimFile = (folder: string, id: string): string => `${folder}/${claimName(id)}`;

/** What an unfinished run has found of the statements that are asked for; nothing for a new one. Other files are left alone. */
async function resume(
  folder: string,
  settings: { readonly only: readonly string[] },
): Promise<ReadonlyMap<string, FoundStatement>> {
  const names = await openRun(folder, { settings }, "paper.json");
  const known = settings.only.filter((id) => names.has(claimName(id)));
  const found = await Promise.all(
    known.map((id) => foundIn(claimFile(folder, id), id)),
  );
  if (found.length > 0) {
    console.error(
      `resland paper: ${found.length} of ${settings.only.length} statements are those of ${folder}, not checked again`,
    );
  }
  return new Map(found.map((one) => [one.id, one]));
}

/** A finding that an earlier start has left; its status is judged again from its numbers. */
async function foundIn(file: string, id: string): Promise<FoundStatement> {
  const repair = "remove it, and its statement is checked again";
  const wrong = `the file is not a checked statement; ${repair}`;
  const found = await readJson<FoundStatement>(file, findingSchema(id), wrong);
  const problem = recordedProblem(STATEMENTS.find((one) => one.id === id)!, found.finding);
  if (problem !== null) throw new InputError(`${problem}; ${repair}`, { file });
  return found;
}

/** Writes the figures; returns their files by statement. */
async function saveFigures(
  folder: string,
  { seed, quick, only }: Options,
  kernels: KernelsName,
  found: ReadonlyMap<string, FoundStatement>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const figures: Record<string, readonly string[]> = {};
  const { figure1Svg, findingSvg } = await loadCharts();
  const context = { kernels: await loadKernels(kernels), seed, quick };
  const drawn = (panels: readonly Panel[], title?: string) =>
    figure1Svg(panels.map((panel) => ({ panel, minima: panelMinima(context, panel) })), title);
  if (only.includes("figure-1")) {
    await writeWhole(`${folder}/figure-1.svg`, drawn(PANELS));
    figures["figure-1"] = ["figure-1.svg"];
  }
  if (only.includes("penalties")) {
    const title = "Weight decay on (w, V) beside a ridge on (w, V'w)";
    await writeWhole(`${folder}/penalties-panels.svg`, drawn([PANELS[1], SAFE_PANEL], title));
    figures.penalties = ["penalties-panels.svg"];
  }
  for (const { id, finding: { chart } } of found.values()) {
    if (chart === undefined) continue;
    await writeWhole(`${folder}/${id}.svg`, findingSvg(chart));
    figures[id] = [...figures[id] ?? [], `${id}.svg`];
  }
  return figures;
}

/** Writes the figures, the listings, the pages and the report. */
async function finish(
  folder: string,
  options: Options,
  kernels: KernelsName,
  found: ReadonlyMap<string, FoundStatement>,
): Promise<PaperReport> {
  const { seed, quick } = options;
  const figures = await saveFigures(folder, options, kernels, found);
  const { listingCsv, paperIndex, statementPage }: typeof import("../../src/report/pages/mod.ts") = await import(
    "../../src/report/pages/mod.ts" as string
  );
  const claims = STATEMENTS.filter(({ id }) => options.only.includes(id)).map(
    ({ id, statement, source }): PaperClaim => {
      const { reason, chart: _, listing, ...finding } = found.get(id)!.finding;
      return {
        id,
        statement: reason ? `${statement}. ${reason}` : statement,
        source,
        ...finding,
        figures: figures[id] ?? [],
        listing: listing ? `${id}.csv` : null,
        page: `${id}.html`,
      };
    },
  );
  const report = makePaperReport({
    quick,
    seed,
    claims,
    environment: environmentOf(kernels, "f64"),
  });
  for (const claim of report.claims) {
    const { listing = null } = found.get(claim.id)!.finding;
    if (listing !== null) await writeWhole(`${folder}/${claim.listing}`, listingCsv(listing));
    await writeWhole(`${folder}/${claim.page}`, statementPage(claim, listing));
  }
  await writeWhole(`${folder}/index.html`, paperIndex(report));
  await writeWhole(`${folder}/paper.json`, toJson(report));
  return report;
}
