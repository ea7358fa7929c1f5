import { assertEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { matrix, matrixRows, spreadRows } from "../../src/tensor/mod.ts";

const { memory } = await loadKernels("simd");

Deno.test("spreadRows() and matrixRows() leave what lies between rows alone, whatever the widths", () => {
  for (const [rows, cols] of [[0, 3], [1, 1], [3, 2], [4, 48], [5, 49], [2, 200]]) {
    for (const gap of [0, 1, 7]) {
      const ld = cols + gap;
      const length = Math.max(1, rows * ld);
      const at = memory.allocate(8 * length);
      const data = Float64Array.from({ length: rows * cols }, (_, i) => i + 1);
      const expected = Float64Array.from(
        { length },
        (_, i) => i % ld < cols && i < rows * ld ? data[Math.floor(i / ld) * cols + i % ld] : -1,
      );
      memory.view("f64", at, length).fill(-1);
      spreadRows(data, cols, memory, at, ld);
      assertEquals(memory.view("f64", at, length), expected);
      memory.view("f64", at, length).fill(-1);
      matrixRows(memory, matrix(rows, cols, data)).write(0, rows, at, ld);
      assertEquals(memory.view("f64", at, length), expected);
      memory.free(at);
    }
  }
});
