import { compiledLabs, SIZES, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertFilled, assertWithin, putAtEnd } from "../support/operands.ts";

/** A sum of n rounded products of numbers below 1 is off by at most (n + 2) n units; twin and kernel may differ by both. */
const bound = (n: number, unit: number) => 2 * (n + 2) * (n + 1) * unit;

const SHAPES = SIZES.filter((n) => n < 40).flatMap((m) => [0, 1, 2, 3, 4, 5, 8, 9, 17, 61].map((n) => [m, n] as const));

for (const lab of await compiledLabs()) {
  const twin = await twinLab(lab.dtype);
  const { set, unit } = lab;

  for (const name of ["gemvN", "gemvT"] as const) {
    Deno.test(`${name}() of ${lab.label} stays within 2 (n + 2) units of the twin and writes nothing else`, () => {
      for (const [m, n] of SHAPES) {
        for (const [padding, offset] of [[0, 0], [3, 1]]) {
          const [inputs, outputs] = name === "gemvN" ? [n, m] : [m, n];
          for (const accumulate of [0, 1] as const) {
            const [ours, theirs] = [lab, twin].map((one) => {
              const a = one.put(weyl(m * (n + padding), 1), offset);
              const x = one.put(weyl(inputs, 2), offset), y = one.put(weyl(outputs + 2, 3), offset);
              one.set[name](m, n, a, n + padding, x, y, accumulate);
              const left = one.get(y, outputs + 2);
              for (const at of [a, x, y]) one.kernels.memory.free(at - offset * one.set.bytes);
              return left;
            });
            ours.forEach((value, i) =>
              assertWithin(value, theirs[i], i < outputs ? bound(inputs, unit) : 0, `${m} x ${n} + ${padding} [${i}]`)
            );
          }
        }
      }
    });

    Deno.test(`${name}() of ${lab.label} carries 0 x NaN, and stays in bounds at the end of memory`, () => {
      for (const [m, n] of SHAPES) {
        const [inputs, outputs] = name === "gemvN" ? [n, m] : [m, n];
        const a = lab.put(weyl(m * n, 1).fill(NaN));
        const x = lab.put(new Float64Array(inputs));
        const y = lab.put(new Float64Array(outputs));
        set[name](m, n, a, n, x, y, 0);
        assertFilled(lab, y, outputs, inputs ? NaN : 0);
        set[name](m, n, putAtEnd(lab, weyl(m * n, 1)), n, x, y, 0);
        set[name](m, n, a, n, putAtEnd(lab, weyl(inputs, 1)), y, 0);
        set[name](m, n, a, n, x, putAtEnd(lab, weyl(outputs, 1)), 0);
        for (const at of [a, x, y]) lab.kernels.memory.free(at);
      }
    });
  }

  Deno.test(`ger() of ${lab.label} matches the twin, leaves the padding alone, carries 0 x NaN`, () => {
    /** Two products and a sum, each rounded, on both sides. */
    const ENTRY = 8;
    for (const [m, n] of SHAPES) {
      for (const [padding, offset] of [[0, 0], [3, 1]]) {
        const width = n + padding;
        const [ours, theirs] = [lab, twin].map((one) => {
          const a = one.put(weyl(m * width, 1), offset),
            x = one.put(weyl(m, 2), offset),
            y = one.put(weyl(n, 3), offset);
          one.set.ger(m, n, 0.3, x, y, a, width);
          const left = one.get(a, m * width);
          for (const at of [a, x, y]) one.kernels.memory.free(at - offset * one.set.bytes);
          return left;
        });
        ours.forEach((value, i) =>
          assertWithin(value, theirs[i], i % width < n ? ENTRY * unit : 0, `${m} x ${n} [${i}]`)
        );
      }
      const a = lab.put(weyl(m * n, 1));
      const x = lab.put(new Float64Array(m));
      const y = lab.put(new Float64Array(n).fill(NaN));
      set.ger(m, n, 1, x, y, a, n);
      assertFilled(lab, a, m * n, NaN);
      set.ger(m, n, 1, x, y, putAtEnd(lab, weyl(m * n, 1)), n);
      set.ger(m, n, 1, putAtEnd(lab, weyl(m, 1)), y, a, n);
      set.ger(m, n, 1, x, putAtEnd(lab, weyl(n, 1)), a, n);
      for (const at of [a, x, y]) lab.kernels.memory.free(at);
    }
  });
}
