import { assert, assertEquals, assertThrows } from "@std/assert";
import { createMemory } from "../../src/kernels/mod.ts";

Deno.test("createMemory() gives aligned blocks that do not overlap", () => {
  const memory = createMemory();
  const blocks = [1, 63, 64, 65, 0, 1000].map((bytes) => ({ at: memory.allocate(bytes), bytes }));
  for (const { at } of blocks) assertEquals(at % 64, 0);
  const sorted = blocks.toSorted((a, b) => a.at - b.at);
  for (let i = 1; i < sorted.length; i++) assert(sorted[i - 1].at + sorted[i - 1].bytes <= sorted[i].at);
});

Deno.test("createMemory() merges freed neighbours, whatever the order", () => {
  const memory = createMemory();
  const [a, b, c] = [64, 64, 64].map((bytes) => memory.allocate(bytes));
  memory.free(a);
  memory.free(c);
  memory.free(b);
  assertEquals(memory.used, 0);
  assertEquals(memory.allocate(192), a);
});

Deno.test("createMemory() grows, keeps the contents, and refreshes its heaps", () => {
  const memory = createMemory({ megabytes: 1 });
  const at = memory.allocate(8);
  memory.view("f64", at, 1)[0] = 42;
  const far = memory.allocate(8 << 20);
  assertEquals(memory.heapF64[at / 8], 42);
  memory.view("f64", far, 1 << 20)[(1 << 20) - 1] = 7;
  assertEquals(memory.heapF64[far / 8 + (1 << 20) - 1], 7);
});

Deno.test("createMemory() refuses to free what it did not give, and negative or NaN sizes", () => {
  const memory = createMemory();
  const at = memory.allocate(64);
  memory.free(at);
  assertThrows(() => memory.free(at), RangeError, `Cannot free address ${at}: no block starts there`);
  assertThrows(() => memory.allocate(-1), RangeError, "the size must be 0 or more, got -1");
  assertThrows(() => memory.allocate(NaN), RangeError, "the size must be 0 or more, got NaN");
});

Deno.test("createMemory() refuses more than WebAssembly can address, and stays usable", () => {
  const memory = createMemory();
  assertThrows(() => memory.allocate(2 ** 33), RangeError, "4 GiB is the limit");
  assertEquals(memory.used, 0);
  memory.free(memory.allocate(128));
});
