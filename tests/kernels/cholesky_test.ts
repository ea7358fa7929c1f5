import { assertEquals } from "@std/assert";
import { SOLVE_WORK } from "../../src/kernels/mod.ts";
import { compiledLabs, type Lab, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertWithin, putAtEnd } from "../support/operands.ts";

const ORDERS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64];

/** Source of the factor: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", theorem 10.3: (n + 1) units of ||A||. */
const BACKWARD = 2;

/** `B B' + n I` for random B: far from singular, entries up to 2n. */
function positiveDefinite(n: number, salt: number): Float64Array {
  const b = weyl(n * n, salt);
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = i === j ? n : 0;
    for (let k = 0; k < n; k++) sum += b[i * n + k] * b[j * n + k];
    return sum;
  });
}

/** Rows of `a` laid out with a leading dimension of `lda`, NaN between them and in the upper triangle. */
function lowerOf(a: Float64Array, n: number, lda: number): Float64Array {
  return Float64Array.from({ length: n * lda }, (_, at) => {
    const [i, j] = [Math.floor(at / lda), at % lda];
    return j <= i ? a[i * n + j] : NaN;
  });
}

const labs: readonly Lab[] = [...await compiledLabs(), await twinLab("f32"), await twinLab("f64")];

for (const lab of labs) {
  const { set, unit } = lab;

  Deno.test(`cholesky() of ${lab.label} factors A into L L' and leaves everything but the lower triangle alone`, () => {
    for (const n of ORDERS) {
      for (const lda of [n, n + 1, n + 5]) {
        const a = lowerOf(positiveDefinite(n, 3), n, lda);
        const at = lab.put(a);
        assertEquals(set.cholesky(n, at, lda), 0);
        const l = lab.get(at, n * lda);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < lda; j++) {
            if (j > i) {
              assertEquals(l[i * lda + j], NaN);
              continue;
            }
            let sum = 0;
            for (let k = 0; k <= j; k++) sum += l[i * lda + k] * l[j * lda + k];
            const exact = lab.dtype === "f32" ? Math.fround(a[i * lda + j]) : a[i * lda + j];
            assertWithin(sum, exact, BACKWARD * (n + 1) * unit * 2 * n, `order ${n}, entry ${i}, ${j}`);
          }
        }
      }
    }
  });

  Deno.test(`cholesky() of ${lab.label} with scratch has the factor of rows, by blocks, and the same first bad pivot`, () => {
    const work = lab.put(new Float64Array(SOLVE_WORK));
    for (const n of [1, 95, 96, 97, 144, 145, 400]) {
      const lda = n + 3;
      // Entries near the diagonal only, so that a large matrix is quickly made.
      const a = Float64Array.from({ length: n * lda }, (_, at) => {
        const [i, j] = [Math.floor(at / lda), at % lda];
        return j > i ? NaN : 4 ** -(i - j) + (i === j ? 1 : 0);
      });
      const [rows, blocks] = [lab.put(a), lab.put(a)];
      assertEquals([set.cholesky(n, rows, lda), set.cholesky(n, blocks, lda, work)], [0, 0]);
      const expected = lab.get(rows, n * lda);
      lab.get(blocks, n * lda).forEach((value, at) => {
        // Diagonals are at least 1, and so the condition is small.
        assertWithin(value, expected[at], BACKWARD * (n + 1) * unit, `order ${n}, entry ${at}`);
      });
      for (const bad of [0, Math.floor(n / 2), n - 1]) {
        const broken = a.map((value, at) => at === bad * (lda + 1) ? -1 : value);
        lab.kernels.memory.view(lab.dtype, blocks, n * lda).set(broken);
        assertEquals(set.cholesky(n, blocks, lda, work), bad + 1, `order ${n}`);
      }
      for (const address of [rows, blocks]) lab.kernels.memory.free(address);
    }
  });

  Deno.test(`choleskySolve() of ${lab.label} solves with a residual of rounding`, () => {
    for (const n of ORDERS) {
      const [a, b] = [positiveDefinite(n, 4), weyl(n, 6)];
      const [at, x] = [lab.put(a), lab.put(b)];
      set.cholesky(n, at, n);
      set.choleskySolve(n, at, n, x);
      const solution = lab.get(x, n);
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += a[i * n + j] * solution[j];
        // Eigenvalues are at least n, so |x| is at most |b| / n, and the factor and both solves each lose 2n units.
        assertWithin(sum, b[i], 8 * (n + 1) * unit * 2 * Math.max(1, n), `order ${n}, row ${i}`);
      }
    }
  });

  Deno.test(`cholesky() and choleskySolve() of ${lab.label} stay in bounds when an operand ends with the memory`, () => {
    for (const n of [0, 1, 2, 3, 5, 8, 13, 17]) {
      const identity = Float64Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 1 : 0);
      const inside = lab.put(identity);
      assertEquals(set.cholesky(n, putAtEnd(lab, identity), n), 0);
      set.choleskySolve(n, inside, n, putAtEnd(lab, new Float64Array(n)));
      const x = lab.put(new Float64Array(n));
      set.choleskySolve(n, putAtEnd(lab, identity), n, x);
    }
  });

  Deno.test(`cholesky() of ${lab.label} names the first pivot that is not above 0`, () => {
    for (const n of [1, 3, 8, 17]) {
      for (const bad of [0, Math.floor(n / 2), n - 1]) {
        for (const pivot of [0, -1, NaN]) {
          const a = Float64Array.from({ length: n * n }, (_, at) => at % (n + 1) === 0 ? 2 : 0);
          a[bad * (n + 1)] = pivot;
          assertEquals(set.cholesky(n, lab.put(a), n), bad + 1, `order ${n}, pivot ${pivot}`);
        }
      }
    }
  });

  Deno.test(`cholesky() of ${lab.label} has the closed form of the matrix of minima, all ones`, () => {
    const n = 12;
    const at = lab.put(Float64Array.from({ length: n * n }, (_, at) => 1 + Math.min(Math.floor(at / n), at % n)));
    assertEquals(set.cholesky(n, at, n), 0);
    const l = lab.get(at, n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) assertEquals(l[i * n + j], 1);
  });
}
