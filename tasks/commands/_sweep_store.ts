import { UsageError } from "../../src/cli/mod.ts";
import { namesIn } from "../io/files.ts";
import { openSqlite, SQLITE_FILE } from "../stores/sqlite_store.ts";
import type { SweepStore } from "../stores/store.ts";
import { VERSION } from "./program.ts";

/** Opens what a user names as a sweep. */
export async function openStore(name: string, mode: "read"): Promise<SweepStore> {
  if (/^postgres(ql)?:\/\//.test(name)) {
    const { openPostgres }: typeof import("../stores/postgres_store.ts") = await import(
      "../stores/postgres_store.ts" as string
    );
    return await openPostgres(name, VERSION, (message) => console.error(`resland sweep: ${message}`));
  }
  if (!(await namesIn(name)).has(SQLITE_FILE)) throw new UsageError(`${name} holds no sweep; name the folder of one`);
  return await openSqlite(name, { version: VERSION, mode });
}
