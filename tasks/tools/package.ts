/**
 * Tries out what would be published, `deno task package`: the package alone, in a folder of its own, with the stand-ins for `@std`
 * outside it as the packages of JSR are. Prints its files, and fails as `deno publish` does.
 *
 * @module
 */
import { startDeno } from "./_start_deno.ts";
const ROOT = new URL("../../", import.meta.url);

/** What is copied, from the root of the project; `deno.json` decides what of it is published. */
const PARTS = ["src", "README.md", "CHANGELOG.md", "LICENSE", "deno.lock"];

async function copy(from: URL, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(new URL(`${from.href}/${name}`), `${to}/${name}`);
}

async function main(): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "resland-package-" });
  try {
    for (const part of PARTS) await copy(new URL(part, ROOT), `${folder}/${part}`);
    const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
    const links = config.links.map((link: string) => new URL(link, ROOT).pathname);
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ ...config, lock: "deno.lock", links }));
    const { code } = await startDeno(["publish", "--dry-run", "--allow-dirty", ...Deno.args], {
      cwd: folder,
      output: "inherit",
    });
    return code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.exitCode = await main();
