// The second derivative of a loss in the weights of one output, over rows in f32. No allocation, no globals, fixed order of summation.
// Unchecked: that the operands lie in memory and do not overlap, and that lda is at least the width.

import { addLanes, lanes, loadSingle, madd } from "./simd";

/**
 * `p = w (p + A x)`, entry by entry, and `y += Aᵀ p`, for A in f32: four rows at a time come from memory once, are multiplied by x, and are still
 * near when they are added to y. While they are multiplied, the next four are looked at, since rows that are read side by side are not foreseen.
 */
function bendSingle<T>(m: usize, n: usize, a: usize, lda: usize, x: usize, w: usize, p: usize, y: usize): void {
  const size = sizeof<T>();
  const stride = lda << 2;
  const end = n * size, vectors = n / lanes<T>() * 16;
  for (; m >= 4; m -= 4, a += 4 * stride, w += 4 * size, p += 4 * size) {
    const a1 = a + stride, a2 = a1 + stride, a3 = a2 + stride;
    const next = m >= 8 ? a + 4 * stride : a;
    let s0 = v128.splat<T>(0), s1 = s0, s2 = s0, s3 = s0;
    let at: usize = 0, i: usize = 0;
    for (; at < vectors; at += 16, i += 4 * lanes<T>()) {
      load<u8>(next + 4 * i);
      const factor = v128.load(x + at);
      s0 = madd<T>(factor, loadSingle<T>(a + i), s0);
      s1 = madd<T>(factor, loadSingle<T>(a1 + i), s1);
      s2 = madd<T>(factor, loadSingle<T>(a2 + i), s2);
      s3 = madd<T>(factor, loadSingle<T>(a3 + i), s3);
    }
    let t0 = addLanes<T>(s0), t1 = addLanes<T>(s1), t2 = addLanes<T>(s2), t3 = addLanes<T>(s3);
    for (; at < end; at += size, i += 4) {
      const factor = load<T>(x + at);
      t0 += factor * <T>load<f32>(a + i);
      t1 += factor * <T>load<f32>(a1 + i);
      t2 += factor * <T>load<f32>(a2 + i);
      t3 += factor * <T>load<f32>(a3 + i);
    }
    const p0 = load<T>(w) * (load<T>(p) + t0), p1 = load<T>(w + size) * (load<T>(p + size) + t1);
    const p2 = load<T>(w + 2 * size) * (load<T>(p + 2 * size) + t2), p3 = load<T>(w + 3 * size) * (load<T>(p + 3 * size) + t3);
    store<T>(p, p0);
    store<T>(p + size, p1);
    store<T>(p + 2 * size, p2);
    store<T>(p + 3 * size, p3);
    const f0 = v128.splat<T>(p0), f1 = v128.splat<T>(p1), f2 = v128.splat<T>(p2), f3 = v128.splat<T>(p3);
    for (at = 0, i = 0; at < vectors; at += 16, i += 4 * lanes<T>()) {
      const even = madd<T>(f2, loadSingle<T>(a2 + i), madd<T>(f0, loadSingle<T>(a + i), v128.load(y + at)));
      const odd = madd<T>(f3, loadSingle<T>(a3 + i), v128.mul<T>(f1, loadSingle<T>(a1 + i)));
      v128.store(y + at, v128.add<T>(even, odd));
    }
    for (; at < end; at += size, i += 4) {
      const even = load<T>(y + at) + p0 * <T>load<f32>(a + i) + p2 * <T>load<f32>(a2 + i);
      store<T>(y + at, even + (p1 * <T>load<f32>(a1 + i) + p3 * <T>load<f32>(a3 + i)));
    }
  }
  for (; m; m--, a += stride, w += size, p += size) {
    let total = load<T>(p);
    for (let at: usize = 0, i: usize = 0; at < end; at += size, i += 4) total += load<T>(x + at) * <T>load<f32>(a + i);
    const bent = load<T>(w) * total;
    store<T>(p, bent);
    for (let at: usize = 0, i: usize = 0; at < end; at += size, i += 4) {
      store<T>(y + at, load<T>(y + at) + bent * <T>load<f32>(a + i));
    }
  }
}

export function bendSingle_f32(m: usize, n: usize, a: usize, lda: usize, x: usize, w: usize, p: usize, y: usize): void {
  bendSingle<f32>(m, n, a, lda, x, w, p, y);
}

export function bendSingle_f64(m: usize, n: usize, a: usize, lda: usize, x: usize, w: usize, p: usize, y: usize): void {
  bendSingle<f64>(m, n, a, lda, x, w, p, y);
}
