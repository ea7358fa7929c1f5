/**
 * Memory of `paper`, the full run, over its course: `deno run --no-prompt --allow-read --allow-write --allow-run=deno,ps
 * tests/bench/paper_memory.ts`. Prints the resident size of the process once a second, the largest, and by how much the second half
 * of the run is above the first.
 *
 * @module
 */
import { denoCommand } from "../support/deno_command.ts";
import { residentSize } from "../support/resident_size.ts";

const entry = new URL("../../tasks/main.ts", import.meta.url).pathname;
const folder = await Deno.makeTempDir({ prefix: "resland-bench-" });
const started = performance.now();
const child = denoCommand({
  args: [
    "run",
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    entry,
    "paper",
    "--quiet",
    "--json",
    "--out",
    `${folder}/run`,
  ],
  stdout: "null",
}).spawn();

let running = true;
const ended = child.status.then(({ success }) => {
  running = false;
  if (!success) throw new Error("paper failed");
});
const sizes: number[] = [];
while (running) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const size = await residentSize(child.pid);
  if (size !== null) sizes.push(size);
}
await ended;
await Deno.remove(folder, { recursive: true });
const most = (values: readonly number[]) => Math.max(...values);
const half = Math.floor(sizes.length / 2);
console.log(sizes.map((size) => size.toFixed(0)).join(" "));
console.log(`seconds      ${((performance.now() - started) / 1000).toFixed(1)}`);
console.log(`largest      ${most(sizes).toFixed(0)} MB`);
console.log(`second half  ${(most(sizes.slice(half)) - most(sizes.slice(0, half))).toFixed(0)} MB above the first`);
