// exp and log1p on vectors, and the arrays of them. Whole range: overflow, underflow, subnormals, NaN and infinities.

import { lanes, loadUpTo, madd, splat, storeUpTo } from "./simd";

/** `e^r - 1` for |r| <= ln2 / 2 by the Taylor polynomial, whose truncation error is below a tenth of an ulp at degree 13 (f64) and a quarter of one at degree 7 (f32). */
@inline
export function growth<T>(r: v128): v128 {
  if (sizeof<T>() == 8) {
    let p = splat<f64>(1.6059043836821613e-10);
    p = madd<f64>(p, r, splat<f64>(2.08767569878681e-09));
    p = madd<f64>(p, r, splat<f64>(2.505210838544172e-08));
    p = madd<f64>(p, r, splat<f64>(2.755731922398589e-07));
    p = madd<f64>(p, r, splat<f64>(2.7557319223985893e-06));
    p = madd<f64>(p, r, splat<f64>(2.48015873015873e-05));
    p = madd<f64>(p, r, splat<f64>(0.0001984126984126984));
    p = madd<f64>(p, r, splat<f64>(0.001388888888888889));
    p = madd<f64>(p, r, splat<f64>(0.008333333333333333));
    p = madd<f64>(p, r, splat<f64>(0.041666666666666664));
    p = madd<f64>(p, r, splat<f64>(0.16666666666666666));
    p = madd<f64>(p, r, splat<f64>(0.5));
    return madd<f64>(v128.mul<f64>(r, r), p, r);
  }
  let p = splat<f32>(1.9841270e-04);
  p = madd<f32>(p, r, splat<f32>(1.3888889e-03));
  p = madd<f32>(p, r, splat<f32>(8.3333333e-03));
  p = madd<f32>(p, r, splat<f32>(4.1666667e-02));
  p = madd<f32>(p, r, splat<f32>(1.6666667e-01));
  p = madd<f32>(p, r, splat<f32>(0.5));
  return madd<f32>(v128.mul<f32>(r, r), p, r);
}

/**
 * `e^x`: x = n ln2 + r with |r| <= ln2 / 2 (ln2 in two parts, Cody and Waite), e^r, and 2^n in two factors, so that results that are
 * subnormal come out rounded once.
 */
export function expOf<T>(x: v128): v128 {
  if (sizeof<T>() == 8) {
    x = v128.min<f64>(v128.max<f64>(x, splat<f64>(-746)), splat<f64>(710));
    const magic = splat<f64>(6755399441055744.0); // 1.5 2^52: adding it rounds to a whole number in the low bits
    const shifted = madd<f64>(x, splat<f64>(1.4426950408889634), magic);
    const n = v128.sub<f64>(shifted, magic);
    let r = madd<f64>(n, splat<f64>(-6.93147180369123816490e-01), x);
    r = madd<f64>(n, splat<f64>(-1.90821492927058770002e-10), r);
    const p = v128.add<f64>(splat<f64>(1), growth<f64>(r));
    const whole = v128.sub<i64>(shifted, magic);
    const half = v128.shr<i64>(whole, 1);
    const bias = v128.splat<i64>(1023);
    const first = v128.shl<i64>(v128.add<i64>(half, bias), 52);
    const second = v128.shl<i64>(v128.add<i64>(v128.sub<i64>(whole, half), bias), 52);
    return v128.mul<f64>(v128.mul<f64>(p, first), second);
  }
  x = v128.min<f32>(v128.max<f32>(x, splat<f32>(-105)), splat<f32>(89));
  const n = v128.nearest<f32>(v128.mul<f32>(x, splat<f32>(1.44269504)));
  let r = madd<f32>(n, splat<f32>(-6.9314575195e-01), x);
  r = madd<f32>(n, splat<f32>(-1.4286067653e-06), r);
  const p = v128.add<f32>(splat<f32>(1), growth<f32>(r));
  const whole = v128.trunc_sat<i32>(n);
  const half = v128.shr<i32>(whole, 1);
  const bias = v128.splat<i32>(127);
  const first = v128.shl<i32>(v128.add<i32>(half, bias), 23);
  const second = v128.shl<i32>(v128.add<i32>(v128.sub<i32>(whole, half), bias), 23);
  return v128.mul<f32>(v128.mul<f32>(p, first), second);
}

/**
 * `log(1 + x)`: u = 1 + x rounded, u = 2^k m with m in [sqrt(1/2), sqrt(2)), log m from a polynomial in
 * s = (m - 1) / (m + 1), and what rounding took from u put back as (x - (u - 1)) / u.
 * Source of the constants: FreeBSD msun, e_log.c and e_logf.c (Sun Microsystems 1993).
 */
export function log1pOf<T>(x: v128): v128 {
  const one = splat<T>(1);
  const u = v128.add<T>(one, x);
  // What rounding took: exact for either order of sizes (two-sum).
  const back = v128.sub<T>(u, one);
  const lost = v128.add<T>(v128.sub<T>(one, v128.sub<T>(u, back)), v128.sub<T>(x, back));
  let k: v128, m: v128;
  if (sizeof<T>() == 8) {
    const bits = v128.add<i64>(u, v128.splat<i64>(0x3ff0000000000000 - 0x3fe6a09e00000000));
    const whole = v128.sub<i64>(v128.shr<u64>(bits, 52), v128.splat<i64>(1023));
    const magic = splat<f64>(6755399441055744.0);
    k = v128.sub<f64>(v128.add<i64>(whole, magic), magic);
    m = v128.add<i64>(v128.and(bits, v128.splat<i64>(0x000fffffffffffff)), v128.splat<i64>(0x3fe6a09e00000000));
  } else {
    const bits = v128.add<i32>(u, v128.splat<i32>(0x3f800000 - 0x3f3504f3));
    k = v128.convert<i32>(v128.sub<i32>(v128.shr<u32>(bits, 23), v128.splat<i32>(127)));
    m = v128.add<i32>(v128.and(bits, v128.splat<i32>(0x007fffff)), v128.splat<i32>(0x3f3504f3));
  }
  const f = v128.sub<T>(m, one);
  const s = v128.div<T>(f, v128.add<T>(f, splat<T>(2)));
  const z = v128.mul<T>(s, s);
  let p: v128;
  if (sizeof<T>() == 8) {
    p = splat<f64>(1.479819860511658591e-01);
    p = madd<f64>(p, z, splat<f64>(1.531383769920937332e-01));
    p = madd<f64>(p, z, splat<f64>(1.818357216161805012e-01));
    p = madd<f64>(p, z, splat<f64>(2.222219843214978396e-01));
    p = madd<f64>(p, z, splat<f64>(2.857142874366239149e-01));
    p = madd<f64>(p, z, splat<f64>(3.999999999940941908e-01));
    p = madd<f64>(p, z, splat<f64>(6.666666666666735130e-01));
  } else {
    p = splat<f32>(0.24279078841);
    p = madd<f32>(p, z, splat<f32>(0.28498786688));
    p = madd<f32>(p, z, splat<f32>(0.40000972152));
    p = madd<f32>(p, z, splat<f32>(0.66666662693));
  }
  const square = v128.mul<T>(splat<T>(0.5), v128.mul<T>(f, f));
  const high = sizeof<T>() == 8 ? 6.93147180369123816490e-01 : 6.9313812256e-01;
  const low = sizeof<T>() == 8 ? 1.90821492927058770002e-10 : 9.0580006145e-06;
  const small = v128.add<T>(v128.div<T>(lost, u), v128.mul<T>(k, splat<T>(<T>low)));
  const tail = v128.add<T>(v128.mul<T>(s, v128.add<T>(square, v128.mul<T>(z, p))), small);
  let y = v128.add<T>(v128.mul<T>(k, splat<T>(<T>high)), v128.add<T>(f, v128.sub<T>(tail, square)));
  // Tiny x is its own logarithm, sign of zero included; -1 gives -infinity, below it NaN, infinity and NaN stay.
  y = v128.bitselect(x, y, v128.lt<T>(v128.abs<T>(x), splat<T>(sizeof<T>() == 8 ? <T>1e-17 : <T>1e-9)));
  y = v128.bitselect(splat<T>(-Infinity), y, v128.eq<T>(u, splat<T>(0)));
  y = v128.bitselect(splat<T>(NaN), y, v128.lt<T>(u, splat<T>(0)));
  const keep = v128.or(v128.ne<T>(x, x), v128.eq<T>(x, splat<T>(Infinity)));
  return v128.bitselect(x, y, keep);
}

@inline
function map<T>(log: bool, n: usize, x: usize, y: usize): void {
  for (let left = <isize>n; left > 0; left -= <isize>lanes<T>(), x += 16, y += 16) {
    const a = loadUpTo<T>(x, left);
    storeUpTo<T>(y, log ? log1pOf<T>(a) : expOf<T>(a), left);
  }
}

export function exp_f32(n: usize, x: usize, y: usize): void {
  map<f32>(false, n, x, y);
}

export function exp_f64(n: usize, x: usize, y: usize): void {
  map<f64>(false, n, x, y);
}

export function log1p_f32(n: usize, x: usize, y: usize): void {
  map<f32>(true, n, x, y);
}

export function log1p_f64(n: usize, x: usize, y: usize): void {
  map<f64>(true, n, x, y);
}
