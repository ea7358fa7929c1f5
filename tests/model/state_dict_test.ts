import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { InputError } from "../../src/data/mod.ts";
import { readStateDict, type Tensor } from "../../src/model/mod.ts";

/** A linear layer with numbers that tell its places. */
function layer(name: string, out: number, input: number): readonly (readonly [string, Tensor])[] {
  return [
    [`${name}.weight`, { shape: [out, input], data: Float64Array.from({ length: out * input }, (_, i) => i + 1) }],
    [`${name}.bias`, { shape: [out], data: Float64Array.from({ length: out }, (_, i) => -i - 1) }],
  ];
}

const stack = [...layer("net.10", 1, 2), ...layer("net.2", 2, 3), ...layer("net.0", 3, 4)];

Deno.test("readStateDict() orders layers by the numbers in their names, not by the file or the alphabet", () => {
  const { net, params, bias, assumed } = readStateDict(new Map(stack), "s.safetensors");
  assertEquals([net.d, net.k, net.outputs, net.kind], [4, 2, 1, "plain"]);
  // W first, then the layers: 3 x 4 and 3 biases, 2 x 3 and 2 biases.
  assertEquals([...params], [
    1,
    2,
    ...Array.from({ length: 12 }, (_, i) => i + 1),
    -1,
    -2,
    -3,
    1,
    2,
    3,
    4,
    5,
    6,
    -1,
    -2,
  ]);
  assertEquals([...bias], [-1]);
  assertStringIncludes(
    assumed[0],
    "4-3-2-1 (net.0, net.2, net.10) with relu after each but the last, which is assumed",
  );
});

Deno.test("readStateDict() follows an architecture below a common prefix, residual blocks among it", () => {
  const dense = (input: number, out: number) => ({ type: "dense", in: input, out });
  const layers = [dense(2, 3), { type: "residual", body: { type: "chain", layers: [dense(3, 3)] } }, dense(3, 2)];
  const tensors = new Map([...layer("m.0", 3, 2), ...layer("m.1.0", 3, 3), ...layer("m.2", 2, 3)]);
  const { net, assumed } = readStateDict(tensors, "s.safetensors", { architecture: { type: "chain", layers } });
  assertEquals([net.d, net.k, net.outputs, assumed], [2, 3, 2, []]);
  const refuse = (sentence: string, changed: ReadonlyMap<string, Tensor>, architecture: unknown) => {
    const { message } = assertThrows(() => readStateDict(changed, "s.safetensors", { architecture }), InputError);
    assertStringIncludes(message, sentence);
  };
  refuse("must be a chain of two layers or more that ends in a dense layer", tensors, { type: "chain", layers: [] });
  refuse("must be a chain of two layers or more", tensors, { type: "dense", in: 2, out: 1 });
  refuse('tensor "m.3.weight" has no place', new Map([...tensors, ...layer("m.3", 1, 1)]), { type: "chain", layers });
  refuse('tensor "m.0.weight" has the shape [4, 2]', new Map([...tensors, ...layer("m.0", 4, 2)]), {
    type: "chain",
    layers,
  });
  refuse("the architecture does not fit", tensors, {
    type: "chain",
    layers: [{ type: "conv" }, dense(3, 2), dense(3, 2)],
  });
  const holed = new Map([...tensors, ["m.2.bias", { shape: [2], data: Float64Array.of(1, NaN) }] as const]);
  refuse('tensor "m.2.bias" holds a number that is NaN', holed, { type: "chain", layers });
});
