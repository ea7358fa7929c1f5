// Implicit QL on a symmetric tridiagonal matrix, with or without eigenvectors.
// Source: Wilkinson and Reinsch, "Handbook for Automatic Computation II: Linear Algebra", contribution II/4 (imtql2).

import { madd, splat } from "./simd";

/** Iterations for one eigenvalue before it counts as lost. */
const MOST = 30;

/**
 * Eigenvalues in `d` (not sorted), from the diagonal `d` and `e`, where e[i] couples i - 1 and i (e[0] unused; both destroyed).
 * `z`, unless 0: n rows, rotated along; with Z from `accumulate` they become the eigenvectors. Returns 0, or the 1-based
 * index of an eigenvalue that did not converge.
 */
export function ql<T>(n: usize, d: usize, e: usize, z: usize): usize {
  const size = sizeof<T>();
  const unit = sizeof<T>() == 8 ? <T>1.1102230246251565e-16 : <T>5.9604644775390625e-8;
  for (let i: usize = 1; i < n; i++) store<T>(e + (i - 1) * size, load<T>(e + i * size));
  if (n > 0) store<T>(e + (n - 1) * size, 0);
  // Couplings below the rounding of the whole matrix count as 0. Held to their neighbours instead, those among the many
  // eigenvalues near 0 of a matrix of low rank would be rounding compared with rounding, which need not come to an end.
  let largest: T = 0;
  for (let i: usize = 0; i < n; i++) largest = max<T>(largest, abs<T>(load<T>(d + i * size)) + abs<T>(load<T>(e + i * size)));
  const negligible = unit * largest;
  for (let l: usize = 0; l < n; l++) {
    for (let iteration = 0; ; iteration++) {
      let m = l;
      while (m + 1 < n && abs<T>(load<T>(e + m * size)) > negligible) m++;
      if (m == l) break;
      if (iteration == MOST) return l + 1;
      // Wilkinson's shift from the upper corner.
      const dl = load<T>(d + l * size), el = load<T>(e + l * size);
      let g = (load<T>(d + (l + 1) * size) - dl) / (el + el);
      const root = sqrt<T>(g * g + 1);
      g = load<T>(d + m * size) - dl + el / (g + (g >= 0 ? root : -root));
      let s: T = 1, c: T = 1, p: T = 0;
      let i = m;
      let split = false;
      while (i > l) {
        i--;
        const f = s * load<T>(e + i * size);
        const b = c * load<T>(e + i * size);
        const r = sqrt<T>(f * f + g * g);
        store<T>(e + (i + 1) * size, r);
        if (r == 0) {
          store<T>(d + (i + 1) * size, load<T>(d + (i + 1) * size) - p);
          store<T>(e + m * size, 0);
          split = true;
          break;
        }
        s = f / r;
        c = g / r;
        g = load<T>(d + (i + 1) * size) - p;
        const t = (load<T>(d + i * size) - g) * s + (c + c) * b;
        p = s * t;
        store<T>(d + (i + 1) * size, g + p);
        g = c * t - b;
        if (z) rotate<T>(n, z + i * n * size, c, s);
      }
      if (split) continue;
      store<T>(d + l * size, load<T>(d + l * size) - p);
      store<T>(e + l * size, g);
      store<T>(e + m * size, 0);
    }
  }
  return 0;
}

/** Rows x and y = x + n of n entries: `y' = s x + c y`, `x' = c x - s y`. */
function rotate<T>(n: usize, x: usize, c: T, s: T): void {
  const size = sizeof<T>();
  const y = x + n * size;
  const cv = splat<T>(c), sv = splat<T>(s), minus = splat<T>(-s);
  const end = n * size, vectors = end & ~15;
  let k: usize = 0;
  for (; k < vectors; k += 16) {
    const a = v128.load(x + k), b = v128.load(y + k);
    v128.store(y + k, madd<T>(sv, a, v128.mul<T>(cv, b)));
    v128.store(x + k, madd<T>(cv, a, v128.mul<T>(minus, b)));
  }
  for (; k < end; k += size) {
    const a = load<T>(x + k), b = load<T>(y + k);
    store<T>(y + k, s * a + c * b);
    store<T>(x + k, c * a - s * b);
  }
}
