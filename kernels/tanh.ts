// tanh on vectors, and the array of it.

import { growth } from "./exp";
import { lanes, loadUpTo, madd, splat, storeUpTo } from "./simd";

/**
 * `tanh x = t / (t + 2)` with `t = e^a - 1`, a = 2|x| up to where the result is 1: a = n ln2 + r with |r| <= ln2 / 2 (ln2 in two parts, Cody and
 * Waite), and `t = 2^n (e^r - 1) + (2^n - 1)`: nothing is lost for small x, where n = 0. No branch, and one division.
 */
export function tanhOf<T>(x: v128): v128 {
  const one = splat<T>(1), size = v128.abs<T>(x);
  let t: v128;
  if (sizeof<T>() == 8) {
    // A NaN compares false and stays.
    const a = v128.pmin<f64>(v128.add<f64>(size, size), splat<f64>(44));
    const magic = splat<f64>(6755399441055744.0); // 1.5 2^52: adding it rounds to a whole number in the low bits
    const shifted = madd<f64>(a, splat<f64>(1.4426950408889634), magic);
    const n = v128.sub<f64>(shifted, magic);
    let r = madd<f64>(n, splat<f64>(-6.93147180369123816490e-01), a);
    r = madd<f64>(n, splat<f64>(-1.90821492927058770002e-10), r);
    const power = v128.add<i64>(v128.shl<i64>(v128.sub<i64>(shifted, magic), 52), one);
    t = madd<f64>(growth<f64>(r), power, v128.sub<f64>(power, one));
  } else {
    const a = v128.pmin<f32>(v128.add<f32>(size, size), splat<f32>(20));
    const magic = splat<f32>(12582912.0); // 1.5 2^23
    const shifted = madd<f32>(a, splat<f32>(1.44269504), magic);
    const n = v128.sub<f32>(shifted, magic);
    let r = madd<f32>(n, splat<f32>(-6.9314575195e-01), a);
    r = madd<f32>(n, splat<f32>(-1.4286067653e-06), r);
    const power = v128.add<i32>(v128.shl<i32>(v128.sub<i32>(shifted, magic), 23), one);
    t = madd<f32>(growth<f32>(r), power, v128.sub<f32>(power, one));
  }
  return v128.or(v128.div<T>(t, v128.add<T>(t, splat<T>(2))), v128.and(x, splat<T>(-0.0)));
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
