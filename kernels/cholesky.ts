// Cholesky factorisation of a symmetric matrix and the solution with it. Row by row, so that every inner product reads two rows.

import { dot } from "./vector";

/** Factors A = L Lᵀ in the lower triangle, in place; 0, or the 1-based index of the first pivot that is not above 0. */
function cholesky<T>(n: usize, a: usize, lda: usize): usize {
  const size = sizeof<T>(), stride = lda * size;
  for (let i: usize = 0, row = a; i < n; i++, row += stride) {
    for (let j: usize = 0, other = a; j < i; j++, other += stride) {
      const rest = load<T>(row + j * size) - dot<T>(j, row, other);
      store<T>(row + j * size, rest / load<T>(other + j * size));
    }
    const pivot = load<T>(row + i * size) - dot<T>(i, row, row);
    if (!(pivot > 0)) return i + 1;
    store<T>(row + i * size, sqrt<T>(pivot));
  }
  return 0;
}

/** Solves L Lᵀ x = b in place: forward by inner products with rows of L, back by taking multiples of rows away. */
function choleskySolve<T>(n: usize, l: usize, ldl: usize, x: usize): void {
  const size = sizeof<T>(), stride = ldl * size;
  for (let i: usize = 0, row = l; i < n; i++, row += stride) {
    const rest = load<T>(x + i * size) - dot<T>(i, row, x);
    store<T>(x + i * size, rest / load<T>(row + i * size));
  }
  for (let i = n, row = l + n * stride; i > 0; i--) {
    row -= stride;
    const value = load<T>(x + (i - 1) * size) / load<T>(row + (i - 1) * size);
    store<T>(x + (i - 1) * size, value);
    for (let k: usize = 0; k < i - 1; k++) store<T>(x + k * size, load<T>(x + k * size) - value * load<T>(row + k * size));
  }
}

export function cholesky_f32(n: usize, a: usize, lda: usize): usize {
  return cholesky<f32>(n, a, lda);
}

export function cholesky_f64(n: usize, a: usize, lda: usize): usize {
  return cholesky<f64>(n, a, lda);
}

export function choleskySolve_f32(n: usize, l: usize, ldl: usize, x: usize): void {
  choleskySolve<f32>(n, l, ldl, x);
}

export function choleskySolve_f64(n: usize, l: usize, ldl: usize, x: usize): void {
  choleskySolve<f64>(n, l, ldl, x);
}
