import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { certifyPoint } from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { encodeModel } from "../../src/model/mod.ts";
import { activation, chain, dense, forward, initialise, network } from "../../src/nn/mod.ts";
import { key } from "../../src/random/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { runHere, temporaryFolder } from "../support/program.ts";

const net = network(3, chain(dense(3, 4), activation("tanh")), { kind: "plain" });
const params = initialise(net, key(1));
const ROWS = [[0.5, -1, 2], [1.5, 0.25, -1], [-2, 1, 0]];

/** A folder with a plain model and a table. */
async function plainModel() {
  const folder = await temporaryFolder();
  const [model, data] = [`${folder.path}/plain.safetensors`, `${folder.path}/rows.csv`];
  const bytes = encodeModel({
    net,
    params,
    loss: squared,
    features: ["a", "b"],
    columns: [{ name: "a", levels: null }, { name: "b", levels: null }],
    missing: "refuse",
    targets: ["y"],
    standardisation: { x: { mean: [0, 0], scale: [1, 1] }, y: null },
    intercept: true,
    classes: null,
  });
  await Deno.writeFile(model, bytes);
  await Deno.writeTextFile(data, `a,b,y\n${ROWS.map((row) => row.join(",")).join("\n")}\n`);
  return { folder, model, data };
}

Deno.test("predict applies a plain network", async () => {
  const { folder: own, model, data } = await plainModel();
  await using folder = own;
  const out = `${folder.path}/predictions.csv`;
  const { code, stderr } = await runHere(["predict", "--model", model, "--data", data, "--out", out, "--quiet"]);
  assertEquals([code, stderr], [0, ""]);
  const [header, ...lines] = (await Deno.readTextFile(out)).trim().split(/\r?\n/);
  assertEquals(header, "predicted_y");
  const expected = forward(net, params, matrix(3, 3, ROWS.flatMap(([a, b]) => [1, a, b]))).data;
  lines.forEach((line, i) => assertAlmostEquals(Number(line), expected[i], 1e-9));
});

Deno.test("certify and spectrum refuse a plain network in one sentence: the theorems are of residual ones", async () => {
  const { folder: own, model, data } = await plainModel();
  await using folder = own;
  for (const command of ["certify", "spectrum"]) {
    const args = [command, "--model", model, "--data", data, "--quiet"];
    const out = command === "spectrum" ? ["--out", `${folder.path}/out`] : [];
    const { code, stdout, stderr } = await runHere([...args, ...out]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(
      stderr,
      "plain.safetensors: the model is a plain network, without the skip from x to the output",
    );
  }
});

Deno.test("certifyPoint() refuses a plain network", async () => {
  const kernels = await loadKernels("simd");
  const examples = { x: matrix(3, 3, ROWS.flatMap(([a, b]) => [1, a, b])), y: Float64Array.of(2, -1, 0) };
  assertThrows(
    () => certifyPoint(kernels, { net, params, loss: squared, examples }),
    RangeError,
    "Cannot certify a plain network",
  );
});
