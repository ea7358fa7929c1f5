import type { Matrix, Vector } from "../tensor/mod.ts";

/** Sweeps over all pairs: convergence is quadratic and takes less than ten. */
const SWEEPS = 50;

/** What an entry off the diagonal may keep, as a share of the trace: less than rounding. */
const NEGLIGIBLE = 2 ** -56;

/**
 * A unit eigenvector of the largest eigenvalue of a small positive semidefinite matrix, without kernels: cyclic Jacobi
 * rotations, each of which makes one entry off the diagonal zero, until all are below rounding relative to the trace.
 * Source: G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th edition (2013), section 8.5. Cost: about `30 n³`
 * flops.
 */
export function leadingEigenvector({ rows: n, data }: Matrix): Vector {
  const a = data.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const diagonal = (i: number): number => a[i * n + i];
  let trace = 0;
  for (let i = 0; i < n; i++) trace += diagonal(i);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const entry = a[p * n + q];
        if (!(Math.abs(entry) > NEGLIGIBLE * trace)) continue;
        rotated = true;
        // The tangent of the smaller of the two angles that make the entry zero.
        const cotangent = (diagonal(q) - diagonal(p)) / (2 * entry);
        const tangent = (cotangent < 0 ? -1 : 1) / (Math.abs(cotangent) + Math.hypot(cotangent, 1));
        const cosine = 1 / Math.hypot(tangent, 1);
        const sine = tangent * cosine;
        rotate(a, n, p * n, q * n, 1, cosine, sine);
        rotate(a, n, p, q, n, cosine, sine);
        rotate(vectors, n, p * n, q * n, 1, cosine, sine);
      }
    }
    if (!rotated) break;
  }
  let best = 0;
  for (let i = 1; i < n; i++) if (diagonal(i) > diagonal(best)) best = i;
  return vectors.slice(best * n, (best + 1) * n);
}

/** Turns two lines of `n` entries into each other, in place: `(x, y)` becomes `(c x - s y, s x + c y)`. */
function rotate(a: Vector, n: number, x: number, y: number, stride: number, cosine: number, sine: number): void {
  for (let i = 0; i < n; i++) {
    const [at, to] = [x + i * stride, y + i * stride];
    const [left, right] = [a[at], a[to]];
    a[at] = cosine * left - sine * right;
    a[to] = sine * left + cosine * right;
  }
}
