// Scalar losses l(p; y) with their derivatives in p: the sum of the values, and scale l', scale l'' where asked for.
// At a kink l'' is the larger of its two values. The values are summed lane by lane, then across lanes, in the precision of T.

import { expOf, log1pOf } from "./exp";
import { lanes, loadUpTo, splat, storeUpTo } from "./simd";

// The codes of LOSS_CODES in src/kernels/types.ts; the last one is poisson.
const SQUARED = 0, LOGISTIC = 1, HUBER = 2, PSEUDO_HUBER = 3, SMOOTH_HINGE = 4;

/** `value`, with NaN in the lanes where `a` is NaN: a comparison that is true sets every bit, which is a NaN. */
@inline
function keepNaN<T>(a: v128, value: v128): v128 {
  return v128.or(value, v128.ne<T>(a, a));
}

/** One vector: writes the derivatives, returns the values. `code` is a constant at each place of use. */
@inline
function curve<T>(code: i32, parameter: T, scale: T, p: v128, y: v128, slope: usize, curvature: usize, left: usize): v128 {
  const one = splat<T>(1), zero = splat<T>(0), half = splat<T>(0.5), factor = splat<T>(scale);
  let value: v128, rise: v128, bend: v128;
  if (code == SQUARED) {
    rise = v128.sub<T>(p, y);
    value = v128.mul<T>(v128.mul<T>(rise, rise), half);
    bend = keepNaN<T>(rise, one);
  } else if (code == LOGISTIC) {
    const margin = v128.mul<T>(y, p);
    const e = expOf<T>(v128.neg<T>(v128.abs<T>(margin)));
    const large = v128.div<T>(one, v128.add<T>(one, e));
    const small = v128.mul<T>(e, large);
    value = v128.add<T>(v128.max<T>(v128.neg<T>(margin), zero), log1pOf<T>(e));
    rise = v128.mul<T>(v128.neg<T>(y), v128.bitselect(small, large, v128.gt<T>(margin, zero)));
    bend = v128.mul<T>(small, large);
  } else if (code == HUBER) {
    const t = v128.sub<T>(p, y), size = v128.abs<T>(t), delta = splat<T>(parameter);
    const outer = v128.mul<T>(delta, v128.sub<T>(size, v128.mul<T>(delta, half)));
    value = v128.bitselect(outer, v128.mul<T>(v128.mul<T>(t, t), half), v128.gt<T>(size, delta));
    rise = v128.max<T>(v128.neg<T>(delta), v128.min<T>(delta, t));
    bend = keepNaN<T>(t, v128.and(one, v128.le<T>(size, delta)));
  } else if (code == PSEUDO_HUBER) {
    // Far out t is cut, and root is |t| + 1, which it never exceeds: no square that overflows is divided by another.
    const most = splat<T>(sizeof<T>() == 8 ? <T>1e300 : <T>1e37), delta = splat<T>(parameter), d = v128.sub<T>(p, y);
    const t = v128.max<T>(v128.neg<T>(most), v128.min<T>(most, v128.div<T>(d, delta)));
    const root = v128.min<T>(v128.sqrt<T>(v128.add<T>(one, v128.mul<T>(t, t))), v128.add<T>(one, v128.abs<T>(t)));
    // delta² (root - 1) = delta d t / (1 + root), without cancellation.
    value = v128.mul<T>(delta, v128.mul<T>(d, v128.div<T>(t, v128.add<T>(one, root))));
    rise = v128.mul<T>(delta, v128.div<T>(t, root));
    bend = v128.div<T>(one, v128.mul<T>(root, v128.mul<T>(root, root)));
  } else if (code == SMOOTH_HINGE) {
    const z = v128.mul<T>(y, p);
    const short = v128.max<T>(zero, v128.min<T>(one, v128.sub<T>(one, z)));
    // 0.5 s² with s = clamp(1 - z) on [0, 1], and the straight part below z = 0.
    value = v128.sub<T>(v128.mul<T>(v128.mul<T>(short, short), half), v128.min<T>(z, zero));
    rise = v128.mul<T>(v128.neg<T>(y), short);
    const inside = v128.and(v128.ge<T>(z, zero), v128.le<T>(z, one));
    bend = keepNaN<T>(z, v128.and(v128.mul<T>(y, y), inside));
  } else {
    bend = expOf<T>(p);
    rise = v128.sub<T>(bend, y);
    // Where e^p overflows, y p may too, but it is the smaller of the two.
    value = v128.bitselect(rise, v128.sub<T>(bend, v128.mul<T>(y, p)), v128.eq<T>(bend, splat<T>(Infinity)));
  }
  if (curvature) storeUpTo<T>(curvature, v128.mul<T>(factor, bend), left);
  if (slope) storeUpTo<T>(slope, v128.mul<T>(factor, rise), left);
  return value;
}

@inline
function run<T>(code: i32, parameter: T, n: usize, scale: T, p: usize, y: usize, slope: usize, curvature: usize): T {
  let sum: T = 0;
  let total = splat<T>(0);
  for (let left = <isize>n; left > 0; left -= <isize>lanes<T>()) {
    const count = min<usize>(left, lanes<T>());
    const value = curve<T>(code, parameter, scale, loadUpTo<T>(p, count), loadUpTo<T>(y, count), slope, curvature, count);
    if (count == lanes<T>()) {
      total = v128.add<T>(total, value);
    } else {
      sum += v128.extract_lane<T>(value, 0);
      if (sizeof<T>() == 4) {
        if (count > 1) sum += v128.extract_lane<T>(value, 1);
        if (count > 2) sum += v128.extract_lane<T>(value, 2);
      }
    }
    p += 16;
    y += 16;
    if (slope) slope += 16;
    if (curvature) curvature += 16;
  }
  sum += v128.extract_lane<T>(total, 0) + v128.extract_lane<T>(total, 1);
  if (sizeof<T>() == 4) sum += v128.extract_lane<T>(total, 2) + v128.extract_lane<T>(total, 3);
  return sum;
}

/** See loss in src/kernels/types.ts. Unchecked: the code, the targets, the parameter. */
@inline
function loss<T>(code: i32, parameter: T, n: usize, scale: T, p: usize, y: usize, slope: usize, curvature: usize): T {
  if (code == SQUARED) return run<T>(SQUARED, parameter, n, scale, p, y, slope, curvature);
  if (code == LOGISTIC) return run<T>(LOGISTIC, parameter, n, scale, p, y, slope, curvature);
  if (code == HUBER) return run<T>(HUBER, parameter, n, scale, p, y, slope, curvature);
  if (code == PSEUDO_HUBER) return run<T>(PSEUDO_HUBER, parameter, n, scale, p, y, slope, curvature);
  if (code == SMOOTH_HINGE) return run<T>(SMOOTH_HINGE, parameter, n, scale, p, y, slope, curvature);
  return run<T>(5, parameter, n, scale, p, y, slope, curvature);
}

export function loss_f32(code: i32, parameter: f32, n: usize, scale: f32, p: usize, y: usize, slope: usize, curvature: usize): f32 {
  return loss<f32>(code, parameter, n, scale, p, y, slope, curvature);
}

export function loss_f64(code: i32, parameter: f64, n: usize, scale: f64, p: usize, y: usize, slope: usize, curvature: usize): f64 {
  return loss<f64>(code, parameter, n, scale, p, y, slope, curvature);
}
