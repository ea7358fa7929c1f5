import { assert, assertEquals } from "@std/assert";
import { qrWork, SOLVE_WORK } from "../../src/kernels/mod.ts";
import { key, normal } from "../../src/random/mod.ts";
import { compiledLabs, type Lab, twinLab } from "../support/kernel_lab.ts";
import { assertWithin, putAtEnd } from "../support/operands.ts";

/** Rows and columns: none, one, wide, tall, around one panel (48 columns) and two. */
const SHAPES: readonly (readonly [n: number, d: number])[] = [
  [0, 3],
  [3, 0],
  [1, 1],
  [1, 5],
  [2, 1],
  [3, 2],
  [5, 5],
  [7, 31],
  [33, 8],
  [32, 32],
  [61, 33],
  [40, 61],
  [130, 48],
  [61, 49],
  [97, 100],
];

/**
 * Householder QR: column j of the computed R is exact for a column of `[R; A]` that is off by a modest multiple of the number of
 * terms, in units of its norm. Source: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", theorem 19.4.
 */
const STABILITY = 4;

const draws = (lab: Lab, length: number, salt: number): Float64Array => {
  const values = normal(key(salt), length);
  return lab.dtype === "f32" ? values.map(Math.fround) : values;
};

/** Rows laid out with NaN between them. */
const spread = (a: Float64Array, rows: number, cols: number, ld: number): Float64Array =>
  Float64Array.from({ length: rows * ld }, (_, at) => at % ld < cols ? a[Math.floor(at / ld) * cols + at % ld] : NaN);

/** The upper triangle of a matrix, and `below` elsewhere. */
const upperOf = (a: Float64Array, d: number, below: number): Float64Array =>
  a.map((value, at) => at % d >= Math.floor(at / d) ? value : below);

/** `X'X` of the rows of several matrices, in plain loops. */
function gramOf(d: number, ...parts: readonly Float64Array[]): Float64Array {
  const gram = new Float64Array(d * d);
  for (const part of parts) {
    for (let i = 0; i < part.length / (d || 1); i++) {
      for (let j = 0; j < d; j++) for (let k = 0; k < d; k++) gram[j * d + k] += part[i * d + j] * part[i * d + k];
    }
  }
  return gram;
}

/** R after some pieces of A, each [n, d], from zeros or a given R. */
function triangleOf(
  lab: Lab,
  d: number,
  pieces: readonly Float64Array[],
  start: Float64Array = new Float64Array(d * d),
): Float64Array {
  const { set, kernels: { memory } } = lab;
  const r = lab.put(start);
  for (const piece of pieces) {
    const n = piece.length / d;
    const [a, work] = [lab.put(piece), memory.allocate(qrWork(n, d) * set.bytes)];
    set.qrUpdate(n, d, r, d, a, d, work);
    for (const address of [a, work]) memory.free(address);
  }
  const result = lab.get(r, d * d);
  memory.free(r);
  return result;
}

function assertGram(
  lab: Lab,
  d: number,
  terms: number,
  actual: Float64Array,
  expected: Float64Array,
  what: string,
): void {
  const bound = STABILITY * terms * lab.unit;
  for (let j = 0; j < d; j++) {
    for (let k = 0; k < d; k++) {
      const size = Math.sqrt(expected[j * d + j] * expected[k * d + k]);
      assertWithin(actual[j * d + k], expected[j * d + k], bound * size, `${what}, entry ${j}, ${k}`);
    }
  }
}

const labs: readonly Lab[] = [...await compiledLabs(), await twinLab("f32"), await twinLab("f64")];

for (const lab of labs) {
  const { set, kernels: { memory } } = lab;

  Deno.test(`qrUpdate() of ${lab.label} makes R'R the old one and A'A, and touches nothing below the diagonal or between rows`, () => {
    for (const [n, d] of SHAPES) {
      for (const gap of [0, 3]) {
        const [old, a] = [upperOf(draws(lab, d * d, 1), d, 0), draws(lab, n * d, 2)];
        const [ldr, lda] = [d + gap, d + 2 * gap];
        const laid = spread(upperOf(old, d, NaN), d, d, ldr);
        const [r, at] = [lab.put(laid), lab.put(spread(a, n, d, lda))];
        const work = memory.allocate(qrWork(n, d) * set.bytes);
        set.qrUpdate(n, d, r, ldr, at, lda, work);
        const result = lab.get(r, d * ldr);
        const triangle = new Float64Array(d * d);
        for (let i = 0; i < d; i++) {
          for (let j = 0; j < ldr; j++) {
            if (j >= i && j < d) triangle[i * d + j] = result[i * ldr + j];
            else assertEquals(result[i * ldr + j], NaN);
          }
        }
        const what = `${n} rows, ${d} columns`;
        assertGram(lab, d, n + d, gramOf(d, triangle), gramOf(d, old, a), what);
        for (const address of [r, at, work]) memory.free(address);
      }
    }
  });

  Deno.test(`qrUpdate() of ${lab.label} stays in bounds when an operand ends with the memory`, () => {
    for (const [n, d] of [[1, 1], [2, 3], [5, 8], [9, 5], [60, 50]]) {
      for (const last of [0, 1, 2]) {
        const operands = [new Float64Array(d * d), draws(lab, n * d, 3), new Float64Array(qrWork(n, d))];
        const [r, a, work] = operands.map((one, i) => i === last ? putAtEnd(lab, one) : lab.put(one));
        set.qrUpdate(n, d, r, d, a, d, work);
        assertGram(lab, d, n + d, gramOf(d, lab.get(r, d * d)), gramOf(d, operands[1]), `${n} rows, ${d} columns`);
        [r, a, work].forEach((address, i) => i === last || memory.free(address));
      }
    }
  });

  Deno.test(`qrUpdate() of ${lab.label} has a closed form for one column: the norm`, () => {
    assertEquals(triangleOf(lab, 1, [Float64Array.of(3), Float64Array.of(4)]).map(Math.abs), Float64Array.of(5));
    assertEquals(triangleOf(lab, 1, [Float64Array.of(4)], Float64Array.of(-3)).map(Math.abs), Float64Array.of(5));
  });

  Deno.test(`qrUpdate() of ${lab.label} leaves R alone, to the bit, when A is zero or has no rows`, () => {
    for (const d of [1, 3, 50]) {
      const old = upperOf(draws(lab, d * d, 4), d, 0);
      assertEquals(triangleOf(lab, d, [new Float64Array(0), new Float64Array(7 * d)], old), old);
    }
  });

  Deno.test(`qrUpdate() of ${lab.label} merges the triangles of two halves into that of the whole`, () => {
    for (const [n, d] of [[40, 5], [20, 33], [150, 100]]) {
      const halves = [draws(lab, n * d, 5), draws(lab, n * d, 6)];
      const [first, second] = halves.map((half) => triangleOf(lab, d, [half]));
      const merged = triangleOf(lab, d, [second], first);
      assertGram(lab, d, 2 * n + 2 * d, gramOf(d, merged), gramOf(d, ...halves), `${n} rows, ${d} columns`);
      assertEquals(merged, upperOf(merged, d, 0));
    }
  });

  Deno.test(`qrUpdate() of ${lab.label} keeps each column's accuracy at huge and tiny scales`, () => {
    // The squares of the smallest underflow, those of the largest overflow; powers of two, so that scaling is exact.
    const range = lab.dtype === "f64" ? 990 : 100;
    const [n, d] = [70, 9];
    const a = draws(lab, n * d, 7);
    const scales = Float64Array.from({ length: d }, (_, j) => 2 ** Math.round(range * (2 * j / (d - 1) - 1)));
    const [plain, large] = [a, a.map((value, at) => value * scales[at % d])].map((one) => triangleOf(lab, d, [one]));
    for (let i = 0; i < d; i++) {
      for (let j = i; j < d; j++) {
        const norm = Math.sqrt(n);
        assertWithin(
          large[i * d + j] / scales[j],
          plain[i * d + j],
          STABILITY * n * lab.unit * norm,
          `entry ${i}, ${j}`,
        );
      }
    }
  });

  Deno.test(`qrUpdate() of ${lab.label} answers NaN for NaN and infinity, and ends`, () => {
    for (const [n, d] of [[1, 1], [9, 4], [60, 60]]) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const a = draws(lab, n * d, 8);
        a[(n - 1) * d] = bad;
        const r = triangleOf(lab, d, [a]);
        assert(!r.every(Number.isFinite), `${bad}`);
        if (Number.isNaN(bad)) assertEquals(r[0], NaN);
      }
    }
  });

  Deno.test(`solveRight() of ${lab.label} gives rows that are exact for a triangle off by rounding, however ill-conditioned`, () => {
    for (const [n, d] of [...SHAPES, [260, 50]] as const) {
      for (const gap of [0, 3]) {
        const [x, full] = [draws(lab, n * d, 9), draws(lab, d * d, 10)];
        // Diagonals of 2 keep the entries of the solution in range; the triangle of normal draws has a condition that grows with 2^d.
        const t = upperOf(full.map((value, at) => at % (d + 1) === 0 ? 2 : value), d, 0);
        const [ldt, ldx] = [d + gap, d + 2 * gap];
        const [atT, atX] = [lab.put(spread(upperOf(t, d, NaN), d, d, ldt)), lab.put(spread(x, n, d, ldx))];
        const work = memory.allocate(SOLVE_WORK * set.bytes);
        set.solveRight(n, d, atT, ldt, atX, ldx, work);
        const y = lab.get(atX, n * ldx);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < ldx; j++) {
            if (j >= d) {
              assertEquals(y[i * ldx + j], NaN);
              continue;
            }
            let [sum, size] = [0, 0];
            for (let k = 0; k <= j; k++) {
              const term = y[i * ldx + k] * t[k * d + j];
              sum += term;
              size += Math.abs(term);
            }
            assertWithin(sum, x[i * d + j], 4 * (d + 1) * lab.unit * size, `${n} rows, order ${d}, entry ${i}, ${j}`);
          }
        }
        for (const address of [atT, atX, work]) memory.free(address);
      }
    }
  });

  Deno.test(`solveRight() of ${lab.label} stays in bounds when an operand ends with the memory`, () => {
    for (const [n, d] of [[0, 2], [1, 1], [2, 3], [5, 8], [60, 50], [257, 3]]) {
      const identity = Float64Array.from({ length: d * d }, (_, at) => at % (d + 1) === 0 ? 1 : 0);
      const x = draws(lab, n * d, 11);
      for (const last of [0, 1, 2]) {
        const operands = [identity, x, new Float64Array(SOLVE_WORK)];
        const [t, at, work] = operands.map((one, i) => i === last ? putAtEnd(lab, one) : lab.put(one));
        set.solveRight(n, d, t, d, at, d, work);
        assertEquals(lab.get(at, n * d), x);
        [t, at, work].forEach((address, i) => i === last || memory.free(address));
      }
    }
  });
}

for (const lab of await compiledLabs()) {
  const twin = await twinLab(lab.dtype);

  Deno.test(`qrUpdate() of ${lab.label} has the triangle of the twin, signs and all`, () => {
    for (const [n, d] of [[1, 1], [9, 4], [100, 33], [130, 61]]) {
      // An added identity keeps the condition near 1, and with it the triangle as accurate as its Gram matrix.
      const a = draws(lab, n * d, 12).map((value, at) => value / 4 + (at % (d + 1) === 0 ? 20 : 0));
      const rounded = lab.dtype === "f32" ? a.map(Math.fround) : a;
      const [ours, theirs] = [triangleOf(lab, d, [rounded]), triangleOf(twin, d, [rounded])];
      ours.forEach((value, at) => {
        assertWithin(value, theirs[at], STABILITY * (n + d) * lab.unit * 25, `${n} rows, ${d} columns, entry ${at}`);
      });
    }
  });
}
