import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "@std/csv/parse";
import { checkRun, type RecordedPoint, type RunResult } from "../../src/train/mod.ts";
import { decideAll, isEvaluated } from "../../src/claims/mod.ts";
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
    net: task.net,
    loss: "squared",
    linear,
    runs,
    claims: decideAll({
      points: runs.flatMap(({ points }) => points),
      ends: runs.map(({ points }) => points.at(-1)!),
      loss: task.loss,
      linear,
      outputs: 1,
      inputs: 3,
      promised: true,
    }),
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
  const { value, gap, infimumGap, standing, gradientNorm, lambdaMin, lambda, descent } = verdict.runs[0];
  assertEquals([value, gap, gradientNorm, lambdaMin], [end.value, end.gap, end.gradientNorm, end.lambda.upper]);
  assertEquals([infimumGap, standing, lambda, descent], [end.gap, "below", end.lambda, runs[0].descent]);
  const { certificate, features, theorem1, theorem2, theorem3, theoremA, model } = verdict.runs[0];
  assertEquals(features, { value: end.featureOptimum.value, gap: end.value - end.featureOptimum.value! });
  const sides = (id: keyof RecordedPoint["inequalities"]) => {
    const found = end.inequalities[id];
    assert(isEvaluated(found));
    return { left: found.left, right: found.right, holds: true, reason: null };
  };
  assertEquals(certificate, { bound: sides("convex-certificate").left, holds: true });
  assertEquals([theorem1, theorem2], [sides("theorem-1"), sides("theorem-2")]);
  assertEquals([theorem3, theoremA], [sides("theorem-3"), sides("theorem-a")]);
  const { infimum, lowerBound, gapBound, rank, dependent } = verdict.linear;
  assertEquals([infimum, rank, dependent], [verdict.linear.value, 3, []]);
  assert(lowerBound! <= infimum! && gapBound === infimum! - lowerBound!);
  assertEquals(model, "seed-1-default.safetensors");
  assertEquals(verdict.architecture.parameters, 3 + 12 + 16);
  assertEquals(JSON.parse(JSON.stringify(verdict)), verdict);
});

Deno.test("makeVerdict() writes null where a number is not finite, and the reason where an inequality was not evaluated", async () => {
  const { verdict } = await example((run) => {
    const end = run.points.at(-1)!;
    const inequalities = { ...end.inequalities, "theorem-1": { outside: "w = 0" } };
    const lost = { ...end, lambda: { lower: -Infinity, upper: NaN }, wNorm: Infinity, infimumGap: null, inequalities };
    return { ...run, points: run.points.with(-1, lost) };
  });
  const { lambdaMin, lambda, wNorm, infimumGap, theorem1 } = verdict.runs[0];
  assertEquals([lambdaMin, lambda, wNorm, infimumGap], [null, { lower: null, upper: null }, null, null]);
  assertEquals(theorem1, { left: null, right: null, holds: null, reason: "w = 0" });
});

Deno.test("verdictText() names the columns that were cut, and the descents that ran out of steps", async () => {
  const { verdict } = await example();
  const dependent = [{ column: "b", on: ["a"] }];
  const text = verdictText({
    ...verdict,
    linear: { ...verdict.linear, rank: 2, dependent },
    runs: verdict.runs.map((run) => ({ ...run, descent: { steps: 3, end: "out-of-steps" } })),
  });
  assertStringIncludes(text, "1 column depends on others and is left out of the linear predictor: b (on a).");
  assertStringIncludes(text, "The descent of 2 runs ran out of steps.");
});

Deno.test("verdictText() shows starts, claims and the verdict in a sentence", async () => {
  const { verdict } = await example();
  const text = verdictText(verdict);
  for (const { id } of verdict.claims) assertStringIncludes(text, id);
  assertStringIncludes(text, "40 rows, 3 inputs with the intercept, squared loss");
  assertStringIncludes(
    text,
    "Verdict: holds. 2 runs converged to second-order stationary points (gradient 0, no negative curvature), each at or below " +
      "the best linear predictor",
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
  assertStringIncludes(verdictSentence(withStatus("undecided")), "Verdict: undecided, because of theorem-1.");
  assertStringIncludes(verdictSentence(withStatus("outside")), "do not apply to this problem");
  const separable = { ...verdict, linear: { ...verdict.linear, attained: false, infimum: null, radius: 100 } };
  assertStringIncludes(verdictSentence(separable), "norm at most 100");
  const known = { ...verdict, linear: { ...separable.linear, infimum: 0 } };
  assertStringIncludes(verdictSentence(known), "the infimum over linear predictors, 0");
  assertStringIncludes(verdictText(separable), "Undecided whether a best linear predictor exists");
  assertStringIncludes(verdictText(known), "No linear predictor is the best: some direction separates the targets");
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
