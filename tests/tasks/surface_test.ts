import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import type { SpectrumReport } from "../../src/report/mod.ts";
import { decodeNpy, encodeNpy } from "../../src/model/mod.ts";
import { missingRows, parseGridCsv } from "../../src/surface/mod.ts";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";

const SUBJECT = [
  "--model",
  "tests/data/pytorch/diabetes.safetensors",
  "--data",
  "data/diabetes.csv",
  "--quiet",
  "--json",
];

Deno.test("surface has the model's own loss in the middle, the same numbers as CSV and npy, and one answer for any number of workers", async () => {
  await using folder = await temporaryFolder();
  const expected = JSON.parse(await Deno.readTextFile("tests/data/pytorch/expected.json"));
  const grids = [];
  for (const workers of ["1", "2"]) {
    const out = `${folder.path}/${workers}`;
    const { code, stdout } = await runHere([
      "surface",
      ...SUBJECT,
      "--steps",
      "11",
      "--workers",
      workers,
      "--out",
      out,
    ]);
    assertEquals(code, 0);
    const summary = JSON.parse(stdout);
    assertAlmostEquals(summary.value, expected.value, 1e-12);
    assertAlmostEquals(summary.linear, expected.linear, 1e-12);
    const grid = parseGridCsv(await Deno.readTextFile(`${out}/surface.csv`));
    assertAlmostEquals(grid.values[5 * 11 + 5], expected.value, 1e-12);
    const npy = decodeNpy(await Deno.readFile(`${out}/surface.npy`));
    assertEquals([[...npy.shape], [...npy.data]], [[11, 11], [...grid.values]]);
    assertEquals(summary.below, grid.values.filter((value) => value <= summary.linear).length / 121);
    assertStringIncludes(await Deno.readTextFile(`${out}/surface.svg`), "best linear predictor");
    grids.push(grid.values);
  }
  assertEquals(grids[0], grids[1]);
});

Deno.test("surface resumes an unfinished grid, to the same bits, and refuses a folder with other options", async () => {
  await using folder = await temporaryFolder();
  const [whole, part] = [`${folder.path}/whole`, `${folder.path}/part`];
  const args = ["surface", ...SUBJECT, "--steps", "7", "--plane", "head"];
  assertEquals((await runHere([...args, "--out", whole])).code, 0);
  const csv = await Deno.readTextFile(`${whole}/surface.csv`);
  await Deno.mkdir(part);
  await Deno.copyFile(`${whole}/config.json`, `${part}/config.json`);
  // Rows 2 and 5 are not computed yet.
  const lines = csv.trim().split("\n").map((line, at) =>
    [2, 5].includes(Math.floor((at - 1) / 7)) ? line.replace(/[^,]*$/, "") : line
  );
  await Deno.writeTextFile(`${part}/surface.csv`, `${lines.join("\n")}\n`);
  assertEquals(missingRows(parseGridCsv(`${lines.join("\n")}\n`)), [2, 5]);
  const other = await runHere([...args, "--seed", "2", "--out", part]);
  assertEquals(other.code, 2);
  assertStringIncludes(other.stderr, "an unfinished run with other options");
  assertEquals((await runHere([...args, "--out", part])).code, 0);
  assertEquals(await Deno.readTextFile(`${part}/surface.csv`), csv);
});

Deno.test("spectrum finds the extremes over (w, V) that PyTorch and the small matrix have, and a density whose mean is the trace", async () => {
  await using folder = await temporaryFolder();
  const expected = JSON.parse(await Deno.readTextFile("tests/data/pytorch/expected.json"));
  const { code, stdout } = await runHere(["spectrum", ...SUBJECT, "--out", `${folder.path}/run`]);
  assertEquals(code, 0);
  const { blocks, head, density, parameters }: SpectrumReport = JSON.parse(stdout);
  assertEquals(namesIn(`${folder.path}/run`), ["config.json", "spectrum.json", "spectrum.svg"]);
  const [all, own] = blocks;
  assertEquals([all.size, own.name, own.size], [parameters, "(w, V)", 99]);
  for (const { lambdaMin, lambdaMax } of [head, { lambdaMin: own.low[0].value, lambdaMax: own.high[0].value }]) {
    assertAlmostEquals(lambdaMin, expected.lambdaMin, 1e-8);
    assertAlmostEquals(lambdaMax, expected.lambdaMax, 1e-8);
  }
  assert(blocks.every(({ converged }) => converged));
  assertAlmostEquals(density.integral, 1, 1e-6);
  // Both are estimates with their errors: five of the larger.
  const off = Math.abs(density.mean - all.trace.value / parameters);
  assert(off <= 5 * Math.max(density.meanError, all.trace.standardError / parameters), `${off}`);
});

Deno.test("report refuses folders without a run and pictures that are not ours, and writes a page that asks for nothing", async () => {
  await using folder = await temporaryFolder();
  const run = `${folder.path}/fit`;
  await runHere(["fit", "--regularise", "none", "--epochs", "3", "--quiet", "--out", run]);
  const page = `${folder.path}/page.html`;
  assertEquals((await runHere(["report", "--run", run, "--out", page, "--quiet"])).code, 0);
  const html = await Deno.readTextFile(page);
  assert(html.includes("<svg") && !/<script|https?:/.test(html));
  assertStringIncludes(html, "Certified bound on the gap to linear");
  assertStringIncludes(html, "saved model");
  assertEquals(html, await Deno.readTextFile(`${run}/report.html`), "fit draws the same page");
  await Deno.mkdir(`${folder.path}/bad`);
  await Deno.mkdir(`${folder.path}/empty`);
  await Deno.writeTextFile(`${folder.path}/bad/x.svg`, "<svg onload='alert(1)'></svg>");
  const cases: readonly (readonly [args: readonly string[], sentence: string])[] = [
    [["--run", `${folder.path}/none`], "there is no such file"],
    [["--run", run, "--with", `${folder.path}/bad`], "not a picture that surface or spectrum drew"],
    [["--run", run, "--with", `${folder.path}/empty`], "holds no picture"],
    [[], "--run is missing"],
  ];
  for (const [args, sentence] of cases) {
    const { code, stderr } = await runHere(["report", ...args, "--out", `${folder.path}/other.html`]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, sentence);
  }
  assertEquals(namesIn(folder.path), ["bad", "empty", "fit", "page.html"]);
});

Deno.test("surface draws the path of training that fit kept, and a line; a resumed fit keeps the same path", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  assertEquals(
    (await runHere(["fit", "--regularise", "none", "--epochs", "6", "--keep-path", "--quiet", "--out", at("fit")]))
      .code,
    0,
  );
  const { shape, data } = decodeNpy(await Deno.readFile(`${at("fit")}/path.npy`));
  assertEquals([...shape], [7, 747]);
  // Training starts at the best linear predictor, V = 0.
  assert(data.subarray(11, 11 + 352).every((value) => value === 0));
  const subject = ["--model", `${at("fit")}/model.safetensors`, "--data", "data/diabetes.csv", "--quiet", "--json"];
  const path = ["--plane", "path", "--path", `${at("fit")}/path.npy`, "--steps", "9"];
  assertEquals((await runHere(["surface", ...subject, ...path, "--out", at("path")])).code, 0);
  const rows = (await Deno.readTextFile(`${at("path")}/path.csv`)).trim().split("\n").slice(1);
  // The path, and the model where (w, V) was brought on: at the origin.
  assertEquals([rows.length, rows.at(-1)!.startsWith("7,0,0,0,")], [8, true]);
  const { linear: { value: best } } = JSON.parse(await Deno.readTextFile(`${at("fit")}/verdict.json`));
  assertAlmostEquals(Number(rows[0].split(",")[4]), best, 1e-12);
  const line = await runHere(["surface", ...subject, "--plane", "line", "--steps", "21", "--out", at("line")]);
  const { value, lowest } = JSON.parse(line.stdout);
  const { value: own } = JSON.parse(await Deno.readTextFile(`${at("fit")}/verdict.json`));
  assertAlmostEquals(value, own, 1e-12);
  assert(lowest <= value);
  const bad = `${folder.path}/bad.npy`;
  const start = data.subarray(0, 747);
  for (const [first, sentence] of [[start, "the path is on a line"], [start.with(3, NaN), "is not finite"]] as const) {
    await Deno.writeFile(bad, encodeNpy([2, 747], Float64Array.of(...first, ...start)));
    const refused = await runHere(["surface", ...subject, "--plane", "path", "--path", bad, "--out", at("none")]);
    assertEquals([refused.code, namesIn(folder.path).includes("none")], [2, false], refused.stderr);
    assertStringIncludes(refused.stderr, sentence);
  }
  const without = await runHere(["surface", ...subject, "--plane", "path", "--out", at("none")]);
  assertEquals(without.code, 2);
  assertStringIncludes(without.stderr, "add --path runs/fit/path.npy");
});

Deno.test("surface and spectrum of a model with a ridge show the loss with its ridge, whose minimum over (w, V) the model is", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const fitted = [
    "fit",
    "--regularise",
    "0.05,0.02",
    "--width",
    "4",
    "--epochs",
    "20",
    "--out",
    at("fit"),
    "--quiet",
    "--json",
  ];
  const { value, linear, regularisation, unregularised } = JSON.parse((await runHere(fitted)).stdout);
  assert(unregularised.value < value, "the ridge is a part of the value");
  const subject = ["--model", at("fit/model.safetensors"), "--data", "data/diabetes.csv", "--quiet", "--json"];
  const drawn = await runHere(["surface", ...subject, "--plane", "head", "--steps", "11", "--out", at("surface")]);
  const surface = JSON.parse(drawn.stdout);
  assertEquals(surface.ridge, { x: regularisation.x, f: regularisation.f });
  assertAlmostEquals(surface.value, value, 1e-12);
  assertAlmostEquals(surface.linear, linear.value, 1e-12);
  assert(surface.lowest >= value - 1e-9, "in the plane of (w, V) nothing is lower than where (w, V) was settled");
  assertStringIncludes(await Deno.readTextFile(at("surface/surface.svg")), "Loss with its ridge around the model");
  const measured = await runHere(["spectrum", ...subject, "--out", at("spectrum")]);
  const { head, blocks, ridge }: SpectrumReport = JSON.parse(measured.stdout);
  assertEquals(ridge, surface.ridge);
  // Exact over (w, V) from the small matrix, and by Lanczos from Hessian-vector products: two codes.
  const [, own] = blocks;
  assertAlmostEquals(head.lambdaMax, own.high[0].value, 1e-7);
  assertAlmostEquals(head.lambdaMin, own.low[0].value, 1e-7);
  assert(head.lambdaMin > -1e-6);
});

Deno.test("surface chooses a range that the contour of the linear level crosses, on every plane; --reach overrules it", async () => {
  await using folder = await temporaryFolder();
  for (const plane of ["random", "head", "hessian"]) {
    const out = `${folder.path}/${plane}`;
    const { stdout } = await runHere(["surface", ...SUBJECT, "--plane", plane, "--steps", "11", "--out", out]);
    const { below, reach } = JSON.parse(stdout);
    assertEquals(reach, null);
    assert(below > 0 && below < 1, `${plane}: ${below}`);
    assertStringIncludes(await Deno.readTextFile(`${out}/surface.svg`), ">linear ");
  }
  const own = ["surface", ...SUBJECT, "--reach", "0.25", "--steps", "3", "--out", `${folder.path}/own`];
  assertEquals(JSON.parse((await runHere(own)).stdout).reach, 0.25);
  const { alphas } = parseGridCsv(await Deno.readTextFile(`${folder.path}/own/surface.csv`));
  assertEquals(alphas, Float64Array.of(-0.25, 0, 0.25));
});
