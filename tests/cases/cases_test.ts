import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { parse } from "@std/csv/parse";
import { decodeSafetensors } from "../../src/model/mod.ts";
import { runHere, temporaryFolder } from "../support/program.ts";
import { jobs } from "./_near_collinear.ts";

/** Small networks and few epochs: what is tested does not depend on them. */
const QUICK = ["--epochs", "5", "--width", "8", "--quiet", "--json"];

/** What the tests read of `check --json` and `fit --json`. */
interface Linear {
  readonly value: number;
  readonly attained: boolean;
  readonly weights: readonly number[];
}
interface End {
  readonly value: number;
  readonly wNorm: number;
  readonly vNorm: number;
  readonly standing: "below" | "equal" | "above";
  readonly stationary: boolean;
  readonly features: { readonly value: number };
}
interface CheckReport {
  readonly verdict: string;
  readonly linear: Linear;
  readonly runs: readonly End[];
}
interface FitReport extends End {
  readonly verdict: string;
  readonly sentence: string;
  readonly gradientNorm: number;
  readonly linear: Linear;
  readonly metrics: { readonly training: { readonly linear: Readonly<Record<string, number>> } };
}

const table = (name: string): string => new URL(`${name}.csv`, import.meta.url).pathname;

/** Runs a command on a table; gives its exit code, its report, what it warned of, and the bytes of the model that `fit` saved. */
async function run<T>(command: "check" | "fit", data: string, target: string, options: readonly string[]) {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/run`;
  const args = [command, "--data", data, "--target", target, ...QUICK, ...options, "--out", out];
  const { code, stdout, stderr } = await runHere(args);
  assert(stdout.startsWith("{"), stderr);
  const model = command === "fit" ? await Deno.readFile(`${out}/model.safetensors`) : new Uint8Array();
  return { code, report: JSON.parse(stdout) as T, stderr, model };
}

const check = (name: string, target: string, ...options: readonly string[]) =>
  run<CheckReport>("check", table(name), target, ["--seeds", "2", "--starts", "default,adversarial", ...options]);

const fit = (name: string, target: string, ...options: readonly string[]) =>
  run<FitReport>("fit", table(name), target, ["--regularise", "none", ...options]);

/** A rounding of a sum of some tens of terms, relative to the size of the terms. */
const ROUNDING = 1e-14;

/**
 * How far rounding moves a mean loss at a point: predictions are off by a rounding of `||w|| (1 + ||V||)`, which the slopes pass on.
 * For the losses here the mean size of a slope is at most `sqrt(2 F)`, or 1 + |F|.
 */
const rounding = ({ value, wNorm, vNorm }: End): number => {
  const inPrediction = ROUNDING * wNorm * (1 + vNorm);
  return (1 + Math.abs(value)) * (ROUNDING + inPrediction) + inPrediction ** 2;
};

/** A point with a better value than the best of its features, or a best of the features above linear, is a wrong sum. */
function assertOrdered(linear: Linear, end: End): void {
  const slack = rounding(end);
  assertLessOrEqual(end.features.value, end.value + slack, "min H above F");
  assertLessOrEqual(end.features.value, linear.value + slack, "min H above the best linear predictor");
}

/** Whether a check held, each run at a second-order stationary point, no worse than linear. */
function assertHolds(code: number, { verdict, linear, runs }: CheckReport): void {
  assertEquals([code, verdict, runs.length], [0, "holds", 4]);
  for (const end of runs) {
    assertOrdered(linear, end);
    assert(end.stationary, JSON.stringify(end));
    assertNotEquals(end.standing, "above");
  }
}

/** Whether a fit ended at a stationary point, no worse than linear. */
function assertSettled(code: number, report: FitReport): void {
  assertEquals([code, report.verdict, report.stationary], [0, "holds", true]);
  assertOrdered(report.linear, report);
  assertNotEquals(report.standing, "above");
  assertLessOrEqual(report.value, report.linear.value + rounding(report));
}

/** The target is the difference of two columns that agree to 8 digits; its variance is 1. */
const NOTHING_LEFT = 1e-12;

for (const loss of ["squared", "huber", "pseudo_huber"]) {
  Deno.test(`check finds the difference of two near collinear columns for ${loss}`, async () => {
    const { code, report } = await check("near_collinear", "ms", "--loss", loss, "--no-descend");
    assertLess(report.linear.value, NOTHING_LEFT);
    assert(report.linear.attained);
    assertEquals(code, 0);
    assertNotEquals(report.verdict, "fails");
    for (const end of report.runs) {
      assertOrdered(report.linear, end);
      assertEquals([end.standing, end.stationary], ["above", false]);
    }
  });

  Deno.test(`fit on a table whose target is a difference of two columns ends at it for ${loss}`, async () => {
    const { code, report } = await fit("near_collinear", "ms", "--loss", loss);
    assertEquals(code, 0);
    assertOrdered(report.linear, report);
    // The weights are 2e7: w r' is the gradient over V, and 1e-9 of r is rounding. Stationary is what f64 can say only where V f is 0.
    assertLess(report.value, NOTHING_LEFT);
  });
}

Deno.test("check does not call undecided what ran out of steps holds, and names the option that gives it more", async () => {
  const { code, report, stderr } = await check("near_collinear", "ms", "--descent-steps", "20");
  assertEquals([code, report.verdict], [1, "undecided"]);
  assertStringIncludes(stderr, "--descent-steps 200");
});

for (const name of ["start_end_class", "duration_class"]) {
  Deno.test(`check has the same logistic loss for times of start and end as for durations: ${name}`, async () => {
    const { code, report } = await check(name, "label", "--no-descend");
    // The minimum to 50 digits, by Newton on the decimal numbers; 1e-16 of weights of 4.4e7 is 4e-9 in a prediction.
    assertAlmostEquals(report.linear.value, 0.31740965935509036, 1e-9);
    assert(report.linear.attained);
    assertEquals(code, 0);
    assertNotEquals(report.verdict, "fails");
  });
}

Deno.test("check ends at stationary points below the logistic loss of durations", async () => {
  const { code, report } = await check("duration_class", "label");
  assertHolds(code, report);
});

Deno.test("check finds a target between two near collinear columns of a long table", async () => {
  await using folder = await temporaryFolder();
  const { csv, seconds, durations } = jobs({ rows: 20000, extra: 20, deviation: 20, noise: 1, seed: 7 });
  const file = `${folder.path}/jobs.csv`;
  await Deno.writeTextFile(file, csv);
  const options = ["--seeds", "1", "--starts", "zero", "--epochs", "1", "--no-descend"];
  const { report } = await run<CheckReport>("check", file, "seconds", options);
  // The duration itself is a linear predictor: the best is below it, by a share of about (columns / rows) for chance.
  const half = (values: readonly number[]) => values.reduce((sum, value) => sum + value ** 2, 0) / (2 * values.length);
  const mean = seconds.reduce((sum, value) => sum + value, 0) / seconds.length;
  const own = half(seconds.map((value, i) => value - durations[i])) / (2 * half(seconds.map((value) => value - mean)));
  assertLessOrEqual(report.linear.value, own);
  assertAlmostEquals(report.linear.value, own, 5 * 23 / 20000 * own);
  // R2 is 1 - 1 / (20² + 1) but for chance, of which 1 in 20,000 rows is a hundredth.
  assertAlmostEquals(1 - 2 * report.linear.value, 0.9975, 1e-4);
  assert(report.linear.attained);
});

/**
 * Filip's loss on the standardised target, from the published residual standard deviation. The file holds powers rounded to f64, whose best
 * loss is 0.001636291928686577 in rational arithmetic: 6e-9 of the deviation away.
 */
const FILIP = 0.00163629190719;
const DIGITS_OF_FILIP = 8;

/** Decimal digits of the residual standard deviation, the square root of the loss. */
const digits = (value: number, certified: number): number => -Math.log10(Math.abs(Math.sqrt(value / certified) - 1));

for (const loss of ["squared", "huber"]) {
  Deno.test(`check and fit have the certified residuals of Filip for ${loss}, all within delta`, async () => {
    const { report } = await check("nist_filip", "y", "--loss", loss, "--no-descend");
    assertGreaterOrEqual(digits(report.linear.value, FILIP), DIGITS_OF_FILIP);
    const fitted = await fit("nist_filip", "y", "--loss", loss);
    assertGreaterOrEqual(digits(fitted.report.linear.value, FILIP), DIGITS_OF_FILIP);
    assertSettled(fitted.code, fitted.report);
  });
}

Deno.test("fit ends at a stationary point of Wampler 5, its linear part with the certified residuals", async () => {
  const { code, report } = await fit("nist_wampler5", "y");
  assertSettled(code, report);
  // The published residual standard deviation of 15 degrees of freedom, in the target's units; 21 rows.
  const rmse = 23601450.2379268 * Math.sqrt(15 / 21);
  assertAlmostEquals(report.metrics.training.linear.rmse, rmse, 1e-12 * rmse);
  assertAlmostEquals(report.linear.value, 0.49887665539212528, 1e-13);
});

Deno.test("fit --no-intercept has the line through the origin: nothing is centred", async () => {
  const { code, report, model } = await fit("nist_noint1", "y", "--no-intercept");
  // RSS 127.272727272727 over 11 rows; with an intercept anywhere the line would be exact.
  assertAlmostEquals(report.metrics.training.linear.rmse, Math.sqrt(1400 / 11 / 11), 1e-12);
  const { x, y } = JSON.parse(decodeSafetensors(model, "model").metadata.standardisation);
  assertEquals([x.mean, y.mean], [[0], [0]]);
  assertAlmostEquals(report.linear.weights[0] * y.scale[0] / x.scale[0], 2.07438016528926, 1e-13);
  assertSettled(code, report);
});

Deno.test("fit treats a column that differs only by rounding as constant, and predict ignores its values in new rows", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/run`;
  const args = [
    "fit",
    "--data",
    table("near_constant"),
    "--target",
    "y",
    "--regularise",
    "none",
    ...QUICK,
    "--out",
    out,
  ];
  const { code, stdout } = await runHere(args);
  const report: FitReport = JSON.parse(stdout);
  assertSettled(code, report);
  // Least squares on the column x alone, in rational arithmetic.
  assertAlmostEquals(report.linear.value, 0.0010903203779777310, 1e-15);
  const fresh = `${folder.path}/new.csv`;
  await Deno.writeTextFile(fresh, "c,x\n14.62,10\n14.63,10\n");
  const file = `${folder.path}/predicted.csv`;
  const predicted = await runHere(
    ["predict", "--model", `${out}/model.safetensors`, "--data", fresh, "--out", file, "--quiet"],
  );
  assertEquals(predicted.code, 0, predicted.stderr);
  const [usual, other] = parse(await Deno.readTextFile(file)).slice(1).map(([value]) => Number(value));
  // The best line on x has 20.96 at x = 10, and c says nothing at all.
  assertAlmostEquals(usual, 21, 1);
  assertEquals(other, usual);
});

Deno.test("fit --loss poisson ends at a stationary point of a table of counts", async () => {
  const { code, report } = await fit("poisson_counts", "y", "--loss", "poisson");
  assertSettled(code, report);
  // The minimum to 50 digits, by Newton.
  assertAlmostEquals(report.linear.value, -6.8032627873851321, 1e-13);
});

Deno.test("fit ends at a stationary point of a table with a level of one row", async () => {
  const { code, report } = await fit("rare_level", "y");
  assertSettled(code, report);
  // Least squares on two of the three levels, in rational arithmetic.
  assertAlmostEquals(report.linear.value, 0.46415720001665575, 1e-13);
});

Deno.test("fit takes twenty classes, more than inputs, and says that this is outside the theorem", async () => {
  const { code, report } = await fit("classes20", "street");
  assertEquals([code, report.verdict, report.standing], [0, "holds", "below"]);
  assertOrdered(report.linear, report);
  // A quasi-Newton method in another language, to a gradient of 1e-8: to half of that squared over the least curvature.
  assertAlmostEquals(report.linear.value, 2.885992763200941, 1e-12);
  assertStringIncludes(report.sentence, "Outside the theorem: 20 outputs, 3 inputs");
});

Deno.test("fit on exactly linear tables chooses linear without a ridge, by cross-validation, and of three rows without it", async () => {
  await using folder = await temporaryFolder();
  const three = `${folder.path}/three.csv`;
  await Deno.writeTextFile(three, "a,b,y\n1,2,3\n2,3,5\n3,1,4\n");
  for (const [data, target, rows] of [[table("near_collinear"), "ms", 24], [three, "y", 3]] as const) {
    const out = `${folder.path}/${target}`;
    const { code, stdout } = await runHere(["fit", "--data", data, "--target", target, ...QUICK, "--out", out]);
    const { regularisation: { kind, x, f, rows: judged }, ...report } = JSON.parse(stdout);
    assertEquals([kind, x, f, judged], ["linear", 0, null, rows]);
    // Targets have variance 1.
    assertLess(report.linear.value, 1e-12);
    assertSettled(code, report);
  }
});

Deno.test("fit --regularise none on times of start and end keeps a network far below linear, and says whether it settled", async () => {
  await using folder = await temporaryFolder();
  const args = ["fit", "--data", table("start_end_class"), "--target", "label", "--regularise", "none"];
  const { code, stdout } = await runHere([...args, "--quiet", "--json", "--out", `${folder.path}/run`]);
  const report: FitReport = JSON.parse(stdout);
  // 24 rows, 35 columns: the features separate the classes, and weights of 1e7 and more leave hardly a gradient of V that is resolved.
  assertEquals([code, report.standing], [0, "below"]);
  assertLess(report.value, 1e-4);
  assertEquals(report.stationary, report.gradientNorm <= 1e-6);
  assertStringIncludes(report.sentence, report.stationary ? "has converged here" : "Not converged");
});
