/**
 * Damaged tables, models, verdicts, folders and options, through the commands: `deno task fuzz [COUNT] [SEED]` tries 20,000, every
 * hundredth of them through the program as a process of its own. None may end in a fault, take over 5 s or 500 MB, leave a file after
 * exit code 2, print a control character, or a number that is none.
 *
 * @module
 */
import { type Outcome, runApart, runHere } from "../support/program.ts";
import { fuzzInput, type Right } from "./inputs.ts";

/** What an input may take: seconds, and bytes beside those before. */
const [MOST_SECONDS, MOST_BYTES] = [5, 500 * 2 ** 20];

// deno-lint-ignore no-control-regex
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const NO_NUMBER = /\b(NaN|Infinity|undefined)\b/;

/** Files that are right, to be damaged. */
export async function rightFiles(folder: string): Promise<Right> {
  const rows = Array.from(
    { length: 24 },
    (_, i) => [Math.sin(i), (i * 7) % 5, i % 3 ? "red" : "blue", Math.cos(3 * i) + i / 10],
  );
  const table = ["a,b,c,y", ...rows.map((row) => row.join(","))].join("\n") + "\n";
  await Deno.writeTextFile(`${folder}/t.csv`, table);
  const data = ["--data", `${folder}/t.csv`];
  const out = `${folder}/fit`;
  const fit = [
    "fit",
    ...data,
    "--target",
    "y",
    "--epochs",
    "2",
    "--width",
    "2",
    "--regularise",
    "none",
    "--quiet",
    "--out",
    out,
  ];
  const surface = [
    "surface",
    "--model",
    `${out}/model.safetensors`,
    ...data,
    "--steps",
    "5",
    "--quiet",
    "--out",
    `${folder}/surface`,
  ];
  for (const args of [fit, surface]) {
    const { code, stderr } = await runHere(args);
    if (code !== 0) throw new Error(`Cannot make the files to damage: ${stderr}`);
  }
  return {
    table,
    model: await Deno.readFile(`${out}/model.safetensors`),
    verdict: await Deno.readTextFile(`${out}/verdict.json`),
    trajectory: await Deno.readTextFile(`${out}/trajectory.csv`),
    picture: await Deno.readTextFile(`${folder}/surface/surface.svg`),
  };
}

/** How often each exit code came. */
export const codes: Map<number, number> = new Map();

/** Everything below a folder. */
function filesIn(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder)).flatMap(({ name, isDirectory }) =>
    isDirectory ? [name, ...filesIn(`${folder}/${name}`).map((inner) => `${name}/${inner}`)] : [name]
  ).sort();
}

/** What is wrong with what a command line gave back. */
function faultIn(args: readonly string[], { code, stdout, stderr }: Outcome): string | null {
  const told = `${stdout}${stderr}`;
  if (code >= 4 || /^ {4}at |Uncaught/m.test(told)) return "a fault";
  codes.set(code, (codes.get(code) ?? 0) + 1);
  if (OBEYED.test(told)) return "a control character";
  // A folder may be called so.
  if (NO_NUMBER.test(stdout) && !args.some((arg) => NO_NUMBER.test(arg))) return "a number that is none";
  return code === 2 && !/^[^\n]+\n$/.test(stderr) ? "not one sentence" : null;
}

/** A machine with other work, or one that sleeps, makes an input slow once; a slow input is slow so many times. */
const TRIES = 3;

/** What was wrong with the answer to an input; null where nothing was. */
export async function faultOf(right: Right, seed: number, index: number, apart: boolean): Promise<string | null> {
  for (let tries = 1;; tries++) {
    const { fault, seconds } = await answerTo(right, seed, index, apart);
    if (seconds <= MOST_SECONDS) return fault;
    if (tries === TRIES) return `${seconds.toFixed(1)} s, input ${index} of seed ${seed}`;
  }
}

/** How long an input took, and what beside that was wrong with the answer. */
async function answerTo(
  right: Right,
  seed: number,
  index: number,
  apart: boolean,
): Promise<{ readonly fault: string | null; readonly seconds: number }> {
  const { args, files } = fuzzInput(right, seed, index);
  const folder = await Deno.makeTempDir({ prefix: "resland-fuzz-" });
  const here = Deno.cwd();
  try {
    Deno.chdir(folder);
    for (const [name, bytes] of files) {
      if (name.includes("/")) await Deno.mkdir(`${folder}/${name.split("/")[0]}`, { recursive: true });
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    const before = filesIn(folder);
    const [started, resident] = [performance.now(), Deno.memoryUsage().rss];
    const { code, stdout, stderr } = apart
      ? await runApart(args, ["--no-check", "--allow-read", "--allow-write"], { cwd: folder })
      : await runHere(args);
    const seconds = (performance.now() - started) / 1000;
    const tooLarge = !apart && Deno.memoryUsage().rss - resident > MOST_BYTES;
    const left = code === 2 && filesIn(folder).join() !== before.join() ? filesIn(folder) : null;
    const what = faultIn(args, { code, stdout, stderr }) ??
      (tooLarge ? "too much memory" : left && `files after exit 2 (${left})`);
    const where = `input ${index} of seed ${seed}: ${JSON.stringify(args.join(" "))}: exit ${code}: ${
      JSON.stringify(stderr.slice(0, 300))
    }`;
    return { fault: what && `${what}, ${where}`, seconds };
  } finally {
    Deno.chdir(here);
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const [count = 20_000, seed = 1] = Deno.args.map(Number);
  const folder = await Deno.makeTempDir({ prefix: "resland-fuzz-" });
  const right = await rightFiles(folder);
  let faults = 0;
  for (let index = 0; index < count; index++) {
    const fault = await faultOf(right, seed, index, index % 100 === 99);
    if (fault === null) continue;
    faults++;
    console.log(fault);
  }
  await Deno.remove(folder, { recursive: true });
  const shares = [...codes].sort().map(([code, times]) => `exit ${code} ${times} times`).join(", ");
  console.log(`${count} inputs of seed ${seed}: ${faults} faults; ${shares}`);
  Deno.exitCode = faults === 0 ? 0 : 1;
}
