import { assert, assertEquals } from "@std/assert";
import { activation, chain, dense, type Layer, network, residual, withoutFeatures } from "../../src/nn/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { featureRows } from "../../src/objective/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { collectRows, matrix } from "../../src/tensor/mod.ts";
import { naiveFeatures, naivePrediction } from "../support/naive_network.ts";

const [ROWS, D] = [9, 3];

const x = matrix(ROWS, D, normal(key(1), ROWS * D));
const rowOf = (i: number) => [...x.data.subarray(i * D, (i + 1) * D)];

/** phi(0): what a unit without weights and bias gives. */
const AT_ZERO: Readonly<Record<string, number>> = {
  tanh: 0,
  relu: 0,
  gelu: 0,
  sin: 0,
  sigmoid: 1 / 2,
  softplus: Math.log(2),
};

/** Networks whose features are made unit by unit, and the activation after the last dense layer. */
const NETWORKS: readonly (readonly [name: string, layer: Layer, last: string | null])[] = [
  ["a dense layer alone", dense(D, 5), null],
  ["a dense layer without bias", dense(D, 5, { bias: false }), null],
  ...Object.keys(AT_ZERO).map((name) =>
    [`a layer of ${name}`, chain(dense(D, 5), activation(name as "tanh")), name] as const
  ),
  ["two layers", chain(dense(D, 4), activation("tanh"), dense(4, 5), activation("softplus")), "softplus"],
  [
    "a residual block before the last layer",
    chain(dense(D, 4), residual(chain(dense(4, 4), activation("tanh"))), dense(4, 5), activation("relu")),
    "relu",
  ],
  ["chains within chains", chain(chain(dense(D, 5)), activation("sigmoid")), "sigmoid"],
];

const kernels = await loadKernels("simd");

for (const [name, layer, last] of NETWORKS) {
  Deno.test(`withoutFeatures() makes features phi(0) on every row, the others as they were: ${name}`, () => {
    for (const outputs of [1, 3]) {
      const net = network(D, layer, { outputs });
      const point = normal(key(2), net.size);
      const before = point.slice();
      for (const gone of [[], [0], [4, 1], [0, 1, 2, 3, 4]]) {
        const without = withoutFeatures(net, point, gone)!;
        assertEquals(point, before);
        using rows = featureRows(kernels, net, without, x);
        const f = collectRows(kernels.memory, rows).data;
        const zero = last === null ? 0 : AT_ZERO[last];
        for (let i = 0; i < ROWS; i++) {
          const [old, own] = [naiveFeatures(net, point, rowOf(i)), naiveFeatures(net, without, rowOf(i))];
          for (let j = 0; j < net.k; j++) {
            if (!gone.includes(j)) assertEquals(own[j], old[j]);
            else assert(Math.abs(own[j] - zero) <= 1e-15 && Math.abs(f[i * net.k + j] - zero) <= 1e-15);
          }
          // No column of V is left that could see them.
          const silent = old.map((value, j) => gone.includes(j) ? 0 : value);
          const V = (a: number, j: number) => point[outputs * D + a * net.k + j];
          const z = rowOf(i).map((value, a) => silent.reduce((sum, one, j) => sum + V(a, j) * one, value));
          naivePrediction(net, without, rowOf(i)).forEach((value, o) => {
            const expected = z.reduce((sum, one, a) => sum + point[o * D + a] * one, 0);
            assert(Math.abs(value - expected) <= 1e-13 * (1 + Math.abs(expected)));
          });
        }
      }
    }
  });
}

Deno.test("withoutFeatures() is null where the features are not those of a dense layer", () => {
  const block = residual(chain(dense(4, 4), activation("tanh")));
  const networks = [
    chain(dense(D, 4), block),
    chain(dense(D, 4), block, activation("relu")),
    chain(),
    activation("sin"),
  ];
  for (const layer of networks) {
    const net = network(D, layer);
    assertEquals(withoutFeatures(net, normal(key(3), net.size), [0]), null);
  }
});
