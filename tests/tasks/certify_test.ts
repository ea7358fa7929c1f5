import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { decodeModel, encodeModel } from "../../src/model/mod.ts";
import type { CertifyReport } from "../../src/report/mod.ts";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";

const TORCH = "tests/data/pytorch/diabetes.safetensors";
const certify = ["certify", "--data", "data/diabetes.csv", "--json"];

Deno.test("certify finds of a model from PyTorch what PyTorch computes: F, the gradient and the smallest eigenvalue", async () => {
  const { code, stdout } = await runHere([...certify, "--model", TORCH]);
  const expected = JSON.parse(await Deno.readTextFile("tests/data/pytorch/expected.json"));
  const found: CertifyReport = JSON.parse(stdout);
  // Not at a stationary point: what is claimed of such points stays undecided, which is no failure.
  assertEquals([code, found.verdict, found.stationary], [0, "undecided", false]);
  for (const name of ["value", "gradientNorm", "lambdaMin", "wNorm", "vNorm"] as const) {
    assertAlmostEquals(found[name]!, expected[name], 1e-9, name);
  }
  assertAlmostEquals(found.linear.value, expected.linear, 1e-9);
});

Deno.test("certify says of a perturbed model that it is not stationary, gives a descent direction, and writes one at or below linear", async () => {
  await using folder = await temporaryFolder();
  const model = decodeModel(await Deno.readFile(TORCH), "m");
  const [moved, better] = [`${folder.path}/moved.safetensors`, `${folder.path}/better.safetensors`];
  await Deno.writeFile(
    moved,
    encodeModel({ ...model, params: model.params.map((value, at) => at < 11 ? value + 1 : value) }),
  );
  const { code, stdout } = await runHere([...certify, "--model", moved, "--escape", better]);
  assertEquals(code, 0);
  const found: CertifyReport = JSON.parse(stdout);
  assertGreater(found.gap!, 0.1);
  assert(!found.stationary);
  assertEquals(found.escape!.order, "first");
  assertLess(found.escape!.slope!, 0);
  assert(found.theorem1!.holds && found.gradientNorm! >= found.theorem1!.right!);
  assertLess(found.escaped!.value, found.value!);
  assert(found.escaped!.gap <= 1e-9);
  const again = await runHere([...certify, "--model", better]);
  assertEquals([again.code, (JSON.parse(again.stdout) as CertifyReport).stationary], [0, true]);
  // Nothing is overwritten.
  const twice = await runHere([...certify, "--model", moved, "--escape", better]);
  assertEquals(twice.code, 2);
  assertStringIncludes(twice.stderr, "exists; name a new file");
});

Deno.test("certify --verdict confirms a stored verdict, and names the numbers of one that does not hold", async () => {
  await using folder = await temporaryFolder();
  const stored = `${folder.path}/verdict.json`;
  const { stdout } = await runHere([...certify, "--model", TORCH]);
  await Deno.writeTextFile(stored, stdout);
  const same: CertifyReport = JSON.parse(
    (await runHere([...certify, "--model", TORCH, "--verdict", stored])).stdout,
  );
  assertEquals(same.stored, { file: stored, holds: true, differences: [] });
  const report = JSON.parse(stdout);
  await Deno.writeTextFile(stored, JSON.stringify({ ...report, lambdaMin: report.lambdaMin + 1e-6 }));
  const other: CertifyReport = JSON.parse(
    (await runHere([...certify, "--model", TORCH, "--verdict", stored])).stdout,
  );
  assertEquals([other.stored!.holds, other.stored!.differences.map(({ name }) => name)], [false, ["lambdaMin"]]);
});

Deno.test("certify answers 500 damaged models and 200 damaged tables with a sentence and exit code 2 or a report, and writes nothing", async () => {
  await using folder = await temporaryFolder();
  const bytes = await Deno.readFile(TORCH);
  const csv = (await Deno.readTextFile("data/diabetes.csv")).split("\n").slice(0, 12).join("\n");
  const [file, table] = [`${folder.path}/m.safetensors`, `${folder.path}/t.csv`];
  const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const answered = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await runHere(args);
    assert([0, 1, 2].includes(code), `exit code ${code}`);
    if (code !== 2) return;
    assertEquals([stdout, stderr.trimEnd().split("\n").length], ["", 1], stderr);
    assert(!/ at |Error:|undefined|NaN(?! or)/.test(stderr), stderr);
  };
  const change = fc.record({
    at: fc.oneof(fc.nat(header + 8), fc.nat(bytes.length - 1)),
    value: fc.nat(255),
    cut: fc.option(fc.nat(bytes.length), { freq: 6 }),
    size: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { freq: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      let damaged = bytes.slice();
      for (const { at, value, cut, size } of changes) {
        damaged[Math.min(at, damaged.length - 1)] = value;
        if (size !== null && damaged.length >= 8) new DataView(damaged.buffer).setBigUint64(0, size, true);
        if (cut !== null) damaged = damaged.slice(0, Math.max(1, cut));
      }
      await Deno.writeFile(file, damaged);
      await answered(["certify", "--model", file, "--data", "data/diabetes.csv", "--json"]);
    }),
    { numRuns: 500, seed: 11 },
  );
  const piece = fc.constantFrom('"', ",", "\n", "\r", "\0", ";", "\t", "nan", "1e999", "-", "", "é", "5");
  await fc.assert(
    fc.asyncProperty(fc.nat(csv.length), fc.nat(6), piece, async (at, length, text) => {
      await Deno.writeTextFile(table, csv.slice(0, at) + text + csv.slice(at + length));
      await answered(["certify", "--model", TORCH, "--data", table, "--json"]);
    }),
    { numRuns: 200, seed: 12 },
  );
  assertEquals(namesIn(folder.path), ["m.safetensors", "t.csv"]);
});

Deno.test("certify and report refuse verdicts that lack parts, a split that does not fit, and a loss that is not finite", async () => {
  await using folder = await temporaryFolder();
  const [verdict, file] = [`${folder.path}/verdict.json`, `${folder.path}/m.safetensors`];
  const model = decodeModel(await Deno.readFile(TORCH), "m");
  for (
    const text of ["", "[]", "null", '{"schema":"resland/fit@1"}', '{"schema":"resland/fit@1","linear":{"value":1}}']
  ) {
    await Deno.writeTextFile(verdict, text);
    const found = await runHere([...certify, "--model", TORCH, "--verdict", verdict]);
    assertEquals(found.code, 2, text);
    assertStringIncludes(found.stderr, "verdict.json: the file is not a verdict of fit or certify");
    await Deno.writeTextFile(`${folder.path}/trajectory.csv`, "epoch,training,held_out\n1,2,3\n");
    const page = await runHere(["report", "--run", folder.path, "--out", `${folder.path}/page.html`]);
    assertEquals(page.code, 2, text);
  }
  await Deno.writeFile(file, encodeModel({ ...model, split: { share: 0.999, seed: 1, rows: 442 } }));
  const split = await runHere([...certify, "--model", file]);
  assertEquals(split.code, 2);
  assertStringIncludes(split.stderr, "use --all-rows");
  await Deno.writeFile(file, encodeModel({ ...model, params: model.params.map((value) => 1e200 * value) }));
  for (const command of ["certify", "surface", "spectrum"]) {
    const found = await runHere([command, "--data", "data/diabetes.csv", "--model", file, "--quiet"]);
    assertEquals(found.code, 2, command);
    assertStringIncludes(found.stderr, "m.safetensors: the loss on diabetes.csv is NaN");
  }
  const predicted = await runHere([
    "predict",
    "--data",
    "data/diabetes.csv",
    "--model",
    file,
    "--out",
    `${folder.path}/p.csv`,
  ]);
  assertEquals(predicted.code, 2);
  assertStringIncludes(predicted.stderr, "diabetes.csv, line 2: the prediction is");
  assertEquals(namesIn(folder.path), ["m.safetensors", "trajectory.csv", "verdict.json"]);
});

Deno.test("certify of a model with --blocks lists what each block adds, from the best linear predictor to the feature optimum", async () => {
  await using folder = await temporaryFolder();
  const fit = ["fit", "--data", "data/diabetes.csv", "--target", "progression", "--blocks", "2", "--width", "3"];
  await runHere([...fit, "--epochs", "2", "--regularise", "none", "--quiet", "--out", `${folder.path}/fit`]);
  const model = ["--model", `${folder.path}/fit/model.safetensors`];
  const { blocks, linear, features }: CertifyReport = JSON.parse((await runHere([...certify, ...model])).stdout);
  assertEquals(blocks!.map((one) => [one.blocks, one.features]), [[0, 0], [1, 3], [2, 6]]);
  assertEquals([blocks![0].value, blocks![2].value], [linear.value, features.value]);
  for (const { adds } of blocks!.slice(1)) assertGreater(adds, 0);
  assertAlmostEquals(blocks![1].adds + blocks![2].adds, linear.value - features.value!, 1e-12);
  const { stdout } = await runHere(["certify", "--data", "data/diabetes.csv", ...model]);
  assertMatch(stdout, /blocks 1 to 2 +6 +0\.\d/);
  const one: CertifyReport = JSON.parse((await runHere([...certify, "--model", TORCH])).stdout);
  assertEquals(one.blocks, null);
});
