// The inner loops of gemm: tiles of C held in registers while k runs. A tile takes two rows by 3 to 6 vectors, or four
// rows by 1 or 2.
//
// Layout: A gives one element per row and step. Its second row lies right behind the first (`pairs`: packed, or read by
// columns), or `row` bytes further (A in place). B gives `width` vectors a step. Steps are in bytes; with `pairs`
// callers give the step of B as a constant, which leaves its register to the bounds.
//
// What makes it fast, where every access carries a bounds check: a splat of an element straight from memory needs no
// shuffle; twelve sums, two splats and one vector of B fill the registers to the last that the engine hands out; the
// second pointer into B keeps the number of distinct offsets small; and the first step stands before the loop, so that
// the limits that addresses are compared with are computed there, once.

import { madd } from "./simd";

/** Two rows. `h`: rows to write (1 or 2). Needs k > 0. */
@inline
export function tile2<T>(
  width: i32, pairs: bool, k: usize, a: usize, row: usize, stepA: usize, b: usize, stepB: usize, c: usize, ldc: usize,
  h: usize, accumulate: bool,
): void {
  const end = b + k * stepB;
  let a1 = a + row;
  let bb = b + (width > 4 ? 48 : 32);
  let f = v128.load_splat<T>(a), g = pairs ? v128.load_splat<T>(a, sizeof<T>()) : v128.load_splat<T>(a1);
  let y = v128.load(b);
  let p0 = v128.mul<T>(f, y), q0 = v128.mul<T>(g, y);
  y = v128.load(b, 16);
  let p1 = v128.mul<T>(f, y), q1 = v128.mul<T>(g, y);
  y = width > 4 ? v128.load(b, 32) : v128.load(bb);
  let p2 = v128.mul<T>(f, y), q2 = v128.mul<T>(g, y), p3 = p2, q3 = q2, p4 = p2, q4 = q2, p5 = p2, q5 = q2;
  if (width > 3) {
    y = width > 4 ? v128.load(bb) : v128.load(bb, 16);
    p3 = v128.mul<T>(f, y);
    q3 = v128.mul<T>(g, y);
  }
  if (width > 4) {
    y = v128.load(bb, 16);
    p4 = v128.mul<T>(f, y);
    q4 = v128.mul<T>(g, y);
  }
  if (width > 5) {
    y = v128.load(bb, 32);
    p5 = v128.mul<T>(f, y);
    q5 = v128.mul<T>(g, y);
  }
  b += stepB;
  bb += stepB;
  a += stepA;
  if (!pairs) a1 += stepA;
  while (b < end) {
    f = v128.load_splat<T>(a);
    g = pairs ? v128.load_splat<T>(a, sizeof<T>()) : v128.load_splat<T>(a1);
    y = v128.load(b);
    p0 = madd<T>(f, y, p0);
    q0 = madd<T>(g, y, q0);
    y = v128.load(b, 16);
    p1 = madd<T>(f, y, p1);
    q1 = madd<T>(g, y, q1);
    y = width > 4 ? v128.load(b, 32) : v128.load(bb);
    p2 = madd<T>(f, y, p2);
    q2 = madd<T>(g, y, q2);
    if (width > 3) {
      y = width > 4 ? v128.load(bb) : v128.load(bb, 16);
      p3 = madd<T>(f, y, p3);
      q3 = madd<T>(g, y, q3);
    }
    if (width > 4) {
      y = v128.load(bb, 16);
      p4 = madd<T>(f, y, p4);
      q4 = madd<T>(g, y, q4);
    }
    if (width > 5) {
      y = v128.load(bb, 32);
      p5 = madd<T>(f, y, p5);
      q5 = madd<T>(g, y, q5);
    }
    b += stepB;
    bb += stepB;
    a += stepA;
    if (!pairs) a1 += stepA;
  }
  put<T>(width, c, p0, p1, p2, p3, p4, p5, accumulate);
  if (h > 1) put<T>(width, c + ldc, q0, q1, q2, q3, q4, q5, accumulate);
}

/** Writes one row of a tile, or adds it to C. */
@inline
function put<T>(
  width: i32, c: usize, s0: v128, s1: v128, s2: v128, s3: v128, s4: v128, s5: v128, accumulate: bool,
): void {
  if (accumulate) {
    s0 = v128.add<T>(v128.load(c), s0);
    if (width > 1) s1 = v128.add<T>(v128.load(c, 16), s1);
    if (width > 2) s2 = v128.add<T>(v128.load(c, 32), s2);
    if (width > 3) s3 = v128.add<T>(v128.load(c, 48), s3);
    if (width > 4) s4 = v128.add<T>(v128.load(c, 64), s4);
    if (width > 5) s5 = v128.add<T>(v128.load(c, 80), s5);
  }
  v128.store(c, s0);
  if (width > 1) v128.store(c, s1, 16);
  if (width > 2) v128.store(c, s2, 32);
  if (width > 3) v128.store(c, s3, 48);
  if (width > 4) v128.store(c, s4, 64);
  if (width > 5) v128.store(c, s5, 80);
}

/** Four rows by one or two vectors; the third row is `pair` bytes after the first. `h`: rows to write (1, 2 or 4). */
@inline
export function tile4<T>(
  width: i32, pairs: bool, k: usize, a: usize, row: usize, pair: usize, stepA: usize, b: usize, stepB: usize, c: usize,
  ldc: usize, h: usize, accumulate: bool,
): void {
  const end = b + k * stepB;
  let a1 = a + row, a2 = a + pair, a3 = a2 + row;
  let p0 = v128.splat<T>(0), q0 = p0, r0 = p0, s0 = p0, p1 = p0, q1 = p0, r1 = p0, s1 = p0;
  while (b < end) {
    const x = v128.load(b), y = width > 1 ? v128.load(b, 16) : x;
    let f = v128.load_splat<T>(a);
    p0 = madd<T>(f, x, p0);
    if (width > 1) p1 = madd<T>(f, y, p1);
    f = pairs ? v128.load_splat<T>(a, sizeof<T>()) : v128.load_splat<T>(a1);
    q0 = madd<T>(f, x, q0);
    if (width > 1) q1 = madd<T>(f, y, q1);
    f = v128.load_splat<T>(a2);
    r0 = madd<T>(f, x, r0);
    if (width > 1) r1 = madd<T>(f, y, r1);
    f = pairs ? v128.load_splat<T>(a2, sizeof<T>()) : v128.load_splat<T>(a3);
    s0 = madd<T>(f, x, s0);
    if (width > 1) s1 = madd<T>(f, y, s1);
    b += stepB;
    a += stepA;
    a2 += stepA;
    if (!pairs) {
      a1 += stepA;
      a3 += stepA;
    }
  }
  put<T>(width, c, p0, p1, p0, p0, p0, p0, accumulate);
  if (h > 1) put<T>(width, c + ldc, q0, q1, p0, p0, p0, p0, accumulate);
  if (h > 2) {
    put<T>(width, c + 2 * ldc, r0, r1, p0, p0, p0, p0, accumulate);
    put<T>(width, c + 3 * ldc, s0, s1, p0, p0, p0, p0, accumulate);
  }
}
