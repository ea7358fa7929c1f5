/**
 * The command `report`: one page of a run, with its charts.
 *
 * @module
 */
import { flag, type HelpParts, list, parseOptions, text, UsageError } from "../../src/cli/mod.ts";
import { InputError, parseTable, type Table, textsOf } from "../../src/data/mod.ts";
import {
  checkCharts,
  FIT_SCHEMA,
  fitHtml,
  type FitReport,
  rebuildSvg,
  type RunCurve,
  type Verdict,
  VERDICT_SCHEMA,
  verdictHtml,
} from "../../src/report/mod.ts";
import type { EpochRecord } from "../../src/train/mod.ts";
import { LANDSCAPE } from "./_landscape.ts";
import type { Command } from "./command.ts";
import { openPage } from "../io/browser.ts";
import { namesIn, readInput, readJson, refuseFile, toJson, writeWhole } from "../io/files.ts";

const reportOptions = {
  run: text("FOLDER", "The folder of a run of fit or check"),
  with: list("FOLDER,...", "Folders of surface and spectrum whose pictures belong on the page"),
  out: text("FILE", "The page, a new file (default: report-<name of the folder>.html)"),
  open: flag("Open the page in the browser"),
  json: flag("Print where the page is as one JSON document, and nothing else, on stdout"),
  quiet: flag("Print nothing"),
  help: flag("Show this help"),
};

const about: HelpParts = {
  name: "report",
  summary:
    "Writes one self-contained HTML page of a run: the verdict in a sentence, the tables, training against the level of the best " +
    "linear predictor, and the pictures of surface and spectrum. It has no scripts and loads nothing: open it from disk.",
  options: reportOptions,
  notes: ["Exit codes: 0 done; 2 bad usage or bad input."],
  examples: [
    ["--run runs/fit-2026-11-24T09-30-05-125 --out report.html", "a fit"],
    ["--run runs/check --with runs/surface,runs/spectrum --out report.html", "a check with pictures"],
  ],
};

/** The command. */
export const report: Command = { about, run };

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, reportOptions);
  const { run: folder } = options;
  if (folder === null) throw new UsageError("--run is missing; name the folder of a run, such as runs/fit-...");
  const out = options.out ?? `report-${folder.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1)}.html`;
  await refuseFile("--out", out);
  const verdict = `${folder}/verdict.json`;
  const found = await readVerdict(verdict);
  const file = `${folder}/trajectory.csv`;
  const trajectory = parseTable(await readInput(file), { file, minRows: 0 });
  const pictures = [...await landscapeIn(folder), ...await picturesIn(options.with ?? [])];
  const page = found.schema === "resland/fit@1"
    ? fitHtml(found, { history: historyIn(trajectory), pictures })
    : verdictHtml(found, { charts: checkCharts(curvesOf(trajectory), found.linear.value), pictures });
  await writeWhole(out, page);
  if (options.json) {
    console.log(
      toJson({ schema: "resland/report@1", run: folder, out, charts: page.split("<svg").length - 1 }).trimEnd(),
    );
  } else if (!options.quiet) console.log(`Saved ${out}`);
  const problem = options.open ? await openPage(out) : null;
  if (problem !== null) console.error(`resland report: warning: the page was not opened: ${problem}; open ${out}`);
  return 0;
}

/** The verdict of a fit or a check: nothing is shown of one that does not fit the published schema. */
async function readVerdict(file: string): Promise<FitReport | Verdict> {
  const kinds = { "resland/fit@1": FIT_SCHEMA, "resland/verdict@1": VERDICT_SCHEMA };
  const refusal = "the file is not the verdict of a fit or a check; name the folder of one";
  const { schema } = await readJson<FitReport | Verdict>(file, ({ schema }) => Object.hasOwn(kinds, schema), refusal);
  return await readJson<FitReport | Verdict>(
    file,
    kinds[schema],
    "the verdict lacks a part that the page shows, or has something else there; run the command again",
  );
}

/** The epochs of a fit. */
function historyIn(table: Table): readonly EpochRecord[] {
  const column = (name: string): readonly (number | null)[] => {
    if (!table.columns.includes(name)) return [];
    return textsOf(table, name).map((cell) => cell === "" ? null : Number(cell));
  };
  const [training, heldOut, bound] = ["training", "held_out", "certificate_bound"].map(column);
  return textsOf(table, table.columns[0]).map((epoch, row) => ({
    epoch: Number(epoch),
    training: training[row] ?? null,
    heldOut: heldOut[row] ?? null,
    bound: bound[row] ?? null,
  }));
}

/** The runs of a check by recorded point; none where the trajectory lacks a column. */
function curvesOf(table: Table): readonly RunCurve[] {
  const names = ["seed", "start", "value", "certificate_bound"];
  if (!names.every((name) => table.columns.includes(name))) return [];
  const [seeds, starts, values, bounds] = names.map((name) => textsOf(table, name));
  const numberOf = (cell: string) => cell === "" ? NaN : Number(cell);
  const runs = Map.groupBy(values.keys(), (row) => `${starts[row]}\0${seeds[row]}`);
  return [...runs.values()].map((rows) => ({
    start: starts[rows[0]],
    values: rows.map((row) => numberOf(values[row])),
    bounds: rows.map((row) => numberOf(bounds[row])),
  }));
}

/** The picture that the run drew of itself. */
async function landscapeIn(folder: string): Promise<readonly string[]> {
  if (!(await namesIn(folder)).has(LANDSCAPE)) return [];
  const file = `${folder}/${LANDSCAPE}`;
  return [pictureOf(await readInput(file), file)];
}

/** The pictures of other runs. */
async function picturesIn(folders: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const svgs = [...await namesIn(folder)].filter((name) => name.endsWith(".svg")).sort();
    if (svgs.length === 0) {
      throw new UsageError(`--with ${folder} holds no picture; name the folder of surface or spectrum`);
    }
    for (const name of svgs) found.push(pictureOf(await readInput(`${folder}/${name}`), `${folder}/${name}`));
  }
  return found;
}

/** A picture that may be embedded in a page: shapes and words alone. The page builds it anew. */
function pictureOf(svg: string, file: string): string {
  try {
    rebuildSvg(svg);
    return svg;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const why = error.message.replace("Cannot show the picture: ", "");
    throw new InputError(`the file is not a picture that surface or spectrum drew: ${why}`, { file });
  }
}
