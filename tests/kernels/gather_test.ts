import { assertEquals } from "@std/assert";
import { compiledLabs, twinLab, weyl } from "../support/kernel_lab.ts";
import { putAtEnd } from "../support/operands.ts";

for (const lab of [...await compiledLabs(), await twinLab("f32"), await twinLab("f64")]) {
  Deno.test(`gatherRows() of ${lab.label} copies the rows to the bit, repeats allowed, and writes nothing else`, () => {
    for (const [rows, cols, lds] of [[1, 1, 1], [3, 2, 5], [7, 13, 13], [5, 0, 1], [61, 17, 20]]) {
      const source = weyl(rows * lds, 1);
      const indices = [rows - 1, 0, 0, rows >> 1];
      for (const count of [0, 1, 4]) {
        const from = lab.put(source, 1);
        const out = lab.put(new Float64Array(count * cols + 1).fill(0.5), 1);
        const stored = lab.get(from, source.length);
        lab.set.gatherRows(count, cols, lab.putIndices(indices), from, lds, out);
        const expected = indices.slice(0, count).flatMap((row) => [...stored.subarray(row * lds, row * lds + cols)]);
        assertEquals([...lab.get(out, count * cols + 1)], [...expected, 0.5]);
      }
    }
  });

  Deno.test(`gatherRows() of ${lab.label} stays in bounds at the end of memory`, () => {
    const inside = lab.put(weyl(6, 1));
    const indices = lab.putIndices([1, 0]);
    lab.set.gatherRows(2, 3, indices, putAtEnd(lab, weyl(6, 1)), 3, inside);
    lab.set.gatherRows(2, 3, indices, inside, 3, putAtEnd(lab, weyl(6, 1)));
    assertEquals(lab.get(inside, 3), lab.get(putAtEnd(lab, weyl(6, 1)) + 3 * lab.set.bytes, 3));
  });
}
