/** What a worker can be for. */
export type Role = "bench" | "check" | "paper" | "step" | "surface";

/** The program's entry; where everything was bundled into one file, that file. */
const ENTRY = import.meta.url.endsWith("/tasks/_workers.ts") ? import.meta.resolve("./main.ts") : import.meta.url;

/** Starts a worker: the program once more, named for its role, so that one file is all there need be. */
export function startWorker(role: Role): Worker {
  return new Worker(ENTRY, { type: "module", name: role });
}
