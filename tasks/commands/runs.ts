/**
 * The command `runs`: what is in the folder of runs.
 *
 * @module
 */
import { flag, type HelpParts, parseOptions, text } from "../../src/cli/mod.ts";
import { alignColumns } from "../../src/report/mod.ts";
import { namesIn, readInput, toJson } from "../io/files.ts";
import { MOST, parseShallow } from "../io/limited.ts";
import { PIECES } from "../io/pieces.ts";
import type { Command } from "./command.ts";

const runsOptions = {
  in: text("FOLDER", "The folder that holds the folders of runs (default runs)"),
  json: flag("Print the runs as one JSON document, and nothing else, on stdout"),
  quiet: flag("No effect: runs shows no progress"),
  help: flag("Show this help"),
};

const about: HelpParts = {
  name: "runs",
  summary:
    "Lists the runs in a folder: the command of each, its table, whether it is finished, its verdict, and where its page is. " +
    "An unfinished run is resumed with its own command.",
  options: runsOptions,
  notes: ["Exit codes: 0 done; 2 bad usage."],
  examples: [["", "those in runs"], ["--in results --json", "those of another folder, as JSON"]],
};

/** The command. */
export const runs: Command = { about, run };

/** The file with which each command's run is finished. */
const LAST: Readonly<Record<string, string>> = {
  check: "verdict.json",
  fit: "verdict.json",
  compare: "verdict.json",
  paper: "paper.json",
  surface: "surface.json",
  spectrum: "spectrum.json",
};

/** The pages that a run may have, the best first. */
const PAGES = ["report.html", "index.html", "surface.svg", "spectrum.svg"] as const;

/** A run that was found. */
interface FoundRun {
  readonly folder: string;
  readonly command: string;
  /** Its table; null where it has none, or several. */
  readonly data: string | null;
  /** Null for a sweep, which can always go on. */
  readonly finished: boolean | null;
  /** The verdict; null where there is none. */
  readonly verdict: string | null;
  /** Its page; null where there is none. */
  readonly page: string | null;
}

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, runsOptions);
  const place = options.in ?? "runs";
  const found: FoundRun[] = [];
  for (const name of [...await namesIn(place)].toSorted()) {
    const one = await runIn(`${place}/${name}`);
    if (one !== null) found.push(one);
  }
  if (options.json) console.log(toJson({ schema: "resland/runs@1", folder: place, runs: found }).trimEnd());
  else if (found.length === 0) console.log(`${place} holds no run.`);
  else console.log(textOf(found).join("\n"));
  return 0;
}

/** The run of a folder; null where it has none. */
async function runIn(folder: string): Promise<FoundRun | null> {
  const names = await namesIn(folder);
  const config = await recordIn(`${folder}/config.json`, MOST.settings);
  if (config === null || typeof config.command !== "string") return null;
  const { command, data } = config;
  const last = Object.hasOwn(LAST, command) ? LAST[command] : null;
  const finished = last === null ? null : names.has(last) && !names.has(PIECES);
  const { verdict } = finished && last !== null ? await recordIn(`${folder}/${last}`, MOST.report) ?? {} : {};
  const page = PAGES.find((one) => names.has(one));
  return {
    folder,
    command,
    data: typeof data === "string" ? data : null,
    finished,
    verdict: typeof verdict === "string" ? verdict : null,
    page: page === undefined ? null : `${folder}/${page}`,
  };
}

/** A file with a record in JSON; null for any other, and for none. */
async function recordIn(file: string, most: number): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const value = parseShallow(await readInput(file, most));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Readonly<Record<string, unknown>>
      : null;
  } catch {
    return null;
  }
}

function textOf(found: readonly FoundRun[]): readonly string[] {
  const rows = found.map(({ folder, command, data, finished, verdict, page }) => [
    folder,
    command,
    data ?? "-",
    finished === null ? "-" : finished ? "finished" : "unfinished",
    verdict ?? "-",
    page === null ? "-" : page.slice(folder.length + 1),
  ]);
  return alignColumns(["run", "command", "table", "state", "verdict", "page"], rows, new Set([0, 1, 2, 3, 4, 5]));
}
