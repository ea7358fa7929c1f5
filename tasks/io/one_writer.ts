import { UsageError } from "../../src/cli/mod.ts";
import { makeFolder, refuseOccupied, removeUnfinished } from "./files.ts";

/** The folders that this process writes to, open and locked. */
const held: Deno.FsFile[] = [];

/**
 * Takes a folder for this run alone, until {@linkcode releaseFolders} or the end of the process: two runs would mix their files. The
 * system lets go of it when a process dies, so that a run that was killed can be resumed. Where folders cannot be locked, nothing
 * is refused. What a killed run was writing there goes away.
 *
 * @param folder The folder; it is there.
 * @throws {UsageError} If another run has it.
 */
export async function lockFolder(folder: string): Promise<void> {
  const file = await Deno.open(folder).catch(() => null);
  if (file === null) return;
  held.push(file);
  if (await file.tryLock(true).catch(() => true)) return await removeUnfinished(folder);
  throw new UsageError(`--out ${folder} is being written by another run; name a new folder`);
}

/** Makes the folder of a new run and takes it; refuses one that holds something, or that another run has. */
export async function takeFolder(folder: string): Promise<void> {
  await refuseOccupied(folder);
  await makeFolder(folder);
  await lockFolder(folder);
  // Another run may have come and gone in between.
  await refuseOccupied(folder);
}

/** Lets go of all folders, at the end of a command. */
export function releaseFolders(): void {
  for (const file of held.splice(0)) file.close();
}
