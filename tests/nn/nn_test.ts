import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  activation,
  builtIn,
  chain,
  countParameters,
  dense,
  initialParameters,
  joinParts,
  type Layer,
  listParameters,
  network,
  residual,
  splitParts,
} from "../../src/nn/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { ShapeError } from "../../src/tensor/mod.ts";

const block = residual(chain(dense(4, 6), activation("gelu"), dense(6, 4, { bias: false })));
const deep = chain(dense(3, 4), activation("tanh"), block, dense(4, 2));

Deno.test("dense() refuses widths that are not whole numbers above 0", () => {
  for (const [input, output] of [[0, 1], [1, 0], [1.5, 2], [NaN, 1], [-1, 2], [2 ** 53, 1]]) {
    assertThrows(() => dense(input, output), RangeError, "whole numbers above 0");
  }
});

Deno.test("activation() refuses a name that it does not know, inherited ones too, and lists those that it does", () => {
  for (const name of ["swish", "toString", ""]) {
    assertThrows(() => activation(name as "relu"), RangeError, "known are identity, relu");
  }
});

Deno.test("layers are frozen all the way down", () => {
  const frozen = (layer: Layer): boolean => {
    const own = builtIn(layer)!;
    return Object.isFrozen(own) &&
      (own.type === "residual"
        ? frozen(own.body)
        : own.type !== "chain" || Object.isFrozen(own.layers) && own.layers.every(frozen));
  };
  assert(frozen(deep));
});

Deno.test("Layer.outputWidth() follows a tree and refuses one that does not fit itself", () => {
  assertEquals([deep.outputWidth(3), chain().outputWidth(7), activation("sin").outputWidth(5)], [2, 7, 5]);
  assertThrows(() => deep.outputWidth(4), ShapeError, "expected shape [rows, 3], got [rows, 4]");
  assertThrows(() => residual(dense(3, 4)).outputWidth(3), ShapeError, "add a residual body");
  assertThrows(
    () => chain(dense(3, 4), dense(5, 1)).outputWidth(3),
    ShapeError,
    "expected shape [rows, 5], got [rows, 4]",
  );
});

Deno.test("listParameters() lays arrays out one after the other, named by chain indices", () => {
  const found = listParameters(deep, 3, "theta", 100);
  assertEquals(found.map(({ name, shape }) => `${name} [${shape}]`), [
    "theta.0.weight [4,3]",
    "theta.0.bias [4]",
    "theta.2.0.weight [6,4]",
    "theta.2.0.bias [6]",
    "theta.2.2.weight [4,6]",
    "theta.3.weight [2,4]",
    "theta.3.bias [2]",
  ]);
  let offset = 100;
  for (const parameter of found) {
    assertEquals([parameter.offset, parameter.length], [offset, parameter.shape.reduce((a, b) => a * b, 1)]);
    offset += parameter.length;
  }
  assertEquals(countParameters(found), offset - 100);
});

Deno.test("initialParameters() are uniform within 1/sqrt(inputs), the same for the same key, others for another", () => {
  const layer = chain(dense(16, 200), activation("relu"), dense(200, 3));
  const [first, again, other] = [
    initialParameters(key(1), layer, 16),
    initialParameters(key(1), layer, 16),
    initialParameters(key(2), layer, 16),
  ];
  assertEquals(first, again);
  assert(first.every((value, i) => value !== other[i]));
  for (const { offset, length, shape, name } of listParameters(layer, 16)) {
    const inputs = name.startsWith("theta.0") ? 16 : 200;
    const part = first.slice(offset, offset + length);
    assert(part.every((value) => Math.abs(value) <= 1 / Math.sqrt(inputs)), name);
    // The largest of many uniform numbers is close to their bound.
    if (shape.length === 2) assert(Math.max(...part.map(Math.abs)) > 0.95 / Math.sqrt(inputs), name);
  }
});

Deno.test("network() counts its parameters, puts W and V first, and refuses what does not fit", () => {
  const net = network(3, deep);
  assertEquals([net.d, net.k, net.outputs, net.size], [3, 2, 1, 3 + 6 + 16 + 30 + 24 + 10]);
  assertEquals(net.parameters.slice(0, 2).map(({ name, shape }) => `${name} ${shape}`), ["w 3", "V 3,2"]);
  const two = network(3, deep, { outputs: 2 });
  assertEquals(two.parameters.slice(0, 2).map(({ name, shape }) => `${name} ${shape}`), ["W 2,3", "V 3,2"]);
  assertThrows(() => network(4, deep), ShapeError);
  assertThrows(() => network(3, deep, { outputs: 0 }), RangeError, "whole numbers above 0");
});

Deno.test("splitParts() and joinParts() undo each other, give copies, and refuse wrong lengths", () => {
  const net = network(3, deep);
  const point = normal(key(3), net.size);
  const parts = splitParts(net, point);
  assertEquals([parts.w.length, parts.V.length], [3, 6]);
  assertEquals(joinParts(net, parts), point);
  parts.w[0] = 99;
  assert(point[0] !== 99);
  assertThrows(() => splitParts(net, point.slice(1)), ShapeError, `expected shape [${net.size}]`);
  assertThrows(() => joinParts(net, { ...parts, V: new Float64Array(5) }), ShapeError, "[3,5,");
});
