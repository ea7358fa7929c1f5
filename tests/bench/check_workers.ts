import { denoCommand } from "../support/deno_command.ts";
/**
 * `check` with 8 seeds on the bundled table, one worker against two, in alternating rounds:
 * `deno run --no-prompt --allow-read --allow-write --allow-run=deno tests/bench/check_workers.ts`. Wall time, start-up included.
 *
 * @module
 */
const ROUNDS = 5;
const entry = new URL("../../tasks/main.ts", import.meta.url).pathname;

async function secondsWith(workers: number): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "resland-bench-" });
  const args = ["check", "--quiet", "--json", "--seeds", "8", "--workers", String(workers), "--out", `${folder}/run`];
  const command = denoCommand({
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", entry, ...args],
    stdout: "null",
  });
  const started = performance.now();
  const { success } = await command.output();
  const seconds = (performance.now() - started) / 1000;
  await Deno.remove(folder, { recursive: true });
  if (!success) throw new Error("check failed");
  return seconds;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const rounds: { readonly one: number; readonly two: number }[] = [];
for (let round = 0; round < ROUNDS; round++) {
  rounds.push({ one: await secondsWith(1), two: await secondsWith(2) });
}
console.log(`one worker   ${median(rounds.map(({ one }) => one)).toFixed(2)} s`);
console.log(`two workers  ${median(rounds.map(({ two }) => two)).toFixed(2)} s`);
console.log(`ratio        ${median(rounds.map(({ one, two }) => one / two)).toFixed(2)} (median of ${ROUNDS} rounds)`);
