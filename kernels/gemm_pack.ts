// Copies of blocks of A and B in the order in which the tiles of gemm read them.
//
// A: pairs of rows; pair after pair, step after step, two elements a step. The last row of an odd count is followed by
// itself. B: `width` vectors of columns, step after step; columns past the end are 0.

import { lanes } from "./simd";

/** Pairs from A stored by rows: A [m, k] at `a`, rows `stride` bytes apart. */
export function packRows<T>(m: usize, k: usize, a: usize, stride: usize, to: usize): void {
  const size = sizeof<T>();
  const vectors = k / lanes<T>() * 16, end = k * size;
  for (let i: usize = 0; i < m; i += 2, a += 2 * stride) {
    const b = i + 1 < m ? a + stride : a;
    let at: usize = 0;
    for (; at < vectors; at += 16, to += 32) {
      const x = v128.load(a + at), y = v128.load(b + at);
      if (size == 4) {
        v128.store(to, v128.shuffle<f32>(x, y, 0, 4, 1, 5));
        v128.store(to, v128.shuffle<f32>(x, y, 2, 6, 3, 7), 16);
      } else {
        v128.store(to, v128.shuffle<f64>(x, y, 0, 2));
        v128.store(to, v128.shuffle<f64>(x, y, 1, 3), 16);
      }
    }
    for (; at < end; at += size, to += 2 * size) {
      store<T>(to, load<T>(a + at));
      store<T>(to + size, load<T>(b + at));
    }
  }
}

/**
 * Pairs from A stored by columns: A [k, m] at `a`, rows `stride` bytes apart. Four pairs at a time: a cache line is then
 * read once or twice, not once a pair, and no more than four places are written to.
 */
export function packColumns<T>(m: usize, k: usize, a: usize, stride: usize, to: usize): void {
  const size = sizeof<T>();
  const pair = k * 2 * size;
  let left = m;
  for (; left >= 8; left -= 8, a += 8 * size, to += 3 * pair) {
    for (let from = a, end = to + pair; to < end; from += stride, to += 2 * size) {
      const to1 = to + pair, to2 = to1 + pair, to3 = to2 + pair;
      if (size == 4) {
        const x = v128.load(from), y = v128.load(from, 16);
        v128.store64_lane(to, x, 0);
        v128.store64_lane(to1, x, 1);
        v128.store64_lane(to2, y, 0);
        v128.store64_lane(to3, y, 1);
      } else {
        v128.store(to, v128.load(from));
        v128.store(to1, v128.load(from, 16));
        v128.store(to2, v128.load(from, 32));
        v128.store(to3, v128.load(from, 48));
      }
    }
  }
  for (; left; left = left > 2 ? left - 2 : 0, a += 2 * size) {
    const second = left > 1 ? size : 0;
    for (let from = a, end = to + pair; to < end; from += stride, to += 2 * size) {
      store<T>(to, load<T>(from));
      store<T>(to + size, load<T>(from + second));
    }
  }
}

/** Columns of B stored by rows: B [k, .] at `b`, rows `stride` bytes apart, `count` columns in `width` vectors. */
export function packPanel<T>(width: usize, count: usize, k: usize, b: usize, stride: usize, to: usize): void {
  const size = sizeof<T>();
  const step = width * 16;
  if (count * size == step) {
    for (; k; k--, b += stride, to += step) {
      v128.store(to, v128.load(b));
      if (width > 1) v128.store(to, v128.load(b, 16), 16);
      if (width > 2) v128.store(to, v128.load(b, 32), 32);
      if (width > 3) v128.store(to, v128.load(b, 48), 48);
      if (width > 4) v128.store(to, v128.load(b, 64), 64);
      if (width > 5) v128.store(to, v128.load(b, 80), 80);
    }
    return;
  }
  const vectors = count / lanes<T>() * 16, end = count * size;
  for (; k; k--, b += stride, to += step) {
    let at: usize = 0;
    for (; at < vectors; at += 16) v128.store(to + at, v128.load(b + at));
    v128.store(to + at, v128.splat<T>(0));
    for (; at < end; at += size) store<T>(to + at, load<T>(b + at));
  }
}

/** Columns of B stored by columns: B [., k] at `b`, rows `stride` bytes apart, `count` of them in `width` vectors. */
export function packPanelTransposed<T>(width: usize, count: usize, k: usize, b: usize, stride: usize, to: usize): void {
  const step = width * 16;
  let j: usize = 0;
  for (; j + lanes<T>() <= count; j += lanes<T>(), b += lanes<T>() * stride, to += 16) transpose<T>(k, b, stride, to, step);
  if (j == count) return;
  for (let p: usize = 0, at = to; p < k; p++, at += step) {
    v128.store(at, v128.splat<T>(0));
    for (let i: usize = 0; i < count - j; i++) store<T>(at + i * sizeof<T>(), load<T>(b + i * stride + p * sizeof<T>()));
  }
}

/** One vector of columns: as many rows of B as a vector has lanes, in squares of that side. */
function transpose<T>(k: usize, b: usize, stride: usize, to: usize, step: usize): void {
  const size = sizeof<T>();
  const b1 = b + stride, b2 = b1 + stride, b3 = b2 + stride;
  const vectors = k / lanes<T>() * 16, end = k * size;
  let at: usize = 0;
  for (; at < vectors; at += 16, to += lanes<T>() * step) {
    const x0 = v128.load(b + at), x1 = v128.load(b1 + at);
    if (size == 4) {
      const x2 = v128.load(b2 + at), x3 = v128.load(b3 + at);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
      v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
      v128.store(to + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
      v128.store(to + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
    } else {
      v128.store(to, v128.shuffle<f64>(x0, x1, 0, 2));
      v128.store(to + step, v128.shuffle<f64>(x0, x1, 1, 3));
    }
  }
  for (; at < end; at += size, to += step) {
    store<T>(to, load<T>(b + at));
    store<T>(to + size, load<T>(b1 + at));
    if (size == 4) {
      store<T>(to + 2 * size, load<T>(b2 + at));
      store<T>(to + 3 * size, load<T>(b3 + at));
    }
  }
}
