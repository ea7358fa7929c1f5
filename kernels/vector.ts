// Operations on one or two vectors of n elements at byte addresses. No allocation, no globals, fixed order of summation.

import { addLanes, lanes, madd } from "./simd";

/** Inner product: four accumulators of whole vectors, then single vectors, then the tail. */
function dot<T>(n: usize, x: usize, y: usize): T {
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

export function dot_f32(n: usize, x: usize, y: usize): f32 {
  return dot<f32>(n, x, y);
}

export function dot_f64(n: usize, x: usize, y: usize): f64 {
  return dot<f64>(n, x, y);
}
