/**
 * Writes the published JSON Schema of configuration files, from the commands' own options.
 *
 * @module
 */
import { configSchema } from "../../src/cli/mod.ts";
import { sweepSchema } from "../commands/sweep_schema.ts";
import { everyAbout } from "../commands/catalogue.ts";
import { toJson, writeWhole } from "../io/files.ts";

/** Where it is, from the root of the project. */
export const CONFIG_SCHEMA = "docs/config.schema.json";

/** Where the schema of sweep files is. */
export const SWEEP_SCHEMA = "docs/sweep.schema.json";

/** The text of the file. */
export async function schemaText(): Promise<string> {
  return toJson(configSchema((await everyAbout()).filter(({ name }) => name !== "completions" && name !== "sweep")));
}

if (import.meta.main) {
  await writeWhole(CONFIG_SCHEMA, await schemaText());
  await writeWhole(SWEEP_SCHEMA, toJson(sweepSchema()));
  console.log(`Wrote ${CONFIG_SCHEMA} and ${SWEEP_SCHEMA}`);
}
