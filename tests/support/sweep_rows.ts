import { DatabaseSync } from "node:sqlite";

/** The rows of a folder, without what may differ between two runs of a job. */
export function rowsIn(folder: string): readonly Record<string, unknown>[] {
  using db = new DatabaseSync(`${folder}/sweep.sqlite`, { readOnly: true });
  return db.prepare("SELECT * FROM runs ORDER BY key").all().map((row) => {
    const { seconds: _1, worker: _2, ...rest } = row;
    return rest;
  });
}
