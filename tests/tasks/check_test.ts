import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import { parse } from "@std/csv/parse";
import { decodeModel } from "../../src/model/mod.ts";
import { htmlFigure, type Verdict } from "../../src/report/mod.ts";
import { denoCommand } from "../support/deno_command.ts";
import { namesIn, RUN, runApart, runHere, temporaryFolder } from "../support/program.ts";

const CLAIMS = [
  "theorem-1",
  "theorem-2",
  "theorem-3",
  "theorem-a",
  "corollary-1",
  "convex-certificate",
  "features-certificate",
];
const QUICK = ["--epochs", "3", "--width", "8", "--quiet"];
const PERMISSIONS = ["--allow-read", "--allow-write"];

/** Runs `check --json` in this process and gives its verdict. */
async function verdictOf(args: readonly string[], folder: string): Promise<{ code: number; verdict: Verdict }> {
  const { code, stdout } = await runHere(["check", "--json", "--out", folder, ...args]);
  return { code, verdict: JSON.parse(stdout) };
}

Deno.test("check finds the least-squares value of the bundled table, and every run ends stationary at or below it", async () => {
  await using folder = await temporaryFolder();
  const { code, verdict } = await verdictOf([...QUICK, "--seeds", "2"], `${folder.path}/run`);
  assertEquals([code, verdict.verdict], [0, "holds"]);
  assertAlmostEquals(verdict.linear.value, 0.2411257889, 1e-9);
  assertEquals(verdict.runs.length, 10);
  for (const run of verdict.runs) {
    assert(run.stationary, JSON.stringify(run));
    assertLess(run.gradientNorm!, 1e-6);
    assert(run.standing !== "above" && run.features.gap! > -1e-12);
    assert(run.lambda.lower! <= run.lambda.upper! && run.lambda.lower! > -1e-6);
    assert(run.descent.end === "converged" || run.descent.end === "stalled");
    assert(run.theoremA.holds && run.theorem3.holds);
  }
  assertEquals(verdict.claims.map(({ id }) => id), CLAIMS);
  for (const claim of verdict.claims) {
    assertEquals(claim.status, "holds");
    assert(claim.points >= 10);
  }
  const { infimum, lowerBound, gapBound, rank, dependent } = verdict.linear;
  assertEquals([infimum, rank, dependent], [verdict.linear.value, 11, []]);
  // The bounds from both sides meet.
  assert(lowerBound! <= infimum! && gapBound! < 1e-12);
});

Deno.test("check --data finds the logistic value of two features, attained", async () => {
  await using folder = await temporaryFolder();
  const { verdict } = await verdictOf([
    ...["--data", "data/breast_cancer.csv", "--target", "diagnosis", "--loss", "logistic"],
    ...["--features", "mean_radius,mean_texture", "--seeds", "1", "--starts", "zero", "--no-descend", ...QUICK],
  ], `${folder.path}/run`);
  assertAlmostEquals(verdict.linear.value, 0.2558201286, 1e-8);
  assertEquals([verdict.linear.attained, verdict.linear.radius], [true, null]);
});

Deno.test("check says that separable classes have no best linear predictor, and continues with a radius", async () => {
  await using folder = await temporaryFolder();
  const args = [
    "--data",
    "data/breast_cancer.csv",
    "--target",
    "diagnosis",
    "--seeds",
    "1",
    "--starts",
    "zero",
    ...QUICK,
  ];
  const { code, stdout } = await runHere(["check", ...args, "--out", `${folder.path}/run`]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "No linear predictor is the best");
  const text = await Deno.readTextFile(`${folder.path}/run/verdict.json`);
  const { linear, verdict } = JSON.parse(text) as Verdict;
  assertEquals([linear.attained, linear.radius, linear.infimum, verdict], [false, 100, 0, "holds"]);
  assertLess(Math.hypot(...linear.weights), 100 * (1 + 1e-12));
  assert(!/NaN|Infinity/.test(text));
});

Deno.test("check --epochs 1 --no-descend reports points above linear that are not stationary, with gradients as large as Theorem 1 asks", async () => {
  await using folder = await temporaryFolder();
  const { code, verdict } = await verdictOf(
    ["--epochs", "1", "--no-descend", "--seeds", "2", "--quiet"],
    `${folder.path}/run`,
  );
  assertEquals([code, verdict.verdict], [0, "undecided"]);
  const above = verdict.runs.filter((run) => run.gap! > 0);
  assert(above.length > 0);
  for (const run of above) {
    assertEquals(run.stationary, false);
    assertEquals([run.standing, run.descent.end], ["above", "none"]);
    assertGreater(run.theorem1.right!, 0);
    assertGreaterOrEqual(run.gradientNorm!, run.theorem1.right!);
    assert(run.theorem1.holds);
    assert(run.escape!.drop > 0);
  }
});

Deno.test("check gives byte-identical verdicts for one worker and two, but for times", async () => {
  await using folder = await temporaryFolder();
  const verdicts = await Promise.all(["1", "2"].map(async (workers) => {
    const out = `${folder.path}/${workers}`;
    const outcome = await runApart(
      ["check", ...QUICK, "--seeds", "2", "--workers", workers, "--out", out],
      PERMISSIONS,
    );
    assertEquals(outcome.code, 0, outcome.stderr);
    return (await Deno.readTextFile(`${out}/verdict.json`)).replace(/"seconds": [\d.e-]+/g, "");
  }));
  assertEquals(verdicts[0], verdicts[1]);
});

Deno.test("check with fewer runs than workers shares each step between threads, and gives the same verdict", async () => {
  await using folder = await temporaryFolder();
  // Above a million operations a step, so that sharing is worth it; a million or less would stay on one thread.
  const wide = [
    "--width",
    "128",
    "--depth",
    "2",
    "--batch",
    "64",
    "--epochs",
    "3",
    "--starts",
    "default",
    "--seeds",
    "1",
  ];
  const verdicts = await Promise.all(["1", "3"].map(async (workers) => {
    const out = `${folder.path}/${workers}`;
    const outcome = await runApart(
      ["check", ...wide, "--dtype", "f32", "--workers", workers, "--out", out],
      PERMISSIONS,
    );
    assertEquals(outcome.code, 0, outcome.stderr);
    return (await Deno.readTextFile(`${out}/verdict.json`)).replace(/"seconds": [\d.e-]+/g, "");
  }));
  assertEquals(verdicts[0], verdicts[1]);
});

Deno.test("check --json prints one JSON document on stdout, the file's own bytes, with read and write permission alone", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/run`;
  const { code, stdout } = await runApart([
    "check",
    "--json",
    ...QUICK,
    "--seeds",
    "1",
    "--starts",
    "zero",
    "--out",
    out,
  ], PERMISSIONS);
  assertEquals(code, 0);
  assertEquals(stdout, await Deno.readTextFile(`${out}/verdict.json`));
});

Deno.test("check saves models, trajectory, page and settings, and no temporary file", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/run`;
  const { verdict } = await verdictOf([...QUICK, "--seeds", "1", "--seed", "4", "--starts", "zero,large"], out);
  assertEquals(namesIn(out), [
    "config.json",
    "landscape.svg",
    "report.html",
    "seed-4-large.safetensors",
    "seed-4-zero.safetensors",
    "trajectory.csv",
    "verdict.json",
  ]);
  assertEquals(verdict.runs.map((run) => run.model), ["seed-4-zero.safetensors", "seed-4-large.safetensors"]);
  const model = decodeModel(await Deno.readFile(`${out}/seed-4-zero.safetensors`), "m");
  assertEquals([model.features.length, model.net.k, ...model.targets], [10, 8, "progression"]);
  const config = JSON.parse(await Deno.readTextFile(`${out}/config.json`));
  assertEquals([config.command, config.settings.epochs, config.seed], ["check", 3, 4]);
  const rows = parse(await Deno.readTextFile(`${out}/trajectory.csv`), { skipFirstRow: true });
  assertEquals(Number(rows.at(-1)!.value), verdict.runs[1].value);
  const page = await Deno.readTextFile(`${out}/report.html`);
  for (const shown of ["The runs against the best linear predictor", '<li><i class="line c3"></i>large</li>']) {
    assertStringIncludes(page, shown);
  }
  assertStringIncludes(page, String(htmlFigure(await Deno.readTextFile(`${out}/landscape.svg`))));
  const again = `${folder.path}/again.html`;
  assertEquals((await runHere(["report", "--run", out, "--out", again, "--quiet"])).code, 0);
  assertEquals(await Deno.readTextFile(again), page, "report draws the page that check wrote");
});

Deno.test("check keeps what was finished when it is interrupted, and ends with exit code 3", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/run`;
  const entry = new URL("../../tasks/main.ts", import.meta.url).pathname;
  const child = denoCommand({
    args: [...RUN, "--no-prompt", ...PERMISSIONS, entry, "check", "--quiet", "--seeds", "200", "--out", out],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const finished = () => {
    try {
      return namesIn(out).some((name) => name.endsWith(".safetensors"));
    } catch {
      return false;
    }
  };
  let over = false;
  child.status.then(() => over = true);
  while (!finished() && !over) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGINT");
  const { code } = await child.status;
  assertEquals(code, 3);
  const { runs } = JSON.parse(await Deno.readTextFile(`${out}/verdict.json`)) as Verdict;
  const models = namesIn(out).filter((name) => name.endsWith(".safetensors"));
  assertEquals(models, runs.map((run) => run.model).toSorted());
  assert(runs.length >= 1 && runs.length < 1000);
});

Deno.test("resland and check --help explain themselves with exit code 0; no command is a mistake", async () => {
  const { code, stdout } = await runHere(["check", "--help"]);
  assertEquals(code, 0);
  for (const word of ["--starts", "adversarial", "Examples:", "Exit codes:"]) assertStringIncludes(stdout, word);
  assertEquals((await runHere(["help", "check"])).stdout, stdout);
  assertEquals([(await runHere(["--help"])).code, (await runHere([])).code], [0, 2]);
});

Deno.test("check ends with exit code 2 and one sentence when its folder cannot be written", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/file`;
  await Deno.writeTextFile(file, "in the way");
  const { code, stdout, stderr } = await runHere(["check", ...QUICK, "--seeds", "1", "--out", `${file}/run`]);
  assertEquals([code, stdout, stderr.split("\n").length], [2, "", 2]);
  assertStringIncludes(stderr, `--out ${file}/run cannot be`);
  assertEquals(await Deno.readTextFile(file), "in the way");
});

Deno.test("check --penalty and --ball warn, leave the descent out, and put its end points outside the theorem", async () => {
  await using folder = await temporaryFolder();
  const few = ["check", "--seeds", "1", "--starts", "default", "--epochs", "20", "--quiet", "--json"];
  for (const [name, ...option] of [["penalty", "--penalty", "1"], ["ball", "--ball", "0.3"]]) {
    const out = `${folder.path}/${name}`;
    const { code, stdout, stderr } = await runHere([...few, ...option, "--out", out]);
    assertEquals(code, 0);
    assertStringIncludes(stderr, "can make local minima that are worse than linear");
    const { claims, runs }: Verdict = JSON.parse(stdout);
    const corollary = claims.find(({ id }) => id === "corollary-1")!;
    assertEquals(corollary.status, "outside");
    assertStringIncludes(corollary.statement, "1 of 1 runs ended above it");
    assertEquals(
      claims.filter(({ id }) => id !== "corollary-1").map(({ status }) => status).every((s) => s === "holds"),
      true,
    );
    assert(runs[0].gap! > 0 && !runs[0].stationary);
    if (name === "ball") assert(Math.hypot(runs[0].wNorm!, runs[0].vNorm!) <= 0.3 + 1e-12);
  }
});

Deno.test("check says when the steps of the descent ran out, which option raises them, and ends with exit code 1", async () => {
  await using folder = await temporaryFolder();
  const few = ["check", "--seeds", "2", "--starts", "default", "--json", ...QUICK, "--descent-steps", "2"];
  const { code, stdout, stderr } = await runHere([...few, "--out", `${folder.path}/run`]);
  const { verdict, runs, claims }: Verdict = JSON.parse(stdout);
  assertEquals([code, verdict], [1, "undecided"]);
  assertEquals(runs.map(({ descent }) => descent), [1, 2].map(() => ({ steps: 2, end: "out-of-steps" })));
  assertStringIncludes(stderr, "the descent of 2 of 2 runs ended after 2 steps");
  assertStringIncludes(stderr, "--descent-steps 20");
  assertStringIncludes(claims.find(({ id }) => id === "corollary-1")!.reason!, "ran out of steps");
});

Deno.test("check --require holds asks for a decision also with --no-descend", async () => {
  await using folder = await temporaryFolder();
  const few = ["--epochs", "1", "--no-descend", "--seeds", "1", "--starts", "default", "--quiet"];
  const open = await verdictOf(few, `${folder.path}/open`);
  const asked = await verdictOf([...few, "--require", "holds"], `${folder.path}/asked`);
  assertEquals([open.code, asked.code, asked.verdict.verdict], [0, 1, "undecided"]);
});

Deno.test("check of a table with a dependent column names it, and finds the value without it", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/rooms.csv`;
  const rows = Array.from({ length: 30 }, (_, i) => [i % 7, i % 5, (i % 7) + 2 * (i % 5), Math.sin(i)]);
  const write = (columns: readonly number[], names: string) =>
    Deno.writeTextFile(file, `${names}\n${rows.map((row) => columns.map((c) => row[c]).join(",")).join("\n")}\n`);
  const args = ["--data", file, "--target", "y", "--seeds", "1", "--starts", "default", ...QUICK];
  await write([0, 1, 2, 3], "a,b,both,y");
  const all = await verdictOf(args, `${folder.path}/all`);
  await write([0, 1, 3], "a,b,y");
  const some = await verdictOf(args, `${folder.path}/some`);
  const { rank, dependent, value } = all.verdict.linear;
  assertEquals([all.code, rank, dependent.length], [0, 3, 1]);
  assertEquals([dependent[0].column, ...dependent[0].on].toSorted(), ["a", "b", "both"]);
  assertAlmostEquals(value, some.verdict.linear.value, 1e-12);
});
