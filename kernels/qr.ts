// Householder QR by pieces of rows: an upper-triangular R takes in the rows of A, panel of columns after panel of columns.
//
// The reflector of column j is H = I - tau v v' with v = [e_j; a], a the column of A over the pivot's distance: nothing of R
// but its row j is touched. A panel is copied transposed, so that its reflectors lie in memory without gaps; the product
// of its reflectors is I - V T V' (compact WY: R. Schreiber, C. Van Loan, SIAM Journal on Scientific and Statistical
// Computing 10 (1989)), which the columns to its right meet in two matrix products.
// Unchecked: that the operands lie in memory and do not overlap.

import { gemmNN, gemmNT, gemmTN } from "./gemm";
import { gemvN } from "./gemv";
import { divide, GEMM_WORK } from "./solve_right";
import { addTo, axpy, fill, nrm2 } from "./vector";

/** Columns of a panel: the same as in src/kernels/types.ts, which sizes the scratch. */
const PANEL: usize = 48;

/** Columns that are reflected one by one; wider parts are halved and meet in matrix products. */
const NARROW: usize = 8;

/**
 * R'R becomes R'R + A'A: A [n, d] is destroyed, R [d, d] upper triangular, what lies below its diagonal is not touched.
 * Rows of A that are zero in a panel, and in every one below, are left out: merging two triangles costs a third.
 * Cost `2 n d²` flops.
 */
function qrUpdate<T>(n: usize, d: usize, r: usize, ldr: usize, a: usize, lda: usize, work: usize): void {
  const size = sizeof<T>();
  if (!n || !d) return;
  const panels = (d + PANEL - 1) / PANEL;
  const widest = (d + panels - 1) / panels;
  const ldp = paddedRow(n);
  const p = work + GEMM_WORK, t = p + widest * ldp * size, scratch = t + widest * widest * size;
  for (let j: usize = 0; j < d; j += widest) {
    const width = min(widest, d - j), rest = d - j - width;
    const rows = rowsInUse<T>(n, width, a + j * size, lda);
    if (!rows) continue;
    transposeOut<T>(rows, width, a + j * size, lda, p, ldp);
    const corner = r + j * (ldr + 1) * size;
    fill<T>(width * widest, 0, t);
    factorPanel<T>(rows, width, corner, ldr, p, ldp, t, widest, scratch, work);
    if (rest) {
      const right = a + (j + width) * size;
      reflectRight<T>(rows, width, rest, corner + width * size, ldr, p, ldp, t, widest, right, lda, scratch, work);
    }
  }
}

/** Elements from one reflector to the next: whole cache lines, an odd number of them, so that rows do not collide in the cache. */
function paddedRow(n: usize): usize {
  return ((n + 7) / 8 | 1) * 8;
}

/** Rows up to the last that is not zero in the panel's columns. */
function rowsInUse<T>(n: usize, width: usize, a: usize, lda: usize): usize {
  const size = sizeof<T>();
  for (; n; n--) {
    const row = a + (n - 1) * lda * size;
    for (let at = row; at < row + width * size; at += size) if (load<T>(at) != 0) return n;
  }
  return 0;
}

/** P = A', `width` columns. Four rows of A at a time, so that what is written comes in vectors. */
function transposeOut<T>(n: usize, width: usize, a: usize, lda: usize, p: usize, ldp: usize): void {
  const size = sizeof<T>(), stride = lda * size, step = ldp * size;
  for (; n >= 4; n -= 4, a += 4 * stride, p += 4 * size) {
    for (let j: usize = 0, to = p; j < width * size; j += size, to += step) {
      store<T>(to, load<T>(a + j));
      store<T>(to + size, load<T>(a + stride + j));
      store<T>(to + 2 * size, load<T>(a + 2 * stride + j));
      store<T>(to + 3 * size, load<T>(a + 3 * stride + j));
    }
  }
  for (; n; n--, a += stride, p += size) {
    for (let j: usize = 0, to = p; j < width * size; j += size, to += step) store<T>(to, load<T>(a + j));
  }
}

/**
 * Reflects the panel P [width, n] (transposed) under its triangle R: P becomes the reflectors, T [width, width] minus the
 * triangle of their product. Halves: the left one, what it does to the right one, the right one, and the corner of T.
 */
function factorPanel<T>(
  n: usize, width: usize, r: usize, ldr: usize, p: usize, ldp: usize, t: usize, ldt: usize, scratch: usize, work: usize,
): void {
  const size = sizeof<T>();
  if (width <= NARROW) {
    factorNarrow<T>(n, width, r, ldr, p, ldp, t, ldt, scratch);
    return;
  }
  const left = (width / 2 + 3) / 4 * 4, right = width - left;
  const p2 = p + left * ldp * size, t2 = t + left * (ldt + 1) * size, corner = t + left * size;
  factorPanel<T>(n, left, r, ldr, p, ldp, t, ldt, scratch, work);
  // W = -T' (R + V' C), then R += W and C += V W, for the transposed C.
  const g = scratch, w = scratch + left * right * size;
  const r12 = r + left * size;
  gemmNT<T>(left, right, n, p, ldp, p2, ldp, g, right, false, work);
  addRows<T>(left, right, r12, ldr, g, right);
  gemmTN<T>(left, right, left, t, ldt, g, right, w, right, false, work);
  addRows<T>(left, right, w, right, r12, ldr);
  gemmTN<T>(right, n, left, w, right, p, ldp, p2, ldp, true, work);
  factorPanel<T>(n, right, r + left * (ldr + 1) * size, ldr, p2, ldp, t2, ldt, scratch, work);
  // With N = -T of each half, the corner of the whole is N12 = N1 (V1'V2) N2, for V1'V2 = P1 P2'.
  gemmNT<T>(left, right, n, p, ldp, p2, ldp, g, right, false, work);
  gemmNN<T>(left, right, left, t, ldt, g, right, w, right, false, work);
  gemmNN<T>(left, right, right, w, right, t2, ldt, corner, ldt, false, work);
}

/** The panel column after column: one pass of inner products with its reflector gives both what it takes away and its column of T. */
function factorNarrow<T>(
  n: usize, width: usize, r: usize, ldr: usize, p: usize, ldp: usize, t: usize, ldt: usize, g: usize,
): void {
  const size = sizeof<T>(), step = ldp * size;
  for (let i: usize = 0, v = p; i < width; i++, v += step) {
    const row = r + i * ldr * size;
    const length = nrm2<T>(n, v);
    // Nothing to reflect: v is 0, and so are its row and column of T.
    if (length == 0) continue;
    const alpha = load<T>(row + i * size);
    const beta = alpha > 0 ? -hypot<T>(alpha, length) : hypot<T>(alpha, length);
    divide<T>(n, alpha - beta, v);
    store<T>(row + i * size, beta);
    const tau = <T>1 - alpha / beta;
    gemvN<T>(width, n, p, ldp, v, g, false);
    for (let k = i + 1; k < width; k++) {
      const at = row + k * size;
      const part = tau * (load<T>(at) + load<T>(g + k * size));
      store<T>(at, load<T>(at) - part);
      axpy<T>(n, -part, v, p + k * step);
    }
    for (let k: usize = 0; k < i; k++) {
      let sum: T = 0;
      for (let l = k; l < i; l++) sum += load<T>(t + (k * ldt + l) * size) * load<T>(g + l * size);
      store<T>(t + (k * ldt + i) * size, -tau * sum);
    }
    store<T>(t + i * (ldt + 1) * size, -tau);
  }
}

/** `[R; A] -= [1; V] T' (R + V' A)` for the columns right of a panel. */
function reflectRight<T>(
  n: usize, width: usize, cols: usize, r: usize, ldr: usize, p: usize, ldp: usize, t: usize, ldt: usize, a: usize, lda: usize,
  scratch: usize, work: usize,
): void {
  const g = scratch, w = scratch + width * cols * sizeof<T>();
  gemmNN<T>(width, cols, n, p, ldp, a, lda, g, cols, false, work);
  addRows<T>(width, cols, r, ldr, g, cols);
  gemmTN<T>(width, cols, width, t, ldt, g, cols, w, cols, false, work);
  addRows<T>(width, cols, w, cols, r, ldr);
  gemmTN<T>(n, cols, width, p, ldp, w, cols, a, lda, true, work);
}

/** `Y += X`, row by row. */
function addRows<T>(rows: usize, cols: usize, x: usize, ldx: usize, y: usize, ldy: usize): void {
  const size = sizeof<T>();
  for (; rows; rows--, x += ldx * size, y += ldy * size) addTo<T>(cols, x, y);
}

/** `sqrt(x² + y²)` without overflow or underflow on the way. */
function hypot<T>(x: T, y: T): T {
  const larger = max<T>(abs<T>(x), abs<T>(y)), smaller = min<T>(abs<T>(x), abs<T>(y));
  if (larger == 0) return 0;
  const ratio = smaller / larger;
  return larger * sqrt<T>(1 + ratio * ratio);
}

export function qrUpdate_f32(n: usize, d: usize, r: usize, ldr: usize, a: usize, lda: usize, work: usize): void {
  qrUpdate<f32>(n, d, r, ldr, a, lda, work);
}

export function qrUpdate_f64(n: usize, d: usize, r: usize, ldr: usize, a: usize, lda: usize, work: usize): void {
  qrUpdate<f64>(n, d, r, ldr, a, lda, work);
}
