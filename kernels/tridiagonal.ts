// Householder reduction of a symmetric matrix to tridiagonal form, and the orthogonal matrix that does it.
// Source: J. H. Wilkinson, C. Reinsch, "Handbook for Automatic Computation II: Linear Algebra", contribution II/2 (tred2).

import { addLanes, madd, splat } from "./simd";
import { dot } from "./vector";

/**
 * Reduces A [n, n], lower triangle, from the last row up: row i, left of the diagonal, becomes the Householder vector u with
 * `H = I - u u'/h`; `diagonal` gets h (0: no reflection), `off[i]` the entry left of the diagonal. With every vector a row and
 * the rest of the matrix a triangle above it, all loops run along rows. p: scratch [n]. Cost 4/3 n³ flops.
 */
export function tridiagonalise<T>(n: usize, a: usize, diagonal: usize, off: usize, p: usize): void {
  const size = sizeof<T>(), stride = n * size;
  // With entries near 1, vectors this short change no eigenvalue, and their reflections would divide by what underflowed.
  const negligible = sizeof<T>() == 8 ? <T>1e-280 : <T>1e-30;
  for (let i = n - 1; i > 0; i--) {
    const u = a + i * stride;
    const last = u + (i - 1) * size;
    const f = load<T>(last);
    const rest = i > 1 ? dot<T>(i - 1, u, u) : 0;
    if (rest < negligible) {
      store<T>(off + i * size, f);
      store<T>(diagonal + i * size, 0);
      continue;
    }
    const length = sqrt<T>(rest + f * f);
    const g = f >= 0 ? -length : length;
    const h = rest + f * f - f * g;
    store<T>(off + i * size, g);
    store<T>(last, f - g);
    store<T>(diagonal + i * size, h);
    symmetricProduct<T>(i, a, stride, u, p);
    const inverse = <T>1 / h;
    const half = dot<T>(i, u, p) * inverse * inverse * <T>0.5;
    // q = p / h - (u'p / 2h²) u.
    combine<T>(i, inverse, p, -half, u);
    rankTwo<T>(i, a, stride, u, p);
  }
  store<T>(off, 0);
}

/** p = A u for the lower triangle of order n: each row is read once, for its inner product and its multiple. Two rows at a time. */
function symmetricProduct<T>(n: usize, a: usize, stride: usize, u: usize, p: usize): void {
  const size = sizeof<T>();
  let j: usize = 0;
  if (n & 1) {
    store<T>(p, load<T>(a) * load<T>(u));
    j = 1;
  }
  for (; j < n; j += 2) {
    const first = a + j * stride, second = first + stride;
    const u0 = load<T>(u + j * size), u1 = load<T>(u + (j + 1) * size);
    const v0 = splat<T>(u0), v1 = splat<T>(u1);
    let s0 = splat<T>(0), s1 = s0;
    const end = j * size, vectors = end & ~15;
    let k: usize = 0;
    for (; k < vectors; k += 16) {
      const a0 = v128.load(first + k), a1 = v128.load(second + k), uk = v128.load(u + k);
      s0 = madd<T>(a0, uk, s0);
      s1 = madd<T>(a1, uk, s1);
      v128.store(p + k, madd<T>(a1, v1, madd<T>(a0, v0, v128.load(p + k))));
    }
    let t0 = addLanes<T>(s0), t1 = addLanes<T>(s1);
    for (; k < end; k += size) {
      const a0 = load<T>(first + k), a1 = load<T>(second + k), uk = load<T>(u + k);
      t0 += a0 * uk;
      t1 += a1 * uk;
      store<T>(p + k, load<T>(p + k) + a0 * u0 + a1 * u1);
    }
    const corner = load<T>(second + end);
    store<T>(p + end, t0 + load<T>(first + end) * u0 + corner * u1);
    store<T>(p + end + size, t1 + corner * u0 + load<T>(second + end + size) * u1);
  }
}

/** p = alpha p + beta u. */
function combine<T>(n: usize, alpha: T, p: usize, beta: T, u: usize): void {
  for (let k: usize = 0; k < n * sizeof<T>(); k += sizeof<T>()) store<T>(p + k, alpha * load<T>(p + k) + beta * load<T>(u + k));
}

/** A -= u q' + q u', lower triangle of order n. */
function rankTwo<T>(n: usize, a: usize, stride: usize, u: usize, q: usize): void {
  const size = sizeof<T>();
  for (let j: usize = 0, row = a; j < n; j++, row += stride) {
    const uj = -load<T>(u + j * size), qj = -load<T>(q + j * size);
    const uv = splat<T>(uj), qv = splat<T>(qj);
    const end = (j + 1) * size, vectors = end & ~15;
    let k: usize = 0;
    for (; k < vectors; k += 16) {
      v128.store(row + k, madd<T>(uv, v128.load(q + k), madd<T>(qv, v128.load(u + k), v128.load(row + k))));
    }
    for (; k < end; k += size) store<T>(row + k, load<T>(row + k) + uj * load<T>(q + k) + qj * load<T>(u + k));
  }
}

/**
 * Turns what `tridiagonalise` left in A into the transposed orthogonal matrix Z (A = Z' T Z), in place, and `diagonal` into T's
 * diagonal: the leading block grows by one row and column at a time, each of its rows reflected. Cost 4/3 n³ flops.
 */
export function accumulate<T>(n: usize, a: usize, diagonal: usize): void {
  const size = sizeof<T>(), stride = n * size;
  for (let i: usize = 0, u = a; i < n; i++, u += stride) {
    const h = load<T>(diagonal + i * size);
    if (i > 0 && h != 0) {
      for (let j: usize = 0, row = a; j < i; j++, row += stride) {
        const g = -dot<T>(i, row, u) / h;
        const gv = splat<T>(g);
        const end = i * size, vectors = end & ~15;
        let k: usize = 0;
        for (; k < vectors; k += 16) v128.store(row + k, madd<T>(gv, v128.load(u + k), v128.load(row + k)));
        for (; k < end; k += size) store<T>(row + k, load<T>(row + k) + g * load<T>(u + k));
      }
    }
    store<T>(diagonal + i * size, load<T>(u + i * size));
    store<T>(u + i * size, 1);
    for (let k: usize = 0; k < i; k++) {
      store<T>(u + k * size, 0);
      store<T>(a + k * stride + i * size, 0);
    }
  }
}
