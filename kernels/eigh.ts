// The symmetric eigenproblem: scale, reduce to tridiagonal form, QL, sort.

import { ql } from "./ql";
import { accumulate, tridiagonalise } from "./tridiagonal";

/** See eigh in src/kernels/types.ts; `work`: 2 n elements. A NaN or infinite entry gives NaN values and the code 1. */
function eigh<T>(n: usize, a: usize, values: usize, vectors: bool, work: usize): usize {
  const size = sizeof<T>(), stride = n * size;
  const largest = largestEntry<T>(n, a);
  if (!(largest < <T>Infinity)) {
    for (let i: usize = 0; i < n; i++) store<T>(values + i * size, <T>NaN);
    return n > 0 ? 1 : 0;
  }
  // A power of two brings the largest entry near 1, exactly, so that no square overflows and what underflows is negligible.
  const factor = largest > 0 ? inversePowerOfTwo<T>(largest) : <T>1;
  for (let at = a; at < a + n * stride; at += size) store<T>(at, load<T>(at) * factor);
  const off = work, scratch = work + stride;
  if (n > 0) tridiagonalise<T>(n, a, values, off, scratch);
  if (vectors) {
    accumulate<T>(n, a, values);
  } else {
    for (let i: usize = 0; i < n; i++) store<T>(values + i * size, load<T>(a + i * (stride + size)));
  }
  const failed = ql<T>(n, values, off, vectors ? a : 0);
  for (let i: usize = 0; i < n; i++) store<T>(values + i * size, load<T>(values + i * size) / factor);
  sort<T>(n, values, vectors ? a : 0);
  return failed;
}

/** The largest entry of the lower triangle in size; NaN if there is one. */
function largestEntry<T>(n: usize, a: usize): T {
  let largest: T = 0;
  for (let i: usize = 0; i < n; i++) {
    for (let j: usize = 0; j <= i; j++) {
      const value = abs<T>(load<T>(a + (i * n + j) * sizeof<T>()));
      if (!(value <= largest)) largest = value;
      if (value != value) return value;
    }
  }
  return largest;
}

/** One over the power of two at or below x, kept within the finite range. */
function inversePowerOfTwo<T>(x: T): T {
  if (sizeof<T>() == 8) {
    const exponent = max<i64>(<i64>(reinterpret<u64>(<f64>x) >> 52), 2);
    return <T>reinterpret<f64>(max<i64>(2046 - exponent, 1) << 52);
  }
  const exponent = max<i32>(<i32>(reinterpret<u32>(<f32>x) >> 23), 2);
  return <T>reinterpret<f32>(max<i32>(254 - exponent, 1) << 23);
}

/** Ascending eigenvalues by selection, rows along with them. */
function sort<T>(n: usize, values: usize, rows: usize): void {
  const size = sizeof<T>(), stride = n * size;
  for (let i: usize = 0; i + 1 < n; i++) {
    let least = i;
    for (let j = i + 1; j < n; j++) {
      if (load<T>(values + j * size) < load<T>(values + least * size)) least = j;
    }
    if (least == i) continue;
    swap<T>(values + i * size, values + least * size);
    if (!rows) continue;
    for (let k: usize = 0; k < stride; k += size) swap<T>(rows + i * stride + k, rows + least * stride + k);
  }
}

@inline
function swap<T>(x: usize, y: usize): void {
  const kept = load<T>(x);
  store<T>(x, load<T>(y));
  store<T>(y, kept);
}

export function eigh_f32(n: usize, a: usize, values: usize, vectors: i32, work: usize): usize {
  return eigh<f32>(n, a, values, vectors != 0, work);
}

export function eigh_f64(n: usize, a: usize, values: usize, vectors: i32, work: usize): usize {
  return eigh<f64>(n, a, values, vectors != 0, work);
}
