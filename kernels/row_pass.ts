// One pass over the rows of [x f]: their products with the weights of a linear predictor, what a loss makes of them, and the sums of that times the
// rows. A block of rows at a time, which is still in the cache when it is read for the second time.
// Unchecked: that the operands lie in memory and do not overlap, and that there is scratch at `work`.

import { gemmNT, gemmTN } from "./gemm";
import { loss_f32, loss_f64 } from "./loss";
import { softmax } from "./softmax";
import { centreRows, mul } from "./vector";

/** Bytes of the rows of a block: a quarter of the second cache. */
const BLOCK: usize = 256 << 10;

/** Where the scratch keeps the predictions of a block, after that of a product; and how many bytes of them. */
const PLACE: usize = 1 << 20, ROOM: usize = 1 << 20;

/** Bytes of a row from which on the processor does not see by itself that rows of a block follow each other, as a product of some columns at a time reads them. */
const LONG: usize = 512;

/** The code of softmax; the others are those of the scalar losses. */
const SOFTMAX: i32 = 16;

/** Rows of a block, of `width` elements and m predictions each: multiples of 16. */
function heightOf<T>(width: usize, m: usize): usize {
  const size = sizeof<T>();
  return max<usize>(1, min<usize>(max<usize>(16, BLOCK / (width * size) / 16 * 16), ROOM / (m * size)));
}

/** Reads a number of every line of the cache, in order, so that a block is there. */
function touch(at: usize, bytes: usize, to: usize): void {
  let sum: i32 = 0;
  for (const end = at + bytes - 3; at < end; at += 64) sum += load<i32>(at);
  store<i32>(to, sum);
}

/** `p = [x f] headᵀ` of some rows. */
@inline
function predict<T>(
  rows: usize, m: usize, x: usize, d: usize, f: usize, k: usize, head: usize, p: usize, work: usize,
): void {
  const size = sizeof<T>();
  if (d * size >= LONG) touch(x, rows * d * size, work + PLACE + ROOM);
  gemmNT<T>(rows, m, d, x, d, head, d + k, p, m, false, work);
  if (k) gemmNT<T>(rows, m, k, f, k, head + d * size, d + k, p, m, true, work);
}

/** `sums = cᵀ [x f] (+ sums)` of some rows. */
@inline
function add<T>(
  rows: usize, m: usize, x: usize, d: usize, f: usize, k: usize, c: usize, sums: usize, further: bool, work: usize,
): void {
  gemmTN<T>(m, d, rows, c, m, x, d, sums, d + k, further, work);
  if (k) gemmTN<T>(m, k, rows, c, m, f, k, sums + d * sizeof<T>(), d + k, further, work);
}

/** See bendRows in src/kernels/types.ts. */
function bendRows<T>(
  categorical: bool, rows: usize, m: usize, x: usize, d: usize, f: usize, k: usize, head: usize, weights: usize,
  sums: usize, work: usize,
): void {
  const size = sizeof<T>(), most = heightOf<T>(d + k, m), p = work + PLACE;
  for (let from: usize = 0; from < rows; from += most) {
    const count = min<usize>(most, rows - from);
    predict<T>(count, m, x, d, f, k, head, p, work);
    if (categorical) centreRows<T>(count, m, 1, weights, p, p);
    else mul<T>(count * m, weights, p, p);
    add<T>(count, m, x, d, f, k, p, sums, from > 0, work);
    x += count * d * size;
    f += count * k * size;
    weights += count * m * size;
  }
}

/** See lossRows in src/kernels/types.ts. */
function lossRows<T>(
  code: i32, parameter: T, rows: usize, m: usize, x: usize, d: usize, f: usize, k: usize, head: usize, y: usize,
  p: usize, slopes: usize, sums: usize, value: usize, work: usize,
): void {
  const size = sizeof<T>(), most = heightOf<T>(d + k, m);
  let sum: T = 0;
  for (let from: usize = 0; from < rows; from += most) {
    const count = min<usize>(most, rows - from);
    predict<T>(count, m, x, d, f, k, head, p, work);
    if (code == SOFTMAX) sum += softmax<T>(count, m, 1, p, y, slopes);
    else if (size == 4) sum += <T>loss_f32(code, <f32>parameter, count * m, 1, p, y, slopes, 0);
    else sum += <T>loss_f64(code, <f64>parameter, count * m, 1, p, y, slopes, 0);
    add<T>(count, m, x, d, f, k, slopes, sums, from > 0, work);
    x += count * d * size;
    f += count * k * size;
    y += count * m * size;
    p += count * m * size;
    slopes += count * m * size;
  }
  store<T>(value, sum);
}

export function bendRows_f32(
  categorical: bool, rows: usize, m: usize, x: usize, d: usize, f: usize, k: usize, head: usize, weights: usize,
  sums: usize, work: usize,
): void {
  bendRows<f32>(categorical, rows, m, x, d, f, k, head, weights, sums, work);
}

export function bendRows_f64(
  categorical: bool, rows: usize, m: usize, x: usize, d: usize, f: usize, k: usize, head: usize, weights: usize,
  sums: usize, work: usize,
): void {
  bendRows<f64>(categorical, rows, m, x, d, f, k, head, weights, sums, work);
}

export function lossRows_f32(
  code: i32, parameter: f32, rows: usize, m: usize, x: usize, d: usize, f: usize, k: usize, head: usize, y: usize,
  p: usize, slopes: usize, sums: usize, value: usize, work: usize,
): void {
  lossRows<f32>(code, parameter, rows, m, x, d, f, k, head, y, p, slopes, sums, value, work);
}

export function lossRows_f64(
  code: i32, parameter: f64, rows: usize, m: usize, x: usize, d: usize, f: usize, k: usize, head: usize, y: usize,
  p: usize, slopes: usize, sums: usize, value: usize, work: usize,
): void {
  lossRows<f64>(code, parameter, rows, m, x, d, f, k, head, y, p, slopes, sums, value, work);
}
