import { assertEquals } from "@std/assert";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../../src/model/mod.ts";
import type { FeaturesReport } from "../../src/report/mod.ts";
import { runHere } from "../support/program.ts";

/** The files that PyTorch left. */
export const FOLDER = "tests/data/anymodel";
/** What NumPy found of them. */
export const expected = JSON.parse(await Deno.readTextFile(`${FOLDER}/expected.json`));

/** A perceptron, and the rows that it was not trained on. */
export const MLP = [
  ...["certify", "--features", `${FOLDER}/mlp.safetensors`, "--data", "data/diabetes.csv", "--target", "progression"],
  ...["--valid-rows", `${FOLDER}/valid.npy`],
];
/** A residual network with two logits. */
export const RESIDUAL = [
  "certify",
  ...["--features", `${FOLDER}/residual.safetensors`, "--data", "data/breast_cancer.csv", "--target", "diagnosis"],
];
/** A network with batch norm, three classes. */
export const NORMED = [
  "certify",
  ...["--features", `${FOLDER}/batchnorm.safetensors`, "--data", "data/iris.csv", "--target", "species"],
];

/** Runs a command line that is accepted. */
export async function report(args: readonly string[]): Promise<FeaturesReport> {
  const { code, stdout, stderr } = await runHere([...args, "--json"]);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** Runs a command line that is refused, in one sentence on stderr. */
export async function refused(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runHere(args);
  assertEquals([code, stdout, stderr.trimEnd().split("\n").length], [2, "", 1], stderr);
  return stderr;
}

/** The tensors of a file. */
export const tensorsOf = async (name: string): Promise<Map<string, Tensor>> =>
  new Map(decodeSafetensors(await Deno.readFile(`${FOLDER}/${name}.safetensors`), name).tensors);

/** Writes tensors. */
export const write = (path: string, tensors: Iterable<readonly [string, Tensor]>): Promise<void> =>
  Deno.writeFile(path, encodeSafetensors({ tensors: new Map(tensors), metadata: {} }));
