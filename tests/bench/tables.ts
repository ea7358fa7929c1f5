/**
 * The commands that read large tables, whole runs with start-up: `fit` on 100,000 x 50 rows, `predict` on 1,000,000 x 10 rows, and a
 * surface of 51 x 51 points: `deno run --no-prompt --allow-read --allow-write --allow-run=deno,ps tests/bench/tables.ts`. The tables are made
 * from seeds, in a temporary folder. Prints seconds and the largest resident size (by `ps`), the middle of three
 * rounds, beside a run of `fit` on the bundled table, which shows what the runtime alone takes.
 *
 * @module
 */
import { key, normal } from "../../src/random/mod.ts";
import { denoCommand } from "../support/deno_command.ts";
import { residentSize } from "../support/resident_size.ts";

const ROUNDS = 3;
const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
const folder = await Deno.makeTempDir({ prefix: "resland-bench-" });

/** Writes a table of `rows` standard normal rows, the target last: a sum of the features and of their sines, and noise. */
async function writeTable(path: string, names: readonly string[], rows: number, digits: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const encoder = new TextEncoder();
  const write = async (text: string) => {
    for (let bytes = encoder.encode(text); bytes.length > 0;) bytes = bytes.subarray(await file.write(bytes));
  };
  await write(`${names.join(",")}\n`);
  const [d, part] = [names.length - 1, 5000];
  for (let from = 0; from < rows; from += part) {
    const values = normal(key(from + 1), part * names.length);
    const lines = Array.from({ length: part }, (_, i) => {
      const row = values.subarray(i * names.length, (i + 1) * names.length);
      row[d] += row.subarray(0, d).reduce((sum, value, j) => sum + (1 + j % 3) * value + 0.3 * Math.sin(3 * value), 0);
      return Array.from(row, (value) => value.toPrecision(digits)).join(",");
    });
    await write(`${lines.join("\n")}\n`);
  }
}

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Runs a command as its task does; the largest resident size is read as it goes. */
async function measure(name: string, args: readonly string[]): Promise<Measured> {
  const [, ...flags] = config.tasks[name].command.split(" ");
  const started = performance.now();
  const child = denoCommand({
    args: [...flags, ...args, "--quiet"],
    cwd: new URL("../../", import.meta.url),
    stdout: "null",
  }).spawn();
  let [running, megabytes] = [true, 0];
  const ended = child.status.then(({ success }) => {
    running = false;
    if (!success) throw new Error(`${name} failed`);
    return (performance.now() - started) / 1000;
  });
  while (running) {
    megabytes = Math.max(megabytes, await residentSize(child.pid) ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { seconds: await ended, megabytes };
}

const names = (count: number) => [...Array.from({ length: count }, (_, at) => `x${at}`), "y"];
const [large, long] = [`${folder}/large.csv`, `${folder}/long.csv`];
await writeTable(large, names(50), 100_000, 17);
await writeTable(long, names(10), 1_000_000, 6);
const model = (run: string) => `${folder}/${run}/model.safetensors`;
await measure("fit", ["--out", `${folder}/small`]);
await measure("fit", [
  ...[
    "--data",
    long,
    "--target",
    "y",
    "--regularise",
    "none",
    "--epochs",
    "1",
    "--batch",
    "512",
    "--dtype",
    "f32",
    "--out",
    `${folder}/long`,
  ],
]);

const FIT = [
  "--regularise",
  "none",
  "--width",
  "64",
  "--depth",
  "2",
  "--activation",
  "relu",
  "--epochs",
  "5",
  "--batch",
  "64",
];
const JOBS: readonly (readonly [name: string, command: string, args: (round: number) => readonly string[]])[] = [
  ["fit, the bundled table", "fit", (round) => ["--out", `${folder}/bundled-${round}`]],
  [
    "fit, 100,000 x 50, f32",
    "fit",
    (round) => ["--data", large, "--target", "y", ...FIT, "--dtype", "f32", "--out", `${folder}/f32-${round}`],
  ],
  [
    "fit, 100,000 x 50, f64",
    "fit",
    (round) => ["--data", large, "--target", "y", ...FIT, "--out", `${folder}/f64-${round}`],
  ],
  [
    "predict, 1,000,000 x 10",
    "predict",
    (round) => ["--model", model("long"), "--data", long, "--out", `${folder}/predicted-${round}.csv`],
  ],
  [
    "surface, 51 x 51",
    "surface",
    (round) => ["--model", model("small"), "--data", "data/diabetes.csv", "--out", `${folder}/surface-${round}`],
  ],
];
const found = new Map<string, Measured[]>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, command, args] of JOBS) {
    found.set(name, [...found.get(name) ?? [], await measure(command, args(round))]);
  }
}
await Deno.remove(folder, { recursive: true });
const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
for (const [name, rounds] of found) {
  const [seconds, megabytes] = [rounds.map((one) => one.seconds), rounds.map((one) => one.megabytes)].map(middle);
  console.log(`${name.padEnd(26)}${seconds.toFixed(2).padStart(8)} s ${megabytes.toFixed(0).padStart(6)} MB`);
}
