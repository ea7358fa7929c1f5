// Copies of blocks of A and B in the order in which the tiles of gemm read them.
//
// A: pairs of rows, `pair` bytes apart; step after step, two elements a step. An odd last row stands twice.
// B: `width` vectors of columns, step after step; columns past the end are 0.

import { lanes } from "./simd";

/** Pairs from A stored by rows: A [m, k] at `a`, rows `stride` bytes apart. */
export function packRows<T>(m: usize, k: usize, a: usize, stride: usize, to: usize, pair: usize): void {
  const size = sizeof<T>();
  const vectors = k / lanes<T>() * 16, end = k * size;
  const gap = pair - k * 2 * size;
  for (let i: usize = 0; i < m; i += 2, a += 2 * stride, to += gap) {
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
 * Pairs from A stored by columns: A [k, m] at `a`, rows `stride` bytes apart. Reads row after row and writes to as many
 * places as there are pairs; a distance that is a power of two would make these collide in the cache.
 */
export function packColumns<T>(m: usize, k: usize, a: usize, stride: usize, to: usize, pair: usize): void {
  const size = sizeof<T>();
  const whole = m / 4 * 4 * size, end = m * size;
  for (; k; k--, a += stride, to += 2 * size) {
    let at: usize = 0, out = to;
    for (; at < whole; at += 4 * size, out += 2 * pair) {
      const x = v128.load(a + at);
      if (size == 4) {
        v128.store64_lane(out, x, 0);
        v128.store64_lane(out + pair, x, 1);
      } else {
        v128.store(out, x);
        v128.store(out + pair, v128.load(a + at, 16));
      }
    }
    for (; at < end; at += 2 * size, out += pair) {
      const first = load<T>(a + at);
      store<T>(out, first);
      store<T>(out + size, at + size < end ? load<T>(a + at + size) : first);
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
  for (; j + lanes<T>() <= count; j += lanes<T>(), b += lanes<T>() * stride, to += 16) {
    transpose<T>(k, b, stride, to, step);
  }
  if (j == count) return;
  for (let p: usize = 0, at = to; p < k; p++, at += step) {
    v128.store(at, v128.splat<T>(0));
    for (let i: usize = 0; i < count - j; i++) {
      store<T>(at + i * sizeof<T>(), load<T>(b + i * stride + p * sizeof<T>()));
    }
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
