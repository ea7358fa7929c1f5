import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CertifyReport, FitReport } from "../../src/report/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { decodeModel, encodeModel } from "../../src/model/mod.ts";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";

/** Rows of three visits of each of 20 patients; the days of patients do not come in order. */
const ROWS = Array.from({ length: 60 }, (_, i) => ({
  x: normal(key(i), 2),
  patient: `p${Math.floor(i / 3)}`,
  part: i % 4 === 0 ? "test" : "train",
  day: `2024-${String(1 + i % 12).padStart(2, "0")}-${String(1 + i % 28).padStart(2, "0")}`,
}));

/** The table as text; targets of some rows moved. */
const tableText = (moved: (row: number) => boolean = () => false) =>
  [
    "x,patient,part,day,y",
    ...ROWS.map(({ x, patient, part, day }, i) =>
      [x[0], patient, part, day, 2 * x[0] + 0.3 * x[1] + (moved(i) ? 100 + i : 0)].join()
    ),
  ].join("\n");

const QUICK = ["--target", "y", "--epochs", "3", "--width", "3", "--workers", "1", "--quiet", "--json"];

/** Writes the table and fits it. */
async function start(folder: string, options: readonly string[], text = tableText()) {
  const [file, out] = [`${folder}/t.csv`, `${folder}/run-${crypto.randomUUID()}`];
  await Deno.writeTextFile(file, `${text}\n`);
  return { file, out, ...await runHere(["fit", "--data", file, "--out", out, ...QUICK, ...options]) };
}

/** Fits with options; the report, and the rows that the run folder lists as held out. */
async function fitWith(folder: string, options: readonly string[], text = tableText()) {
  const { file, out, code, stdout, stderr } = await start(folder, options, text);
  assertEquals(code, 0, stderr);
  const [header, ...lines] = namesIn(out).includes("held_out.csv")
    ? (await Deno.readTextFile(`${out}/held_out.csv`)).trim().split(/\r?\n/)
    : ["line"];
  assertEquals(header, "line");
  const path = `${out}/model.safetensors`;
  const certified = await runHere(["certify", "--model", path, "--data", file, "--json"]);
  return {
    report: JSON.parse(stdout) as FitReport,
    // The first row is on line 2.
    heldOut: lines.map((line) => Number(line) - 2),
    model: await Deno.readFile(path),
    again: JSON.parse(certified.stdout) as CertifyReport,
  };
}

Deno.test("fit --split-column holds out the rows that the column marks, lists their lines, and certify finds the others", async () => {
  await using folder = await temporaryFolder();
  const options = ["--split-column", "part", "--drop", "patient,day"];
  const { report, heldOut, again, model } = await fitWith(folder.path, options);
  assertEquals(heldOut, ROWS.flatMap(({ part }, row) => part === "test" ? [row] : []));
  assertEquals([report.problem.rows, report.problem.heldOutRows, report.problem.features], [45, 15, ["x"]]);
  assertEquals([again.problem.rows, again.problem.heldOutRows], [45, 15]);
  assertEquals(decodeModel(model, "m").split, {
    share: 0.25,
    seed: 1,
    rows: 60,
    by: { kind: "column", column: "part" },
  });
  // Held-out targets reach no fitted number: the model is the same to the byte.
  const moved = await fitWith(folder.path, options, tableText((row) => ROWS[row].part === "test"));
  const withoutRows = (bytes: Uint8Array) => encodeModel({ ...decodeModel(bytes, "m"), rows: undefined });
  assertEquals(withoutRows(moved.model), withoutRows(model));
  assert(moved.report.metrics.heldOut!.linear.rmse! > 10 * report.metrics.heldOut!.linear.rmse!);
});

Deno.test("fit --group-column holds out whole groups, alone and beside a split column, and keeps them together in folds", async () => {
  await using folder = await temporaryFolder();
  const options = ["--group-column", "patient", "--drop", "part,day"];
  const { heldOut, again } = await fitWith(folder.path, [...options, "--valid", "0.25"]);
  const names = new Set(heldOut.map((row) => ROWS[row].patient));
  assertEquals(heldOut, ROWS.flatMap(({ patient }, row) => names.has(patient) ? [row] : []));
  assertEquals([heldOut.length, again.problem.heldOutRows], [15, 15]);
  const folded = await fitWith(folder.path, [...options, "--cv", "4"]);
  assertEquals([folded.report.folds!.length, folded.heldOut], [4, []]);
  const both = await fitWith(folder.path, ["--group-column", "patient", "--split-column", "part", "--drop", "day"]);
  assertEquals([both.report.problem.heldOutRows, both.report.problem.features], [15, ["x"]]);
  // Other groups, other folds, another choice: the mean losses of the path differ.
  const without = await fitWith(folder.path, ["--split-column", "part", "--drop", "day,patient"]);
  const losses = ({ report }: typeof both) => report.regularisation!.path.map(({ loss }) => loss);
  assert(String(losses(both)) !== String(losses(without)));
});

Deno.test("fit --time-column holds out the latest rows", async () => {
  await using folder = await temporaryFolder();
  const options = ["--time-column", "day", "--valid", "0.2", "--drop", "part,patient"];
  const { heldOut, again, report } = await fitWith(folder.path, options);
  assertEquals([heldOut.length, again.problem.heldOutRows, report.problem.features], [12, 12, ["x"]]);
  const first = heldOut.map((row) => ROWS[row].day).sort()[0];
  assert(ROWS.every(({ day }, row) => heldOut.includes(row) === (day >= first)));
});

Deno.test("fit refuses split columns that do not go together, are not there, are the target or hold something else", async () => {
  await using folder = await temporaryFolder();
  const refused: readonly (readonly [string, string])[] = [
    ["--split-column part --valid 0.2", "leave --valid out"],
    ["--split-column part --cv 5", "leave --cv out"],
    ["--split-column part --time-column day --valid 0.2", "--time-column and --split-column each say"],
    ["--group-column patient --time-column day --valid 0.2", "--time-column and --group-column each say"],
    ["--time-column day", "add their share, such as --valid 0.2"],
    ["--time-column day --cv 5", "add their share, such as --valid 0.2"],
    ["--group-column patent --valid 0.2", 'the --group-column "patent" is not a column; did you mean "patient"?'],
    ["--group-column y", "--group-column y is the target"],
    ["--split-column patient --drop part,day", 't.csv, line 2, column "patient": "p0" does not say'],
    ["--time-column patient --valid 0.2 --drop part,day", '"p0" is not a date'],
    ["--group-column part --cv 2 --drop day,patient", "folds need 3 groups or more to train on, got 2"],
    ["--group-column patient --cv 21 --drop day,part", "folds need 21 groups or more to train on, got 20"],
  ];
  for (const [options, part] of refused) {
    const { code, stderr } = await start(folder.path, options.split(" "));
    assertEquals([code, stderr.trimEnd().split("\n").length], [2, 1], `${options}: ${stderr}`);
    assertStringIncludes(stderr, part);
  }
  assertEquals(namesIn(folder.path), ["t.csv"]);
});
