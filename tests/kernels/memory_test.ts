import { assert, assertEquals, assertThrows } from "@std/assert";
import { attachMemory, createMemory, isShared, loadKernels } from "../../src/kernels/mod.ts";
import { weyl } from "../support/kernel_lab.ts";

Deno.test("createMemory() gives aligned blocks that do not overlap", () => {
  const memory = createMemory();
  const blocks = [1, 63, 64, 65, 0, 1000].map((bytes) => ({ at: memory.allocate(bytes), bytes }));
  for (const { at } of blocks) assertEquals(at % 64, 0);
  const sorted = blocks.toSorted((a, b) => a.at - b.at);
  for (let i = 1; i < sorted.length; i++) assert(sorted[i - 1].at + sorted[i - 1].bytes <= sorted[i].at);
});

Deno.test("createMemory() merges freed neighbours, in any order", () => {
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

Deno.test("createMemory() ends before 2^32, where the end of a block would be 0 and kernels would do nothing", async () => {
  for (const name of ["relaxed", "simd", "js"] as const) {
    const { f64, memory } = await loadKernels(name, createMemory({ megabytes: 4096 }));
    assertEquals(memory.wasm.buffer.byteLength, 2 ** 32 - 65536);
    const [count, rest] = [1001, 64 * Math.ceil(1001 * 8 / 64)];
    memory.allocate(2 ** 32 - 2 * 65536 - rest - memory.used);
    const at = memory.allocate(rest);
    assertEquals(at + rest, 2 ** 32 - 65536);
    memory.view("f64", at, count).fill(1);
    assertEquals(f64.dot(count, at, at), count, name);
    assertThrows(() => memory.allocate(64), RangeError, "4 GiB is the limit");
  }
});

Deno.test("createMemory() for threads has a fixed size, keeps the pages it did not touch free, and refuses more", () => {
  const memory = createMemory({ shared: true, megabytes: 2 });
  assert(isShared(memory));
  const at = memory.allocate(1 << 20);
  memory.view("f64", at, 1)[0] = 42;
  assertThrows(() => memory.allocate(2 << 20), RangeError, "memory that threads share does not grow");
  assertEquals([memory.heapF64[at / 8], memory.used], [42, 1 << 20]);
});

Deno.test("attachMemory() replays the owner's addresses in order, sees the same numbers, and allocates nothing itself", () => {
  const owner = createMemory({ shared: true, megabytes: 1 });
  const [a, b] = [owner.allocate(8), owner.allocate(8)];
  const guest = attachMemory(owner.wasm, [b, a]);
  assertEquals([guest.allocate(8), guest.allocate(8)], [b, a]);
  guest.view("f64", a, 1)[0] = 7;
  assertEquals([owner.view("f64", a, 1)[0], guest.heapF64[a / 8]], [7, 7]);
  assertThrows(() => guest.allocate(8), RangeError, "another thread manages this memory");
  guest.free(a);
  assertEquals(guest.used, 0);
});

for (const name of ["relaxed", "simd", "js"] as const) {
  Deno.test(`loadKernels(${name}) on shared memory gives the same bits as on unshared memory`, async () => {
    const products = [];
    for (const shared of [false, true]) {
      const { f64, memory, work } = await loadKernels(name, createMemory({ shared, megabytes: 8 }));
      const [a, b, c] = [1, 2, 3].map(() => memory.allocate(37 * 37 * 8));
      for (const [salt, at] of [a, b].entries()) memory.view("f64", at, 37 * 37).set(weyl(37 * 37, salt));
      f64.gemmNT(37, 37, 37, a, 37, b, 37, c, 37, 0, work);
      products.push(Float64Array.from(memory.view("f64", c, 37 * 37)));
    }
    assertEquals(products[1], products[0]);
  });
}
