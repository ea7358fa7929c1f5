import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeModel } from "../../src/model/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import type { CertifyReport, CompareReport, FitReport } from "../../src/report/mod.ts";
import { runHere, temporaryFolder } from "../support/program.ts";

/** Rows x, y, class and a whole weight from 0 to 3. */
const ROWS = Array.from({ length: 60 }, (_, i) => {
  const [x, noise] = normal(key(i), 2);
  return { x, y: Math.abs(x) + 0.2 * noise, ill: x + noise > 0.8 ? "yes" : "no", w: i % 4 };
});

const textOf = (rows: typeof ROWS) =>
  `x,y,ill,w\n${rows.map(({ x, y, ill, w }) => [x, y, ill, w].join()).join("\n")}\n`;

Deno.test("fit --weights gives the model and the figures of the repeated rows; certify finds them by the model file", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/w.csv`, textOf(ROWS));
  await Deno.writeTextFile(`${folder.path}/rep.csv`, textOf(ROWS.flatMap((row) => Array(row.w).fill(row))));
  const fitted = async (name: string, options: readonly string[]) => {
    const out = `${folder.path}/${name}-out`;
    const { stdout, stderr, code } = await runHere([
      ...[
        "fit",
        "--data",
        `${folder.path}/${name}.csv`,
        "--target",
        "y",
        "--regularise",
        "0.1,inf",
        "--json",
        "--quiet",
      ],
      ...["--out", out, ...options],
    ]);
    assertEquals(code, 0, stderr);
    const model = decodeModel(await Deno.readFile(`${out}/model.safetensors`), "m");
    return { report: JSON.parse(stdout) as FitReport, model, out };
  };
  const a = await fitted("w", ["--weights", "w", "--drop", "ill"]);
  const b = await fitted("rep", ["--drop", "ill,w"]);
  assertEquals(a.report.problem.rows, ROWS.filter(({ w }) => w > 0).length);
  assertEquals(a.model.weighting, { column: "w", classes: null });
  a.model.params.forEach((value, at) => assertAlmostEquals(value, b.model.params[at], 1e-9));
  for (const figure of ["loss", "rmse", "r2"]) {
    const [own, other] = [a, b].map(({ report }) => report.metrics.training.network[figure]!);
    assertAlmostEquals(own, other, 1e-9, figure);
  }
  const certified = await runHere([
    ...["certify", "--model", `${a.out}/model.safetensors`, "--data", `${folder.path}/w.csv`, "--json"],
  ]);
  const again: CertifyReport = JSON.parse(certified.stdout);
  assertEquals([again.verdict, again.problem.rows], ["holds", a.report.problem.rows]);
  assertAlmostEquals(again.value!, b.report.value!, 1e-9);
});

Deno.test("fit and compare --class-weight balanced weight each class by n / (m n_c) of the rows trained on", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/w.csv`;
  await Deno.writeTextFile(file, textOf(ROWS));
  const quick = ["--data", file, "--target", "ill", "--drop", "y,w", "--class-weight", "balanced", "--epochs", "2"];
  const run = ["--json", "--quiet", "--workers", "1"];
  const { stdout, stderr } = await runHere(["fit", ...quick, ...run, "--valid", "0.25", "--out", `${folder.path}/f`]);
  const report: FitReport = JSON.parse(stdout || stderr);
  const [no, yes] = report.problem.weighting!.classes!;
  // Of 45 rows to train on; n / (2 n_no) and n / (2 n_yes) have the harmonic mean 1.
  assertAlmostEquals(1 / no + 1 / yes, 2, 1e-12);
  assertAlmostEquals(45 / (2 * no), Math.round(45 / (2 * no)), 1e-12);
  const folds = ["--widths", "2", "--activations", "tanh", "--folds", "2"];
  const compared = await runHere(["compare", ...quick, ...run, ...folds, "--out", `${folder.path}/c`]);
  const comparison: CompareReport = JSON.parse(compared.stdout || compared.stderr);
  assertAlmostEquals(
    comparison.problem.weighting!.classes![0],
    60 / (2 * ROWS.filter(({ ill }) => ill === "no").length),
  );
});

Deno.test("fit refuses a column of weights that is the target, is not there, or holds a negative number", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/t.csv`;
  await Deno.writeTextFile(file, "x,y,w\n1,2,1\n2,3,-1\n3,5,2\n");
  for (
    const [column, message] of [
      ["y", "--weights y is the target; name another column"],
      ["v", 'the column of weights "v" is not a column'],
      ["w", 'line 3, column "w": "-1" is no weight'],
    ]
  ) {
    const out = `${folder.path}/none`;
    const { code, stderr } = await runHere(["fit", "--data", file, "--target", "y", "--weights", column, "--out", out]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  }
});
