import { assertEquals } from "@std/assert";
import { compiledLabs, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertWithin, putAtEnd } from "../support/operands.ts";

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

  Deno.test(`gatherDouble() of ${lab.label} rounds each number of the rows once, and writes nothing else`, () => {
    const { memory } = lab.kernels;
    const round = lab.set.dtype === "f32" ? Math.fround : (value: number) => value;
    for (const [rows, cols, lds] of [[1, 1, 1], [3, 2, 5], [7, 13, 13], [5, 0, 1], [61, 17, 20], [4, 32, 33]]) {
      const numbers = weyl(rows * lds, 1).map((value, i) => i === 0 ? 1e300 : i === 1 ? 1 + 2 ** -25 : value / 3);
      const from = memory.allocate(8 * numbers.length);
      memory.view("f64", from, numbers.length).set(numbers);
      const indices = [rows - 1, 0, 0, rows >> 1];
      const out = lab.put(new Float64Array(4 * cols + 1).fill(0.5), 1);
      lab.set.gatherDouble(4, cols, lab.putIndices(indices), from, lds, out);
      const expected = indices.flatMap((row) => Array.from(numbers.subarray(row * lds, row * lds + cols), round));
      assertEquals([...lab.get(out, 4 * cols + 1)], [...expected, 0.5]);
    }
  });

  Deno.test(`gatherDouble() of ${lab.label} stays in bounds at the end of memory`, () => {
    const { memory } = lab.kernels;
    const from = memory.wasm.buffer.byteLength - 8 * 5;
    memory.view("f64", from, 5).set([1, 2, 3, 4, 5]);
    const out = lab.put(new Float64Array(5));
    lab.set.gatherDouble(1, 5, lab.putIndices([0]), from, 5, out);
    assertEquals([...lab.get(out, 5)], [1, 2, 3, 4, 5]);
    const source = memory.allocate(40);
    memory.view("f64", source, 5).set([1, 2, 3, 4, 5]);
    lab.set.gatherDouble(1, 5, lab.putIndices([0]), source, 5, putAtEnd(lab, new Float64Array(5)));
    assertEquals([...lab.get(memory.wasm.buffer.byteLength - 5 * lab.set.bytes, 5)], [1, 2, 3, 4, 5]);
  });

  Deno.test(`scatterRows() of ${lab.label} adds each row, times its weight, to the sum of its index, and to nothing else`, () => {
    for (const [count, cols, gap] of [[0, 3, 0], [1, 1, 0], [5, 2, 1], [7, 17, 2], [9, 61, 0]]) {
      const [ldx, lds] = [cols + gap, cols + 2 * gap];
      const [rows, weights] = [weyl(count * ldx, 1), weyl(count, 2)];
      const [x, inWeights] = [lab.put(rows, 1), lab.put(weights)];
      const sums = lab.put(new Float64Array(4 * lds).fill(0.5), 1);
      const indices = Array.from({ length: count }, (_, i) => 2 * (i % 2));
      lab.set.scatterRows(count, cols, lab.putIndices(indices), inWeights, x, ldx, sums, lds);
      const [own, factor, got] = [lab.get(x, rows.length), lab.get(inWeights, count), lab.get(sums, 4 * lds)];
      got.forEach((value, at) => {
        const [sum, j] = [Math.floor(at / lds), at % lds];
        const terms = indices.flatMap((index, i) => index === sum && j < cols ? [factor[i] * own[i * ldx + j]] : []);
        const size = terms.reduce((total, term) => total + Math.abs(term), 0.5);
        const expected = terms.reduce((total, term) => total + term, 0.5);
        // A product and an addition are rounded for each term.
        assertWithin(value, expected, terms.length === 0 ? 0 : 2 * terms.length * lab.unit * size, `entry ${at}`);
      });
    }
  });

  Deno.test(`scatterRows() of ${lab.label} stays in bounds at the end of memory`, () => {
    const [indices, weights] = [lab.putIndices([0]), lab.put([2])];
    const sums = lab.put(new Float64Array(7));
    lab.set.scatterRows(1, 7, indices, weights, putAtEnd(lab, weyl(7, 1)), 7, sums, 7);
    lab.set.scatterRows(1, 7, indices, weights, lab.put(new Float64Array(7)), 7, putAtEnd(lab, weyl(7, 1)), 7);
    assertEquals(lab.get(sums, 7), lab.get(putAtEnd(lab, weyl(7, 1)), 7).map((value) => 2 * value));
  });

  Deno.test(`readSingle() of ${lab.label} has every bit of numbers in single precision, and writes nothing else`, () => {
    const { memory } = lab.kernels;
    for (const [rows, cols, gap] of [[0, 3, 0], [1, 1, 0], [3, 5, 2], [2, 16, 1], [4, 61, 0]]) {
      const [ldx, ldo] = [cols + gap, cols + 2 * gap];
      const numbers = Float32Array.from(
        weyl(rows * ldx, 1),
        (value, i) => i === 1 ? -Infinity : i === 2 ? 2 ** -149 : value,
      );
      const x = memory.allocate(4 * numbers.length);
      memory.view("f32", x, numbers.length).set(numbers);
      const out = lab.put(new Float64Array(rows * ldo + 1).fill(0.5), 1);
      lab.set.readSingle(rows, cols, x, ldx, out, ldo);
      lab.get(out, rows * ldo + 1).forEach((value, at) => {
        const [i, j] = [Math.floor(at / ldo), at % ldo];
        assertEquals(value, i < rows && j < cols ? numbers[i * ldx + j] : 0.5, `entry ${at}`);
      });
    }
  });

  Deno.test(`readSingle() of ${lab.label} stays in bounds at the end of memory`, () => {
    const { memory } = lab.kernels;
    const from = memory.wasm.buffer.byteLength - 4 * 5;
    memory.view("f32", from, 5).set([1, 2, 3, 4, 5]);
    const out = lab.put(new Float64Array(5));
    lab.set.readSingle(1, 5, from, 5, out, 5);
    assertEquals([...lab.get(out, 5)], [1, 2, 3, 4, 5]);
    const single = memory.allocate(20);
    memory.view("f32", single, 5).set([1, 2, 3, 4, 5]);
    lab.set.readSingle(1, 5, single, 5, putAtEnd(lab, new Float64Array(5)), 5);
    assertEquals([...lab.get(memory.wasm.buffer.byteLength - 5 * lab.set.bytes, 5)], [1, 2, 3, 4, 5]);
  });
}
