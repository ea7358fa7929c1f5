import { assert, assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeNpy, type Tensor } from "../../src/model/mod.ts";
import { namesIn, runHere, temporaryFolder } from "../support/program.ts";
import { FOLDER, MLP, NORMED, refused, report, tensorsOf, write } from "./_any_model.ts";

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

Deno.test("certify refuses predictions whose rows are in another order, by their loss and the inputs, and no others that are worse than a constant", async () => {
  await using folder = await temporaryFolder();
  const tensors = await tensorsOf("mlp");
  const { features, predictions } = Object.fromEntries(tensors);
  const file = `${folder.path}/f.safetensors`;
  const args = MLP.map((one) => one.endsWith("mlp.safetensors") ? file : one);
  const reversed = (data: ArrayLike<number>, cols: number) =>
    Float64Array.from(data, (_, at) => data[data.length - cols - (at - at % cols) + at % cols]);
  await write(file, [
    ["features", { ...features, data: reversed(features.data, 8) }],
    ["predictions", { ...predictions, data: reversed(predictions.data, 1) }],
  ]);
  assertMatch(
    await refused([...args, "--out", `${folder.path}/head.safetensors`]),
    /f\.safetensors: the predictions are of other rows than data\/diabetes\.csv: they have nothing to do with its inputs, and their loss, \S+, is above/,
  );
  assertEquals(namesIn(folder.path), ["f.safetensors"]);
  // The same model with the sign of its predictions turned is as bad, and its rows are in order.
  const mean = predictions.data.reduce((sum: number, value: number) => sum + value, 0) / predictions.data.length;
  const turned = Float64Array.from(predictions.data, (value) => 2 * mean - value);
  await write(file, [["features", features], ["predictions", { ...predictions, data: turned }]]);
  assertStringIncludes((await report(args)).sentence, "even above that of the best constant");
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

/** An array as NumPy saves it with another type of numbers or order. */
function npyFile(descr: string, fortran: boolean, shape: readonly number[], body: Uint8Array): Uint8Array {
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${
    fortran ? "True" : "False"
  }, 'shape': (${shape.join()},), }`;
  const header = new TextEncoder().encode(`${dictionary.padEnd(117)}\n`);
  return Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length, 0, ...header, ...body);
}

Deno.test("certify --features says the same of big-endian numbers in Fortran order, and of float16 what it says of the numbers rounded", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/f.npy`;
  const { features: { data }, predictions } = Object.fromEntries(await tensorsOf("mlp"));
  const [n, k] = [442, 8];
  await write(`${folder.path}/p.safetensors`, [["predictions", predictions]]);
  const of = async (content: Uint8Array) => {
    await Deno.writeFile(file, content);
    const args = ["certify", "--features", file, "--predictions", `${folder.path}/p.safetensors`, ...MLP.slice(3)];
    const { predictors, lastLayer, units, heldOut } = { heldOut: null, ...await report(args) };
    return { predictors, lastLayer, units, heldOut };
  };
  const bodyOf = (
    size: number,
    set: (view: DataView, at: number, value: number) => void,
    order: (at: number) => number,
  ) => {
    const view = new DataView(new ArrayBuffer(size * n * k));
    for (let at = 0; at < n * k; at++) set(view, size * at, data[order(at)]);
    return new Uint8Array(view.buffer);
  };
  const columnsFirst = (at: number) => (at % n) * k + Math.floor(at / n);
  const plain = await of(encodeNpy([n, k], Float32Array.from(data)));
  const turned = bodyOf(4, (view, at, value) => view.setFloat32(at, value), columnsFirst);
  assertEquals(await of(npyFile(">f4", true, [n, k], turned)), plain);
  // The same bytes in the other order are other features.
  const unturned = await of(npyFile(">f4", false, [n, k], turned));
  assert(Math.abs(unturned.predictors.head!.training! - plain.predictors.head!.training!) > 0.01);
  const half = bodyOf(2, (view, at, value) => view.setFloat16(at, value), (at) => at);
  const rounded = await of(encodeNpy([n, k], Float32Array.from(data, Math.f16round)));
  const narrow = await of(npyFile(">f2", false, [n, k], half));
  assertEquals(narrow.predictors, rounded.predictors);
  assert(Math.abs(narrow.predictors.head!.training! - plain.predictors.head!.training!) > 1e-9);
});

Deno.test("certify --features reads Parquet as it reads the same features from CSV", async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/t.csv`;
  const [csv, parquet] = ["csv", "parquet"].map((kind) => `tests/data/tables/features.${kind}`);
  const rows = (await Deno.readTextFile(csv)).trimEnd().split("\n").length - 1;
  await Deno.writeTextFile(data, `x,y\n${Array.from({ length: rows }, (_, i) => `${i},${(i * 7) % 11}`).join("\n")}\n`);
  const of = (features: string) => report(["certify", "--features", features, "--data", data, "--target", "y"]);
  const [one, two] = [await of(csv), await of(parquet)];
  assertEquals({ ...two, files: null, sentence: null }, { ...one, files: null, sentence: null });
  assertEquals([one.units.count, two.files.features], [2, parquet]);
  await Deno.writeTextFile(data, `x,y\n${Array.from({ length: rows + 1 }, (_, i) => `${i},${i * i}`).join("\n")}\n`);
  assertStringIncludes(
    await refused(["certify", "--features", parquet, "--data", data, "--target", "y"]),
    `features.parquet: the features have ${rows} rows, but ${data} has ${rows + 1}`,
  );
});

Deno.test("certify --features says where features and predictions are of rows in different orders", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/f.safetensors`;
  const { features, predictions } = Object.fromEntries(await tensorsOf("mlp"));
  const args = MLP.map((one) => one.endsWith("mlp.safetensors") ? file : one);
  const moved = Float64Array.from([...features.data.subarray(8), ...features.data.subarray(0, 8)]);
  await write(file, [["features", { ...features, data: moved }], ["predictions", predictions]]);
  const { sentence, lastLayer, verdict } = await report(args);
  assertEquals([lastLayer!.isLinear, lastLayer!.converged, verdict], [false, null, "undecided"]);
  assertStringIncludes(sentence, "are not a linear function of these features");
  await write(file, [["features", features], ["predictions", predictions]]);
  const right = await report(args);
  assert(right.lastLayer!.isLinear && !right.sentence.includes("best constant"));
});
