/**
 * Runs a notebook as Deno's Jupyter kernel would, and compares what its cells show with the outputs that the file holds:
 * `deno run --allow-read --allow-write examples/run_notebook.ts [--write] [FILE]`. The file is `tour.ipynb` beside this
 * one by default; `--write` stores the outputs instead. Exit codes: 0 as stored, 1 not, or a cell failed; 2 bad usage.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { differences, type Notebook, notebookText, runNotebook, withOutputs } from "./notebook.ts";

async function main(args: readonly string[]): Promise<number> {
  const [file = fileURLToPath(import.meta.resolve("./tour.ipynb")), ...more] = args.filter((arg) => arg !== "--write");
  if (more.length > 0 || file.startsWith("-")) {
    console.error("Usage: run_notebook.ts [--write] [FILE]");
    return 2;
  }
  const path = await Deno.realPath(file);
  const notebook: Notebook = JSON.parse(await Deno.readTextFile(path));
  // Jupyter starts the kernel in the notebook's folder.
  Deno.chdir(dirname(path));
  const shown = await runNotebook(notebook);
  if (args.includes("--write")) {
    await Deno.writeTextFile(path, notebookText(withOutputs(notebook, shown)));
    console.log(`${basename(path)}: every cell ran, and its outputs are stored`);
    return 0;
  }
  const found = differences(notebook, shown);
  for (const sentence of found) console.error(sentence);
  if (found.length === 0) console.log(`${basename(path)}: every cell ran, and its outputs are as stored`);
  return found.length === 0 ? 0 : 1;
}

try {
  Deno.exitCode = await main(Deno.args);
} catch (error) {
  console.error((error as Error).message);
  Deno.exitCode = 1;
}
