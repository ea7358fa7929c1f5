/**
 * How long the program takes to start, as one file: `--version` against `deno eval ''`, and `check` until its first seed starts:
 * `deno run --no-prompt --allow-read --allow-write --allow-run=deno tests/bench/start_up.ts`. The run of `check` is one seed of no epochs;
 * what the verdict says that the seed took is taken off, so that what is left beyond `--version` is all that comes before and after it.
 * Medians of alternating rounds.
 *
 * @module
 */
import { bundle } from "../../tasks/tools/bundle.ts";
import { denoCommand } from "../support/deno_command.ts";

const ROUNDS = 20;
const folder = await Deno.makeTempDir({ prefix: "resland-bench-" });
const program = `${folder}/resland.js`;
await bundle(new URL("../../tasks/main.ts", import.meta.url), program);

async function milliseconds(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { success } = await denoCommand({ args: [...args], cwd: folder, stdout: "null", stderr: "null" })
    .output();
  if (!success) throw new Error(`deno ${args.join(" ")} failed`);
  const elapsed = performance.now() - started;
  const out = args.indexOf("--out");
  if (out < 0) return elapsed;
  const { runs } = JSON.parse(await Deno.readTextFile(`${args[out + 1]}/verdict.json`));
  return elapsed - 1000 * runs[0].seconds;
}

let count = 0;
const run = ["run", "--no-prompt", "--allow-read", "--allow-write", program];
const JOBS: Readonly<Record<string, () => readonly string[]>> = {
  "deno eval ''": () => ["eval", ""],
  "resland --version": () => [...run, "--version"],
  "resland check, its run off": () => [
    ...[...run, "check", "--seeds", "1", "--starts", "default", "--epochs", "0", "--no-descend", "--quiet"],
    ...["--out", `${folder}/${count++}`],
  ],
};
// The first start of a program compiles it; Deno keeps the code.
for (const args of Object.values(JOBS)) await milliseconds(args());
const found = Object.keys(JOBS).map((name) => ({ name, times: [] as number[] }));
for (let round = 0; round < ROUNDS; round++) {
  for (const { name, times } of found) times.push(await milliseconds(JOBS[name]()));
}
await Deno.remove(folder, { recursive: true });
const medians = found.map(({ times }) => times.toSorted((a, b) => a - b)[ROUNDS / 2]);
found.forEach(({ name }, at) => console.log(`${name.padEnd(26)}${medians[at].toFixed(0).padStart(6)} ms`));
console.log(`--version takes ${(medians[1] / medians[0]).toFixed(1)} times as long as deno eval ''`);
console.log(`check adds ${(medians[2] - medians[1]).toFixed(0)} ms before its first seed and after its last`);
