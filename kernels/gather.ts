// Minibatches: rows picked by index. Unchecked: that every index is a row of the source, and that nothing overlaps.

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
