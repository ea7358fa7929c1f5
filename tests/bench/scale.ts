/**
 * `fit` from CSV to certificate as tables grow: whole processes, default network, 5 epochs, f32 training, nothing held out.
 * `deno run --no-prompt -A tests/bench/scale.ts [FOLDER] [CASE ...]` takes `FOLDER/CASE.csv` (target y) where
 * it is there, and otherwise makes a table of the same shape from a seed, in that folder or a temporary one. `growth` runs three sizes of each of rows,
 * columns and classes. Prints seconds, the largest resident size (by the kernel where it tells, else by `ps`), beside the table's size in float64, and the losses.
 *
 * @module
 */
import { key, normal, uniform } from "../../src/random/mod.ts";
import { denoCommand } from "../support/deno_command.ts";
import { residentSize } from "../support/resident_size.ts";

/** Rows, inputs and classes (0: a number). */
type Shape = readonly [rows: number, inputs: number, classes: number];

const CASES: Readonly<Record<string, Shape>> = {
  many: [2_000, 20, 60],
  classes: [20_000, 100, 10],
  wide: [5_000, 1_000, 0],
  long: [100_000, 50, 0],
  huge: [1_000_000, 10, 0],
  digits: [60_000, 784, 10],
};

/** Three sizes of each dimension, the others fixed. */
const GROWTH: Readonly<Record<string, Shape>> = {
  "rows-20k": [20_000, 20, 0],
  "rows-80k": [80_000, 20, 0],
  "rows-320k": [320_000, 20, 0],
  "columns-50": [5_000, 50, 0],
  "columns-200": [5_000, 200, 0],
  "columns-800": [5_000, 800, 0],
  "classes-4": [5_000, 30, 4],
  "classes-16": [5_000, 30, 16],
  "classes-64": [5_000, 30, 64],
};

const ROOT = new URL("../../", import.meta.url);
const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));

/** Standard normal inputs; a target with products and sines and noise, or the class with the largest of noisy linear scores. */
async function writeTable(path: string, [rows, d, classes]: Shape): Promise<void> {
  using file = await Deno.open(`${path}.part`, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  const write = async (text: string) => {
    for (let bytes = encoder.encode(text); bytes.length > 0;) bytes = bytes.subarray(await file.write(bytes));
  };
  await write(`${Array.from({ length: d }, (_, j) => `x${j}`).join(",")},y\n`);
  const weights = normal(key(1), classes * d).map((value) => value / Math.sqrt(d));
  const part = 2000;
  for (let from = 0; from < rows; from += part) {
    const count = Math.min(part, rows - from);
    const x = normal(key(from + 2), count * d).map((value) => Math.round(value * 1e4) / 1e4);
    const noise = normal(key(from + 3), count);
    const draws = uniform(key(from + 4), count * Math.max(1, classes));
    const lines = Array.from({ length: count }, (_, i) => {
      const row = x.subarray(i * d, (i + 1) * d);
      if (classes === 0) {
        const y = row[0] * row[1] + row[2] + 0.5 * Math.sin(2 * row[3]) + 0.1 * noise[i];
        return `${Array.from(row).join(",")},${y.toFixed(5)}`;
      }
      let [best, most] = [0, -Infinity];
      for (let c = 0; c < classes; c++) {
        let score = -Math.log(-Math.log(draws[i * classes + c]));
        for (let j = 0; j < d; j++) score += 4 * weights[c * d + j] * row[j];
        if (score > most) [best, most] = [c, score];
      }
      return `${Array.from(row).join(",")},c${best}`;
    });
    await write(`${lines.join("\n")}\n`);
  }
  await Deno.rename(`${path}.part`, path);
}

/** The largest resident size so far, in megabytes. */
async function peakSize(pid: number): Promise<number> {
  try {
    const [, kilobytes] = (await Deno.readTextFile(`/proc/${pid}/status`)).match(/VmHWM:\s+(\d+)/) ?? [];
    if (kilobytes) return Number(kilobytes) / 1024;
  } catch {
    // Not this system, or the process has just ended.
  }
  return await residentSize(pid) ?? 0;
}

const [folderOrCase, ...rest] = Deno.args;
const isCase = (name: string) => name in CASES || name in GROWTH || name === "growth";
const given = folderOrCase !== undefined && !isCase(folderOrCase) ? folderOrCase : null;
const folder = given ?? await Deno.makeTempDir({ prefix: "resland-scale-" });
const wanted = given === null ? Deno.args : rest;
const names = wanted.length === 0
  ? Object.keys(CASES)
  : wanted.flatMap((name) => name === "growth" ? Object.keys(GROWTH) : [name]);
const [, ...flags] = config.tasks.fit.command.split(" ");
console.log("case         rows  inputs classes      seconds        MB  of float64  linear loss  end loss  exit");
for (const name of names) {
  const shape = CASES[name] ?? GROWTH[name];
  if (shape === undefined) throw new Error(`There is no case ${name}`);
  const path = `${folder}/${name}.csv`;
  if (!await Deno.stat(path).then(() => true, () => false)) await writeTable(path, shape);
  const out = `${folder}/run-${name}-${Date.now()}`;
  const started = performance.now();
  const child = denoCommand({
    args: [
      ...flags,
      ...[
        "--data",
        path,
        "--target",
        "y",
        "--regularise",
        "none",
        "--epochs",
        "5",
        "--dtype",
        "f32",
        "--json",
        "--quiet",
        "--out",
        out,
      ],
    ],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  let [running, megabytes] = [true, 0];
  const ended = child.output().then(({ code, stdout }) => {
    running = false;
    return { code, text: new TextDecoder().decode(stdout), seconds: (performance.now() - started) / 1000 };
  });
  while (running) {
    megabytes = Math.max(megabytes, await peakSize(child.pid));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { code, text, seconds } = await ended;
  const report = code < 2 ? JSON.parse(text) : null;
  const [rows, inputs, classes] = shape;
  const table = 8 * rows * (inputs + 1) / 2 ** 20;
  console.log(
    `${name.padEnd(12)}${String(rows).padStart(8)}${String(inputs).padStart(7)}${String(classes).padStart(8)}${
      seconds.toFixed(2).padStart(13)
    }${megabytes.toFixed(0).padStart(10)}${(megabytes / table).toFixed(1).padStart(12)}  ${
      report?.linear.value.toPrecision(6) ?? "-"
    }  ${report?.value.toPrecision(6) ?? "-"}  ${code}`,
  );
  await Deno.remove(out, { recursive: true }).catch(() => {});
}
if (given === null) await Deno.remove(folder, { recursive: true });
