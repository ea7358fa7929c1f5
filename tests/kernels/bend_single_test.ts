import { assertEquals } from "@std/assert";
import { compiledLabs, type Lab, SIZES, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertWithin, putAtEnd } from "../support/operands.ts";

/** Numbers in single precision in kernel memory, whatever the precision of the set; at its very end where that is asked for. */
function putSingle({ kernels: { memory } }: Lab, values: Float64Array, atEnd = false): number {
  const at = atEnd ? memory.wasm.buffer.byteLength - 4 * values.length : memory.allocate(4 * values.length);
  memory.view("f32", at, values.length).set(values);
  return at;
}

const SHAPES = SIZES.filter((m) => m < 40).flatMap((m) => [0, 1, 2, 3, 4, 5, 8, 9, 17, 61].map((n) => [m, n] as const));

for (const lab of await compiledLabs()) {
  const twin = await twinLab(lab.dtype);

  Deno.test(`bendSingle() of ${lab.label} is w (p + A x) and its sums over the rows, as the twin has them, and writes nothing else`, () => {
    for (const [m, n] of SHAPES) {
      for (const gap of [0, 3]) {
        const [[p, y], [wantedP, wantedY]] = [lab, twin].map((one) => {
          const a = putSingle(one, weyl(m * (n + gap), 1));
          const [x, w, p, y] = [weyl(n, 2), weyl(m, 3), weyl(m + 2, 4), weyl(n + 2, 5)].map((values) =>
            one.put(values)
          );
          one.set.bendSingle(m, n, a, n + gap, x, w, p, y);
          const left = [one.get(p, m + 2), one.get(y, n + 2)];
          for (const at of [a, x, w, p, y]) one.kernels.memory.free(at);
          return left;
        });
        // Sums of n products below 1, rounded in another order; then of m products of such a sum.
        const ofRow = 2 * (n + 3) * (n + 2) * lab.unit;
        const ofColumn = 2 * (m + 2) * (m + 1) * (n + 1) * lab.unit + m * ofRow;
        p.forEach((value, i) => assertWithin(value, wantedP[i], i < m ? ofRow : 0, `p ${m} x ${n} + ${gap} [${i}]`));
        y.forEach((value, j) => assertWithin(value, wantedY[j], j < n ? ofColumn : 0, `y ${m} x ${n} + ${gap} [${j}]`));
      }
    }
  });

  Deno.test(`bendSingle() of ${lab.label} by hand: two rows of which one is seen`, () => {
    const a = putSingle(lab, Float64Array.of(1, 2, 3, 4));
    const [x, w, p, y] = [[10, 100], [2, 0], [1, 5], [0.5, 0.25]].map((values) => lab.put(values));
    lab.set.bendSingle(2, 2, a, 2, x, w, p, y);
    // 2 (1 + 10 + 200) = 422; 0 (5 + 430) = 0.
    assertEquals([...lab.get(p, 2)], [422, 0]);
    assertEquals([...lab.get(y, 2)], [422.5, 844.25]);
  });

  Deno.test(`bendSingle() of ${lab.label} carries 0 x NaN, and stays in bounds at the end of memory`, () => {
    for (const [m, n] of SHAPES.filter(([m, n]) => m > 0 && n > 0)) {
      const [x, w, p, y] = [n, m, m, n].map((length) => lab.put(new Float64Array(length)));
      const last = putSingle(lab, weyl(m * n, 1), true);
      lab.set.bendSingle(m, n, last, n, x, w, p, y);
      assertEquals([...lab.get(p, m), ...lab.get(y, n)].every((value) => value === 0), true);
      lab.kernels.memory.view("f32", last, m * n).fill(NaN);
      lab.set.bendSingle(m, n, last, n, x, w, p, y);
      assertEquals([...lab.get(p, m), ...lab.get(y, n)].every(Number.isNaN), true);
      const a = putSingle(lab, weyl(m * n, 1));
      lab.set.bendSingle(m, n, a, n, putAtEnd(lab, weyl(n, 1)), w, p, y);
      lab.set.bendSingle(m, n, a, n, x, putAtEnd(lab, weyl(m, 1)), p, y);
      lab.set.bendSingle(m, n, a, n, x, w, putAtEnd(lab, weyl(m, 1)), y);
      lab.set.bendSingle(m, n, a, n, x, w, p, putAtEnd(lab, weyl(n, 1)));
      for (const at of [a, x, w, p, y]) lab.kernels.memory.free(at);
    }
  });
}
