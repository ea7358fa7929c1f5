import { UsageError } from "../../src/cli/mod.ts";

/** What a worker can be for. */
export type Role =
  | "bench"
  | "check"
  | "compare"
  | "fold"
  | "kernels"
  | "paper"
  | "spectrum"
  | "surface"
  | "sweep";

/** The entry point of workers, or the bundle, which is the program too, when there is one. */
const ENTRY = import.meta.url.endsWith("/tasks/workers/start_worker.ts")
  ? import.meta.resolve("./worker.ts")
  : import.meta.url;

/** Whether a worker may read the program. */
export function canStartWorker(): boolean {
  return Deno.permissions.querySync({ name: "read", path: new URL(ENTRY) }).state === "granted";
}

/** Starts a worker, named for its role; of a bundle it is the program once more, so that one file is all there need be. */
export function startWorker(role: Role): Worker {
  if (!canStartWorker()) {
    throw new UsageError(`a worker has to read the program itself; add --allow-read=${new URL(ENTRY).pathname}`);
  }
  return new Worker(ENTRY, { type: "module", name: role });
}
