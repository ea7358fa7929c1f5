import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeModel, encodeModel } from "../../src/model/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { runHere, temporaryFolder } from "../support/program.ts";

/** Rows of x and y = e^(x + noise), with a class. */
const tableOf = (rows: number, from: number) =>
  `x,y,ill\n${
    Array.from({ length: rows }, (_, i) => {
      const [x, noise] = normal(key(from + i), 2);
      return [x, Math.exp(x + 0.5 * noise), x + noise > 0 ? "yes" : "no"].join();
    }).join("\n")
  }\n`;

const cells = (text: string) => text.trim().split("\n").slice(1).map((line) => line.split(",").map(Number));

Deno.test("predict --intervals 0.9 covers nine of ten new rows, in the unit of a target whose logarithm was learned", async () => {
  await using folder = await temporaryFolder();
  const [train, fresh] = [`${folder.path}/train.csv`, `${folder.path}/new.csv`];
  await Deno.writeTextFile(train, tableOf(200, 0));
  await Deno.writeTextFile(fresh, tableOf(2000, 1000));
  const fit = ["fit", "--data", train, "--target", "y", "--drop", "ill", "--quiet", "--epochs", "5", "--width", "4"];
  const log = [...fit, "--transform-target", "log", "--out", `${folder.path}/log`];
  assertEquals((await runHere(log)).code, 0);
  const predict = ["predict", "--model", `${folder.path}/log/model.safetensors`, "--data", fresh, "--keep", "y"];
  const told = `${folder.path}/told.csv`;
  const { code, stderr } = await runHere([...predict, "--intervals", "0.9", "--quiet", "--out", told]);
  assertEquals(code, 0, stderr);
  const text = await Deno.readTextFile(told);
  assertEquals(text.split("\n")[0], "y,predicted_y,lower_y,upper_y");
  const rows = cells(text);
  const covered = rows.filter(([y, , lower, upper]) => y >= lower && y <= upper).length / rows.length;
  // The errors of 200 rows and 2,000 new ones: two standard deviations of their covered share are 0.044.
  assert(Math.abs(covered - 0.9) < 0.045, String(covered));
  for (const [, told, lower, upper] of rows) assertAlmostEquals(upper / told, told / lower, 1e-9 * upper / told);
  for (
    const [share, message] of [["1", "a share above 0 and below 1"], ["0.999", "errors of 999 rows or more"]]
  ) {
    const refused = await runHere([...predict, "--intervals", share]);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, message);
  }
  const given = [...fit, "--regularise", "0.1,inf", "--out", `${folder.path}/given`];
  assertEquals((await runHere(given)).code, 0);
  const none = await runHere([
    ...["predict", "--model", `${folder.path}/given/model.safetensors`, "--data", fresh, "--intervals", "0.9"],
  ]);
  assertEquals(none.code, 2);
  assertStringIncludes(none.stderr, "no errors of rows that it was not fitted on");
});

Deno.test("predict --probabilities raw leaves out the temperature of the model file, which the default divides log-odds by", async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/t.csv`;
  await Deno.writeTextFile(data, tableOf(80, 0));
  const out = `${folder.path}/fit`;
  const fit = ["fit", "--data", data, "--target", "ill", "--drop", "y", "--regularise", "0.1,inf", "--quiet"];
  assertEquals((await runHere([...fit, "--valid", "0.25", "--out", out])).code, 0);
  const file = `${out}/model.safetensors`;
  const model = decodeModel(await Deno.readFile(file), file);
  assertEquals(model.calibration?.on, "held-out rows");
  await Deno.writeFile(file, encodeModel({ ...model, calibration: { ...model.calibration!, temperature: 2 } }));
  const chances = async (how: readonly string[]) => {
    const told = `${folder.path}/told-${how.length}.csv`;
    const options = ["--model", file, "--data", data, "--out", told, "--quiet", ...how];
    const { code, stderr } = await runHere(["predict", ...options]);
    assertEquals(code, 0, stderr);
    return cells(await Deno.readTextFile(told)).map(([, , chance]) => chance);
  };
  const [calibrated, raw] = [await chances([]), await chances(["--probabilities", "raw"])];
  const logOdds = (p: number) => Math.log(p / (1 - p));
  raw.forEach((p, row) => assertAlmostEquals(logOdds(calibrated[row]), logOdds(p) / 2, 1e-9));
});
