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

Deno.test("predict marks what a spreadsheet would run as a formula, in copied columns and classes, unless it is told to leave it", async () => {
  await using folder = await temporaryFolder();
  const [table, run] = [`${folder.path}/t.csv`, `${folder.path}/run`];
  const notes = ["=1+1", "+49 30", "-1.5", "@a", "-2e3", "-cmd", "plain", "-", "-1,5", "a=b", "\tx", "5"];
  const rows = notes.map((note, row) => `${row * row % 7},"${note}",${row % 2 === 0 ? "=SUM(A1)" : "no"}`);
  await Deno.writeTextFile(table, `a,note,y\n${rows.join("\n")}\n`);
  const fast = ["--epochs", "1", "--width", "2", "--regularise", "none", "--quiet"];
  const fit = await runHere(["fit", "--data", table, "--target", "y", "--drop", "note", ...fast, "--out", run]);
  assertEquals(fit.code, 0, fit.stderr);
  const predicted = async (...more: readonly string[]) => {
    const out = `${folder.path}/${more.length}.csv`;
    const args = ["--model", `${run}/model.safetensors`, "--data", table, "--keep", "note", "--out", out, "--quiet"];
    assertEquals((await runHere(["predict", ...args, ...more])).code, 0);
    return parse(await Deno.readTextFile(out));
  };
  const [header, ...marked] = await predicted();
  assertEquals(header, ["note", "predicted_y", "chance_=SUM(A1)", "chance_no"]);
  assertEquals(marked.map(([note]) => note), [
    "'=1+1",
    "'+49 30",
    "-1.5",
    "'@a",
    "-2e3",
    "'-cmd",
    "plain",
    "-",
    "-1,5",
    "a=b",
    "'\tx",
    "5",
  ]);
  const classes = new Set(marked.map(([, name]) => name));
  assert([...classes].every((name) => name === "'=SUM(A1)" || name === "no"), [...classes].join());
  const [, ...left] = await predicted("--formulas", "leave");
  assertEquals(left.map(([note]) => note), notes);
});

Deno.test("predict prints no header before the first rows were found good", async () => {
  await using folder = await temporaryFolder();
  const table = `${folder.path}/t.csv`;
  const [header, first] = (await Deno.readTextFile("data/diabetes.csv")).split("\r\n");
  await Deno.writeTextFile(table, `${header}\n${first.replace(/^\d+/, "old")}\n`);
  const args = ["predict", "--model", MODEL, "--data", table];
  for (const more of [[], ["--keep", "nothing"]]) {
    const { code, stdout, stderr } = await runHere([...args, ...more]);
    assertEquals([code, stdout], [2, ""], stderr);
  }
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
