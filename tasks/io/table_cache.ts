import { createHash } from "node:crypto";
import { InputError } from "../../src/data/mod.ts";
import { readBytes, writeWhole } from "./files.ts";

/** The fingerprint of a table's bytes: SHA-256 in hexadecimal. */
export const fingerprintOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** SHA-256 of a text, in hexadecimal. */
export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Where a table is kept under its fingerprint. */
const cachedPath = (folder: string, fingerprint: string): string => `${folder}/${fingerprint.slice(0, 32)}.csv`;

/**
 * The path of a table in a folder of tables by fingerprint; fetched, verified and written where it is not there, or damaged.
 *
 * @throws {InputError} If what is fetched is another table.
 */
export async function cachedTable(
  folder: string,
  fingerprint: string,
  fetch: () => Promise<Uint8Array>,
): Promise<string> {
  const path = cachedPath(folder, fingerprint);
  const known = await readBytes(path).catch(() => null);
  if (known !== null && fingerprintOf(known) === fingerprint) return path;
  const bytes = await fetch();
  const found = fingerprintOf(bytes);
  if (found !== fingerprint) {
    throw new InputError(
      `the stored table does not have its fingerprint (${found.slice(0, 12)} instead of ${
        fingerprint.slice(0, 12)
      }); it was ` +
        "changed or damaged",
      { file: path },
    );
  }
  await writeWhole(path, bytes);
  return path;
}
