// sin and cos on vectors. f32 goes through f64, two lanes at a time.

import { madd, splat } from "./simd";

/**
 * `sin x` (`quarter` 0) or `cos x` (`quarter` 1) in f64: x = n pi/2 + r with pi/2 in three parts of 33 bits, so that the
 * reduction is exact up to |x| = 1e6; beyond it the error grows like |x| 2^-53, that of rounding the argument.
 * Source of the constants: FreeBSD msun, k_sin.c, k_cos.c, e_rem_pio2.c (Sun Microsystems 1993).
 */
export function sinOf64(x: v128, quarter: i64): v128 {
  const magic = splat<f64>(6755399441055744.0);
  const shifted = madd<f64>(x, splat<f64>(0.6366197723675814), magic);
  const n = v128.sub<f64>(shifted, magic);
  let r = madd<f64>(n, splat<f64>(-1.57079632673412561417), x);
  r = madd<f64>(n, splat<f64>(-6.07710050630396597660e-11), r);
  r = madd<f64>(n, splat<f64>(-2.02226624879595063154e-21), r);
  const z = v128.mul<f64>(r, r);
  let s = splat<f64>(1.58969099521155010221e-10);
  s = madd<f64>(s, z, splat<f64>(-2.50507602534068634195e-08));
  s = madd<f64>(s, z, splat<f64>(2.75573137070700676789e-06));
  s = madd<f64>(s, z, splat<f64>(-1.98412698298579493134e-04));
  s = madd<f64>(s, z, splat<f64>(8.33333333332248946124e-03));
  s = madd<f64>(s, z, splat<f64>(-1.66666666666666324348e-01));
  s = madd<f64>(v128.mul<f64>(s, z), r, r);
  let c = splat<f64>(-1.13596475577881948265e-11);
  c = madd<f64>(c, z, splat<f64>(2.08757232129817482790e-09));
  c = madd<f64>(c, z, splat<f64>(-2.75573143513906633035e-07));
  c = madd<f64>(c, z, splat<f64>(2.48015872894767294178e-05));
  c = madd<f64>(c, z, splat<f64>(-1.38888888888741095749e-03));
  c = madd<f64>(c, z, splat<f64>(4.16666666666666019037e-02));
  const half = v128.mul<f64>(z, splat<f64>(0.5));
  c = v128.sub<f64>(splat<f64>(1), v128.sub<f64>(half, v128.mul<f64>(v128.mul<f64>(z, z), c)));
  // Quarter turns: odd ones swap sine and cosine, the second bit turns the sign.
  const turn = v128.add<i64>(v128.sub<i64>(shifted, magic), v128.splat<i64>(quarter));
  const odd = v128.neg<i64>(v128.and(turn, v128.splat<i64>(1)));
  const sign = v128.shl<i64>(v128.and(turn, v128.splat<i64>(2)), 62);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}

/** `sin x` or `cos x` in either precision. */
@inline
export function sinOf<T>(x: v128, quarter: i64): v128 {
  if (sizeof<T>() == 8) return sinOf64(x, quarter);
  const low = sinOf64(f64x2.promote_low_f32x4(x), quarter);
  const high = sinOf64(f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 0)), quarter);
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}
