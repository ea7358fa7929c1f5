// Matrix times vector and the rank-one update, row-major. No allocation, no globals, fixed order of summation.
// Unchecked: that the operands lie in memory and do not overlap, and that lda is at least the width.

import { addLanes, lanes, madd } from "./simd";
import { axpy, dot, fill } from "./vector";

/** `y = A x (+ y)`: inner products of four rows at a time with one reading of x, then single rows. */
export function gemvN<T>(m: usize, n: usize, a: usize, lda: usize, x: usize, y: usize, accumulate: bool): void {
  const size = sizeof<T>();
  const stride = lda * size;
  const vectors = n / lanes<T>() * 16;
  const end = n * size;
  for (; m >= 4; m -= 4, a += 4 * stride, y += 4 * size) {
    const a1 = a + stride, a2 = a1 + stride, a3 = a2 + stride;
    let s0 = v128.splat<T>(0), s1 = s0, s2 = s0, s3 = s0;
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      const factor = v128.load(x + at);
      s0 = madd<T>(factor, v128.load(a + at), s0);
      s1 = madd<T>(factor, v128.load(a1 + at), s1);
      s2 = madd<T>(factor, v128.load(a2 + at), s2);
      s3 = madd<T>(factor, v128.load(a3 + at), s3);
    }
    let t0 = addLanes<T>(s0), t1 = addLanes<T>(s1), t2 = addLanes<T>(s2), t3 = addLanes<T>(s3);
    for (; at < end; at += size) {
      const factor = load<T>(x + at);
      t0 += factor * load<T>(a + at);
      t1 += factor * load<T>(a1 + at);
      t2 += factor * load<T>(a2 + at);
      t3 += factor * load<T>(a3 + at);
    }
    if (accumulate) {
      t0 += load<T>(y);
      t1 += load<T>(y + size);
      t2 += load<T>(y + 2 * size);
      t3 += load<T>(y + 3 * size);
    }
    store<T>(y, t0);
    store<T>(y + size, t1);
    store<T>(y + 2 * size, t2);
    store<T>(y + 3 * size, t3);
  }
  for (; m; m--, a += stride, y += size) {
    const total = dot<T>(n, a, x);
    store<T>(y, accumulate ? load<T>(y) + total : total);
  }
}

/** `y = Aᵀ x (+ y)`: four rows of A, each times its entry of x, are added to y in one pass; then single rows. */
export function gemvT<T>(m: usize, n: usize, a: usize, lda: usize, x: usize, y: usize, accumulate: bool): void {
  const size = sizeof<T>();
  const stride = lda * size;
  const vectors = n / lanes<T>() * 16;
  const end = n * size;
  if (!accumulate) fill<T>(n, 0, y);
  for (; m >= 4; m -= 4, a += 4 * stride, x += 4 * size) {
    const a1 = a + stride, a2 = a1 + stride, a3 = a2 + stride;
    const x0 = load<T>(x), x1 = load<T>(x + size), x2 = load<T>(x + 2 * size), x3 = load<T>(x + 3 * size);
    const f0 = v128.splat<T>(x0), f1 = v128.splat<T>(x1), f2 = v128.splat<T>(x2), f3 = v128.splat<T>(x3);
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      const even = madd<T>(f2, v128.load(a2 + at), madd<T>(f0, v128.load(a + at), v128.load(y + at)));
      const odd = madd<T>(f3, v128.load(a3 + at), v128.mul<T>(f1, v128.load(a1 + at)));
      v128.store(y + at, v128.add<T>(even, odd));
    }
    for (; at < end; at += size) {
      const even = load<T>(y + at) + x0 * load<T>(a + at) + x2 * load<T>(a2 + at);
      store<T>(y + at, even + (x1 * load<T>(a1 + at) + x3 * load<T>(a3 + at)));
    }
  }
  for (; m; m--, a += stride, x += size) axpy<T>(n, load<T>(x), a, y);
}

/** `A = x yᵀ (+ A)`: the product of one column and one row, y without gaps. Strides in bytes. */
export function outer<T>(m: usize, n: usize, x: usize, strideX: usize, y: usize, a: usize, strideA: usize, accumulate: bool): void {
  const size = sizeof<T>();
  const vectors = n / lanes<T>() * 16, end = n * size;
  for (; m; m--, x += strideX, a += strideA) {
    const entry = load<T>(x);
    if (accumulate) {
      axpy<T>(n, entry, y, a);
      continue;
    }
    const factor = v128.splat<T>(entry);
    let at: usize = 0;
    for (; at < vectors; at += 16) v128.store(a + at, v128.mul<T>(factor, v128.load(y + at)));
    for (; at < end; at += size) store<T>(a + at, entry * load<T>(y + at));
  }
}

/** `A += alpha x yᵀ`, row by row. */
function ger<T>(m: usize, n: usize, alpha: T, x: usize, y: usize, a: usize, lda: usize): void {
  const size = sizeof<T>();
  for (; m; m--, a += lda * size, x += size) axpy<T>(n, alpha * load<T>(x), y, a);
}

export function gemvN_f32(m: usize, n: usize, a: usize, lda: usize, x: usize, y: usize, accumulate: bool): void {
  gemvN<f32>(m, n, a, lda, x, y, accumulate);
}

export function gemvN_f64(m: usize, n: usize, a: usize, lda: usize, x: usize, y: usize, accumulate: bool): void {
  gemvN<f64>(m, n, a, lda, x, y, accumulate);
}

export function gemvT_f32(m: usize, n: usize, a: usize, lda: usize, x: usize, y: usize, accumulate: bool): void {
  gemvT<f32>(m, n, a, lda, x, y, accumulate);
}

export function gemvT_f64(m: usize, n: usize, a: usize, lda: usize, x: usize, y: usize, accumulate: bool): void {
  gemvT<f64>(m, n, a, lda, x, y, accumulate);
}

export function ger_f32(m: usize, n: usize, alpha: f32, x: usize, y: usize, a: usize, lda: usize): void {
  ger<f32>(m, n, alpha, x, y, a, lda);
}

export function ger_f64(m: usize, n: usize, alpha: f64, x: usize, y: usize, a: usize, lda: usize): void {
  ger<f64>(m, n, alpha, x, y, a, lda);
}
