import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import {
  certify,
  check,
  decodeModel,
  encodeModel,
  fit,
  InputError,
  loadKernels,
  parseTable,
  squared,
} from "../src/mod.ts";

const kernels = await loadKernels("simd");

const table = (name: string) =>
  parseTable(Deno.readTextFileSync(new URL(`../data/${name}.csv`, import.meta.url)), { file: `data/${name}.csv` });

Deno.test("fit() needs a target alone: the network, its certificate and its figures, as text too", async () => {
  const diabetes = table("diabetes");
  const found = await fit(diabetes, { target: "progression", regularise: "none", kernels });
  assertEquals([found.certificate.verdict, found.certificate.point.standing], ["holds", "below"]);
  assertEquals(found.history.length, 100);
  const { linear, network } = found.score(diabetes);
  assertLess(network.rmse, linear.rmse);
  assertLess(Math.abs(network.loss - found.certificate.point.value), 1e-12);
  const lines = `${found}`.split("\n");
  assertEquals(lines[0], "diabetes.csv: 442 rows, target progression, squared loss");
  assertEquals(lines[1], "network: p = w'(x + V f(x)), f = 11 → 32 tanh");
  assertStringIncludes(`${found}`, found.certificate.sentence);
});

Deno.test("fit() predicts numbers in the unit of the target, and probabilities of classes with the class", async () => {
  const diabetes = table("diabetes");
  const numbers = (await fit(diabetes, { target: "progression", epochs: 2, kernels })).predict(diabetes);
  assertEquals([numbers.values.rows, numbers.values.cols, numbers.labels], [442, 1, null]);
  assert(numbers.values.data.every((value) => value > 0 && value < 500));

  const iris = table("iris");
  const flowers = await fit(iris, { target: "species", epochs: 2, kernels });
  const { values, labels } = flowers.predict(iris);
  assertEquals([values.rows, values.cols, new Set(labels).size], [150, 3, 3]);
  for (let i = 0; i < 150; i++) {
    assertLess(Math.abs(values.data.subarray(3 * i, 3 * i + 3).reduce((sum, p) => sum + p, 0) - 1), 1e-12);
  }
  const right = labels!.filter((label, i) => label === flowers.model.classes![Math.floor(i / 50)]).length;
  assertEquals(flowers.score(iris).network.accuracy, right / 150);
});

Deno.test("fit() gives the same bits twice, whatever it is watched with, and others for another seed", async () => {
  const iris = table("iris");
  const shares: number[] = [];
  const options = { target: "petal_width", epochs: 3, width: 4, regularise: { x: 0.1, f: 0.1 }, kernels } as const;
  const first = await fit(iris, { ...options, onProgress: (share) => shares.push(share) });
  assertEquals((await fit(iris, options)).model.params, first.model.params);
  assert((await fit(iris, { ...options, seed: 2 })).model.params[20] !== first.model.params[20]);
  assertEquals(shares, shares.toSorted((a, b) => a - b));
  assertEquals(shares.at(-1), 1);
});

Deno.test("fit() regularises: what it chose is in the model, and the certificate is under that ridge", async () => {
  const rows = Array.from({ length: 90 }, (_, i) => {
    const x = (i * 7 % 90) / 22.5 - 2;
    return `${x.toFixed(3)},${(Math.abs(x) + 0.1 * Math.sin(37 * i)).toFixed(3)}`;
  });
  const bent = parseTable(`x,y\n${rows.join("\n")}\n`, { file: "bent.csv" });
  const found = await fit(bent, { target: "y", kernels });
  assertEquals([found.choice!.kind, found.certificate.verdict], ["network", "holds"]);
  assertEquals(found.model.ridge, found.choice!.chosen);
  const { linear, network } = found.score(bent);
  assertLess(network.rmse, 0.5 * linear.rmse);
  assertLess(network.loss, found.certificate.point.value);
  const asked = await fit(bent, { target: "y", regularise: { x: 0.5, f: null }, kernels });
  assertEquals([asked.choice, asked.model.net.k], [null, 1]);
});

Deno.test("fit() names file and column of what is wrong with a table, and no option of a command", async () => {
  const iris = table("iris");
  const error = await assertRejects(() => fit(iris, { target: "colour", kernels }), InputError);
  assertStringIncludes(error.message, "data/iris.csv");
  assert(!error.message.includes("--"));
  await assertRejects(() => fit(iris, { target: "species", loss: squared, kernels }), InputError);
});

Deno.test("certify() finds again what fit() certified, from the model's file and the table alone", async () => {
  const iris = table("iris");
  const { model, certificate } = await fit(iris, { target: "petal_width", epochs: 5, width: 4, kernels });
  const found = await certify(decodeModel(encodeModel(model), "iris.safetensors"), iris, { kernels });
  assertEquals(found.verdict, certificate.verdict);
  assertLess(Math.abs(found.point.value - certificate.point.value), 1e-12);
  assertStringIncludes(`${found}`, "theorem-a");
  assertStringIncludes(`${found}`, found.sentence);
});

Deno.test("check() runs every seed from every start, and tells the verdict", async () => {
  const iris = table("iris");
  const starts = ["default", "zero", "adversarial"] as const;
  const found = await check(iris, { target: "petal_width", seeds: 2, starts, epochs: 3, width: 4, kernels });
  assertEquals(found.runs.map(({ seed, start }) => `${seed} ${start}`), [
    "1 default",
    "1 zero",
    "1 adversarial",
    "2 default",
    "2 zero",
    "2 adversarial",
  ]);
  assertEquals([found.verdict, found.claims.length], ["holds", 7]);
  assertStringIncludes(`${found}`, "Verdict: holds. 6 runs converged");
  assertEquals(JSON.parse(JSON.stringify(found.report)), found.report);
});

Deno.test("check() refuses a target of several outputs", async () => {
  await assertRejects(() => check(table("iris"), { target: "species", kernels }), InputError, "one output");
});
