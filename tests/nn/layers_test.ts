import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ACTIVATION_CODES, type ActivationName } from "../../src/kernels/mod.ts";
import {
  activation,
  chain,
  dense,
  features,
  forward,
  initialise,
  initialParameters,
  isBuiltIn,
  type Layer,
  layerFromJson,
  network,
  parallel,
  pushforward,
  residual,
  residualBlocks,
  splitParts,
} from "../../src/nn/mod.ts";
import { fold, key, normal } from "../../src/random/mod.ts";
import { matrix, ShapeError } from "../../src/tensor/mod.ts";
import { checkGradient } from "../support/check_gradient.ts";
import { naiveFeatures, naivePrediction } from "../support/naive_network.ts";
import { scale } from "../support/scale_layer.ts";

/** Sums of tens of products near 1. */
const ROUNDING = 1e-12;

const x = matrix(5, 3, normal(key(1), 15));
const width = 3;

const TREES: readonly (readonly [name: string, layer: Layer])[] = [
  ...(Object.keys(ACTIVATION_CODES) as ActivationName[]).map((name) =>
    [`an activation, ${name}`, activation(name)] as const
  ),
  ["dense", dense(3, 4)],
  ["dense without bias", dense(3, 2, { bias: false })],
  ["the empty chain", chain()],
  ["a chain", chain(dense(3, 5), activation("gelu"), dense(5, 4), activation("sin"))],
  ["a residual", residual(chain(dense(3, 4), activation("tanh"), dense(4, 3)))],
  ["layers side by side", parallel(chain(dense(3, 5), activation("tanh")), dense(3, 2), residual(activation("sin")))],
  ["layers side by side in a tree", chain(dense(3, 3), parallel(scale(), chain(activation("silu"), dense(3, 2))))],
  ["a custom layer", scale()],
  [
    "a custom layer in a tree",
    chain(scale(), residual(chain(dense(3, 3), scale(), activation("tanh"))), dense(3, 2)),
  ],
];

for (const [name, layer] of TREES) {
  Deno.test(`Layer.forward() of ${name} has the pullback and pushforward that differences confirm`, () => {
    checkGradient(layer, normal(key(2), initialParameters(key(1), layer, width).length), x);
  });

  Deno.test(`Layer.toJson() of ${name} gives the same layer back`, () => {
    const json = JSON.parse(JSON.stringify(layer.toJson()));
    const again = layerFromJson(json, { scale });
    assertEquals(again.toJson(), layer.toJson());
    const params = initialParameters(key(3), layer, width);
    assertEquals(again.forward(params, x).y, layer.forward(params, x).y);
  });
}

Deno.test("a built-in layer is data to structuredClone() and JSON: layerFromJson() makes it again from either", () => {
  const layer = chain(dense(3, 4), residual(chain(activation("relu"), dense(4, 4, { bias: false }))));
  assertEquals(layerFromJson(structuredClone(layer)), layer);
  assertEquals(JSON.stringify(layer), JSON.stringify(layer.toJson()));
  assertThrows(() => network(3, structuredClone(layer)), TypeError, "make the layer with layerFromJson");
});

Deno.test("layerFromJson() says which part is wrong, and how to supply a layer that it does not know", () => {
  for (
    const [value, message] of [
      [null, 'expected an object with a "type", got null'],
      [{ type: "dense", in: 0, out: 2 }, 'expected widths "in" and "out"'],
      [{ type: "activation", name: "swish" }, "expected one of identity, relu"],
      [{ type: "chain", layers: 3 }, 'expected a list of "layers"'],
      [{ type: "parallel", layers: [] }, 'expected a list of one or more "layers"'],
      [{ type: "residual" }, 'expected an object with a "type", got undefined'],
      [
        { type: "toString" },
        'Cannot read a layer of type "toString": known are dense, activation, residual, chain, parallel, blocks, scale; supply',
      ],
    ] as const
  ) {
    assertThrows(() => layerFromJson(value, { scale }), SyntaxError, message);
  }
});

Deno.test("initialParameters() start two custom layers of one kind differently, and refuse a wrong number", () => {
  const random: Layer = { ...scale(), initialise: (key) => normal(key, 3) };
  const params = initialParameters(key(1), chain(random, random), 3);
  assert(params.subarray(0, 3).every((value, i) => value !== params[3 + i]));
  const short: Layer = { ...scale(), initialise: () => new Float64Array(2) };
  assertThrows(() => initialParameters(key(1), short, 3), ShapeError, "initialise a scale layer");
});

Deno.test("isBuiltIn() looks at the whole tree", () => {
  assertEquals(
    [
      chain(dense(3, 3), residual(activation("sin"))),
      scale(),
      residual(chain(dense(3, 3), scale())),
      parallel(dense(3, 3), dense(3, 2)),
      residualBlocks(dense(3, 3), dense(3, 2)),
      residualBlocks(dense(3, 3), scale()),
    ].map(isBuiltIn),
    [true, false, false, false, true, false],
  );
});

Deno.test("pushforward() of a layer without its own agrees with the closed form by central differences", () => {
  const layer = chain(dense(3, 4), activation("tanh"));
  const bare: Layer = { ...layer, ...methodsOf(layer), pushforward: undefined };
  const [params, dParams] = [normal(key(1), 16), normal(key(2), 16)];
  const [dx, g, dg] = [
    matrix(5, 3, normal(key(3), 15)),
    matrix(5, 4, normal(key(4), 20)),
    matrix(5, 4, normal(key(5), 20)),
  ];
  const [exact, differenced] = [layer, bare].map((one) => pushforward(one, params, x, dParams, dx));
  exact.dy.data.forEach((value, i) => assertAlmostEquals(differenced.dy.data[i], value, 1e-8));
  const [a, b] = [exact, differenced].map(({ pullback }) => pullback(g, dg));
  a.dParams.forEach((value, i) => assertAlmostEquals(b.dParams[i], value, 1e-8));
  a.dx.data.forEach((value, i) => assertAlmostEquals(b.dx.data[i], value, 1e-8));
});

/** The functions of a built-in layer, which a spread does not copy. */
function methodsOf(layer: Layer): Omit<Layer, "type" | "pushforward"> {
  const { outputWidth, parameters, initialise, forward, toJson } = layer;
  return { outputWidth, parameters, initialise, forward, toJson };
}

Deno.test("forward() and features() are the definition, of several outputs too", () => {
  const net = network(3, chain(dense(3, 4), residual(chain(dense(4, 4), activation("silu")))), { outputs: 2 });
  const params = initialise(net, key(5));
  const predictions = forward(net, params, x);
  const f = features(net, params, x);
  assertEquals([predictions.rows, predictions.cols, f.rows, f.cols], [5, 2, 5, 4]);
  for (let row = 0; row < x.rows; row++) {
    const input = [...x.data.subarray(3 * row, 3 * row + 3)];
    naiveFeatures(net, params, input).forEach((value, j) => assertAlmostEquals(f.data[4 * row + j], value, ROUNDING));
    naivePrediction(net, params, input).forEach((value, o) =>
      assertAlmostEquals(predictions.data[2 * row + o], value, ROUNDING)
    );
  }
  assertThrows(() => forward(net, params, matrix(1, 2, [1, 2])), ShapeError, "compute features");
  assertThrows(() => forward(net, params.slice(1), x), ShapeError, "take a point apart");
});

Deno.test("forward() of a plain network is W f, which the residual one with W 0 beside it is not", () => {
  const net = network(3, chain(dense(3, 2), activation("tanh")), { kind: "plain", outputs: 2 });
  assertEquals(net.parameters.map(({ name, shape }) => `${name} ${shape}`), [
    "W 2,2",
    "theta.0.weight 2,3",
    "theta.0.bias 2",
  ]);
  const params = initialise(net, key(6));
  const { w, V } = splitParts(net, params);
  assertEquals(V.length, 0);
  const f = features(net, params, x);
  const predictions = forward(net, params, x).data;
  for (let row = 0; row < 5; row++) {
    for (let o = 0; o < 2; o++) {
      const expected = w[2 * o] * f.data[2 * row] + w[2 * o + 1] * f.data[2 * row + 1];
      assertAlmostEquals(predictions[2 * row + o], expected, ROUNDING);
    }
  }
});

Deno.test("initialise() draws each part from its own stream, theta as its layers do", () => {
  const net = network(3, dense(3, 4));
  const { w, V, theta } = splitParts(net, initialise(net, key(7)));
  assertEquals(theta, initialParameters(fold(key(7), "theta"), net.body, 3));
  assert(w.every((value) => Math.abs(value) <= 1 / Math.sqrt(3)));
  assert(V.every((value) => Math.abs(value) <= 1 / 2));
  assert(w[0] !== V[0]);
});

Deno.test("a custom layer with the type of a built-in one is refused: it would be read back as that", () => {
  const impostor: Layer = { ...scale(), type: "dense" };
  const refused = [
    () => network(3, impostor),
    () => chain(impostor),
    () => residual(impostor),
    () => layerFromJson({ type: "scale" }, { scale: () => impostor }),
  ];
  for (const make of refused) assertThrows(make, RangeError, 'of type "dense": that is the type of a built-in layer');
  assertThrows(() => layerFromJson(scale().toJson(), { chain: scale }), RangeError, 'of type "chain"');
  assertEquals(layerFromJson(scale().toJson(), { scale }).type, "scale");
});
