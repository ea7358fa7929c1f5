import { assert, assertEquals } from "@std/assert";
import { runHere, temporaryFolder } from "../support/program.ts";

/** A reader written from docs/model_file.md alone: it shares no code with the project. */
// deno-lint-ignore no-explicit-any
type Json = any;

function readModel(bytes: Uint8Array): { meta: Json; shapes: Json; numbers: Record<string, number[]> } {
  const view = new DataView(bytes.buffer);
  const size = Number(view.getBigUint64(0, true));
  const { __metadata__: texts, ...shapes } = JSON.parse(new TextDecoder().decode(bytes.slice(8, 8 + size))) as Json;
  const meta = Object.fromEntries(Object.entries(texts as Record<string, string>).map(([k, v]) => [k, JSON.parse(v)]));
  const numbers: Record<string, number[]> = {};
  for (const [name, { data_offsets: [from, to] }] of Object.entries<Json>(shapes)) {
    numbers[name] = [];
    for (let at = from; at < to; at += 8) numbers[name].push(view.getFloat64(8 + size + at, true));
  }
  return { meta, shapes, numbers };
}

function forward(layer: Json, x: number[], path: string, numbers: Record<string, number[]>): number[] {
  switch (layer.type) {
    case "dense": {
      const weight = numbers[`${path}.weight`];
      const bias = layer.bias ? numbers[`${path}.bias`] : new Array(layer.out).fill(0);
      return bias.map((b: number, i: number) => x.reduce((sum, value, j) => sum + weight[i * layer.in + j] * value, b));
    }
    case "activation":
      return x.map({ tanh: Math.tanh, relu: (a: number) => Math.max(a, 0) }[layer.name as "tanh"]);
    case "residual":
      return forward(layer.body, x, path, numbers).map((value, i) => value + x[i]);
    default:
      return layer.layers.reduce((y: number[], one: Json, i: number) => forward(one, y, `${path}.${i}`, numbers), x);
  }
}

/** The mean loss of a model over a table of plain numbers and words. */
function meanLoss(bytes: Uint8Array, csv: string): number {
  const { meta, shapes, numbers } = readModel(bytes);
  const [header, ...rows] = csv.trim().split(/\r?\n/).map((line) => line.split(","));
  const { x: scaleX, y: scaleY } = meta.standardisation;
  const [d, k] = shapes.V.shape;
  let sum = 0;
  for (const cells of rows) {
    const raw = (name: string) => cells[header.indexOf(name)];
    const features = meta.features.map((name: string, j: number) =>
      (Number(raw(name)) - scaleX.mean[j]) / scaleX.scale[j]
    );
    const x: number[] = meta.intercept ? [1, ...features] : features;
    const f = forward(meta.architecture, x, "theta", numbers);
    let p = 0;
    for (let i = 0; i < d; i++) {
      p += numbers.w[i] * f.reduce((z, value, j) => z + numbers.V[i * k + j] * value, x[i]);
    }
    if (meta.classes) {
      sum += Math.log(1 + Math.exp(raw(meta.target) === meta.classes[1] ? -p : p));
    } else {
      sum += ((Number(raw(meta.target)) - scaleY.mean[0]) / scaleY.scale[0] - p) ** 2 / 2;
    }
  }
  return sum / rows.length;
}

/** What a reader must reproduce, relative. */
const AGREEMENT = 1e-10;

for (
  const [name, file, options] of [
    ["regression", "data/diabetes.csv", ["--target", "progression"]],
    ["two classes through residual blocks", "data/breast_cancer.csv", [
      ...["--target", "diagnosis", "--features", "mean_radius,mean_texture"],
      ...["--block", "residual", "--depth", "3", "--activation", "relu", "--no-intercept"],
    ]],
  ] as const
) {
  Deno.test(`a reader written from docs/model_file.md recomputes F of a saved model: ${name}`, async () => {
    await using folder = await temporaryFolder();
    const out = `${folder.path}/run`;
    const { code, stderr } = await runHere([
      ...["check", "--json", "--quiet", "--seeds", "1", "--starts", "default", "--epochs", "2", "--width", "5"],
      ...["--data", file, "--out", out, ...options],
    ]);
    assertEquals([code, stderr], [0, ""]);
    const { runs } = JSON.parse(await Deno.readTextFile(`${out}/verdict.json`));
    const value = meanLoss(await Deno.readFile(`${out}/seed-1-default.safetensors`), await Deno.readTextFile(file));
    assert(Math.abs(value - runs[0].value) <= AGREEMENT * runs[0].value, `${value} against ${runs[0].value}`);
  });
}
