import { assertEquals, assertStringIncludes } from "@std/assert";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";

const FAST = ["--quiet", "--json", "--epochs", "1", "--width", "2", "--regularise", "none", "--workers", "1"];

/** Writes a table, and gives what fits it. */
async function fitting(text: string) {
  const folder = await temporaryFolder();
  const file = `${folder.path}/t.csv`;
  await Deno.writeTextFile(file, text);
  const fit = async (...args: readonly string[]) => {
    const out = `${folder.path}/run-${crypto.randomUUID()}`;
    const { code, stdout, stderr } = await runHere(["fit", "--data", file, ...FAST, ...args, "--out", out]);
    return { code, stderr, out, report: stdout === "" ? null : JSON.parse(stdout) };
  };
  return { file, fit, folder: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const rows = (count: number, cells: (row: number) => readonly (string | number)[]): string =>
  `${Array.from({ length: count }, (_, row) => cells(row).join()).join("\n")}\n`;

Deno.test("names with commas are the columns of every option, on the command line and as lists of a configuration", async () => {
  const text = `"income, net","part, one","w, kg","split, here","cost, total"\n${
    rows(24, (i) => [(i * 7 % 11) / 2, i % 2 ? "x" : "z", 1 + i % 3, i % 4 ? "train" : "test", i * 5 % 13])
  }`;
  await using table = await fitting(text);
  const { code, report, out, stderr } = await table.fit(
    ...["--target", '"cost, total"', "--drop", '"part, one"', "--weights", "w, kg", "--split-column", "split, here"],
    ...["--features", '"income, net"', "--types", '"income, net=number"'],
  );
  assertEquals(code, 0, stderr);
  assertEquals([report.problem.features, report.problem.targets], [["income, net"], ["cost, total"]]);
  const config = `${table.folder}/fit.json`;
  const lists = {
    ...{ target: ["cost, total"], drop: ["part, one"], features: ["income, net"], types: ["income, net=number"] },
    ...{ weights: "w, kg", "split-column": "split, here" },
  };
  await Deno.writeTextFile(config, JSON.stringify(lists));
  const again = await table.fit("--config", config);
  assertEquals([again.code, again.report.value], [0, report.value], again.stderr);
  const to = `${table.folder}/p.csv`;
  const predict = ["predict", "--model", `${out}/model.safetensors`, "--data", table.file, "--out", to, "--quiet"];
  assertEquals((await runHere([...predict, "--keep", '"cost, total","part, one"'])).code, 0);
  const [head] = (await Deno.readTextFile(to)).split(/\r?\n/);
  assertEquals(head, '"cost, total","part, one","predicted_cost, total"');
});

Deno.test("fit names --missing for a missing value, wherever it is, and counts the rows without a target that it leaves out", async () => {
  await using table = await fitting(`a,y\n${rows(20, (i) => [i === 4 ? "n/a" : i * i % 7, i === 9 ? "?" : i % 5])}`);
  const refused = await table.fit("--target", "y");
  assertEquals([refused.code, refused.stderr.includes("(--missing ")], [2, true], refused.stderr);
  for (const [missing, left] of [["mean", 19], ["drop", 18], ["indicator", 19]] as const) {
    const { code, report } = await table.fit("--target", "y", "--missing", missing);
    assertEquals([code, report.problem.rows], [0, left]);
    const [a, y] = report.problem.columns;
    assertEquals([a.missing, a.missingAs, y.missing, y.missingAs], [1, ["n/a"], 1, ["?"]]);
  }
  assertEquals(namesIn(table.folder).filter((name) => name.startsWith("run-")).length, 3);
  await using weighted = await fitting(`a,w,y\n${rows(20, (i) => [i * i % 7, i === 4 ? "n/a" : 1 + i % 2, i % 5])}`);
  const args = ["fit", "--data", weighted.file, "--target", "y", "--weights", "w", "--missing", "mean", ...FAST];
  const { stdout } = await runHere([...args.filter((arg) => arg !== "--json"), "--out", `${weighted.folder}/run`]);
  assertStringIncludes(stdout, "missing values: w 1 (n/a)\n1 row without a value of w left out\n");
});

Deno.test("a class or a level of one row is known to every fold and to the rows that are held out", async () => {
  await using table = await fitting(
    `a,town,y,z\n${
      rows(24, (i) => [i * 7 % 11, i === 5 ? "MATHER" : i % 2 ? "u" : "v", i * 3 % 7, "pqr"[i === 11 ? 2 : i % 2]])
    }`,
  );
  for (const split of [["--cv", "4"], ["--valid", "0.3"]]) {
    const level = await table.fit("--target", "y", "--drop", "z", ...split);
    assertEquals(
      [level.code, level.report?.problem.features],
      [0, ["a", "town=MATHER", "town=u", "town=v"]],
      level.stderr,
    );
    const classes = await table.fit("--target", "z", "--drop", "y", ...split);
    assertEquals([classes.code, classes.report?.problem.classes], [0, ["p", "q", "r"]], classes.stderr);
  }
});

Deno.test("fit says what it read: types, missing values, what is constant, depends on others, or looks like classes or a number of the row", async () => {
  await using table = await fitting(
    `id,a,twice,c,t,y\n${rows(20, (i) => [i + 1, i * i % 7, 2 * (i * i % 7), 3, i % 3 ? "uv"[i % 2] : "NA", i % 2])}`,
  );
  const args = ["fit", "--data", table.file, "--target", "y", "--missing", "mean", ...FAST];
  const text = args.filter((arg) => arg !== "--json");
  const { code, stdout } = await runHere([...text, "--out", `${table.folder}/said`]);
  assertEquals(code, 0);
  assertEquals(stdout.split("\n").slice(1, 7), [
    "columns read: 4 of numbers, 1 of categories (t 2)",
    "missing values: t 7 (NA)",
    "constant columns: c",
    "columns that depend on others: twice (on a)",
    "look at id: it counts the rows: leave it out if it is only their number",
    "look at y: it holds 2 numbers: this looks like classes (--loss logistic)",
  ]);
  const { report } = await table.fit("--target", "y", "--missing", "mean");
  const [, , twice, c] = report.problem.columns;
  assertEquals([c.constant, twice.dependent, report.problem.columns.length], [true, ["a"], 6]);
});

Deno.test("fit refuses a target whose squared errors would have an infinite variance, by its line, and takes the largest that it may", async () => {
  const of = (largest: string) => fitting(`a,y\n${rows(12, (i) => [i, i === 7 ? largest : i * i % 7])}`);
  await using huge = await of("-3e70");
  const { code, stderr } = await huge.fit("--target", "y");
  assertEquals([code, stderr.includes('t.csv, line 9, column "y": the variance of squared')], [2, true], stderr);
  assertEquals(namesIn(huge.folder), ["t.csv"]);
  await using large = await of("9e69");
  for (const split of [["--valid", "0.3"], ["--cv", "2", "--regularise", "auto"]]) {
    assertEquals((await large.fit("--target", "y", ...split)).code, 0);
  }
});
