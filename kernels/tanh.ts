// tanh on vectors, and the array of it.

import { expOf } from "./exp";
import { lanes, loadUpTo, madd, splat, storeUpTo } from "./simd";

/**
 * `tanh x`: below 0.625 a rational function (f64) or a polynomial (f32) in x², above it `1 - 2 / (e^(2|x|) + 1)`.
 * Source of the constants: S. Moshier, Cephes, tanh.c and tanhf.c.
 */
export function tanhOf<T>(x: v128): v128 {
  const size = v128.abs<T>(x);
  const two = splat<T>(2);
  const one = splat<T>(1);
  const z = v128.mul<T>(x, x);
  let near: v128;
  if (sizeof<T>() == 8) {
    let p = splat<f64>(-9.64399179425052238628e-1);
    p = madd<f64>(p, z, splat<f64>(-9.92877231001918586564e1));
    p = madd<f64>(p, z, splat<f64>(-1.61468768441708447952e3));
    let q = v128.add<f64>(z, splat<f64>(1.12811678491632931402e2));
    q = madd<f64>(q, z, splat<f64>(2.23548839060100448583e3));
    q = madd<f64>(q, z, splat<f64>(4.84406305325125486048e3));
    near = madd<f64>(v128.mul<f64>(x, z), v128.div<f64>(p, q), x);
  } else {
    let p = splat<f32>(-5.70498872745e-3);
    p = madd<f32>(p, z, splat<f32>(2.06390887954e-2));
    p = madd<f32>(p, z, splat<f32>(-5.37397155531e-2));
    p = madd<f32>(p, z, splat<f32>(1.33314422036e-1));
    p = madd<f32>(p, z, splat<f32>(-3.33332819422e-1));
    near = madd<f32>(v128.mul<f32>(x, z), p, x);
  }
  const far = v128.sub<T>(one, v128.div<T>(two, v128.add<T>(expOf<T>(v128.add<T>(size, size)), one)));
  const sign = splat<T>(-0.0);
  const signed = v128.or(far, v128.and(x, sign));
  // x² overflows only where the far branch speaks; a NaN compares false and comes through it.
  return v128.bitselect(near, signed, v128.lt<T>(size, splat<T>(0.625)));
}

@inline
function map<T>(n: usize, x: usize, y: usize): void {
  for (let left = <isize>n; left > 0; left -= <isize>lanes<T>(), x += 16, y += 16) {
    storeUpTo<T>(y, tanhOf<T>(loadUpTo<T>(x, left)), left);
  }
}

export function tanh_f32(n: usize, x: usize, y: usize): void {
  map<f32>(n, x, y);
}

export function tanh_f64(n: usize, x: usize, y: usize): void {
  map<f64>(n, x, y);
}
