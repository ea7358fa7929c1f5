import { assert, assertEquals } from "@std/assert";
import { eighWork } from "../../src/kernels/mod.ts";
import { compiledLabs, type Lab, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertWithin, putAtEnd } from "../support/operands.ts";

const ORDERS = [0, 1, 2, 3, 4, 7, 16, 17, 33, 64, 127];

/**
 * Householder and QL are backward stable: their errors are a modest multiple of n units of ||A||
 * (G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed., section 8.3). Measured: below 2 n.
 */
const STABILITY = 8;

interface Result {
  readonly code: number;
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Runs eigh on a matrix whose strict upper triangle is NaN: only the lower one may be read. */
function eigh(lab: Lab, n: number, a: Float64Array, vectors: 0 | 1): Result {
  const lower = a.map((value, at) => at % n <= Math.floor(at / n) ? value : NaN);
  const [at, values, work] = [lower, new Float64Array(n), new Float64Array(eighWork(n))].map((numbers) =>
    lab.put(numbers)
  );
  const code = lab.set.eigh(n, at, values, vectors, work);
  const result = { code, values: lab.get(values, n), vectors: lab.get(at, n * n) };
  for (const address of [at, values, work]) lab.kernels.memory.free(address);
  return result;
}

function symmetric(n: number, salt: number): Float64Array {
  const draws = weyl(n * n, salt);
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return draws[Math.max(i, j) * n + Math.min(i, j)];
  });
}

const frobenius = (a: Float64Array) => {
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest === 0 ? 0 : largest * Math.sqrt(a.reduce((sum, value) => sum + (value / largest) ** 2, 0));
};

/** Checks A q = lambda q for every pair, an orthonormal basis, and ascending values. */
function assertEigenpairs(lab: Lab, n: number, a: Float64Array, { code, values, vectors }: Result, what: string): void {
  assertEquals(code, 0, what);
  const bound = STABILITY * (n + 1) * lab.unit;
  const size = frobenius(a);
  for (let j = 0; j < n; j++) {
    if (j > 0) assert(values[j - 1] <= values[j], `${what}: values ascend`);
    for (let i = 0; i < n; i++) {
      let product = 0;
      for (let k = 0; k < n; k++) product += a[i * n + k] * vectors[j * n + k];
      assertWithin(product, values[j] * vectors[j * n + i], bound * size, `${what}: A q_${j} at ${i}`);
      let inner = 0;
      for (let k = 0; k < n; k++) inner += vectors[i * n + k] * vectors[j * n + k];
      assertWithin(inner, i === j ? 1 : 0, bound, `${what}: q_${i}' q_${j}`);
    }
  }
}

/** Matrices with known spectra, whose structure has broken eigensolvers before. */
function knownSpectra(n: number): readonly (readonly [name: string, a: Float64Array, values: Float64Array])[] {
  const fill = (entry: (i: number, j: number) => number) =>
    Float64Array.from({ length: n * n }, (_, at) => entry(Math.floor(at / n), at % n));
  const values = (value: (j: number) => number) => Float64Array.from({ length: n }, (_, j) => value(j)).toSorted();
  return [
    ["zero", fill(() => 0), values(() => 0)],
    ["identity", fill((i, j) => i === j ? 1 : 0), values(() => 1)],
    ["diagonal", fill((i, j) => i === j ? (i * 7) % n - 3 : 0), values((j) => (j * 7) % n - 3)],
    ["all ones", fill(() => 1), values((j) => j === n - 1 ? n : 0)],
    [
      "second differences",
      fill((i, j) => i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0),
      values((j) => 2 - 2 * Math.cos((j + 1) * Math.PI / (n + 1))),
    ],
    [
      "one row and column, Lemma 2",
      fill((i, j) => i === 0 && j === 0 ? 3 : i === 0 || j === 0 ? 1 : 0),
      values((j) => {
        const root = Math.hypot(3, 2 * Math.sqrt(n - 1));
        return n === 1 ? 3 : j === 0 ? (3 - root) / 2 : j === n - 1 ? (3 + root) / 2 : 0;
      }),
    ],
  ];
}

for (const lab of [...await compiledLabs(), await twinLab("f64")]) {
  Deno.test(`eigh() of ${lab.label} gives orthonormal eigenpairs of random matrices, and the same values without vectors`, () => {
    for (const n of ORDERS) {
      const a = symmetric(n, n + 1).map((value) => lab.dtype === "f32" ? Math.fround(value) : value);
      const found = eigh(lab, n, a, 1);
      assertEigenpairs(lab, n, a, found, `order ${n}`);
      const alone = eigh(lab, n, a, 0);
      assertEquals([alone.code, alone.values], [0, found.values], `order ${n}`);
    }
  });

  Deno.test(`eigh() of ${lab.label} stays in bounds when an operand ends with the memory`, () => {
    for (const n of [1, 2, 3, 5, 8, 13]) {
      const identity = Float64Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 1 : 0);
      for (const vectors of [0, 1] as const) {
        for (const last of [0, 1, 2]) {
          const operands = [identity, new Float64Array(n), new Float64Array(eighWork(n))];
          const [a, values, work] = operands.map((one, i) => i === last ? putAtEnd(lab, one) : lab.put(one));
          assertEquals(lab.set.eigh(n, a, values, vectors, work), 0);
          assertEquals([...lab.get(values, n)], new Array(n).fill(1));
        }
      }
    }
  });

  Deno.test(`eigh() of ${lab.label} finds spectra with a closed form, zeros and multiples among them`, () => {
    for (const n of [1, 2, 3, 8, 31, 64]) {
      for (const [name, a, expected] of knownSpectra(n)) {
        const found = eigh(lab, n, a, 1);
        assertEigenpairs(lab, n, a, found, `${name} of order ${n}`);
        const bound = STABILITY * (n + 1) * lab.unit * frobenius(a);
        found.values.forEach((value, j) =>
          assertWithin(value, expected[j], bound, `${name} of order ${n}, value ${j}`)
        );
      }
    }
  });

  Deno.test(`eigh() of ${lab.label} keeps its accuracy at huge and tiny scales`, () => {
    const scales = lab.dtype === "f64" ? [1e-300, 1e-200, 1e200, 1e300] : [1e-30, 1e-18, 1e18, 1e30];
    for (const n of [2, 9, 33]) {
      const a = symmetric(n, 5).map((value) => lab.dtype === "f32" ? Math.fround(value) : value);
      const { values } = eigh(lab, n, a, 0);
      for (const scale of scales) {
        const found = eigh(lab, n, a.map((value) => scale * value), 0);
        assertEquals(found.code, 0);
        found.values.forEach((value, j) =>
          assertWithin(value / scale, values[j], STABILITY * n * lab.unit * n, `order ${n} times ${scale}, value ${j}`)
        );
      }
    }
  });

  Deno.test(`eigh() of ${lab.label} ends on matrices of low rank with noise, and on graded ones`, () => {
    for (const n of [5, 40, 93]) {
      const x = weyl(n, 2);
      const noise = symmetric(n, 9);
      const low = noise.map((value, at) => x[Math.floor(at / n)] * x[at % n] + 1e-18 * value);
      const tiny = noise.map((value, at) => value * 10 ** -(Math.floor(at / n) + at % n));
      const graded = tiny.map((value) => lab.dtype === "f32" ? Math.fround(value) : value);
      const rounded = low.map((value) => lab.dtype === "f32" ? Math.fround(value) : value);
      assertEigenpairs(lab, n, rounded, eigh(lab, n, rounded, 1), `rank 1 of order ${n}`);
      assertEigenpairs(lab, n, graded, eigh(lab, n, graded, 1), `graded of order ${n}`);
    }
  });

  Deno.test(`eigh() of ${lab.label} answers NaN and a code for matrices with NaN or infinity, and ends`, () => {
    for (const n of [1, 2, 9]) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const a = symmetric(n, 1);
        a[(n - 1) * n] = bad;
        const { code, values } = eigh(lab, n, a, 0);
        assert(code !== 0);
        assertEquals([...values], new Array(n).fill(NaN));
      }
    }
  });
}

for (const lab of await compiledLabs()) {
  const twin = await twinLab("f64");

  Deno.test(`eigh() of ${lab.label} has the values of the Jacobi twin`, () => {
    for (const n of [1, 2, 5, 16, 33, 64]) {
      const a = symmetric(n, n).map((value) => lab.dtype === "f32" ? Math.fround(value) : value);
      const [ours, theirs] = [eigh(lab, n, a, 0), eigh(twin, n, a, 0)];
      ours.values.forEach((value, j) =>
        assertWithin(value, theirs.values[j], STABILITY * (n + 1) * lab.unit * frobenius(a), `order ${n}, value ${j}`)
      );
    }
  });
}
