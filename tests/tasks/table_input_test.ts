import { assertEquals, assertStringIncludes } from "@std/assert";
import { denoCommand } from "../support/deno_command.ts";
import { runHere, temporaryFolder } from "../support/program.ts";

const FAST = ["--quiet", "--json", "--epochs", "1", "--width", "2", "--regularise", "none"];

/** Thirty rows with a target of three codes, two of which are the same number. */
const CODES = [
  "a,b,code",
  ...Array.from({ length: 30 }, (_, row) => `${row * 1.01},${row * row % 7},${["1E2", "100", "X"][row % 3]}`),
].join("\n");

Deno.test("fit reads standard input, twice where classes have lost how they are written, and certify reads it as fit did", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/run`;
  const program = async (args: readonly string[]) => {
    const child = denoCommand({
      args: [
        "run",
        "--quiet",
        "--lock=deno.lock",
        "--no-prompt",
        "--allow-read",
        "--allow-write",
        "tasks/main.ts",
        ...args,
      ],
      cwd: new URL("../../", import.meta.url),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(CODES));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  };
  const fit = await program(["fit", "--data", "-", "--target", "code", "--out", out, ...FAST]);
  assertEquals([fit.code, fit.stderr], [0, ""]);
  const { classes, source, rows } = JSON.parse(fit.stdout).problem;
  assertEquals([classes, source, rows], [["100", "1E2", "X"], "standard input", 30]);
  const certify = await program(["certify", "--data", "-", "--model", `${out}/model.safetensors`, "--json"]);
  assertEquals(JSON.parse(certify.stdout).value, JSON.parse(fit.stdout).value);
});

/** Tables in another spelling, the option that reads them, and the first feature of the first row of new data in the unit of the file. */
const SPELT: readonly (readonly [text: string, option: readonly string[], hint: string])[] = [
  ["x;y\n2,5;1\n3,5;2\n4;4\n5,25;5\n", ["--decimal", "comma"], "--decimal comma"],
  ['x,y\n"1,000",1\n"2,500",2\n900,4\n', ["--thousands"], "--thousands"],
  ["x,y\n5%,1\n7%,2\n12.5%,4\n", ["--percent"], "--percent"],
  ["x,y\n$5,1\n$7,2\n$12.5,4\n", ["--currency"], "--currency"],
  ["x,y\n2024-01-02,1\n2024-01-05,2\n2024-02-05,4\n", ["--dates"], "--dates"],
];

for (const [text, option, hint] of SPELT) {
  Deno.test(`fit names ${hint} for a table that needs it, and predict reads new rows the same way`, async () => {
    await using folder = await temporaryFolder();
    const file = `${folder.path}/t.csv`;
    await Deno.writeTextFile(file, text);
    const args = ["--data", file, "--target", "y"];
    const refused = await runHere(["fit", ...args, ...FAST, "--out", `${folder.path}/refused`]);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, `column "x"`);
    assertStringIncludes(refused.stderr, hint);
    const fit = await runHere(["fit", ...args, ...option, ...FAST, "--out", `${folder.path}/run`]);
    assertEquals([fit.code, JSON.parse(fit.stdout).problem.d], [0, 2]);
    const model = ["--model", `${folder.path}/run/model.safetensors`];
    const out = `${folder.path}/predicted.csv`;
    assertEquals((await runHere(["predict", ...model, "--data", file, "--out", out, "--quiet"])).code, 0);
    assertEquals((await Deno.readTextFile(out)).trim().split("\n").length, text.trim().split("\n").length);
  });
}

const TABLES = new URL("../data/tables/", import.meta.url).pathname;
const SAME = ["--target", "y", "--types", "code=text", "--missing", "mean"];

Deno.test("fit, predict and certify read Parquet and gzip as the same table in CSV", async () => {
  await using folder = await temporaryFolder();
  const [fits, predicted]: [Record<string, number>, Record<string, string>] = [{}, {}];
  for (const name of ["people.csv", "people.csv.gz", "people_zstd.parquet"]) {
    const fit = await runHere(["fit", "--data", TABLES + name, ...SAME, ...FAST, "--out", `${folder.path}/${name}`]);
    assertEquals([fit.code, fit.stderr], [0, ""]);
    fits[name] = JSON.parse(fit.stdout).value;
    const out = `${folder.path}/${name}.predicted.csv`;
    const trained = `${folder.path}/people.csv/model.safetensors`;
    const predict = ["predict", "--model", trained, "--data", TABLES + name, "--keep", "code,town", "--out", out];
    assertEquals((await runHere([...predict, "--quiet"])).code, 0);
    predicted[name] = await Deno.readTextFile(out);
    assertStringIncludes(predicted[name], "\n003,Ulm,");
    const certify = await runHere(["certify", "--model", trained, "--data", TABLES + name, "--json"]);
    assertEquals(JSON.parse(certify.stdout).value, fits["people.csv"]);
  }
  assertEquals(fits["people.csv"], fits["people.csv.gz"]);
  assertEquals(fits["people.csv"], fits["people_zstd.parquet"]);
  assertEquals(predicted["people.csv"], predicted["people.csv.gz"]);
  assertEquals(predicted["people.csv"], predicted["people_zstd.parquet"]);
});

Deno.test("certify reads features from Parquet, and a named pipe is read as a table", async () => {
  await using folder = await temporaryFolder();
  const table = ["--data", `${TABLES}people.csv`, "--target", "y", "--drop", "town,code,score", "--json", "--quiet"];
  const features = await runHere(["certify", "--features", `${TABLES}features.parquet`, ...table]);
  const csv = await runHere(["certify", "--features", `${TABLES}features.csv`, ...table]);
  const [a, b] = [features, csv].map(({ stdout }) => JSON.parse(stdout));
  assertEquals([features.code, a.heads ?? a.best], [csv.code, b.heads ?? b.best]);
  const pipe = `${folder.path}/table`;
  const made = await denoCommand({
    args: ["eval", `const p = new Deno.Command("mkfifo", { args: ["${pipe}"] }); Deno.exit((await p.output()).code)`],
  }).output().catch(() => null);
  if (made === null || made.code !== 0) return;
  const bytes = await Deno.readFile(`${TABLES}people_zstd.parquet`);
  const writing = Deno.writeFile(pipe, bytes);
  const fit = await runHere(["fit", "--data", pipe, ...SAME, ...FAST, "--out", `${folder.path}/run`]);
  await writing;
  assertEquals([fit.code, JSON.parse(fit.stdout).problem.rows], [0, 40]);
});
