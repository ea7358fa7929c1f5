import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeSafetensors, encodeNpy } from "../../src/model/mod.ts";
import { runHere, temporaryFolder } from "../support/program.ts";
import { expected, FOLDER, MLP, NORMED, refused, report, RESIDUAL, tensorsOf, write } from "./_any_model.ts";

Deno.test("certify --features finds of a perceptron from PyTorch what NumPy finds in float64, on training and held-out rows", async () => {
  const found = await report(MLP);
  const { mlp } = expected;
  for (const name of ["model", "linear", "head", "skip"] as const) {
    assertAlmostEquals(found.predictors[name]!.training!, mlp[name], 1e-9, name);
  }
  for (const name of ["linear", "head", "skip"] as const) {
    assertAlmostEquals(found.predictors[name]!.heldOut!, mlp.heldOut[name], 1e-9, name);
  }
  assertAlmostEquals(found.value!, mlp.model, 1e-9);
  assertAlmostEquals(found.lastLayer!.gradientNorm!, mlp.gradientNorm, 1e-9);
  assert(Math.abs(found.lastLayer!.lambda.lower! - Math.max(0, mlp.lambdaMin)) < 1e-9);
  assertEquals([found.units.rank, found.units.constant.map(({ unit }) => unit)], [mlp.rank, mlp.constant]);
  assertEquals([found.schema, found.kind, found.verdict], ["resland/certify@1", "features", "undecided"]);
  assertEquals(found.lastLayer!.converged, false);
  const beyond = found.comparisons.find(({ of, against }) => of === "skip" && against === "linear")!;
  assertAlmostEquals(beyond.heldOut!.estimate, mlp.heldOut.skip - mlp.heldOut.linear, 1e-9);
  assertEquals(beyond.outcome, "undecided");
  assert(beyond.heldOut!.lower < 0 && beyond.heldOut!.upper > 0);
});

Deno.test("certify --features agrees with NumPy's Newton method on a residual network with two logits and on batch norm in evaluation mode", async () => {
  for (const [args, name] of [[RESIDUAL, "residual"], [NORMED, "batchnorm"]] as const) {
    const found = await report(args);
    assertAlmostEquals(found.predictors.model!.training!, expected[name].model, 1e-9, name);
    assertAlmostEquals(found.predictors.head!.training!, expected[name].head, 1e-9, name);
    assertAlmostEquals(found.lastLayer!.gradientNorm!, expected[name].gradientNorm, 1e-9, name);
    assertAlmostEquals(found.lastLayer!.lambda.lower!, expected[name].lambdaMin, 1e-9, name);
    assert(found.lastLayer!.isLinear && found.lastLayer!.converged === false, name);
  }
  const { findings } = await report(RESIDUAL);
  assertStringIncludes(
    findings.map(({ sentence }) => sentence).join(" "),
    "No last layer on these features can reach the best linear predictor",
  );
});

Deno.test("certify --model takes what LinearSkip saved: the loss and the gradient are those of PyTorch", async () => {
  const { stdout } = await runHere([
    ...["certify", "--model", `${FOLDER}/linear_skip.safetensors`, "--data", "data/diabetes.csv", "--json"],
  ]);
  const found = JSON.parse(stdout);
  assertAlmostEquals(found.value, expected.linear_skip.value, 1e-9);
  assertAlmostEquals(found.gradientNorm, expected.linear_skip.gradientNorm, 1e-9);
});

Deno.test("certify --out writes a last layer in PyTorch's layout that has converged, in the table's unit and for two logits", async () => {
  await using folder = await temporaryFolder();
  const cases = [[MLP, "mlp", 1], [RESIDUAL, "residual", 2], [NORMED, "batchnorm", 3]] as const;
  for (const [args, name, outputs] of cases) {
    const [out, better] = [`${folder.path}/${name}.safetensors`, `${folder.path}/${name}-better.safetensors`];
    const first = await report([...args, "--out", out]);
    assertEquals(first.written, out);
    const { tensors } = decodeSafetensors(await Deno.readFile(out), out);
    const [weight, bias] = [tensors.get("weight")!, tensors.get("bias")!];
    const features = (await tensorsOf(name)).get("features")!;
    const [n, k] = features.shape;
    assertEquals([weight.shape, bias.shape], [[outputs, k], [outputs]]);
    // What torch.nn.Linear computes.
    const data = new Float64Array(n * outputs);
    for (let i = 0; i < n; i++) {
      for (let a = 0; a < outputs; a++) {
        data[i * outputs + a] = bias.data[a];
        for (let j = 0; j < k; j++) data[i * outputs + a] += weight.data[a * k + j] * features.data[i * k + j];
      }
    }
    await write(better, [["features", features], ["predictions", { shape: [n, outputs], data }]]);
    const again = await report([...args.map((one) => one.endsWith(`${name}.safetensors`) ? better : one)]);
    assertAlmostEquals(again.value!, first.predictors.head!.training!, 1e-9, name);
    assertEquals([again.lastLayer!.converged, again.verdict], [true, "holds"], name);
    assertStringIncludes(await refused([...args, "--out", out]), "exists; name a new file");
  }
});

Deno.test("certify --out writes a skip on the table's own columns, which with the features predicts what min H does", async () => {
  await using folder = await temporaryFolder();
  const out = `${folder.path}/head.safetensors`;
  const found = await report([...MLP, "--out", out]);
  const { tensors, metadata } = decodeSafetensors(await Deno.readFile(out), out);
  const part = (name: string) => tensors.get(`with_skip.${name}`)!.data;
  const features = (await tensorsOf("mlp")).get("features")!;
  const lines = (await Deno.readTextFile("data/diabetes.csv")).trimEnd().split(/\r?\n/).map((line) => line.split(","));
  assertEquals(JSON.parse(metadata.inputs), lines[0].slice(0, 10));
  const rows = lines.slice(1, 301).map((line) => line.map(Number));
  const target = rows.map((row) => row[10]);
  const mean = target.reduce((sum, value) => sum + value, 0) / 300;
  const variance = target.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 300;
  const squares = rows.map((row, i) => {
    let p = part("bias")[0];
    row.slice(0, 10).forEach((value, j) => p += part("inputs")[j] * value);
    for (let j = 0; j < 8; j++) p += part("weight")[j] * features.data[8 * i + j];
    return (p - row[10]) ** 2 / variance;
  });
  assertAlmostEquals(squares.reduce((sum, one) => sum + one, 0) / 600, found.features.value!, 1e-9);
});

Deno.test("certify --predictions reads npy in any order and CSV, and says the same", async () => {
  await using folder = await temporaryFolder();
  const { features, predictions } = Object.fromEntries(await tensorsOf("mlp"));
  const [f, p, csv] = ["f.npy", "p.npy", "p.csv"].map((name) => `${folder.path}/${name}`);
  await Deno.writeFile(f, encodeNpy(features.shape, features.data));
  await Deno.writeFile(p, encodeNpy([442], predictions.data));
  await Deno.writeTextFile(csv, `p\n${[...predictions.data].join("\n")}\n`);
  const args = ["certify", "--features", f, ...MLP.slice(3)];
  const [a, b] = [await report([...args, "--predictions", p]), await report([...args, "--predictions", csv])];
  const whole = await report(MLP);
  assertEquals([a.value, b.value, a.features.value], [whole.value, whole.value, whole.features.value]);
  // Without predictions there is no model to speak of; without features its predictions stand for them.
  const bare = await report(args);
  assertEquals([bare.value, bare.lastLayer, bare.predictors.model], [null, null, null]);
  const alone = await report(["certify", "--predictions", p, ...MLP.slice(3)]);
  assertEquals([alone.value, alone.lastLayer, alone.files.features], [whole.value, null, null]);
});

Deno.test("certify --predictions-are probability gives what logits give, and refuses what are none", async () => {
  await using folder = await temporaryFolder();
  const tensors = await tensorsOf("residual");
  const logits = tensors.get("predictions")!.data;
  const chance = Float64Array.from({ length: 569 }, (_, i) => 1 / (1 + Math.exp(logits[2 * i] - logits[2 * i + 1])));
  const file = `${folder.path}/p.npy`;
  const args = [...RESIDUAL, "--predictions", file, "--predictions-are", "probability"];
  const whole = await report(RESIDUAL);
  await Deno.writeFile(file, encodeNpy([569], chance));
  const single = await report(args);
  await Deno.writeFile(
    file,
    encodeNpy(
      [569, 2],
      Float64Array.from(chance, (p) => p).reduce((all, p, i) => {
        all.set([1 - p, p], 2 * i);
        return all;
      }, new Float64Array(1138)),
    ),
  );
  const pairs = await report(args);
  for (const one of [single, pairs]) assertAlmostEquals(one.value!, whole.value!, 1e-9);
  // Numbers between 0 and 1 could be either.
  assertStringIncludes(await refused([...RESIDUAL, "--predictions", file]), "(--predictions-are logit or probability)");
  const changed = chance.slice();
  changed[41] = 1.25;
  await Deno.writeFile(file, encodeNpy([569], changed));
  assertStringIncludes(await refused(args), "p.npy: the prediction in row 42 is 1.25, which is not a probability");
  await Deno.writeFile(file, encodeNpy([569, 2], new Float64Array(1138).fill(0.4)));
  assertStringIncludes(await refused(args), "the probabilities in row 1 sum to 0.8, not to 1");
  // A certain model: finite, and said.
  await Deno.writeFile(file, encodeNpy([569], Float64Array.from(chance, (p) => Math.round(p))));
  const certain = await report(args);
  assert(Number.isFinite(certain.value) && certain.notes.some((note) => note.includes("exactly 0 or 1")));
});

Deno.test("certify --features finds nothing to gain from features where the truth is linear: the held-out interval covers 0", async () => {
  await using folder = await temporaryFolder();
  const [table, f] = ["t.csv", "f.npy"].map((name) => `${folder.path}/${name}`);
  // A linear truth with noise that no feature knows, from a recurrence of full period.
  let state = 12345;
  const uniform = () => (state = (1103515245 * state + 12345) % 2 ** 31) / 2 ** 31 - 0.5;
  const rows = Array.from({ length: 400 }, () => [uniform(), uniform(), uniform() + uniform() + uniform()]);
  await Deno.writeTextFile(table, `a,b,y\n${rows.map(([a, b, e]) => `${a},${b},${2 * a - b + 0.5 * e}`).join("\n")}\n`);
  await Deno.writeFile(
    f,
    encodeNpy([400, 2], Float64Array.from(rows.flatMap(([a, b]) => [Math.max(0, a), Math.tanh(3 * b)]))),
  );
  const found = await report([
    ...["certify", "--features", f, "--data", table, "--target", "y", "--valid-rows", "201-400"],
  ]);
  const beyond = found.comparisons.find(({ of, against }) => of === "skip" && against === "linear")!;
  assert(beyond.heldOut!.lower <= 0 && beyond.heldOut!.upper >= 0 && beyond.outcome === "undecided");
  const skip = found.comparisons.find(({ of, against }) => of === "skip" && against === "head")!;
  assertEquals(skip.outcome, "better");
  assertStringIncludes(found.sentence, "do not show that the features carry anything beyond the best linear predictor");
});

Deno.test("certify --features tells three models that do no better than linear apart, and draws each", async () => {
  await using folder = await temporaryFolder();
  const told = async (name: string, target: string, other: string) => {
    const picture = `${folder.path}/${name}.svg`;
    const found = await report([
      ...["certify", "--features", `${FOLDER}/${name}.safetensors`, "--data", `${FOLDER}/stuck.csv`],
      ...["--target", target, "--drop", other, "--valid-rows", "301-400", "--picture", picture],
    ]);
    const { linear, head } = found.predictors;
    const svg = await Deno.readTextFile(picture);
    assertStringIncludes(svg, `${target} of stuck.csv`);
    assert(!svg.includes("NaN"));
    const { heldOut } = found.comparisons.find(({ of, against }) => of === "head" && against === "linear")!;
    return { ...found, heldOut: heldOut!, above: head!.lowerBound! - linear!.training! };
  };
  const early = await told("early", "bent", "straight");
  assertEquals(early.lastLayer!.converged, false);
  assert(early.heldOut.upper < 0 && early.lastLayer!.excess! > 0.3);
  const dead = await told("dead", "straight", "bent");
  assertEquals([dead.lastLayer!.converged, dead.units.rank], [true, 1]);
  assertEquals(dead.units.constant.map(({ unit }) => unit), Array.from({ length: 15 }, (_, i) => i + 1));
  assert(dead.above > 0.4);
  const done = await told("done", "straight", "bent");
  assert(done.heldOut.lower < 0 && done.heldOut.upper > 0 && done.above < 0);
});
