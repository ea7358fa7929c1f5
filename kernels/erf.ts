// The error function on vectors, and the array of it. f32 goes through f64, two lanes at a time.

import { expOf } from "./exp";
import { lanes, loadUpTo, madd, splat, storeUpTo } from "./simd";

/**
 * `erf x` in f64: up to 1 `x P(x²)`, beyond it `1 - e^(-x²) Q(u)` with Q the scaled complement and
 * `u = ((|x| - 2) / (|x| + 2) - 1/12) 12/5`, which takes [1, 6] to [-1, 1]; 1 from 6 on.
 * P and Q interpolate at Chebyshev points in 60-digit arithmetic; their errors are below 1e-17.
 */
export function erfOf64(x: v128): v128 {
  const size = v128.min<f64>(v128.abs<f64>(x), splat<f64>(6));
  const z = v128.mul<f64>(size, size);
  let p = splat<f64>(5.957176147748911e-11);
  p = madd<f64>(p, z, splat<f64>(-1.1372848856791674e-09));
  p = madd<f64>(p, z, splat<f64>(1.4659775274047436e-08));
  p = madd<f64>(p, z, splat<f64>(-1.6350312701054695e-07));
  p = madd<f64>(p, z, splat<f64>(1.6461000484121368e-06));
  p = madd<f64>(p, z, splat<f64>(-1.4925595266831182e-05));
  p = madd<f64>(p, z, splat<f64>(0.0001205533111164271));
  p = madd<f64>(p, z, splat<f64>(-0.000854832698083379));
  p = madd<f64>(p, z, splat<f64>(0.0052239776248180145));
  p = madd<f64>(p, z, splat<f64>(-0.026866170645076792));
  p = madd<f64>(p, z, splat<f64>(0.11283791670954879));
  p = madd<f64>(p, z, splat<f64>(-0.3761263890318375));
  const near = madd<f64>(splat<f64>(1.1283791670955126), size, v128.mul<f64>(size, v128.mul<f64>(z, p)));
  const two = splat<f64>(2);
  const t = v128.div<f64>(v128.sub<f64>(size, two), v128.add<f64>(size, two));
  const u = v128.mul<f64>(v128.sub<f64>(t, splat<f64>(1.0 / 12.0)), splat<f64>(2.4));
  let q = splat<f64>(1.1300112348170487e-14);
  q = madd<f64>(q, u, splat<f64>(1.9555537393464618e-14));
  q = madd<f64>(q, u, splat<f64>(-1.9582631954946126e-13));
  q = madd<f64>(q, u, splat<f64>(-1.020058948732685e-12));
  q = madd<f64>(q, u, splat<f64>(2.346156379553977e-13));
  q = madd<f64>(q, u, splat<f64>(2.2281211021892224e-11));
  q = madd<f64>(q, u, splat<f64>(7.350982522096298e-11));
  q = madd<f64>(q, u, splat<f64>(-2.6883366192726585e-10));
  q = madd<f64>(q, u, splat<f64>(-2.62394549449794e-09));
  q = madd<f64>(q, u, splat<f64>(-5.88533792885609e-10));
  q = madd<f64>(q, u, splat<f64>(7.005316575245999e-08));
  q = madd<f64>(q, u, splat<f64>(1.634993523321315e-07));
  q = madd<f64>(q, u, splat<f64>(-1.9795618120176187e-06));
  q = madd<f64>(q, u, splat<f64>(-7.340517934853432e-06));
  q = madd<f64>(q, u, splat<f64>(8.079220426206243e-05));
  q = madd<f64>(q, u, splat<f64>(0.0001971391777277111));
  q = madd<f64>(q, u, splat<f64>(-0.005588816281839559));
  q = madd<f64>(q, u, splat<f64>(0.03856057042518243));
  q = madd<f64>(q, u, splat<f64>(-0.16189356804102498));
  q = madd<f64>(q, u, splat<f64>(0.2214295402299318));
  const far = v128.sub<f64>(splat<f64>(1), v128.mul<f64>(expOf<f64>(v128.neg<f64>(z)), q));
  const found = v128.bitselect(near, far, v128.lt<f64>(size, splat<f64>(1)));
  const signed = v128.or(found, v128.and(x, splat<f64>(-0.0)));
  return v128.bitselect(x, signed, v128.ne<f64>(x, x));
}

/** The error function in either precision. */
@inline
export function erfOf<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return erfOf64(x);
  const low = erfOf64(f64x2.promote_low_f32x4(x));
  const high = erfOf64(f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 0)));
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

@inline
function map<T>(n: usize, x: usize, y: usize): void {
  for (let left = <isize>n; left > 0; left -= <isize>lanes<T>(), x += 16, y += 16) {
    storeUpTo<T>(y, erfOf<T>(loadUpTo<T>(x, left)), left);
  }
}

export function erf_f32(n: usize, x: usize, y: usize): void {
  map<f32>(n, x, y);
}

export function erf_f64(n: usize, x: usize, y: usize): void {
  map<f64>(n, x, y);
}
