// The machine's limit: multiply-adds between registers and nothing else, the yardstick of the benchmarks.

import { lanes, madd } from "./simd";

/**
 * Twelve independent chains, enough to hide the latency of a multiply-add. An iteration is 12 vectors of multiply-adds:
 * 96 floating-point operations in f32, 48 in f64. The factors come from the argument, since constants would be made
 * anew in every iteration; the sum is returned so that nothing is dropped.
 */
function peak<T>(iterations: usize): T {
  const x = v128.splat<T>(<T>iterations), y = v128.splat<T>(<T>iterations / 2);
  let a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, j = y, k = x, l = y;
  for (; iterations; iterations--) {
    a = madd<T>(x, y, a);
    b = madd<T>(x, y, b);
    c = madd<T>(x, y, c);
    d = madd<T>(x, y, d);
    e = madd<T>(x, y, e);
    f = madd<T>(x, y, f);
    g = madd<T>(x, y, g);
    h = madd<T>(x, y, h);
    i = madd<T>(x, y, i);
    j = madd<T>(x, y, j);
    k = madd<T>(x, y, k);
    l = madd<T>(x, y, l);
  }
  const first = v128.add<T>(v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d)), v128.add<T>(e, f));
  const second = v128.add<T>(v128.add<T>(v128.add<T>(g, h), v128.add<T>(i, j)), v128.add<T>(k, l));
  return v128.extract_lane<T>(v128.add<T>(first, second), 0);
}

export function peak_f32(iterations: usize): f32 {
  return peak<f32>(iterations);
}

export function peak_f64(iterations: usize): f64 {
  return peak<f64>(iterations);
}
