import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "@std/csv/parse";
import { encodeInputs, parseTable } from "../../src/data/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { decodeModel } from "../../src/model/mod.ts";
import { createObjective } from "../../src/objective/mod.ts";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";

const MODEL = "tests/data/pytorch/diabetes.safetensors";

Deno.test("predict gives the network's predictions in the user's unit, in any order of the columns", async () => {
  await using folder = await temporaryFolder();
  const text = await Deno.readTextFile("data/diabetes.csv");
  const table = parseTable(text, { file: "diabetes.csv" });
  const model = decodeModel(await Deno.readFile(MODEL), MODEL);
  const x = encodeInputs(table, model);
  const y = new Float64Array(x.rows);
  using objective = createObjective(await loadKernels("simd"), model.net, model.loss, { x, y });
  const { mean: [mean], scale: [scale] } = model.standardisation.y!;
  const expected = objective.predict(model.params).map((value) => value * scale + mean);
  const reversed = text.trim().split("\r\n").map((line) => line.split(",").reverse().join(",")).join("\r\n");
  const [file, out] = [`${folder.path}/new.csv`, `${folder.path}/made/for/p.csv`];
  await Deno.writeTextFile(file, reversed);
  const { code, stderr } = await runHere(["predict", "--model", MODEL, "--data", file, "--out", out, "--quiet"]);
  assertEquals([code, stderr], [0, ""]);
  const [header, ...rows] = parse(await Deno.readTextFile(out));
  assertEquals([header, rows.length], [["predicted_progression"], 442]);
  rows.forEach(([value], i) => assertAlmostEquals(Number(value), expected[i], 1e-9));
});

Deno.test("predict names missing columns and bad cells with their line, far down the file, and leaves no file", async () => {
  await using folder = await temporaryFolder();
  const [file, out] = [`${folder.path}/new.csv`, `${folder.path}/p.csv`];
  const [header, ...rows] = (await Deno.readTextFile("data/diabetes.csv")).trim().split("\r\n");
  const many = Array.from({ length: 30_000 }, (_, i) => rows[i % rows.length]);
  many[29_990] = many[29_990].replace(/^\d+/, "old");
  await Deno.writeTextFile(file, [header, ...many].join("\n"));
  const bad = await runHere(["predict", "--model", MODEL, "--data", file, "--out", out, "--quiet"]);
  assertEquals(bad.code, 2);
  assertStringIncludes(bad.stderr, 'new.csv, line 29992, column "age": "old" is not a number');
  await Deno.writeTextFile(file, "age,sex,bmi\n1,2,3\n");
  const missing = await runHere(["predict", "--model", MODEL, "--data", file, "--out", out, "--quiet"]);
  assertEquals(missing.code, 2);
  assertStringIncludes(missing.stderr, `the model's features "bp", "s1", "s2"`);
  assertEquals(namesIn(folder.path), ["new.csv"]);
  await Deno.writeTextFile(out, "mine");
  const taken = await runHere(["predict", "--model", MODEL, "--data", "data/diabetes.csv", "--out", out, "--quiet"]);
  assertEquals([taken.code, await Deno.readTextFile(out)], [2, "mine"]);
  const summary = await runHere(["predict", "--model", MODEL, "--data", "data/diabetes.csv", "--json"]);
  assert(summary.code === 2 && summary.stderr.includes("add --out FILE"));
});

Deno.test("predict --json has the fields of resland/predict@1", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/p.csv`;
  const { code, stdout } = await runHere([
    "predict",
    "--model",
    MODEL,
    "--data",
    "data/diabetes.csv",
    "--out",
    out,
    "--json",
  ]);
  assertEquals(code, 0);
  const { seconds, ...rest } = JSON.parse(stdout);
  const columns = ["predicted_progression"];
  assert(seconds > 0);
  assertEquals(rest, {
    schema: "resland/predict@1",
    ...{ rows: 442, blank: 0, columns, intervals: null, temperature: null, out, trainedOn: null },
  });
});
