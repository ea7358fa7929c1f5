import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { logistic, poisson, squared } from "../../src/loss/mod.ts";
import { calibrate, conformalWidths, predictionIntervals, readable } from "../../src/model/mod.ts";
import { fold, key, normal, uniform } from "../../src/random/mod.ts";

const scaling = { x: { mean: [], scale: [] }, y: { mean: [10], scale: [2] } };
const numbers = { targets: ["y"], classes: null, outputs: 1, standardisation: scaling };
const all = (rows: number) => [Array.from({ length: rows }, (_, row) => row)];

Deno.test("predictionIntervals() of all errors are those of conformalWidths(); of thinned ones no narrower, by one step of rank at most", () => {
  for (const rows of [20, 999, 1000, 1001, 7919]) {
    const errors = normal(key(rows), rows);
    const calibration = calibrate(squared, numbers, {
      on: "held-out rows",
      predictions: errors,
      y: new Float64Array(rows),
      folds: all(rows),
    });
    for (const coverage of [0.5, 0.8, 0.9, 0.95]) {
      const { upper } = predictionIntervals({ ...numbers, loss: squared, calibration }, new Float64Array(1), coverage);
      const width = (upper[0] - 10) / 2;
      const wanted = conformalWidths(errors, new Float64Array(rows), { coverage }).halfWidths[0]!;
      if (rows <= 1000) assertAlmostEquals(width, wanted, 1e-12);
      const next = conformalWidths(errors, new Float64Array(rows), { coverage: Math.min(0.999, coverage + 0.002) });
      assert(width >= wanted - 1e-12 && width <= next.halfWidths[0]! + 1e-12, `${rows}, ${coverage}`);
    }
  }
});

Deno.test("predictionIntervals() cover 90 +- 2 % of new rows: straight, by a logarithm, and rates of counts", () => {
  const logs = { ...numbers, standardisation: { ...scaling, transform: { kind: "log" } as const } };
  for (const [name, data] of [["straight", numbers], ["log", logs]] as const) {
    let [covered, count] = [0, 0];
    for (let run = 0; run < 200; run++) {
      const [leftOut, fresh] = [0, 1].map((part) => normal(fold(key(run), part), 100));
      // The model predicts 0.3, and the truth scatters around 0.
      const predictions = new Float64Array(100).fill(0.3);
      const calibration = calibrate(squared, data, { on: "held-out rows", predictions, y: leftOut, folds: all(100) });
      const { lower, upper } = predictionIntervals({ ...data, loss: squared, calibration }, predictions, 0.9);
      const actual = readable(data, squared, fresh);
      actual.forEach((value, row) => covered += Number(value >= lower[row] && value <= upper[row]));
      count += 100;
    }
    assert(Math.abs(covered / count - 0.9) <= 0.02, `${name}: ${covered / count}`);
  }
  const counts = { ...numbers, standardisation: { ...scaling, y: null } };
  const calibration = calibrate(poisson, counts, {
    on: "held-out rows",
    predictions: new Float64Array(20),
    y: Float64Array.from({ length: 20 }, (_, row) => row % 4),
    folds: all(20),
  });
  const { lower, upper } = predictionIntervals({ ...counts, loss: poisson, calibration }, new Float64Array(1), 0.9);
  assertEquals([lower[0], upper[0]], [0, 3]);
});

Deno.test("calibrate() of weighted rows keeps errors at equal steps of weight: those of rows repeated as often", () => {
  const [errors, weights] = [normal(key(6), 40), Float64Array.from({ length: 40 }, (_, row) => 1 + row % 3)];
  const of = (predictions: Float64Array, own?: Float64Array) => {
    const y = new Float64Array(predictions.length);
    const leftOut = { on: "held-out rows", predictions, y, folds: all(predictions.length) } as const;
    return calibrate(squared, numbers, { ...leftOut, ...own && { weights: own } }).errors![0];
  };
  const weighted = of(errors, weights);
  const repeated = of(Float64Array.from([...errors].flatMap((error, row) => Array(weights[row]).fill(error))));
  assertEquals([weighted.length, repeated.length], [40, 79]);
  // The step of 40 is at the rank of the repeated rows that has the same share of them.
  weighted.forEach((error, at) => assertEquals(error, repeated[Math.ceil((at + 1) * 79 / 40) - 1]));
  assertEquals(of(errors, new Float64Array(40).fill(0.3)), of(errors));
  assert(String(weighted) !== String(of(errors)));
});

Deno.test("predictionIntervals() refuses a coverage that the rows left out are too few for, and a model without them", () => {
  const calibration = calibrate(squared, numbers, {
    on: "held-out rows",
    predictions: new Float64Array(9),
    y: new Float64Array(9),
    folds: all(9),
  });
  const model = { ...numbers, loss: squared, calibration };
  assertEquals(predictionIntervals(model, new Float64Array(1), 0.9).upper[0], 10);
  assertThrows(() => predictionIntervals(model, new Float64Array(1), 0.95), RangeError, "errors of 19 rows or more");
  assertThrows(
    () => predictionIntervals({ ...numbers, loss: squared }, new Float64Array(1), 0.9),
    RangeError,
    "no errors",
  );
});

Deno.test("calibrate() keeps a temperature where it lowers the log-loss of the other folds, and none where scores are right", () => {
  const classes = { ...numbers, classes: ["no", "yes"], standardisation: { ...scaling, y: null } };
  const rows = 600;
  const honest = normal(key(4), rows).map((score) => 1.5 * score);
  const chances = uniform(key(5), rows);
  const y = honest.map((score, row) => chances[row] < 1 / (1 + Math.exp(-score)) ? 1 : -1);
  const folds = Array.from({ length: 5 }, (_, part) => all(rows)[0].filter((row) => row % 5 === part));
  const of = (predictions: Float64Array, weights?: Float64Array) =>
    calibrate(logistic, classes, { on: "cross-validated rows", predictions, y, folds, ...weights && { weights } });
  const { temperature, errors } = of(honest.map((score) => 3 * score));
  assertAlmostEquals(temperature!, 3, 0.6);
  assertEquals(errors, null);
  assertEquals(of(honest).temperature, null);
  assertEquals(of(honest.map((score) => 3 * score), new Float64Array(rows).fill(1)).temperature, null);
});
