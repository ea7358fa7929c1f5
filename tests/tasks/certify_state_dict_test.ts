import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeSafetensors } from "../../src/model/mod.ts";
import { namesIn, temporaryFolder } from "../support/program.ts";
import { expected, FOLDER, MLP, refused, report, tensorsOf, write } from "./_any_model.ts";

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
