import { InputError } from "../../src/data/mod.ts";
import { MOST, parseShallow } from "./limited.ts";
import { namesIn, readInput, toJson, writeWhole } from "./files.ts";
import { lockFolder, takeFolder } from "./one_writer.ts";
import { timeOfDay } from "./clock.ts";
import { PIECES } from "./pieces.ts";

/** Where the settings of a run are. */
const CONFIG = "config.json";

/** A folder name for a run that starts now, such as `runs/check-2026-11-24T09-30-05-125`. */
export function runFolder(command: string): string {
  return `runs/${command}-${timeOfDay().slice(0, 23).replaceAll(/[:.]/g, "-")}`;
}

/** Makes the folder of a new run, with its settings; refuses one that holds something. */
export async function startRun(folder: string, settings: unknown): Promise<void> {
  await takeFolder(folder);
  await writeWhole(`${folder}/${CONFIG}`, toJson(settings));
}

/** What the configuration of a run says. */
export interface RunConfig {
  /** What a resumed run must share. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What it may have otherwise, such as how many threads there are (default nothing). */
  readonly also?: Readonly<Record<string, unknown>>;
}

/**
 * Makes the folder of a new run, or resumes an unfinished one with the same settings.
 *
 * @param folder The folder.
 * @param config What the run is.
 * @param last The file that a run writes when it is finished; one that also has pieces is not.
 * @returns The names of the files that an unfinished run has left; none for a new run.
 * @throws {InputError} If the folder holds an unfinished run with other settings.
 * @throws {UsageError} If it holds anything else.
 */
export async function openRun(
  folder: string,
  { settings, also = {} }: RunConfig,
  last: string,
): Promise<ReadonlySet<string>> {
  const names = await namesIn(folder);
  if (!names.has(CONFIG) || names.has(last) && !names.has(PIECES)) {
    await startRun(folder, { ...settings, ...also });
    return new Set();
  }
  const file = `${folder}/${CONFIG}`;
  await lockFolder(folder);
  if (sharedText(await readInput(file, MOST.settings), Object.keys(also)) !== toJson(settings)) {
    throw new InputError("the folder holds an unfinished run with other options; name a new one, or give the same", {
      file,
    });
  }
  return names;
}

/** A configuration without some of its entries; null for what is none. */
function sharedText(text: string, left: readonly string[]): string | null {
  try {
    const config = parseShallow(text) as Readonly<Record<string, unknown>>;
    return toJson(Object.fromEntries(Object.entries(config).filter(([name]) => !left.includes(name))));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
