import { assertEquals } from "@std/assert";
import { letGo } from "../../src/tensor/mod.ts";

Deno.test("letGo() empties arrays that own their memory, twice without harm, and leaves views alone", () => {
  const [own, whole] = [Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6)];
  const part = whole.subarray(1);
  letGo(own, part);
  letGo(own, new Float64Array(0));
  assertEquals([own.length, own.buffer.byteLength], [0, 0]);
  assertEquals([[...part], [...whole]], [[5, 6], [4, 5, 6]]);
  const shared = new Float64Array(new SharedArrayBuffer(16)).fill(7);
  letGo(shared);
  assertEquals([...shared], [7, 7]);
});
