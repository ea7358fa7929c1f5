// Softmax cross-entropy of rows of m predictions, with the chances. Unchecked: that the operands lie in memory; `slope` and `q` may be `p`.

import { expOf, log1pOf } from "./exp";
import { addLanes, lanes, loadUpTo, splat, storeUpTo } from "./simd";

/** The largest of m numbers; NaN where one is NaN. */
@inline
function largest<T>(m: usize, p: usize): T {
  let most = load<T>(p);
  const end = p + m * sizeof<T>();
  for (let at = p + sizeof<T>(); at < end; at += sizeof<T>()) most = max<T>(most, load<T>(at));
  return most;
}

/**
 * Writes `exp(p_j - top)` [m] with 0 in place of one 1, and returns the sum of them: kept apart from the 1, the others are exact however small they
 * are. `one` is the place of the 1; past the end where there is a NaN.
 */
@inline
function others<T>(m: usize, p: usize, top: T, one: usize, e: usize): T {
  const peak = splat<T>(top), size = sizeof<T>();
  for (let left = <isize>m, at = p, to = e; left > 0; left -= <isize>lanes<T>(), at += 16, to += 16) {
    storeUpTo<T>(to, expOf<T>(v128.sub<T>(loadUpTo<T>(at, left), peak)), left);
  }
  if (one < m) store<T>(e + one * size, 0);
  let a = splat<T>(0), b = a;
  let at = e;
  const end = e + m * size, blocks = e + m / (2 * lanes<T>()) * 32;
  for (; at < blocks; at += 32) {
    a = v128.add<T>(a, v128.load(at));
    b = v128.add<T>(b, v128.load(at, 16));
  }
  let sum = addLanes<T>(v128.add<T>(a, b));
  for (; at < end; at += size) sum += load<T>(at);
  return sum;
}

/** The first place of a number; past the end where it is not there. */
@inline
function placeOf<T>(m: usize, p: usize, value: T): usize {
  let at: usize = 0;
  while (at < m && load<T>(p + at * sizeof<T>()) != value) at++;
  return at;
}

/** `log(1 + x)`. */
@inline
function log1p<T>(x: T): T {
  return v128.extract_lane<T>(log1pOf<T>(splat<T>(x)), 0);
}

/** See softmax in src/kernels/types.ts. */
export function softmax<T>(rows: usize, m: usize, scale: T, p: usize, y: usize, slope: usize): T {
  const size = sizeof<T>(), zero = splat<T>(0), factor = splat<T>(scale);
  let sum: T = 0;
  for (; rows; rows--, p += m * size, y += m * size, slope += m * size) {
    const top = largest<T>(m, p), one = placeOf<T>(m, p, top), peak = splat<T>(top);
    // 1 for a valid target; taken as it is, so that value and slope agree for any. A target of 0 picks nothing, however far down its prediction is.
    let weights = zero, picks = zero, weight: T = 0, picked: T = 0;
    let at: usize = 0;
    for (const vectors = m / lanes<T>() * 16; at < vectors; at += 16) {
      const target = v128.load(y + at), fall = v128.sub<T>(v128.load(p + at), peak);
      weights = v128.add<T>(weights, target);
      picks = v128.add<T>(picks, v128.and(v128.mul<T>(target, fall), v128.ne<T>(target, zero)));
    }
    for (const end = m * size; at < end; at += size) {
      const target = load<T>(y + at);
      weight += target;
      if (target != 0) picked += target * (load<T>(p + at) - top);
    }
    weight += addLanes<T>(weights);
    picked += addLanes<T>(picks);
    const rest = others<T>(m, p, top, one, slope);
    sum += weight * log1p<T>(rest) - picked;
    const share = splat<T>(weight / (1 + rest));
    for (let left = <isize>m, from = y, to = slope; left > 0; left -= <isize>lanes<T>(), from += 16, to += 16) {
      const rise = v128.sub<T>(v128.mul<T>(share, loadUpTo<T>(to, left)), loadUpTo<T>(from, left));
      storeUpTo<T>(to, v128.mul<T>(factor, rise), left);
    }
    if (one < m) {
      const target = load<T>(y + one * size);
      // weight / (1 + rest) - target, without the cancellation where the rest is small.
      store<T>(slope + one * size, scale * ((weight - target - target * rest) / (1 + rest)));
    }
  }
  return sum;
}

/** See chances in src/kernels/types.ts. */
function chances<T>(rows: usize, m: usize, p: usize, q: usize): void {
  const size = sizeof<T>();
  for (; rows; rows--, p += m * size, q += m * size) {
    const top = largest<T>(m, p), one = placeOf<T>(m, p, top);
    const share: T = 1 / (1 + others<T>(m, p, top, one, q)), factor = splat<T>(share);
    for (let left = <isize>m, to = q; left > 0; left -= <isize>lanes<T>(), to += 16) {
      storeUpTo<T>(to, v128.mul<T>(factor, loadUpTo<T>(to, left)), left);
    }
    if (one < m) store<T>(q + one * size, share);
  }
}

export function softmax_f32(rows: usize, m: usize, scale: f32, p: usize, y: usize, slope: usize): f32 {
  return softmax<f32>(rows, m, scale, p, y, slope);
}

export function softmax_f64(rows: usize, m: usize, scale: f64, p: usize, y: usize, slope: usize): f64 {
  return softmax<f64>(rows, m, scale, p, y, slope);
}

export function chances_f32(rows: usize, m: usize, p: usize, q: usize): void {
  chances<f32>(rows, m, p, q);
}

export function chances_f64(rows: usize, m: usize, p: usize, q: usize): void {
  chances<f64>(rows, m, p, q);
}
