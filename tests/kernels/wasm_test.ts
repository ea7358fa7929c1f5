import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { createMemory } from "../../src/kernels/mod.ts";
import { kernelSet } from "../../src/kernels/js/mod.ts";
import { compiledSet, moduleBytes } from "../../src/kernels/wasm.ts";

Deno.test("both builds export every kernel in both precisions", () => {
  const twins = kernelSet("f64", createMemory());
  const kernels = Object.entries(twins).flatMap(([name, value]) => typeof value === "function" ? [name] : []);
  assert(kernels.length > 30);
  for (const build of ["simd", "relaxed"] as const) {
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(moduleBytes(build))).map(({ name }) => name);
    for (const dtype of ["f32", "f64"]) {
      assertEquals(kernels.filter((name) => !exported.includes(`${name}_${dtype}`)), []);
    }
  }
});

Deno.test("compiledSet() takes what a module exports, and the twin of what was left out", () => {
  const memory = createMemory();
  const dot = () => 7;
  const set = compiledSet({ dot_f64: dot, nrm2_f32: () => 9 }, "f64", memory);
  assertStrictEquals(set.dot, dot);
  const x = memory.allocate(16);
  memory.view("f64", x, 2).set([3, 4]);
  assertEquals([set.nrm2(2, x), set.dtype, set.bytes], [5, "f64", 8]);
});
