import { assert, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/data/mod.ts";
import { createHuber, defineLoss, isJoint, softmax, squared } from "../../src/loss/mod.ts";
import { decodeModel, decodeSafetensors, encodeModel, encodeSafetensors, type Model } from "../../src/model/mod.ts";
import { activation, chain, dense, network, residual } from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";

const theta = chain(dense(3, 4), activation("gelu"), residual(chain(activation("tanh"), dense(4, 4, { bias: false }))));
const net = network(3, theta);
const MODEL: Model = {
  net,
  params: normal(key(1), net.size),
  loss: squared,
  features: ["a", "b, c"],
  columns: [{ name: "a", levels: null }, { name: "b, c", levels: null }],
  missing: "refuse",
  targets: ["y"],
  standardisation: { x: { mean: [0.1, 2], scale: [1, 0.3] }, y: { mean: [5], scale: [7] } },
  intercept: true,
  classes: null,
};

/** The bytes of the model with tensors or metadata changed; undefined takes one out. */
function changed(
  change: {
    readonly tensors?: Record<string, { shape: number[]; data: Float64Array } | undefined>;
    readonly metadata?: Record<string, string | undefined>;
  },
): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(encodeModel(MODEL), "m");
  const given = <T>(entries: readonly (readonly [string, T | undefined])[]) =>
    entries.filter((pair): pair is readonly [string, T] => pair[1] !== undefined);
  return encodeSafetensors({
    tensors: new Map(given([...new Map([...tensors, ...Object.entries(change.tensors ?? {})])])),
    metadata: Object.fromEntries(given(Object.entries({ ...metadata, ...change.metadata }))),
  });
}

Deno.test("decodeModel() reads back what encodeModel() wrote, residual bodies and classes too", () => {
  assertEquals(decodeModel(encodeModel(MODEL), "m"), MODEL);
  const classes: Model = { ...MODEL, classes: ["no", "yes"], standardisation: { ...MODEL.standardisation, y: null } };
  assertEquals(decodeModel(encodeModel(classes), "m"), classes);
});

Deno.test("decodeModel() reads back which columns are constant and how missing values are filled where nothing is centred, and refuses what does not fit", () => {
  const uncentred = { x: { mean: [0, 0], scale: [1, 0.3], fill: [-2.5, 0.1] }, y: null };
  const columns = [{ name: "a", levels: null, constant: true }, { name: "b, c", levels: null }] as const;
  const model: Model = { ...MODEL, columns, missing: "mean", standardisation: uncentred };
  assertEquals(decodeModel(encodeModel(model), "m"), model);
  const short = changed({
    metadata: { standardisation: JSON.stringify({ x: { ...uncentred.x, fill: [1] }, y: null }) },
  });
  assertThrows(() => decodeModel(short, "m"), InputError, 'the metadata "standardisation" must be');
});

Deno.test("decodeModel() reads a custom loss where it is supplied by its name, and fails with that name elsewhere", () => {
  const own = defineLoss({ name: "own", convex: true, value: (p, y) => p - y, d1: () => 1, d2: () => 0 });
  const bytes = encodeModel({ ...MODEL, loss: own });
  assertEquals(decodeModel(bytes, "m", { losses: { own } }), { ...MODEL, loss: own });
  assertThrows(
    () => decodeModel(bytes, "m"),
    InputError,
    'the metadata "loss" must be the name of a loss (cannot find the loss "own": known are',
  );
});

Deno.test("decodeModel() reads a plain network back", () => {
  const plain = network(3, theta, { kind: "plain" });
  const model: Model = { ...MODEL, net: plain, params: normal(key(2), plain.size) };
  const bytes = encodeModel(model);
  assertEquals(decodeModel(bytes, "m"), model);
  const { tensors } = decodeSafetensors(bytes, "m");
  assertEquals([tensors.get("w")?.shape, tensors.has("V")], [[4], false]);
});

Deno.test("decodeModel() keeps the parameter of a loss", () => {
  const { loss } = decodeModel(encodeModel({ ...MODEL, loss: createHuber(2.5) }), "m");
  assert(!isJoint(loss));
  assertEquals([loss.name, loss.parameter, loss.value(5, 0)], ["huber", 2.5, createHuber(2.5).value(5, 0)]);
});

Deno.test("encodeModel() names tensors as PyTorch does: chain indices, none for a residual", () => {
  const { tensors } = decodeSafetensors(encodeModel(MODEL), "m");
  assertEquals(
    [...tensors].map(([name, { shape }]) => `${name} ${shape}`),
    ["w 3", "V 3,4", "theta.0.weight 4,3", "theta.0.bias 4", "theta.2.1.weight 4,4"],
  );
});

Deno.test("encodeModel() writes metadata as JSON texts, the architecture as the contract has it", () => {
  const { metadata } = decodeSafetensors(encodeModel(MODEL), "m");
  assertEquals(JSON.parse(metadata.schema), "resland/model@1");
  assertEquals(JSON.parse(metadata.architecture), {
    type: "chain",
    layers: [
      { type: "dense", in: 3, out: 4, bias: true },
      { type: "activation", name: "gelu" },
      {
        type: "residual",
        body: {
          type: "chain",
          layers: [{ type: "activation", name: "tanh" }, { type: "dense", in: 4, out: 4, bias: false }],
        },
      },
    ],
  });
});

Deno.test("decodeModel() accepts plain names in the metadata, and w as one row", () => {
  const bytes = changed({
    metadata: { loss: "squared", target: "y", schema: "resland/model@1" },
    tensors: { w: { shape: [1, 3], data: MODEL.params.slice(0, 3) } },
  });
  assertEquals(decodeModel(bytes, "m"), MODEL);
});

Deno.test("decodeModel() reads back several targets, three classes, categories and how missing values are treated", () => {
  const wide = network(3, theta, { outputs: 3 });
  const params = normal(key(2), wide.size);
  const { x } = MODEL.standardisation;
  const numbers: Model = {
    ...MODEL,
    net: wide,
    params,
    targets: ["u", "v", "y"],
    standardisation: { x, y: { mean: [5, 6, 7], scale: [7, 1, 2] } },
  };
  assertEquals(decodeModel(encodeModel(numbers), "m"), numbers);
  const texts: Model = {
    ...numbers,
    loss: softmax,
    targets: ["kind"],
    classes: ["a", "b", "c"],
    features: ["town=Aach", "town=Ulm"],
    columns: [{ name: "town", levels: ["Aach", "Ulm"] }],
    missing: "mean",
    standardisation: { x, y: null },
  };
  assertEquals(decodeModel(encodeModel(texts), "m"), texts);
});

Deno.test("decodeModel() reads a model without columns and missing: each feature is a number, missing values are refused", () => {
  assertEquals(decodeModel(changed({ metadata: { columns: undefined, missing: undefined } }), "m"), MODEL);
});

/** Damaged models and the sentence each is refused with. */
const REFUSED: readonly [name: string, bytes: Uint8Array, sentence: string][] = [
  [
    "no schema",
    changed({ metadata: { schema: undefined } }),
    'the metadata lack "schema"; add "resland/model@1"',
  ],
  [
    "another schema",
    changed({ metadata: { schema: '"resland/model@9"' } }),
    'the metadata "schema" must be "resland/model@1", got "resland/model@9"',
  ],
  [
    "an unknown layer",
    changed({ metadata: { architecture: '{"type":"conv"}' } }),
    'the metadata "architecture" must be a tree of layers (cannot read a layer of type "conv": known are dense, activation, ' +
    "residual, chain, parallel, blocks; supply a layer of your own by its type)",
  ],
  [
    "an unknown loss",
    changed({ metadata: { loss: '"hinge"' } }),
    'the metadata "loss" must be the name of a loss (cannot find the loss "hinge": known are squared, logistic, huber, ' +
    "pseudo_huber, smooth_hinge, poisson, softmax; supply a loss of your own by its name)",
  ],
  [
    "a scale of 0",
    changed({ metadata: { standardisation: '{"x":{"mean":[0,0],"scale":[1,0]},"y":null}' } }),
    'the metadata "standardisation" must be means and scales for x (one per feature) and y (one per target, or null), ' +
    'got {"x":{"mean":[0,0],"scale":[1,0]},"y":null}',
  ],
  [
    "three classes",
    changed({ metadata: { classes: '["a","b","c"]' } }),
    'the loss "squared" is for numbers or two classes; the metadata "classes" name 3',
  ],
  [
    "features that the architecture does not read",
    changed({ metadata: { intercept: "false" } }),
    "the architecture does not fit 2 inputs: Cannot apply a dense layer: expected shape [rows, 3], got [rows, 2]",
  ],
  ["a missing tensor", changed({ tensors: { V: undefined } }), 'tensor "V" is missing; the architecture has it'],
  [
    "a wrong shape",
    changed({ tensors: { V: { shape: [4, 3], data: new Float64Array(12) } } }),
    'tensor "V" has the shape [4,3]; the architecture needs [3,4]',
  ],
  [
    "a tensor too many",
    changed({ tensors: { "theta.9.bias": { shape: [1], data: new Float64Array(1) } } }),
    'tensor "theta.9.bias" has no place in the architecture; take it out',
  ],
  [
    "NaN",
    changed({ tensors: { w: { shape: [3], data: Float64Array.of(1, NaN, 3) } } }),
    'tensor "w" holds NaN or infinity; train it again',
  ],
];

for (const [name, bytes, sentence] of REFUSED) {
  Deno.test(`decodeModel() refuses ${name} with one sentence`, () => {
    const error = assertThrows(() => decodeModel(bytes, "m.safetensors"), InputError);
    assertEquals(error.message, `m.safetensors: ${sentence}`);
  });
}

Deno.test("decodeModel() refuses layers nested beyond reason", () => {
  const deep = '{"type":"residual","body":'.repeat(5000) + '{"type":"chain","layers":[]}' + "}".repeat(5000);
  assertThrows(() => decodeModel(changed({ metadata: { architecture: deep } }), "m"), InputError, "a tree of layers");
});

Deno.test("decodeModel() reads back by which column rows were held out, and refuses another kind", () => {
  for (const kind of ["column", "group", "time"] as const) {
    const model = { ...MODEL, split: { share: 0.25, seed: 1, rows: 60, by: { kind, column: "part" } } };
    assertEquals(decodeModel(encodeModel(model), "m"), model);
  }
  const bytes = (by: unknown) => encodeModel({ ...MODEL, split: { share: 0.25, seed: 1, rows: 60, by } } as Model);
  for (const by of [{ kind: "row", column: "a" }, { kind: "time" }, "part", null]) {
    assertThrows(() => decodeModel(bytes(by), "m"), InputError, 'the metadata "split" must be');
  }
});
