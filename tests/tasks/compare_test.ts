import { assert, assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Validator } from "npm:@cfworker/json-schema@4.1.6";
import { decodeModel, encodeModel, type Model } from "../../src/model/mod.ts";
import type { CompareReport } from "../../src/report/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { averageNetworks } from "../../src/train/mod.ts";
import { denoCommand } from "../support/deno_command.ts";
import { ENTRY, namesIn, RUN, runHere, temporaryFolder } from "../support/program.ts";
import { tell } from "./_interrupted_run.ts";

const ROWS = 150;

/** A table of two columns and a target that is a function of the first, with noise. */
function table(target: (x: number) => number): string {
  const [x, z, noise] = [1, 2, 3].map((seed) => normal(key(seed), ROWS));
  const lines = Array.from({ length: ROWS }, (_, i) => [x[i], z[i], target(x[i]) + 0.1 * noise[i]].join(","));
  return `x,z,y\n${lines.join("\n")}\n`;
}

/** Two networks, quick to train, with the same bits on every machine. */
const QUICK = ["--widths", "16", "--depths", "1", "--epochs", "100", "--kernels", "simd", "--quiet"];

/** The report without what differs from run to run. */
function reportOf(text: string): Omit<CompareReport, "training" | "environment"> {
  const { training: _, environment: __, ...rest } = JSON.parse(text) as CompareReport;
  return rest;
}

/** What predict says of the table's rows. */
async function predictions(folder: string, model: string, data: string): Promise<readonly number[]> {
  const file = `${folder}/predicted.csv`;
  assertEquals((await runHere(["predict", "--model", model, "--data", data, "--out", file])).code, 0);
  const [header, ...lines] = (await Deno.readTextFile(file)).trim().split("\n");
  assertEquals([header, lines.length], ["predicted_y", ROWS]);
  return lines.map(Number);
}

Deno.test("compare on |x| chooses a network, which predict and certify take; its figures are those of its own folds", async () => {
  await using folder = await temporaryFolder();
  const [data, out] = [`${folder.path}/abs.csv`, `${folder.path}/run`];
  await Deno.writeTextFile(data, table(Math.abs));
  const { code, stdout, stderr } = await runHere([
    "compare",
    "--data",
    data,
    "--target",
    "y",
    ...QUICK,
    "--json",
    "--out",
    out,
  ]);
  assertEquals([code, stderr], [0, ""]);
  const report = JSON.parse(stdout) as CompareReport;
  const schema = new Validator(JSON.parse(await Deno.readTextFile("docs/compare.schema.json")), "2020-12", false);
  assertEquals(schema.validate(report).errors, []);
  // The schema can fail: a field that is missing, and one of another type.
  for (const wrong of [{ ...report, chosen: undefined }, { ...report, best: 3 }]) {
    assert(!schema.validate(JSON.parse(JSON.stringify(wrong))).valid);
  }
  assertEquals(report.models.map(({ name }) => name), ["linear", "ridge", "tanh 16", "relu 16", "ensemble"]);
  assertEquals([report.folds, report.figure], [{ count: 5, rows: ROWS, inner: 3 }, "RMSE"]);
  const chosen = report.models.find(({ name }) => name === report.chosen)!;
  assert(chosen.kind === "network" || chosen.kind === "ensemble");
  assertEquals(chosen.againstLinear!.outcome, "better");
  assertMatch(report.sentence, /Better than linear on cross-validated rows by \d\d %/);
  for (const { kind, ridges } of report.models) assertEquals(ridges.length, kind === "ensemble" ? 0 : 5);
  // The figures of the metrics and those of the losses are computed apart.
  for (const { loss, figures } of report.models) assertAlmostEquals(Math.sqrt(loss!), figures.rmse!, 1e-9);
  assertEquals(namesIn(out), [
    "comparison.svg",
    "config.json",
    "folds",
    "model.safetensors",
    "report.html",
    "verdict.json",
  ]);
  const model = `${out}/model.safetensors`;
  const certified = await runHere(["certify", "--model", model, "--data", data, "--json"]);
  assertEquals(certified.code, 0);
  // The errors of the chosen model on the rows that its folds left out, in the unit of the whole table: their mean square is the figure.
  const { calibration, standardisation } = decodeModel(await Deno.readFile(model), model);
  assertEquals([calibration!.on, calibration!.rows], ["cross-validated rows", ROWS]);
  const squares = calibration!.errors![0].reduce((sum, error) => sum + error ** 2 / ROWS, 0);
  assertAlmostEquals(Math.sqrt(squares) * standardisation.y!.scale[0], chosen.figures.rmse!, 1e-9);
  const intervals = `${folder.path}/intervals.csv`;
  const told = await runHere(["predict", "--model", model, "--data", data, "--intervals", "0.9", "--out", intervals]);
  assertEquals(told.code, 0, told.stderr);
  const lines = await predictions(folder.path, model, data);
  const x = normal(key(1), ROWS);
  const off = lines.reduce((sum, value, i) => sum + (value - Math.abs(x[i])) ** 2 / ROWS, 0);
  assert(Math.sqrt(off) < 0.25, `the model is off by ${Math.sqrt(off)}`);
  const again = await runHere(["compare", "--data", data, "--target", "y", ...QUICK, "--out", out]);
  assertEquals(again.code, 2);
  assertStringIncludes(again.stderr, "is not empty");
});

Deno.test("compare on a straight line chooses the linear model, as text with its table and its sentence", async () => {
  await using folder = await temporaryFolder();
  const [data, out] = [`${folder.path}/line.csv`, `${folder.path}/run`];
  await Deno.writeTextFile(data, table((x) => 2 * x));
  const { code, stdout } = await runHere(["compare", "--data", data, "--target", "y", ...QUICK, "--out", out]);
  assertEquals(code, 0);
  assertMatch(stdout, /^linear \* +3 /m);
  assertMatch(stdout, /^Chosen: linear/m);
  const certified = await runHere(["certify", "--model", `${out}/model.safetensors`, "--data", data, "--json"]);
  assertEquals(certified.code, 0);
  const [first] = await predictions(folder.path, `${out}/model.safetensors`, data);
  assertAlmostEquals(first, 2 * normal(key(1), 1)[0], 0.1);
});

Deno.test("compare of three classes is by log-loss and accuracy, on folds with a share of each", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout } = await runHere([
    ...["compare", "--data", "data/iris.csv", "--target", "species", "--widths", "4", "--depths", "1", "--folds", "3"],
    ...["--epochs", "5", "--kernels", "simd", "--quiet", "--json", "--out", `${folder.path}/run`],
  ]);
  assertEquals(code, 0);
  const { figure, models, folds } = JSON.parse(stdout) as CompareReport;
  assertEquals([figure, folds.count, folds.rows], ["log-loss", 3, 150]);
  for (const { figures, loss } of models) {
    assertAlmostEquals(figures.loss!, loss!, 1e-12);
    assert(figures.accuracy! > 0.9);
  }
});

Deno.test({
  name:
    "compare, interrupted after some folds and started again, ends with the bits of an unbroken run, on one worker and two",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const data = `${folder.path}/abs.csv`;
    await Deno.writeTextFile(data, table(Math.abs));
    const args = (out: string, workers: number) => [
      ...[
        "compare",
        "--data",
        data,
        "--target",
        "y",
        "--widths",
        "8",
        "--epochs",
        "150",
        "--kernels",
        "simd",
        "--quiet",
      ],
      ...["--workers", String(workers), "--out", `${folder.path}/${out}`],
    ];
    assertEquals((await runHere(args("whole", 2))).code, 0);
    const child = denoCommand({
      args: [...RUN, "--no-check", "--no-prompt", "--allow-read", "--allow-write", ENTRY, ...args("broken", 1)],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const said = new Response(child.stderr).text();
    const finished = () => {
      try {
        return namesIn(`${folder.path}/broken/folds`).filter((name) => name.endsWith(".safetensors")).length;
      } catch {
        return 0;
      }
    };
    while (finished() < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    tell(child, "SIGINT");
    assertEquals((await child.status).code, 3);
    const stderr = await said;
    assertMatch(stderr, /interrupted after \d+ of 25 models of folds; resume it with the same options and --out/);
    const kept = finished();
    assert(kept >= 4 && kept < 25, `${kept} of 25`);
    assert(!namesIn(`${folder.path}/broken`).includes("verdict.json"));
    const other = await runHere([...args("broken", 1), "--seed", "2"]);
    assertEquals(other.code, 2);
    assertStringIncludes(other.stderr, "unfinished run with other options");
    assertEquals((await runHere(args("broken", 2))).code, 0);
    const read = (run: string, name: string) => Deno.readFileSync(`${folder.path}/${run}/${name}`);
    assertEquals(read("broken", "model.safetensors"), read("whole", "model.safetensors"));
    const text = (run: string) => new TextDecoder().decode(read(run, "verdict.json"));
    assertEquals(reportOf(text("broken")), reportOf(text("whole")));
    assertEquals(namesIn(`${folder.path}/broken/folds`), namesIn(`${folder.path}/whole/folds`));
  },
});

Deno.test("compare refuses what does not fit together in one sentence, and writes nothing", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/run`;
  const data = `${folder.path}/small.csv`;
  await Deno.writeTextFile(data, "x,y\n1,2\n2,3\n3,5\n4,4\n5,7\n6,6\n");
  for (
    const [args, message] of [
      [["--data", data], "--target is missing"],
      [["--data", data, "--target", "y", "--folds", "5"], "--folds 5 is too many for 6 rows"],
      [["--data", data, "--target", "y", "--folds", "1"], "--folds"],
      [["--data", data, "--target", "y", "--widths", "8,0"], 'needs whole numbers from 1 on, such as 8,32, got "0"'],
      [["--data", data, "--target", "y", "--activations", "swish"], "swish"],
      [["--data", data, "--target", "q"], "q"],
      [["--data", `${folder.path}/none.csv`, "--target", "y"], "there is no such file"],
    ] as const
  ) {
    const { code, stdout, stderr } = await runHere(["compare", ...args, "--quiet", "--out", out]);
    assertEquals([code, stdout, stderr.trim().split("\n").length], [2, "", 1], stderr);
    assertStringIncludes(stderr, message);
  }
  assertEquals(namesIn(folder.path), ["small.csv"]);
});

Deno.test("a damaged fold of an unfinished comparison is refused by name", async () => {
  await using folder = await temporaryFolder();
  const [data, out] = [`${folder.path}/abs.csv`, `${folder.path}/run`];
  await Deno.writeTextFile(data, table(Math.abs));
  const args = [
    "compare",
    "--data",
    data,
    "--target",
    "y",
    ...QUICK,
    "--activations",
    "tanh",
    "--folds",
    "2",
    "--out",
    out,
  ];
  assertEquals((await runHere(args)).code, 0);
  await Deno.remove(`${out}/verdict.json`);
  await Deno.copyFile(`${out}/model.safetensors`, `${out}/folds/fold-1-linear.safetensors`);
  const { code, stderr } = await runHere(args);
  assertEquals(code, 2);
  assertMatch(stderr, /fold-1-linear\.safetensors: the file is not a finished fold of compare; remove it/);
});

Deno.test("an ensemble is one model file: predict gives the mean of its members' predictions, and certify its gap to linear", async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/abs.csv`;
  await Deno.writeTextFile(data, table(Math.abs));
  const members: { readonly model: Model; readonly predicted: readonly number[] }[] = [];
  for (const [activation, depth] of [["tanh", "1"], ["relu", "2"]]) {
    const out = `${folder.path}/${activation}`;
    const { code } = await runHere([
      ...["fit", "--data", data, "--target", "y", "--activation", activation, "--depth", depth, "--width", "8"],
      ...["--epochs", "40", "--regularise", "0.001,0.01", "--kernels", "simd", "--quiet", "--json", "--out", out],
    ]);
    assertEquals(code, 0);
    const file = `${out}/model.safetensors`;
    members.push({
      model: decodeModel(await Deno.readFile(file), file),
      predicted: await predictions(out, file, data),
    });
  }
  const average = averageNetworks(members.map(({ model }) => model))!;
  const { ridge: _, ...model } = members[0].model;
  const file = `${folder.path}/ensemble.safetensors`;
  await Deno.writeFile(file, encodeModel({ ...model, ...average }));
  const predicted = await predictions(folder.path, file, data);
  predicted.forEach((value, row) => {
    assertAlmostEquals(value, (members[0].predicted[row] + members[1].predicted[row]) / 2, 1e-10);
  });
  const certified = await runHere(["certify", "--model", file, "--data", data]);
  assertEquals(certified.code, 0);
  assertMatch(certified.stdout, /not converged|can still lower|has not/i);
  assertMatch(certified.stdout, /below that of the best linear predictor/);
});

Deno.test("compare --group-column keeps the rows of a group in one fold, and refuses too few groups", async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/g.csv`;
  // Rows of a group are copies: a fold with some of them would know the targets of the others.
  const noise = normal(key(4), 40);
  const rows = Array.from({ length: 120 }, (_, i) => `${i % 40},${noise[i % 40]},g${i % 40}`);
  await Deno.writeTextFile(data, `x,y,g\n${rows.join("\n")}\n`);
  const options = [
    "--data",
    data,
    "--target",
    "y",
    "--widths",
    "2",
    "--activations",
    "tanh",
    "--depths",
    "1",
    "--epochs",
    "1",
  ];
  const run = async (more: readonly string[], out: string) => {
    const { code, stdout, stderr } = await runHere([
      ...["compare", ...options, "--quiet", "--json", "--out", `${folder.path}/${out}`, ...more],
    ]);
    return { code, stderr, report: code === 0 ? JSON.parse(stdout) as CompareReport : null };
  };
  const { report } = await run(["--group-column", "g"], "grouped");
  assertEquals(report!.problem.features, ["x"]);
  const [linear] = report!.models;
  assertEquals(report!.folds.rows, 120);
  // Of targets without a pattern no model knows anything on new groups.
  assert(linear.figures.r2! < 0.1);
  const none = await run(["--group-column", "g", "--folds", "41"], "none");
  assertEquals(none.code, 2);
  assertStringIncludes(none.stderr, "--group-column g: 41 folds need 41 groups or more, got 40");
});
