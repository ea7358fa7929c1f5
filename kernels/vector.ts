// Operations on one or two vectors of n elements at byte addresses. No allocation, no globals, a fixed order of
// summation. Unchecked: that the operands lie in memory and overlap only where a comment allows it.

import { addLanes, lanes, madd } from "./simd";

/** Inner product: four accumulators of whole vectors, then single vectors, then the tail. */
export function dot<T>(n: usize, x: usize, y: usize): T {
  const size = sizeof<T>();
  let a = v128.splat<T>(0), b = a, c = a, d = a;
  const end = x + n * size;
  const blocks = x + n / (4 * lanes<T>()) * 64;
  for (; x < blocks; x += 64, y += 64) {
    a = madd<T>(v128.load(x), v128.load(y), a);
    b = madd<T>(v128.load(x, 16), v128.load(y, 16), b);
    c = madd<T>(v128.load(x, 32), v128.load(y, 32), c);
    d = madd<T>(v128.load(x, 48), v128.load(y, 48), d);
  }
  const vectors = x + (end - x) / 16 * 16;
  for (; x < vectors; x += 16, y += 16) a = madd<T>(v128.load(x), v128.load(y), a);
  let sum = addLanes<T>(v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d)));
  for (; x < end; x += size, y += size) sum += load<T>(x) * load<T>(y);
  return sum;
}

/** `x·(y - shift)`. */
function dotShifted<T>(n: usize, x: usize, y: usize, shift: T): T {
  const size = sizeof<T>();
  let a = v128.splat<T>(0);
  const by = v128.splat<T>(shift);
  const end = x + n * size;
  const vectors = x + n / lanes<T>() * 16;
  for (; x < vectors; x += 16, y += 16) a = madd<T>(v128.load(x), v128.sub<T>(v128.load(y), by), a);
  let sum = addLanes<T>(a);
  for (; x < end; x += size, y += size) sum += load<T>(x) * (load<T>(y) - shift);
  return sum;
}

/** `y += alpha x`. The tail is rounded twice in both builds. */
export function axpy<T>(n: usize, alpha: T, x: usize, y: usize): void {
  const size = sizeof<T>();
  const factor = v128.splat<T>(alpha);
  const end = x + n * size;
  const blocks = x + n / (2 * lanes<T>()) * 32;
  for (; x < blocks; x += 32, y += 32) {
    v128.store(y, madd<T>(factor, v128.load(x), v128.load(y)));
    v128.store(y, madd<T>(factor, v128.load(x, 16), v128.load(y, 16)), 16);
  }
  if (x + 16 <= end) {
    v128.store(y, madd<T>(factor, v128.load(x), v128.load(y)));
    x += 16;
    y += 16;
  }
  for (; x < end; x += size, y += size) store<T>(y, load<T>(y) + alpha * load<T>(x));
}

/** `y = alpha x + beta y`. The tail is rounded at every operation in both builds. */
function axpby<T>(n: usize, alpha: T, x: usize, beta: T, y: usize): void {
  const size = sizeof<T>();
  const factor = v128.splat<T>(alpha), decay = v128.splat<T>(beta);
  const end = x + n * size;
  const vectors = x + n / lanes<T>() * 16;
  for (; x < vectors; x += 16, y += 16) v128.store(y, madd<T>(factor, v128.load(x), v128.mul<T>(decay, v128.load(y))));
  for (; x < end; x += size, y += size) store<T>(y, alpha * load<T>(x) + beta * load<T>(y));
}

/** `out[i, :] = weights[i] x[i, :]`, rows without gaps on both sides. */
function scaleRows<T>(rows: usize, cols: usize, weights: usize, x: usize, out: usize): void {
  const size = sizeof<T>();
  for (; rows; rows--, weights += size) {
    const weight = load<T>(weights);
    const factor = v128.splat<T>(weight);
    const end = x + cols * size;
    const vectors = x + cols / lanes<T>() * 16;
    for (; x < vectors; x += 16, out += 16) v128.store(out, v128.mul<T>(factor, v128.load(x)));
    for (; x < end; x += size, out += size) store<T>(out, weight * load<T>(x));
  }
}

/**
 * `out = alpha q (v - q·v)` row by row, rows without gaps: what the second derivative of softmax with chances q does to v. `out` may be `v`.
 * The mean `q·v` is corrected once, by that of what is left: where one chance is nearly 1, its own entry would else be all rounding.
 */
export function centreRows<T>(rows: usize, cols: usize, alpha: T, q: usize, v: usize, out: usize): void {
  const size = sizeof<T>();
  for (; rows; rows--) {
    const mean = dot<T>(cols, q, v), lost = dotShifted<T>(cols, q, v, mean);
    const centre = v128.splat<T>(mean), rest = v128.splat<T>(lost), factor = v128.splat<T>(alpha);
    const end = v + cols * size;
    const vectors = v + cols / lanes<T>() * 16;
    for (; v < vectors; v += 16, q += 16, out += 16) {
      const own = v128.sub<T>(v128.sub<T>(v128.load(v), centre), rest);
      v128.store(out, v128.mul<T>(v128.mul<T>(factor, v128.load(q)), own));
    }
    for (; v < end; v += size, q += size, out += size) store<T>(out, alpha * load<T>(q) * (load<T>(v) - mean - lost));
  }
}

function scale<T>(n: usize, alpha: T, x: usize): void {
  const size = sizeof<T>();
  const factor = v128.splat<T>(alpha);
  const end = x + n * size;
  const vectors = x + n / lanes<T>() * 16;
  for (; x < vectors; x += 16) v128.store(x, v128.mul<T>(factor, v128.load(x)));
  for (; x < end; x += size) store<T>(x, alpha * load<T>(x));
}

/** Also what matrix products without terms clear their results with. */
export function fill<T>(n: usize, value: T, x: usize): void {
  const size = sizeof<T>();
  const values = v128.splat<T>(value);
  const end = x + n * size;
  const vectors = x + n / lanes<T>() * 16;
  for (; x < vectors; x += 16) v128.store(x, values);
  for (; x < end; x += size) store<T>(x, value);
}

/** `z = x y`; `z` may be `x` or `y`, since every vector is read before it is written. */
export function mul<T>(n: usize, x: usize, y: usize, z: usize): void {
  const size = sizeof<T>();
  const end = x + n * size;
  const vectors = x + n / lanes<T>() * 16;
  for (; x < vectors; x += 16, y += 16, z += 16) v128.store(z, v128.mul<T>(v128.load(x), v128.load(y)));
  for (; x < end; x += size, y += size, z += size) store<T>(z, load<T>(x) * load<T>(y));
}

/**
 * Euclidean norm. The plain sum of squares is used when it is finite and so large that squares lost to underflow do not
 * show; otherwise every entry is divided by the largest first. A sum of squares is NaN only if an entry is.
 */
export function nrm2<T>(n: usize, x: usize): T {
  const squares = dot<T>(n, x, x);
  // A square that underflows is off by at most 2^-150 (f64: 2^-1075): even 2^32 of them do not show beside these sums.
  const least = sizeof<T>() == 4 ? <T>1e-28 : <T>1e-290;
  if (squares >= least && squares < <T>Infinity) return sqrt<T>(squares);
  if (squares != squares) return squares;
  const size = sizeof<T>();
  const end = x + n * size;
  let largest: T = 0;
  for (let at = x; at < end; at += size) largest = max<T>(largest, abs<T>(load<T>(at)));
  if (largest == 0 || largest == <T>Infinity) return largest;
  let total: T = 0;
  for (let at = x; at < end; at += size) {
    const ratio = load<T>(at) / largest;
    total += ratio * ratio;
  }
  return largest * sqrt<T>(total);
}

/** One row after the other is added to `out`, which stays in the nearest cache. */
function columnSums<T>(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, accumulate: bool): void {
  if (!accumulate) fill<T>(cols, 0, out);
  const stride = ldx * sizeof<T>();
  for (; rows; rows--, x += stride) addTo<T>(cols, x, out);
}

export function addTo<T>(n: usize, x: usize, y: usize): void {
  const size = sizeof<T>();
  const end = x + n * size;
  const vectors = x + n / lanes<T>() * 16;
  for (; x < vectors; x += 16, y += 16) v128.store(y, v128.add<T>(v128.load(y), v128.load(x)));
  for (; x < end; x += size, y += size) store<T>(y, load<T>(y) + load<T>(x));
}

export function dot_f32(n: usize, x: usize, y: usize): f32 {
  return dot<f32>(n, x, y);
}

export function dot_f64(n: usize, x: usize, y: usize): f64 {
  return dot<f64>(n, x, y);
}

export function axpy_f32(n: usize, alpha: f32, x: usize, y: usize): void {
  axpy<f32>(n, alpha, x, y);
}

export function axpy_f64(n: usize, alpha: f64, x: usize, y: usize): void {
  axpy<f64>(n, alpha, x, y);
}

export function axpby_f32(n: usize, alpha: f32, x: usize, beta: f32, y: usize): void {
  axpby<f32>(n, alpha, x, beta, y);
}

export function axpby_f64(n: usize, alpha: f64, x: usize, beta: f64, y: usize): void {
  axpby<f64>(n, alpha, x, beta, y);
}

export function scaleRows_f32(rows: usize, cols: usize, weights: usize, x: usize, out: usize): void {
  scaleRows<f32>(rows, cols, weights, x, out);
}

export function scaleRows_f64(rows: usize, cols: usize, weights: usize, x: usize, out: usize): void {
  scaleRows<f64>(rows, cols, weights, x, out);
}

export function centreRows_f32(rows: usize, cols: usize, alpha: f32, q: usize, v: usize, out: usize): void {
  centreRows<f32>(rows, cols, alpha, q, v, out);
}

export function centreRows_f64(rows: usize, cols: usize, alpha: f64, q: usize, v: usize, out: usize): void {
  centreRows<f64>(rows, cols, alpha, q, v, out);
}

export function scale_f32(n: usize, alpha: f32, x: usize): void {
  scale<f32>(n, alpha, x);
}

export function scale_f64(n: usize, alpha: f64, x: usize): void {
  scale<f64>(n, alpha, x);
}

export function fill_f32(n: usize, value: f32, x: usize): void {
  fill<f32>(n, value, x);
}

export function fill_f64(n: usize, value: f64, x: usize): void {
  fill<f64>(n, value, x);
}

export function copy_f32(n: usize, x: usize, y: usize): void {
  memory.copy(y, x, n << 2);
}

export function copy_f64(n: usize, x: usize, y: usize): void {
  memory.copy(y, x, n << 3);
}

export function mul_f32(n: usize, x: usize, y: usize, z: usize): void {
  mul<f32>(n, x, y, z);
}

export function mul_f64(n: usize, x: usize, y: usize, z: usize): void {
  mul<f64>(n, x, y, z);
}

export function nrm2_f32(n: usize, x: usize): f32 {
  return nrm2<f32>(n, x);
}

export function nrm2_f64(n: usize, x: usize): f64 {
  return nrm2<f64>(n, x);
}

export function columnSums_f32(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, accumulate: bool): void {
  columnSums<f32>(rows, cols, x, ldx, out, accumulate);
}

export function columnSums_f64(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, accumulate: bool): void {
  columnSums<f64>(rows, cols, x, ldx, out, accumulate);
}
