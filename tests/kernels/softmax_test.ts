import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { softmax } from "../../src/loss/mod.ts";
import { compiledLabs, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertAllWithin, putAtEnd } from "../support/operands.ts";

/** Units of rounding: of exp, a sum of m terms, a quotient and a product. */
const UNITS = 40;

const SHAPES = [[1, 1], [1, 2], [3, 3], [2, 4], [5, 5], [4, 7], [3, 8], [2, 60], [9, 17]] as const;

/** Predictions, some of them far apart, and targets: unit vectors but for the last row, which is of two classes. */
function rowsOf(rows: number, m: number) {
  const p = weyl(rows * m, 1).map((value, at) => at % 5 === 0 ? 30 * value : value);
  const y = Float64Array.from({ length: rows * m }, (_, at) => at % m === Math.floor(at / m) % m ? 1 : 0);
  if (m > 1) [y[rows * m - 1], y[rows * m - 2]] = [0.25, 0.75];
  if (m > 2) y.fill(0, (rows - 1) * m, rows * m - 2);
  return { p, y };
}

for (const lab of [...await compiledLabs(), await twinLab("f32"), await twinLab("f64")]) {
  const { set, dtype, unit } = lab;

  Deno.test(`softmax() and chances() of ${lab.label} are the loss, its slopes and the chances, row by row`, () => {
    for (const [rows, m] of SHAPES) {
      const own = rowsOf(rows, m);
      const [p, y] = [lab.put(own.p, 1), lab.put(own.y, 1)];
      const [slope, q] = [0, 1].map(() => lab.put(new Float64Array(rows * m + 1).fill(0.5), 1));
      const batch = { n: rows, m, p: lab.get(p, rows * m), y: own.y };
      const [d1, chances] = [new Float64Array(rows * m), softmax.weights(batch)];
      const value = softmax.evaluate(batch, 3, d1);
      const sum = set.softmax(rows, m, 3, p, y, slope);
      assertAlmostEquals(sum, value, UNITS * unit * rows * (1 + 60));
      assertAllWithin([...lab.get(slope, rows * m + 1)], [...d1, 0.5], () => UNITS * unit * 3);
      set.chances(rows, m, p, q);
      assertAllWithin(
        [...lab.get(q, rows * m + 1)],
        [...chances, 0.5],
        (at) => UNITS * unit * (chances[at] ?? 0),
      );
      set.chances(rows, m, p, p);
      assertEquals(lab.get(p, rows * m), lab.get(q, rows * m));
    }
  });

  Deno.test(`softmax() of ${lab.label} keeps all digits of a confident right answer, and of predictions beyond exp`, () => {
    const far = dtype === "f32" ? 60 : 500;
    const [p, y] = [lab.put([far, 0, 0, 1e30, -1e30, 0]), lab.put([1, 0, 0, 1, 0, 0])];
    const slope = lab.put(new Float64Array(6));
    assertAlmostEquals(set.softmax(1, 3, 1, p, y, slope) / (2 * Math.exp(-far)), 1, UNITS * unit);
    assertAlmostEquals(lab.get(slope, 1)[0] / (-2 * Math.exp(-far)), 1, UNITS * unit);
    assertEquals(set.softmax(1, 3, 1, p + 3 * set.bytes, y + 3 * set.bytes, slope), 0);
    assertEquals([...lab.get(slope, 3)].map((value) => value + 0), [0, 0, 0]);
  });

  Deno.test(`softmax() and chances() of ${lab.label} pass NaN on, and stay in bounds at the end of memory`, () => {
    const [p, y, out] = [lab.put([1, NaN, 0]), lab.put([1, 0, 0]), lab.put(new Float64Array(3))];
    assert(Number.isNaN(set.softmax(1, 3, 1, p, y, out)));
    assert(lab.get(out, 3).every(Number.isNaN));
    set.chances(1, 3, p, out);
    assert(lab.get(out, 3).every(Number.isNaN));
    // The end of memory is one place: each operand in turn is there.
    for (let last = 0; last < 3; last++) {
      const values = [[1, 2, 0], [1, 0, 0], [0, 0, 0]];
      const [from, target, to] = values.map((own, at) => at === last ? putAtEnd(lab, own) : lab.put(own));
      assertAlmostEquals(set.softmax(1, 3, 1, from, target, to), Math.log(Math.E + Math.E ** 2 + 1) - 1, 1e-5);
    }
  });
}
