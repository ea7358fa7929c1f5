// Rows by index, picked or added up, and rows in the other precision. Unchecked: that every index is a row, and that nothing overlaps.

import { lanes, madd } from "./simd";

/** `out[i, :] = source[indices[i], :]`; the rows of `out` follow each other without gaps. */
function gatherRows(count: usize, width: usize, indices: usize, source: usize, stride: usize, out: usize): void {
  for (let end = indices + (count << 2); indices < end; indices += 4, out += width) {
    memory.copy(out, source + <usize>load<u32>(indices) * stride, width);
  }
}

export function gatherRows_f32(
  count: usize, cols: usize, indices: usize, source: usize, lds: usize, out: usize,
): void {
  gatherRows(count, cols << 2, indices, source, lds << 2, out);
}

export function gatherRows_f64(
  count: usize, cols: usize, indices: usize, source: usize, lds: usize, out: usize,
): void {
  gatherRows(count, cols << 3, indices, source, lds << 3, out);
}

/** `out[i, :] = source[indices[i], :]` for a source in f64: each number is rounded. */
export function gatherDouble_f32(
  count: usize, cols: usize, indices: usize, source: usize, lds: usize, out: usize,
): void {
  for (; count; count--, indices += 4, out += cols << 2) {
    let from = source + <usize>load<u32>(indices) * (lds << 3), to = out;
    const end = from + (cols << 3);
    const vectors = from + (cols >> 2 << 5);
    for (; from < vectors; from += 32, to += 16) {
      const low = f32x4.demote_f64x2_zero(v128.load(from)), high = f32x4.demote_f64x2_zero(v128.load(from, 16));
      v128.store(to, v128.shuffle<f64>(low, high, 0, 2));
    }
    for (; from < end; from += 8, to += 4) store<f32>(to, <f32>load<f64>(from));
  }
}

export function gatherDouble_f64(
  count: usize, cols: usize, indices: usize, source: usize, lds: usize, out: usize,
): void {
  gatherRows(count, cols << 3, indices, source, lds << 3, out);
}

/** `sums[indices[i], :] += weights[i] x[i, :]`, row after row. The tail is rounded twice in both builds. */
function scatterRows<T>(
  count: usize, cols: usize, indices: usize, weights: usize, x: usize, ldx: usize, sums: usize, lds: usize,
): void {
  const size = sizeof<T>();
  for (; count; count--, indices += 4, weights += size, x += ldx * size) {
    const weight = load<T>(weights);
    const factor = v128.splat<T>(weight);
    let from = x, to = sums + <usize>load<u32>(indices) * lds * size;
    const end = x + cols * size;
    const blocks = x + cols / (2 * lanes<T>()) * 32;
    for (; from < blocks; from += 32, to += 32) {
      v128.store(to, madd<T>(factor, v128.load(from), v128.load(to)));
      v128.store(to, madd<T>(factor, v128.load(from, 16), v128.load(to, 16)), 16);
    }
    for (; from < end; from += size, to += size) store<T>(to, load<T>(to) + weight * load<T>(from));
  }
}

export function scatterRows_f32(
  count: usize, cols: usize, indices: usize, weights: usize, x: usize, ldx: usize, sums: usize, lds: usize,
): void {
  scatterRows<f32>(count, cols, indices, weights, x, ldx, sums, lds);
}

export function scatterRows_f64(
  count: usize, cols: usize, indices: usize, weights: usize, x: usize, ldx: usize, sums: usize, lds: usize,
): void {
  scatterRows<f64>(count, cols, indices, weights, x, ldx, sums, lds);
}

export function readSingle_f32(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, ldo: usize): void {
  for (; rows; rows--, x += ldx << 2, out += ldo << 2) memory.copy(out, x, cols << 2);
}

/** `out[i, :] = x[i, :]` for x in f32: exact. */
export function readSingle_f64(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, ldo: usize): void {
  for (; rows; rows--, x += ldx << 2, out += ldo << 3) {
    let from = x, to = out;
    const end = x + (cols << 2);
    const vectors = x + (cols >> 2 << 4);
    for (; from < vectors; from += 16, to += 32) {
      v128.store(to, f64x2.promote_low_f32x4(v128.load64_zero(from)));
      v128.store(to, f64x2.promote_low_f32x4(v128.load64_zero(from, 8)), 16);
    }
    for (; from < end; from += 4, to += 8) store<f64>(to, <f64>load<f32>(from));
  }
}
