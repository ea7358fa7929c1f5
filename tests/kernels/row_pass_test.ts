import { assertAlmostEquals, assertEquals } from "@std/assert";
import { LOSS_CODES, SOFTMAX_CODE } from "../../src/kernels/types.ts";
import { compiledLabs, type Lab, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertAllWithin } from "../support/operands.ts";

/** Rows, outputs, columns of x and of f; the last ones are more than a block of rows, with rows that are read ahead. */
const SHAPES = [[1, 1, 1, 0], [3, 2, 3, 2], [17, 3, 5, 0], [40, 10, 7, 4], [70, 1, 6, 3], [300, 3, 260, 3]] as const;

/** Units of rounding of the size of the terms of a sum. */
const UNITS = 4;

interface Operands {
  readonly rows: number;
  readonly m: number;
  readonly [name: string]: number;
}

/** Operands of one shape in a lab; targets are unit vectors, or classes where there is one output. */
function operands(lab: Lab, [rows, m, d, k]: readonly [number, number, number, number]): Operands {
  const y = Float64Array.from(
    { length: rows * m },
    (_, at) => m === 1 ? (at % 2) * 2 - 1 : at % m === Math.floor(at / m) % m ? 1 : 0,
  );
  const empty = (length: number) => lab.put(new Float64Array(length));
  return {
    ...{ rows, m, d, k, x: lab.put(weyl(rows * d, 1)), f: lab.put(weyl(rows * k, 2)), y: lab.put(y) },
    ...{ head: lab.put(weyl(m * (d + k), 3)), weights: lab.put(weyl(rows * m, 4).map(Math.abs)) },
    ...{ p: empty(rows * m), slopes: empty(rows * m), sums: empty(m * (d + k) + 1), value: empty(1) },
    work: lab.kernels.work,
  };
}

for (const lab of await compiledLabs()) {
  const { set, dtype, unit } = lab;

  Deno.test(`bendRows() of ${lab.label} is its twin, for chances and for a diagonal, and writes nothing else`, async () => {
    const twin = await twinLab(dtype);
    for (const shape of SHAPES) {
      for (const categorical of [0, 1] as const) {
        const found = [lab, twin].map((each) => {
          const { rows, m, d, k, x, f, head, weights, sums, work } = operands(each, shape);
          each.set.bendRows(categorical, rows, m, x, d, f, k, head, weights, sums, work);
          return [...each.get(sums, m * (d + k) + 1)];
        });
        const [rows, m, d, k] = shape;
        assertAllWithin(found[0], found[1], () => UNITS * unit * rows * (d + k) * m);
        assertEquals(found[0].at(-1), 0);
      }
    }
  });

  Deno.test(`lossRows() of ${lab.label} is its twin, for softmax and for scalar losses, and writes nothing else`, async () => {
    const twin = await twinLab(dtype);
    for (const shape of SHAPES) {
      for (const [code, parameter] of [[SOFTMAX_CODE, 0], [LOSS_CODES.squared, 0], [LOSS_CODES.huber, 0.5]]) {
        const found = [lab, twin].map((each) => {
          const { rows, m, d, k, x, f, head, y, p, slopes, sums, value, work } = operands(each, shape);
          each.set.lossRows(code, parameter, rows, m, x, d, f, k, head, y, p, slopes, sums, value, work);
          return [[p, rows * m], [slopes, rows * m], [sums, m * (d + k) + 1], [value, 1]].map((
            [at, length],
          ) => [...each.get(at, length)]);
        });
        const [rows, m, d, k] = shape;
        const [of, own] = found;
        assertAllWithin(of[0], own[0], () => UNITS * unit * (d + k));
        assertAllWithin(of[1], own[1], () => UNITS * unit * (d + k + 10));
        assertAllWithin(of[2], own[2], () => UNITS * unit * rows * (d + k + 10));
        assertAlmostEquals(of[3][0], own[3][0], UNITS * unit * rows * m * (d + k + 10) * (d + k));
        assertEquals(of[2].at(-1), 0);
      }
    }
  });

  Deno.test(`bendRows() of ${lab.label} gives the same bits wherever its rows lie`, () => {
    const of = operands(lab, SHAPES[3]);
    const once = () => {
      set.bendRows(1, of.rows, of.m, of.x, of.d, of.f, of.k, of.head, of.weights, of.sums, of.work);
      return lab.get(of.sums, of.m * (of.d + of.k));
    };
    const first = once();
    const moved = lab.put(lab.get(of.x, of.rows * of.d), 1);
    set.bendRows(1, of.rows, of.m, moved, of.d, of.f, of.k, of.head, of.weights, of.sums, of.work);
    assertEquals(lab.get(of.sums, of.m * (of.d + of.k)), first);
  });
}
