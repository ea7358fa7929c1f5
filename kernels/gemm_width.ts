// The tiles of gemm by their width, each a function of its own, so that the engine gives each all registers.

import { tile2, tile4 } from "./gemm_tile";

/** Vectors in the widest tile. The build without fused multiply-add needs a register for the product. */
@inline
export function widest(): usize {
  return ASC_FEATURE_RELAXED_SIMD ? 6 : 5;
}

/**
 * Runs one tile, by its width in vectors (1 to 6). With `pairs` the panel of B is packed: `row`, `stepB` are known.
 * `row`, `pair`: bytes from the first row of A to the second and third. `h`: rows to write.
 */
@inline
export function tile<T>(
  width: usize, pairs: bool, k: usize, a: usize, row: usize, pair: usize, stepA: usize, b: usize, stepB: usize,
  c: usize, ldc: usize, h: usize, accumulate: bool,
): void {
  if (pairs) {
    if (ASC_FEATURE_RELAXED_SIMD && width == 6) pairs6<T>(k, a, stepA, b, c, ldc, h, accumulate);
    else if (width == 5) pairs5<T>(k, a, stepA, b, c, ldc, h, accumulate);
    else if (width == 4) pairs4<T>(k, a, stepA, b, c, ldc, h, accumulate);
    else if (width == 3) pairs3<T>(k, a, stepA, b, c, ldc, h, accumulate);
    else if (width == 2) pairs2<T>(k, a, pair, stepA, b, c, ldc, h, accumulate);
    else pairs1<T>(k, a, pair, stepA, b, c, ldc, h, accumulate);
  } else {
    if (ASC_FEATURE_RELAXED_SIMD && width == 6) rows6<T>(k, a, row, stepA, b, stepB, c, ldc, h, accumulate);
    else if (width == 5) rows5<T>(k, a, row, stepA, b, stepB, c, ldc, h, accumulate);
    else if (width == 4) rows4<T>(k, a, row, stepA, b, stepB, c, ldc, h, accumulate);
    else if (width == 3) rows3<T>(k, a, row, stepA, b, stepB, c, ldc, h, accumulate);
    else if (width == 2) rows2<T>(k, a, row, pair, stepA, b, stepB, c, ldc, h, accumulate);
    else rows1<T>(k, a, row, pair, stepA, b, stepB, c, ldc, h, accumulate);
  }
}

function pairs6<T>(
  k: usize, a: usize, stepA: usize, b: usize, c: usize, ldc: usize, h: usize, accumulate: bool,
): void {
  tile2<T>(6, true, k, a, 0, stepA, b, 96, c, ldc, h, accumulate);
}

function pairs5<T>(
  k: usize, a: usize, stepA: usize, b: usize, c: usize, ldc: usize, h: usize, accumulate: bool,
): void {
  tile2<T>(5, true, k, a, 0, stepA, b, 80, c, ldc, h, accumulate);
}

function pairs4<T>(
  k: usize, a: usize, stepA: usize, b: usize, c: usize, ldc: usize, h: usize, accumulate: bool,
): void {
  tile2<T>(4, true, k, a, 0, stepA, b, 64, c, ldc, h, accumulate);
}

function pairs3<T>(
  k: usize, a: usize, stepA: usize, b: usize, c: usize, ldc: usize, h: usize, accumulate: bool,
): void {
  tile2<T>(3, true, k, a, 0, stepA, b, 48, c, ldc, h, accumulate);
}

function pairs2<T>(
  k: usize, a: usize, pair: usize, stepA: usize, b: usize, c: usize, ldc: usize, h: usize, accumulate: bool,
): void {
  tile4<T>(2, true, k, a, 0, pair, stepA, b, 32, c, ldc, h, accumulate);
}

function pairs1<T>(
  k: usize, a: usize, pair: usize, stepA: usize, b: usize, c: usize, ldc: usize, h: usize, accumulate: bool,
): void {
  tile4<T>(1, true, k, a, 0, pair, stepA, b, 16, c, ldc, h, accumulate);
}

function rows6<T>(
  k: usize, a: usize, row: usize, stepA: usize, b: usize, stepB: usize, c: usize, ldc: usize, h: usize,
  accumulate: bool,
): void {
  tile2<T>(6, false, k, a, row, stepA, b, stepB, c, ldc, h, accumulate);
}

function rows5<T>(
  k: usize, a: usize, row: usize, stepA: usize, b: usize, stepB: usize, c: usize, ldc: usize, h: usize,
  accumulate: bool,
): void {
  tile2<T>(5, false, k, a, row, stepA, b, stepB, c, ldc, h, accumulate);
}

function rows4<T>(
  k: usize, a: usize, row: usize, stepA: usize, b: usize, stepB: usize, c: usize, ldc: usize, h: usize,
  accumulate: bool,
): void {
  tile2<T>(4, false, k, a, row, stepA, b, stepB, c, ldc, h, accumulate);
}

function rows3<T>(
  k: usize, a: usize, row: usize, stepA: usize, b: usize, stepB: usize, c: usize, ldc: usize, h: usize,
  accumulate: bool,
): void {
  tile2<T>(3, false, k, a, row, stepA, b, stepB, c, ldc, h, accumulate);
}

function rows2<T>(
  k: usize, a: usize, row: usize, pair: usize, stepA: usize, b: usize, stepB: usize, c: usize, ldc: usize, h: usize,
  accumulate: bool,
): void {
  tile4<T>(2, false, k, a, row, pair, stepA, b, stepB, c, ldc, h, accumulate);
}

function rows1<T>(
  k: usize, a: usize, row: usize, pair: usize, stepA: usize, b: usize, stepB: usize, c: usize, ldc: usize, h: usize,
  accumulate: bool,
): void {
  tile4<T>(1, false, k, a, row, pair, stepA, b, stepB, c, ldc, h, accumulate);
}
