// The blocked matrix product: cuts k, m, n into blocks that fit the caches, packs what is read often, runs the tiles.
//
// For each block of k, for each block of m, A is packed (pairs of rows); for each panel of B, up to six vectors wide,
// the panel is packed and stays in the nearest cache while the pairs of A stream past it. A copy is left out where it
// costs more than it saves: A when a single panel reads it, or when its columns lie close; B when C has few rows.

import { packColumns, packPanel, packPanelTransposed, packRows } from "./gemm_pack";
import { tile, widest } from "./gemm_width";
import { lanes } from "./simd";

/** Steps of k in one pass: a panel of B, at most 96 bytes a step, then takes 24 KiB and stays in the nearest cache. */
const DEPTH: usize = 256;

/** Bytes of packed A in one pass: half of the next cache. */
const BLOCK: usize = 512 << 10;

/** Bytes between packed pairs, which keep them from falling on the same lines of the cache when k is a power of two. */
const PAD: usize = 64;

/** Bytes of A up to which its columns are read in place as fast as from a copy. */
const NEAR: usize = 128 << 10;

/** Where the scratch keeps the panel of B and the block of A; before them, one tile that overlaps the edge of C. */
const PANEL: usize = 512, ROWS: usize = PANEL + 96 * DEPTH;

/** Rows of C up to which a copy of B would cost more than it saves. */
const FLAT: usize = 16;

/** `C = A B (+ C)` with A [m, k], B [k, n] or their transposes (`ta`, `tb`). Strides in bytes; m, n, k above 0. */
export function multiply<T>(
  m: usize, n: usize, k: usize, a: usize, strideA: usize, ta: bool, b: usize, strideB: usize, tb: bool,
  c: usize, strideC: usize, accumulate: bool, work: usize,
): void {
  const size = sizeof<T>();
  const panels = (n + widest() * lanes<T>() - 1) / (widest() * lanes<T>());
  const depth = part(k, DEPTH);
  const height = part(m, BLOCK / (depth * size + PAD / 2)) + 3 & ~3;
  const packB = tb || m > FLAT;
  const packA = packB && (ta ? m & 1 || panels > 1 && depth * strideA > NEAR : panels > 1);
  const pairs = packA || packB && ta;
  for (let p: usize = 0; p < k; p += depth) {
    const steps = min(depth, k - p);
    const fromB = b + (tb ? p * size : p * strideB);
    for (let i: usize = 0; i < m; i += height) {
      const rows = min(height, m - i);
      let fromA = a + (ta ? p * strideA + i * size : i * strideA + p * size);
      let row = ta ? size : strideA, stepA = ta ? strideA : size;
      let pair = 2 * row;
      if (packA) {
        pair = steps * 2 * size + PAD;
        if (ta) packColumns<T>(rows, steps, fromA, strideA, work + ROWS, pair);
        else packRows<T>(rows, steps, fromA, strideA, work + ROWS, pair);
        fromA = work + ROWS;
        row = size;
        stepA = 2 * size;
      }
      multiplyBlock<T>(
        rows, n, steps, panels, fromA, pairs, row, pair, stepA, fromB, strideB, tb, packB, c + i * strideC, strideC,
        accumulate || p > 0, work,
      );
    }
  }
}

/** The size of equal parts, none above `most`. */
function part(length: usize, most: usize): usize {
  const parts = (length + most - 1) / most;
  return (length + parts - 1) / parts;
}

/** One block of rows against all panels of B, which are as equal in width as whole vectors allow. */
function multiplyBlock<T>(
  m: usize, n: usize, k: usize, panels: usize, a: usize, pairs: bool, row: usize, pair: usize, stepA: usize,
  b: usize, strideB: usize, tb: bool, pack: bool, c: usize, strideC: usize, accumulate: bool, work: usize,
): void {
  const size = sizeof<T>();
  let vectors = (n + lanes<T>() - 1) / lanes<T>();
  for (; panels; panels--) {
    const width = (vectors + panels - 1) / panels;
    const count = min(n, width * lanes<T>());
    const whole = count == width * lanes<T>();
    let panel = b, stepB = strideB;
    if (pack || !whole) {
      panel = work + PANEL;
      stepB = width * 16;
      if (tb) packPanelTransposed<T>(width, count, k, b, strideB, panel);
      else packPanel<T>(width, count, k, b, strideB, panel);
    }
    const high: usize = width < 3 ? 4 : 2;
    for (let i: usize = 0, x = a, y = c; i < m;) {
      const left = m - i;
      const h = left >= high ? high : min<usize>(left, 2);
      const second = h > 1 ? row : 0, third = h > 2 ? pair : 0;
      if (whole) {
        tile<T>(width, pairs, k, x, second, third, stepA, panel, stepB, y, strideC, h, accumulate);
      } else {
        tile<T>(width, pairs, k, x, second, third, stepA, panel, stepB, work, 96, h, false);
        for (let r: usize = 0; r < h; r++) copyRow<T>(count, work + 96 * r, y + r * strideC, accumulate);
      }
      i += h;
      x += h > 2 ? 2 * pair : pair;
      y += h * strideC;
    }
    b += tb ? count * strideB : count * size;
    c += count * size;
    n -= count;
    vectors -= width;
  }
}

/** Writes a row of the overlapping tile to C, or adds it. */
function copyRow<T>(n: usize, from: usize, to: usize, accumulate: bool): void {
  const end = from + n * sizeof<T>(), vectors = from + n / lanes<T>() * 16;
  for (; from < vectors; from += 16, to += 16) {
    v128.store(to, accumulate ? v128.add<T>(v128.load(to), v128.load(from)) : v128.load(from));
  }
  for (; from < end; from += sizeof<T>(), to += sizeof<T>()) {
    store<T>(to, accumulate ? load<T>(to) + load<T>(from) : load<T>(from));
  }
}
