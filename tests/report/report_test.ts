import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "@std/csv/parse";
import { checkRun, type RunResult, tallyClaims } from "../../src/check/mod.ts";
import { network } from "../../src/nn/mod.ts";
import {
  makeVerdict,
  modelName,
  type TimedRun,
  trajectoryCsv,
  type Verdict,
  verdictHtml,
  verdictSentence,
  verdictText,
} from "../../src/report/mod.ts";
import { finish, smallTask } from "../support/small_problem.ts";

const SOURCE = `<b>"O'Hara" & sons</b>.csv`;

/** A small verdict, and the runs it is about; changed as a test needs. */
async function example(change: (run: RunResult) => RunResult = (run) => run) {
  const { kernels, task, linear } = await smallTask();
  const runs: TimedRun[] = (["default", "zero-w"] as const).map((start) => ({
    ...change(finish(checkRun(kernels, task, { seed: 1, start }))),
    seconds: 0.25,
  }));
  const verdict = makeVerdict({
    data: {
      source: SOURCE,
      features: ["a", "b"],
      columns: ["a", "b"].map((name) => ({ name, levels: null })),
      missing: "refuse",
      targets: ["y"],
      outputs: 1,
      lines: new Uint32Array(0),
      ...task.examples,
      intercept: true,
      classes: null,
      standardisation: { x: { mean: [0, 0], scale: [1, 1] }, y: null },
    },
    net: network(3, task.settings.theta),
    loss: "squared",
    linear,
    runs,
    claims: tallyClaims(runs, { loss: task.loss, linearValue: linear.value, radius: null, descend: true }),
    environment: { deno: "1", v8: "2", kernels: "simd", dtype: "f64", workers: 2 },
  });
  return { runs, verdict };
}

Deno.test("makeVerdict() has the numbers of the last points, under the names of the schema", async () => {
  const { runs, verdict } = await example();
  const end = runs[0].points.at(-1)!;
  assertEquals(verdict.schema, "resland/verdict@1");
  assertEquals(Object.keys(verdict), [
    "schema",
    "problem",
    "architecture",
    "linear",
    "runs",
    "claims",
    "verdict",
    "environment",
  ]);
  const { value, gap, gradientNorm, lambdaMin, certificate, features, theorem1, model } = verdict.runs[0];
  assertEquals([value, gap, gradientNorm, lambdaMin], [end.value, end.gap, end.gradientNorm, end.lambdaMin]);
  assertEquals([certificate.bound, features.value, features.gap], [
    end.certificate.left,
    end.features.value,
    end.value - end.features.value,
  ]);
  assertEquals(theorem1, end.theorem1);
  assertEquals(model, "seed-1-default.safetensors");
  assertEquals(verdict.architecture.parameters, 3 + 12 + 16);
  assertEquals(JSON.parse(JSON.stringify(verdict)), verdict);
});

Deno.test("makeVerdict() writes null where a number is not finite or does not apply", async () => {
  const { verdict } = await example((run) => ({
    ...run,
    points: run.points.with(-1, { ...run.points.at(-1)!, lambdaMin: NaN, wNorm: Infinity, theorem1: null }),
  }));
  const { lambdaMin, wNorm, theorem1 } = verdict.runs[0];
  assertEquals([lambdaMin, wNorm, theorem1.right, theorem1.holds], [null, null, null, true]);
});

Deno.test("verdictText() shows starts, claims and one sentence that a stranger understands", async () => {
  const { verdict } = await example();
  const text = verdictText(verdict);
  for (const { id } of verdict.claims) assertStringIncludes(text, id);
  assertStringIncludes(text, "40 rows, 3 inputs with the intercept, squared loss");
  assertStringIncludes(
    text,
    "Verdict: holds. 2 runs ended where training can stop, each at or below the best linear predictor",
  );
  assertStringIncludes(text, "zero-w");
});

Deno.test("verdictSentence() names what fails, what is open, and the radius when no best predictor exists", async () => {
  const { verdict } = await example();
  const withStatus = (status: "fails" | "undecided" | "outside"): Verdict => ({
    ...verdict,
    verdict: status,
    claims: verdict.claims.map((claim, i) => i === 0 || status === "outside" ? { ...claim, status } : claim),
  });
  assertEquals(verdictSentence(withStatus("fails")), "Verdict: fails. The measurements contradict theorem-1.");
  assertStringIncludes(verdictSentence(withStatus("undecided")), "Open: theorem-1");
  assertStringIncludes(verdictSentence(withStatus("outside")), "do not speak about this problem");
  const separable = { ...verdict, linear: { ...verdict.linear, attained: false, radius: 100 } };
  assertStringIncludes(verdictSentence(separable), "norm at most 100");
  assertStringIncludes(verdictText(separable), "No linear predictor is the best");
});

Deno.test("verdictHtml() is one page without scripts or outside references, and shows text literally", async () => {
  const { verdict } = await example();
  const page = verdictHtml(verdict);
  assert(page.startsWith("<!doctype html>"));
  assertStringIncludes(page, "&lt;b&gt;&quot;O&#39;Hara&quot; &amp; sons&lt;/b&gt;.csv");
  assert(!/<script|https?:|src=|href=|<b>/.test(page));
});

Deno.test("trajectoryCsv() has a row per recorded point and empty cells where nothing applies", async () => {
  const { runs } = await example();
  const rows = parse(trajectoryCsv(runs), { skipFirstRow: true });
  assertEquals(rows.length, runs.flatMap((run) => run.points).length);
  assertEquals([rows[0].seed, rows[0].start, rows[0].phase, rows[0].count], ["1", "default", "start", "0"]);
  assertEquals(Number(rows[0].value), runs[0].points[0].value);
  const atZero = rows.find((row) => row.start === "zero-w" && row.phase === "start")!;
  assertEquals([atZero.theorem1_left, atZero.w_norm], ["", "0"]);
});

Deno.test("modelName() tells seeds and starts apart", () => {
  assertEquals(modelName({ seed: 12, start: "zero-w" }), "seed-12-zero-w.safetensors");
});
