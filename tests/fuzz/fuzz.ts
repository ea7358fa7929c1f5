/**
 * Damaged tables, models, verdicts, folders and options, through the commands: `deno task fuzz [COUNT] [SEED]` tries 20,000, every
 * hundredth of them through the program as a process of its own. None may end in a fault, take over 5 s or 500 MB, leave a file after
 * exit code 2, print a control character, or a number that is none.
 *
 * @module
 */
import { runApart, runHere } from "../support/program.ts";
import { fuzzInput, type Right } from "./inputs.ts";

/** What an input may take: seconds, and bytes beside those before. */
const [MOST_SECONDS, MOST_BYTES] = [5, 500 * 2 ** 20];

// deno-lint-ignore no-control-regex
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

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

/** What was wrong with the answer to an input; null where nothing was. */
export async function faultOf(right: Right, seed: number, index: number, apart: boolean): Promise<string | null> {
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
    const told = `${stdout}${stderr}`;
    const where = `input ${index} of seed ${seed}: ${JSON.stringify(args.join(" "))}: exit ${code}: ${
      JSON.stringify(stderr.slice(0, 300))
    }`;
    if (code === 4 || code > 4 || /^ {4}at |Uncaught/m.test(told)) return `a fault, ${where}`;
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (seconds > MOST_SECONDS) return `${seconds.toFixed(1)} s, ${where}`;
    if (!apart && Deno.memoryUsage().rss - resident > MOST_BYTES) return `too much memory, ${where}`;
    if (OBEYED.test(told)) return `a control character, ${where}`;
    if (/\b(NaN|Infinity|undefined)\b/.test(stdout)) return `a number that is none, ${where}`;
    if (code === 2 && filesIn(folder).join() !== before.join()) {
      return `files after exit 2, ${where}: ${filesIn(folder)}`;
    }
    if (code === 2 && !/^[^\n]+\n$/.test(stderr)) return `not one sentence, ${where}`;
    return null;
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
