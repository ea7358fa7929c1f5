import { assert, assertAlmostEquals, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeTable, parseTable } from "../../src/data/mod.ts";
import { headSource } from "../../src/train/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createHeadObjective, headSpectrum } from "../../src/landscape/mod.ts";
import { softmax } from "../../src/loss/mod.ts";
import { encodeModel } from "../../src/model/mod.ts";
import { activation, chain, dense, network, splitParts } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import type { SpectrumReport } from "../../src/report/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { namesOrNone, runHere, temporaryFolder } from "../support/program.ts";
import { interruptAfter } from "./_interrupted_run.ts";

const [ROWS, COLUMNS, CLASSES, WIDTH] = [60, 29, 12, 60];

/** A table of random numbers and classes, and a random model of it whose reduced matrix is of an order above 1000. */
async function subject(folder: string) {
  const x = normal(key(1), ROWS * COLUMNS);
  const lines = Array.from(
    { length: ROWS },
    (_, i) => [...x.subarray(i * COLUMNS, (i + 1) * COLUMNS), `g${i * i % 47 % CLASSES}`].join(","),
  );
  const header = `${Array.from({ length: COLUMNS }, (_, j) => `x${j}`).join(",")},group`;
  const text = `${[header, ...lines].join("\n")}\n`;
  const [data, model] = [`${folder}/groups.csv`, `${folder}/model.safetensors`];
  await Deno.writeTextFile(data, text);
  const examples = encodeTable(parseTable(text, { file: data }), { target: "group", targetKind: "classes" });
  const net = network(examples.x.cols, chain(dense(examples.x.cols, WIDTH), activation("tanh")), {
    outputs: examples.outputs,
  });
  const params = normal(key(2), net.size).map((value) => value / 8);
  await Deno.writeFile(model, encodeModel({ ...examples, net, params, loss: softmax }));
  return { fitted: { net, params, loss: softmax, examples }, args: ["--model", model, "--data", data, "--quiet"] };
}

Deno.test("spectrum has the extremes over (W, V) by Lanczos, and a proved bound, where the matrix that has them is large", async () => {
  await using folder = await temporaryFolder();
  const { fitted, args } = await subject(folder.path);
  const few = ["--probes", "2", "--lanczos", "10"];
  const { code, stdout } = await runHere(["spectrum", ...args, ...few, "--out", `${folder.path}/run`]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Over (w, V), by Lanczos: from ");
  assertStringIncludes(stdout, "; no eigenvalue is below ");
  const { head }: SpectrumReport = JSON.parse(await Deno.readTextFile(`${folder.path}/run/spectrum.json`));
  const kernels = await loadKernels("simd");
  using rows = headSource(kernels, fitted);
  const { net: { d, k, outputs: m }, examples: { y } } = fitted;
  const { w, V } = splitParts(fitted.net, fitted.params);
  using objective = createHeadObjective(kernels, { source: rows.source, d, y, loss: softmax });
  const exact = headSpectrum(objective, objective.at({ W: matrix(m, d, w), V: matrix(d, k, V) }));
  assert(exact.values.length > 1000 && !head.exact);
  // Lanczos to 1e-10 of the largest eigenvalue, in f64.
  const close = 1e-9 * exact.lambdaMax;
  assertAlmostEquals(head.lambdaMax, exact.lambdaMax, close);
  assertAlmostEquals(head.lambdaMin, exact.lambdaMin, close);
  assert(head.lower <= exact.lambdaMin);
});

Deno.test({
  name: "spectrum ends within two seconds of Ctrl-C, with exit code 3, and keeps the parts that are finished",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const { args } = await subject(folder.path);
    const out = `${folder.path}/run`;
    const long = ["--probes", "100000", "--out", out];
    for (const moment of [1500, 3000]) {
      const { code, took, stderr } = await interruptAfter(["spectrum", ...args, ...long], moment);
      assertEquals(code, 3, stderr);
      assertMatch(stderr, /interrupted( after \d of \d parts; resume it with the same options and --out \S+)?\n$/);
      assertLess(took, 2500);
      assert(!namesOrNone(out).includes("spectrum.json"));
    }
  },
});
