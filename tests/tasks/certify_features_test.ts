import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeSafetensors, encodeNpy, encodeSafetensors, type Tensor } from "../../src/model/mod.ts";
import type { FeaturesReport } from "../../src/report/mod.ts";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";

const FOLDER = "tests/data/anymodel";
const expected = JSON.parse(await Deno.readTextFile(`${FOLDER}/expected.json`));

const MLP = [
  ...["certify", "--features", `${FOLDER}/mlp.safetensors`, "--data", "data/diabetes.csv", "--target", "progression"],
  ...["--valid-rows", `${FOLDER}/valid.npy`],
];
const RESIDUAL = [
  "certify",
  ...["--features", `${FOLDER}/residual.safetensors`, "--data", "data/breast_cancer.csv", "--target", "diagnosis"],
];
const NORMED = [
  "certify",
  ...["--features", `${FOLDER}/batchnorm.safetensors`, "--data", "data/iris.csv", "--target", "species"],
];

async function report(args: readonly string[]): Promise<FeaturesReport> {
  const { code, stdout, stderr } = await runHere([...args, "--json"]);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** Runs a command line that is refused, in one sentence on stderr. */
async function refused(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runHere(args);
  assertEquals([code, stdout, stderr.trimEnd().split("\n").length], [2, "", 1], stderr);
  return stderr;
}

const tensorsOf = async (name: string): Promise<Map<string, Tensor>> =>
  new Map(decodeSafetensors(await Deno.readFile(`${FOLDER}/${name}.safetensors`), name).tensors);

const write = (path: string, tensors: Iterable<readonly [string, Tensor]>) =>
  Deno.writeFile(path, encodeSafetensors({ tensors: new Map(tensors), metadata: {} }));

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

Deno.test("certify --features refuses wrong shapes, NaN, files that are cut off or none, and rows of another table or in another order", async () => {
  await using folder = await temporaryFolder();
  const tensors = await tensorsOf("mlp");
  const { features, predictions, targets } = Object.fromEntries(tensors);
  const file = `${folder.path}/f.safetensors`;
  const args = MLP.map((one) => one.endsWith("mlp.safetensors") ? file : one);
  const other = async (changed: Iterable<readonly [string, Tensor]>) => {
    await write(file, changed);
    return await refused(args);
  };
  const shorter = { shape: [441, 8], data: features.data.subarray(8) };
  assertStringIncludes(
    await other([["features", shorter]]),
    "f.safetensors: the features have 441 rows, but data/diabetes.csv has 442; save one row for each row of the table",
  );
  const turned = { shape: [8, 442], data: features.data };
  assertStringIncludes(await other([["features", turned]]), "(it has 442 columns: transpose it)");
  assertStringIncludes(await other([["features", { shape: [442, 2, 4], data: features.data }]]), "shape [442, 2, 4]");
  const holed = features.data.slice();
  holed[8 * 16 + 2] = NaN;
  assertStringIncludes(
    await other([["features", { ...features, data: holed }]]),
    "the features have NaN in row 17, column 3",
  );
  const broken = predictions.data.slice();
  broken[3] = Infinity;
  assertStringIncludes(
    await other([["features", features], ["predictions", { ...predictions, data: broken }]]),
    "the predictions have Infinity in row 4, column 1",
  );
  assertStringIncludes(
    await other([["features", features], ["predictions", { shape: [442, 2], data: new Float64Array(884) }]]),
    "the predictions have 2 columns; save one column",
  );
  assertStringIncludes(await other([["a", features], ["b", features]]), 'no tensor is called "features"');
  // Every row one further on.
  const moved = { shape: targets.shape, data: targets.data.map((_, i) => targets.data[(i + 1) % 442]) };
  assertStringIncludes(
    await other([["features", features], ["targets", moved]]),
    "the targets saved with the features are not those of data/diabetes.csv: row 1 (line 2) has progression = 151, saved as 75",
  );
  const bytes = await Deno.readFile(`${FOLDER}/mlp.safetensors`);
  await Deno.writeFile(file, bytes.subarray(0, 9000));
  assertStringIncludes(await refused(args), "cut off");
  const npy = `${folder.path}/f.npy`;
  const whole = encodeNpy(features.shape, features.data);
  for (
    const [content, sentence] of [
      [whole.subarray(0, 500), "f.npy: the array cannot be read: it is cut off"],
      [new TextEncoder().encode("PK\x03\x04 and so on"), "the file is a zip archive"],
      [Uint8Array.of(0x80, 2, 3), "the file is a Python pickle"],
      [new TextEncoder().encode("PAR1...."), "it does not start as a .npy file"],
    ] as const
  ) {
    await Deno.writeFile(npy, content);
    assertStringIncludes(await refused(args.map((one) => one === file ? npy : one)), sentence);
  }
  const csv = `${folder.path}/f.csv`;
  await Deno.writeTextFile(csv, "a,b\n1,2\n3,x\n");
  assertStringIncludes(
    await refused(args.map((one) => one === file ? csv : one)),
    'f.csv, line 3, column "b": the cell is not a number',
  );
  assertEquals(namesIn(folder.path), ["f.csv", "f.npy", "f.safetensors"]);
});

Deno.test("certify --features finds saved classes that are those of other rows", async () => {
  await using folder = await temporaryFolder();
  const tensors = await tensorsOf("batchnorm");
  const file = `${folder.path}/f.safetensors`;
  const { data, shape } = tensors.get("targets")!;
  tensors.set("targets", { shape, data: data.map((_, i) => data[(i + 1) % 150]) });
  await write(file, tensors);
  const args = NORMED.map((one) => one.endsWith("batchnorm.safetensors") ? file : one);
  assertStringIncludes(await refused(args), 'row 50 (line 51) is "setosa", saved as 1 and elsewhere as 0');
});

Deno.test("certify --valid-rows takes ranges, masks and row numbers, --valid-column a column; rows that are none are refused", async () => {
  await using folder = await temporaryFolder();
  const [rows, table] = ["rows.npy", "t.csv"].map((name) => `${folder.path}/${name}`);
  const base = MLP.slice(0, 7);
  const mask = await report(MLP);
  await Deno.writeFile(rows, encodeNpy([142], Float64Array.from({ length: 142 }, (_, i) => 300 + i)));
  const lines = (await Deno.readTextFile("data/diabetes.csv")).trimEnd().split(/\r?\n/);
  await Deno.writeTextFile(
    table,
    lines.map((line, i) => `${line},${i === 0 ? "part" : i <= 300 ? "train" : "valid"}`).join("\n"),
  );
  const byColumn = base.map((one) => one === "data/diabetes.csv" ? table : one);
  for (
    const same of [
      await report([...base, "--valid-rows", "301-400,401-442"]),
      await report([...base, "--valid-rows", rows]),
      await report([...byColumn, "--valid-column", "part"]),
    ]
  ) {
    assertEquals(same.predictors.skip, mask.predictors.skip);
    assertEquals(same.comparisons, mask.comparisons);
  }
  assertStringIncludes(
    await refused([...base, "--valid-rows", "400-443"]),
    "400-443 is not a range of the rows 1 to 442",
  );
  assertStringIncludes(await refused([...base, "--valid-rows", "1-441"]), "leaves 1 rows to train on");
  assertStringIncludes(
    await refused([...base, "--valid-column", "age"]),
    '"59" does not say whether the row was held out',
  );
  assertStringIncludes(
    await refused([...base, "--valid-rows", "1-9", "--valid-column", "age"]),
    "give only one of them",
  );
  await Deno.writeFile(rows, encodeNpy([2], Float64Array.of(1, 442)));
  assertStringIncludes(await refused([...base, "--valid-rows", rows]), "entry 2 is 442, which is not a row");
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

Deno.test("certify says which options go together", async () => {
  assertStringIncludes(await refused(MLP.slice(0, 5)), "--target is missing");
  assertStringIncludes(await refused(MLP.slice(0, 3)), "--data is missing");
  assertStringIncludes(await refused([...MLP, "--model", "m.safetensors"]), "--model does not go with --features");
  assertStringIncludes(
    await refused([
      "certify",
      "--model",
      `${FOLDER}/linear_skip.safetensors`,
      "--data",
      "data/diabetes.csv",
      "--target",
      "bmi",
    ]),
    "--target is for --features, --predictions and files without metadata",
  );
  const unknown = await refused([...MLP, "--columns", "age,bnp"]);
  assertStringIncludes(unknown, '"bnp" is not a column');
  assertStringIncludes(unknown, "(--columns)");
  const { code } = await runHere([...MLP, "--require", "holds"]);
  assertEquals(code, 1);
});

const STATE = [
  ...[
    "certify",
    "--model",
    `${FOLDER}/mlp_state.safetensors`,
    "--data",
    "data/diabetes.csv",
    "--target",
    "progression",
  ],
  ...["--valid-rows", `${FOLDER}/valid.npy`],
];

Deno.test("certify --model reads a state_dict without metadata: inferred, or by --architecture, it gives what PyTorch computed", async () => {
  await using folder = await temporaryFolder();
  const dumped = await report(MLP);
  const inferred = await report(STATE);
  // PyTorch computed in float32.
  assertAlmostEquals(inferred.value!, dumped.value!, 1e-6);
  assertAlmostEquals(inferred.predictors.head!.training!, dumped.predictors.head!.training!, 1e-6);
  assertAlmostEquals(inferred.lastLayer!.gradientNorm!, expected.mlp.gradientNorm, 1e-6);
  assert(inferred.lastLayer!.residual! < 1e-12);
  assertEquals(inferred.notes.length, 4);
  assertStringIncludes(
    inferred.notes[0],
    "linear layers 10-16-8-1 (0, 2, 4) with relu after each but the last, which is assumed",
  );
  const tree = `${folder.path}/tree.json`;
  const relu = { type: "activation", name: "relu" };
  const dense = (input: number, out: number) => ({ type: "dense", in: input, out });
  const layers = [dense(10, 16), relu, dense(16, 8), relu, dense(8, 1)];
  await Deno.writeTextFile(tree, JSON.stringify({ type: "chain", layers }));
  const named = await report([
    ...STATE,
    "--architecture",
    tree,
    "--inputs",
    "standardised",
    "--predictions-are",
    "logit",
  ]);
  assertEquals([named.value, named.notes.length], [inferred.value, 1]);
  const tanh = await report([...STATE, "--activation", "tanh"]);
  assert(Math.abs(tanh.value! - inferred.value!) > 1e-3 && !tanh.notes[0].includes("assumed"));
  const raw = await report([...STATE, "--inputs", "raw"]);
  assertStringIncludes(
    raw.sentence,
    "check that the rows are in the order of the table, and the scale of the predictions",
  );
  // The better last layer has the units of the network's own: the standardised target.
  const out = `${folder.path}/head.safetensors`;
  await report([...STATE, "--out", out]);
  const { tensors } = decodeSafetensors(await Deno.readFile(out), out);
  const old = await tensorsOf("mlp_state");
  old.set("4.weight", tensors.get("weight")!).set("4.bias", tensors.get("bias")!);
  const better = `${folder.path}/better.safetensors`;
  await write(better, old);
  const again = await report(STATE.map((one) => one.endsWith("mlp_state.safetensors") ? better : one));
  assertAlmostEquals(again.value!, inferred.predictors.head!.training!, 1e-9);
  assertEquals(again.lastLayer!.converged, true);
});

Deno.test("certify --model refuses a state_dict that is no plain stack, and options that do not go with it", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/s.safetensors`;
  const args = STATE.map((one) => one.endsWith("mlp_state.safetensors") ? file : one);
  const tensors = await tensorsOf("mlp_state");
  await write(file, [...tensors, ["1.running_mean", { shape: [16], data: new Float64Array(16) }]]);
  assertStringIncludes(await refused(args), 's.safetensors: tensor "1.running_mean" [16] is not of a linear layer');
  await write(file, [...tensors].filter(([name]) => !name.startsWith("2.")));
  assertStringIncludes(await refused(args), 'layer "4" reads 8 numbers, but "0" before it gives 16');
  await write(file, [...tensors].filter(([name]) => name.startsWith("4.")));
  assertStringIncludes(await refused(args), "the file has 1 linear layers");
  await write(file, tensors);
  assertStringIncludes(
    await refused([...args, "--drop", "age"]),
    "the first layer reads 10 numbers, but the table gives 9: sex, bmi",
  );
  assertStringIncludes(await refused(args.slice(0, 5)), "--target is missing");
  assertStringIncludes(
    await refused([...args, "--escape", `${folder.path}/e`]),
    "--escape does not go with a state_dict",
  );
  assertStringIncludes(await refused([...MLP, "--activation", "tanh"]), "--activation is for a state_dict");
  assertEquals(namesIn(folder.path), ["s.safetensors"]);
});

Deno.test("certify --features keeps rows in step where the table leaves some out for missing values, in columns or in the target", async () => {
  await using folder = await temporaryFolder();
  const lines = (await Deno.readTextFile("data/diabetes.csv")).trimEnd().split(/\r?\n/);
  const holes = new Map([[5, 10], [40, 2], [310, 10], [400, 0]]);
  const table = lines.map((line, row) =>
    line.split(",").map((cell, column) => holes.get(row) === column ? "" : cell).join(",")
  );
  const [holed, short] = ["holed.csv", "short.csv"].map((name) => `${folder.path}/${name}`);
  await Deno.writeTextFile(holed, `${table.join("\n")}\n`);
  await Deno.writeTextFile(short, `${lines.filter((_, row) => !holes.has(row)).join("\n")}\n`);
  const kept = Array.from({ length: 442 }, (_, row) => row).filter((row) => !holes.has(row + 1));
  const tensors = await tensorsOf("mlp");
  const file = `${folder.path}/f.safetensors`;
  await write(
    file,
    Array.from(tensors, ([name, { shape: [, cols], data }]) => [
      name,
      {
        shape: [438, cols],
        data: Float64Array.from(kept.flatMap((row) => [...data.subarray(row * cols, (row + 1) * cols)])),
      },
    ]),
  );
  const dropped = await report([
    ...MLP.slice(0, 3),
    ...["--data", holed, "--target", "progression", "--missing", "drop", "--valid-rows", "301-442"],
  ]);
  const cut = await report([
    "certify",
    "--features",
    file,
    "--data",
    short,
    "--target",
    "progression",
    "--valid-rows",
    "299-438",
  ]);
  assertEquals([dropped.problem.rows, dropped.problem.heldOutRows], [298, 140]);
  for (const name of ["model", "linear", "head", "skip"] as const) {
    // The copy is float64, what PyTorch wrote float32: the same numbers.
    assertAlmostEquals(dropped.predictors[name]!.training!, cut.predictors[name]!.training!, 1e-12);
    assertAlmostEquals(dropped.predictors[name]!.heldOut!, cut.predictors[name]!.heldOut!, 1e-12);
  }
});
