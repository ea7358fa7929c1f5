import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { type Claim, isEvaluated } from "../../src/claims/mod.ts";
import { encodeTable, parseTable } from "../../src/data/mod.ts";
import { type CertifiedPoint, certifyPoint } from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { dense, joinParts, network } from "../../src/nn/mod.ts";
import {
  architectureReport,
  certificateReport,
  type CertifyReport,
  certifyText,
  compareStored,
  comparison,
  fitHtml,
  type FitReport,
  fitText,
  historyCsv,
  linearNotes,
  linearReport,
  openClaims,
  problemReport,
} from "../../src/report/mod.ts";

const kernels = await loadKernels("simd");

const table = parseTable("age,double,<b>price\n-1,-2,0\n0,0,1\n1,2,3\n2,4,1\n", { file: "prices.csv" });
const data = encodeTable(table, { target: "<b>price", targetKind: "number" });
const net = network(3, dense(3, 2));
const linear = bestLinear(kernels, squared, data);

/** A network at a point above the linear predictor, and at the linear predictor itself. */
const [above, equal] = [Float64Array.of(1, -1, 0.5), linear.weights].map((w) =>
  certifyPoint(kernels, {
    net,
    params: joinParts(net, { w, V: new Float64Array(6), theta: Float64Array.of(1, 2, 0, 3, 1, 0, 0.1, 0.2) }),
    loss: squared,
    examples: data,
  })
);

function reportOf(found: CertifiedPoint, change: Partial<FitReport> = {}): FitReport {
  return {
    ...certificateReport(found),
    schema: "resland/fit@1",
    problem: problemReport(data, "squared", 0),
    architecture: architectureReport(net),
    linear: linearReport(found.linear, data),
    metrics: { training: comparison({ loss: 0.25 }, { loss: 0.125 }), heldOut: null },
    folds: null,
    regularisation: null,
    unregularised: null,
    validation: null,
    training: { seed: 1, epochs: 3, keptEpoch: 2, diverged: false, descentSteps: 4, prunedFeatures: 0, seconds: 1 },
    sentence: found.sentence,
    model: "model.safetensors",
    environment: { deno: "1", v8: "2", kernels: "simd", dtype: "f64", workers: 2 },
    ...change,
  };
}

const certifyReportOf = (found: CertifiedPoint, change: Partial<CertifyReport> = {}): CertifyReport => ({
  ...certificateReport(found),
  schema: "resland/certify@1",
  model: "m.safetensors",
  problem: problemReport(data, "squared", 0),
  rows: null,
  linear: linearReport(found.linear, data),
  sentence: found.sentence,
  stored: null,
  escaped: null,
  blocks: null,
  ...change,
});

Deno.test("certificateReport() has every number of the record under the names of the schema", () => {
  const { point, escape } = above;
  const report = certificateReport(above);
  const { value, gap, infimumGap, standing, gradientNorm, sNorm, rNorm, wNorm, vNorm, stationary } = point;
  assertEquals(
    [value, gap, infimumGap, gradientNorm, sNorm, rNorm, wNorm, vNorm],
    [
      report.value,
      report.gap,
      report.infimumGap,
      report.gradientNorm,
      report.sNorm,
      report.rNorm,
      report.wNorm,
      report.vNorm,
    ],
  );
  assertEquals([standing, stationary], ["above", false]);
  assertEquals([report.standing, report.stationary], [standing, stationary]);
  assertEquals([report.lambdaMin, report.lambda], [point.lambda.upper, { ...point.lambda }]);
  for (
    const [id, sides] of [
      ["theorem-1", report.theorem1],
      ["theorem-2", report.theorem2],
      ["theorem-3", report.theorem3],
      ["theorem-a", report.theoremA],
    ] as const
  ) {
    const found = point.inequalities[id];
    assert(isEvaluated(found));
    assertEquals(sides, { left: found.left, right: found.right, holds: found.holds });
  }
  assertEquals([report.outside, report.escape], [{}, { order: escape!.order, slope: escape!.slope }]);
  assertEquals(report.features, { value: point.featureOptimum.value, gap: point.featureOptimum.gap });
  assertEquals(JSON.parse(JSON.stringify(report)), report);
  assertEquals(certificateReport(equal).escape, null);
});

Deno.test("certificateReport() writes null where a number is not finite, and why an inequality was not evaluated", () => {
  const { point } = above;
  const report = certificateReport({
    ...above,
    point: {
      ...point,
      infimumGap: null,
      lambda: { lower: -Infinity, upper: NaN },
      inequalities: {
        ...point.inequalities,
        "theorem-1": { outside: "w = 0" },
        "convex-certificate": { outside: "the loss is not convex" },
      },
    },
  });
  assertEquals([report.infimumGap, report.lambdaMin, report.lambda], [null, null, { lower: null, upper: null }]);
  assertEquals([report.theorem1, report.certificate], [null, { bound: null, holds: false }]);
  assertEquals(report.outside, { "theorem-1": "w = 0", "convex-certificate": "the loss is not convex" });
});

Deno.test("linearReport() names the columns that depend on others; linearNotes() says so", () => {
  const report = linearReport(linear, data);
  assertEquals([report.rank, report.attained, report.infimum], [2, true, report.value]);
  assertEquals(report.dependent.length, 1);
  const [{ column, on }] = report.dependent;
  assertEquals([column, ...on].toSorted(), ["age", "double"]);
  assertEquals(linearNotes(report), [
    `Left out of the linear predictor: ${column} depends on ${
      on[0]
    }. Claims are made against the columns that are left.`,
  ]);
});

Deno.test("linearNotes() counts what it does not name, and says where the infimum lies", () => {
  const dependent = Array.from({ length: 7 }, (_, at) => ({ column: `c${at}`, on: at === 0 ? [] : ["a"] }));
  const [left] = linearNotes({ attained: true, infimum: 1, radius: null, dependent });
  assertStringIncludes(left, "Left out of the linear predictor: c0 is constant; c1 depends on a; ");
  assertStringIncludes(left, "c4 depends on a; and 2 more. Claims");
  const known = linearNotes({ attained: false, infimum: 0, radius: 264.23639312, dependent: [] });
  assertStringIncludes(known[0], "No linear predictor attains the infimum, 0: ");
  assertStringIncludes(known[0], "a predictor of norm at most 264.2.");
  const unknown = linearNotes({ attained: false, infimum: null, radius: 123.456789, dependent: [] });
  assertEquals(unknown, [
    "The best linear predictor is not known exactly: the comparison is with one with weights of norm at most 123.",
  ]);
});

Deno.test("openClaims() gives the reason of what is undecided or outside, and the statement of what fails", () => {
  const claim = (status: Claim["status"], reason?: string): Claim => ({
    ...above.claims[0],
    id: "theorem-1",
    statement: "It holds",
    status,
    reason,
  });
  const claims = [claim("holds"), claim("undecided", "no time"), claim("outside", "w = 0"), claim("fails", "why")];
  assertEquals(openClaims(claims), [
    "theorem-1 is undecided: no time.",
    "theorem-1 is outside: w = 0.",
    "theorem-1 fails: It holds.",
  ]);
});

Deno.test("fitText() says what was learned, on how many rows, and what was cut, pruned or lost on the way", () => {
  const text = fitText(reportOf(equal));
  assertStringIncludes(text, "prices.csv: 4 rows to train on, 3 inputs, target <b>price, squared loss");
  assertStringIncludes(text, "network: p = w'(x + V f(x)), f = 3 → 2, 17 parameters; 3 epochs, kept 2\n");
  assertStringIncludes(text, "The training loss equals that of the best linear predictor");
  assert(!text.includes("set to 0") && !text.includes("diverged"));
  const training = { ...reportOf(equal).training, diverged: true, prunedFeatures: 1 };
  const held = { training: comparison({ loss: 0.25 }, { loss: NaN }), heldOut: comparison({ loss: 1 }, { loss: 2 }) };
  const problem = { ...problemReport(data, "softmax", 2), classes: ["a", "b"], outputs: 2 };
  const other = fitText(reportOf(above, { training, metrics: held, problem }));
  assertStringIncludes(other, "4 rows to train on, 2 held-out rows, 3 inputs, target <b>price (a, b), softmax loss");
  assertStringIncludes(other, "p = W(x + V f(x))");
  assertStringIncludes(other, "kept 2; diverged (the loss became infinite), the last finite point was kept");
  assertStringIncludes(other, "1 of 2 features nearly repeated the inputs and the others; they are set to 0");
  assertStringIncludes(other, "linear, held out");
  const many = { ...problem, classes: Array.from({ length: 60 }, (_, at) => `g${at}`) };
  assertStringIncludes(fitText(reportOf(above, { problem: many })), "target <b>price (60 classes)");
});

Deno.test("fitText() calls the unregularised losses equal within rounding, and else says by how much they differ", () => {
  const said = (value: number, linear: number) =>
    fitText(reportOf(equal, { unregularised: { value, linear, gap: value - linear } }));
  assertStringIncludes(
    said(0.25 + 1e-15, 0.25),
    "Without the ridge the training loss is 0.25, as that of the best linear",
  );
  assertStringIncludes(said(0.2, 0.25), "is 0.2, 0.05 below that of the best linear predictor (0.25).");
  assertStringIncludes(said(0.250001, 0.25), "above that of the best linear predictor (0.25).");
});

Deno.test("fitText() has mean and deviation of each figure over the folds", () => {
  const folds = [[1, 2], [3, 2]].map(([one, two]) => comparison({ rmse: one }, { rmse: two }));
  const text = fitText(reportOf(equal, { folds }));
  assertStringIncludes(text, "held out, 2 folds");
  assert(/rmse\s+2 ± 1\s+2 ± 0/.test(text), text);
});

Deno.test("fitHtml() is one page without scripts or outside references, and shows text literally", () => {
  const page = fitHtml(reportOf(equal));
  assert(page.startsWith("<!doctype html>"));
  assertStringIncludes(page, "<h1>&lt;b&gt;price from prices.csv</h1>");
  assertStringIncludes(page, "depends on");
  assert(!/<script|https?:|src=|href=|<b>/.test(page));
});

Deno.test("historyCsv() leaves empty what was not measured or is not finite", () => {
  const csv = historyCsv([
    { epoch: 1, training: 0.5, bound: -1, heldOut: 2 },
    { epoch: 2, training: null, bound: null, heldOut: NaN },
  ]);
  assertEquals(csv, "epoch,training,held_out,certificate_bound\n1,0.5,2,-1\n2,,,\n");
});

Deno.test("certifyText() has every figure, a row for each claim, and the sentence", () => {
  const text = certifyText(certifyReportOf(above));
  for (const { id } of above.claims) assertStringIncludes(text, id);
  for (
    const label of [
      "best linear predictor",
      "proved lower bound on it",
      "lambda_min, lower bound",
      "lambda_min, upper bound",
      "certified bound on the gap",
    ]
  ) assertStringIncludes(text, label);
  assertStringIncludes(text, above.sentence);
  const escaped = { file: "better.safetensors", value: 0.5, gap: -0.25 };
  const problem = problemReport(data, "squared", 2);
  const other = certifyText(certifyReportOf(above, { escaped, problem }));
  assertStringIncludes(other, "4 rows (the training rows; 2 more were held out), squared loss");
  assertStringIncludes(other, "Improved: better.safetensors has F = 0.5, 0.25 below linear.");
  const { attained: _, ...rest } = certifyReportOf(above).linear;
  const open = { ...rest, attained: false, infimum: null, lowerBound: null, radius: 7 };
  const apart = { ...certifyReportOf(above).linear, attained: false, infimum: 0, radius: 7 };
  assertStringIncludes(certifyText(certifyReportOf(above, { linear: apart })), "infimum over linear predictors");
  const without = certifyText(certifyReportOf(above, { linear: open }));
  assertStringIncludes(without, "linear predictor to compare with");
  assert(!without.includes("infimum over linear predictors") && !without.includes("proved lower bound"));
});

Deno.test("compareStored() confirms numbers to rounding, an eigenvalue within its interval, and names those that differ", () => {
  const found = certificateReport(above);
  const differ = (change: Partial<FitReport>) =>
    compareStored("v.json", { ...found, ...change }, found).differences.map(({ name }) => name);
  assertEquals(compareStored("v.json", found, found), { file: "v.json", holds: true, differences: [] });
  for (const name of ["value", "gap", "gradientNorm", "wNorm", "vNorm"] as const) {
    const own = found[name]!;
    assertEquals(differ({ [name]: own + 1e-7 }), [name]);
    assertEquals(differ({ [name]: own + 1e-10 }), []);
    assertEquals(differ({ [name]: null }), [name]);
  }
  const { certificate, features, lambda } = found;
  assertEquals(differ({ certificate: { ...certificate, bound: certificate.bound! + 1e-6 } }), ["certificate.bound"]);
  assertEquals(differ({ features: { ...features, value: features.value! - 1e-6 } }), ["features.value"]);
  const middle = (lambda.lower! + lambda.upper!) / 2;
  assertEquals(differ({ lambdaMin: middle }), []);
  assertEquals(differ({ lambdaMin: lambda.lower! - 1e-6 }), ["lambdaMin"]);
  assertEquals(differ({ lambdaMin: lambda.upper! + 1e-6 }), ["lambdaMin"]);
  const other = compareStored("v.json", { ...found, verdict: "fails" }, found);
  assertEquals([other.holds, other.differences], [false, []]);
  const told = (stored: typeof other) => certifyText(certifyReportOf(above, { stored }));
  assertStringIncludes(told(other), "v.json no longer holds: the verdict differs.");
  assertStringIncludes(told(compareStored("v.json", found, found)), "v.json still holds: all numbers agree.");
  const off = compareStored("v.json", { ...found, value: 7 }, found);
  assertStringIncludes(told(off), "v.json no longer holds: value 7 is now ");
});
