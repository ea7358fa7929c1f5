import { flag, parseOptions, text, UsageError } from "../../src/cli/mod.ts";
import { counted, grouped } from "../../src/report/mod.ts";
import { makeFolder, namesIn, toJson } from "../io/files.ts";
import { openSqlite, SQLITE_FILE } from "../stores/sqlite_store.ts";
import { VERSION } from "./program.ts";

const mergeOptions = {
  out: text("FOLDER", "The folder of the whole; new, or one that the others are to be added to"),
  json: flag("Print the counts as one JSON document, and nothing else, on stdout"),
};

/** Splits arguments into the words before the first option, and the options. */
export function splitWords(
  args: readonly string[],
): { readonly words: readonly string[]; readonly options: readonly string[] } {
  const at = args.findIndex((arg) => arg.startsWith("--"));
  return at < 0 ? { words: args, options: [] } : { words: args.slice(0, at), options: args.slice(at) };
}

/** `sweep merge A B ... --out FOLDER`: joins the folders of several sweeps. */
export async function mergeSweeps(args: readonly string[]): Promise<number> {
  const { words: folders, options: given } = splitWords(args);
  const { out, json } = parseOptions(given, mergeOptions);
  if (folders.length === 0 || out === null) {
    throw new UsageError("sweep merge needs folders and where to join them: sweep merge A B --out WHOLE");
  }
  for (const folder of folders) {
    if (!(await namesIn(folder)).has(SQLITE_FILE)) {
      throw new UsageError(`${folder} holds no sweep; name the folder of one`);
    }
    if (folder.replace(/\/+$/, "") === out.replace(/\/+$/, "")) {
      throw new UsageError(`${folder} is --out itself; leave it out`);
    }
  }
  await makeFolder(out);
  await using store = await openSqlite(out, {
    version: VERSION,
    mode: "run",
    warn: (message) => console.error(`resland sweep: warning: ${message}`),
  });
  let added = 0;
  for (const folder of folders) {
    await using other = await openSqlite(folder, { version: VERSION, mode: "read" });
    added += await store.mergeFrom(other);
  }
  const counts = await store.counts();
  if (json) console.log(toJson({ schema: "resland/sweep@1", folder: out, ...counts, added }).trimEnd());
  else {console.log(
      `${counted(added, "run")} added from ${counted(folders.length, "folder")}; ${out} has ${grouped(counts.done)}`,
    );}
  return 0;
}
