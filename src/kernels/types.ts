/**
 * The one interface over the dense linear algebra: what every kernel set (`relaxed`, `simd`, `js`) does, in f32 and f64.
 *
 * Addresses are bytes into the set's linear memory, lengths and leading dimensions are elements, matrices are row-major.
 * Address 0 means "absent" where a comment allows it. Nothing is checked here: plans check shapes once, before they call.
 * Operands of one call must not overlap unless a comment allows it.
 *
 * @module
 */

/** The precision of a kernel set: `f64` for certificates, `f32` for training when speed matters more. */
export type Dtype = "f32" | "f64";

/** `relaxed`: WASM with fused multiply-add; `simd`: WASM SIMD128, the same bits everywhere; `js`: plain TypeScript. */
export type KernelsName = "relaxed" | "simd" | "js";

/** A byte offset into linear memory; 0 stands for "absent". */
export type Address = number;

/** A typed array that holds the numbers of a {@linkcode Dtype}. */
export type FloatArray = Float32Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>;

/** The kernels' numbers for the activations; formulas are in `src/nn/layers.ts`, slopes in `src/kernels/js/activation.ts`. */
export const ACTIVATION_CODES = {
  identity: 0,
  relu: 1,
  leaky_relu: 2,
  tanh: 3,
  sigmoid: 4,
  softplus: 5,
  gelu: 6,
  silu: 7,
  sin: 8,
} as const;

/** The name of an activation. */
export type ActivationName = keyof typeof ACTIVATION_CODES;

/** The kernels' numbers for the scalar losses; formulas are in `src/loss`. */
export const LOSS_CODES = {
  squared: 0,
  logistic: 1,
  huber: 2,
  pseudo_huber: 3,
  smooth_hinge: 4,
  poisson: 5,
} as const;

/** The number of softmax beside them: a loss of a whole row, which {@linkcode KernelSet.lossRows} takes too. */
export const SOFTMAX_CODE = 16;

/** The kernels for one precision. */
export interface KernelSet {
  /** The precision. */
  readonly dtype: Dtype;
  /** Bytes of one element: 4 or 8. */
  readonly bytes: 4 | 8;

  /** `C = A B (+ C)`: A [m, k], B [k, n], C [m, n]; adds to C when `accumulate` is 1, overwrites it when 0. `work`: scratch of {@linkcode GEMM_WORK_BYTES} bytes. */
  gemmNN(
    m: number,
    n: number,
    k: number,
    a: Address,
    lda: number,
    b: Address,
    ldb: number,
    c: Address,
    ldc: number,
    accumulate: 0 | 1,
    work: Address,
  ): void;
  /** `C = Aᵀ B (+ C)`: A [k, m], B [k, n], C [m, n]. */
  gemmTN(
    m: number,
    n: number,
    k: number,
    a: Address,
    lda: number,
    b: Address,
    ldb: number,
    c: Address,
    ldc: number,
    accumulate: 0 | 1,
    work: Address,
  ): void;
  /** `C = A Bᵀ (+ C)`: A [m, k], B [n, k], C [m, n]. */
  gemmNT(
    m: number,
    n: number,
    k: number,
    a: Address,
    lda: number,
    b: Address,
    ldb: number,
    c: Address,
    ldc: number,
    accumulate: 0 | 1,
    work: Address,
  ): void;

  /** `y = A x (+ y)`: A [m, n], x [n], y [m]. */
  gemvN(m: number, n: number, a: Address, lda: number, x: Address, y: Address, accumulate: 0 | 1): void;
  /** `y = Aᵀ x (+ y)`: A [m, n], x [m], y [n]. */
  gemvT(m: number, n: number, a: Address, lda: number, x: Address, y: Address, accumulate: 0 | 1): void;
  /** `p = w (p + A x)`, entry by entry, and `y += Aᵀ p`: A [m, n] in f32, whatever the precision of the set; x, y [n], w, p [m]. */
  bendSingle(m: number, n: number, a: Address, lda: number, x: Address, w: Address, p: Address, y: Address): void;
  /** `A += alpha x yᵀ`: x [m], y [n], A [m, n]. */
  ger(m: number, n: number, alpha: number, x: Address, y: Address, a: Address, lda: number): void;

  /** `xᵀ y`. */
  dot(n: number, x: Address, y: Address): number;
  /** `y += alpha x`. */
  axpy(n: number, alpha: number, x: Address, y: Address): void;
  /** `y = alpha x + beta y`. */
  axpby(n: number, alpha: number, x: Address, beta: number, y: Address): void;
  /** `out[i, :] = weights[i] x[i, :]`: weights [rows], x and out [rows, cols] (contiguous); `out` may be `x`. */
  scaleRows(rows: number, cols: number, weights: Address, x: Address, out: Address): void;
  /** `out[i, :] = alpha q[i, :] (v[i, :] - q[i, :]·v[i, :])`: q (chances), v and out [rows, cols] (contiguous); `out` may be `v`. */
  centreRows(rows: number, cols: number, alpha: number, q: Address, v: Address, out: Address): void;
  /** `x *= alpha`. */
  scale(n: number, alpha: number, x: Address): void;
  /** `x = value` in every entry. */
  fill(n: number, value: number, x: Address): void;
  /** `y = x`; the two may be the same or overlap. */
  copy(n: number, x: Address, y: Address): void;
  /** `z = x y`, entry by entry; `z` may be `x` or `y`. */
  mul(n: number, x: Address, y: Address, z: Address): void;
  /** The Euclidean norm, without overflow or underflow on the way. */
  nrm2(n: number, x: Address): number;
  /** `out[j] = sum_i x[i, j] (+ out[j])`: x [rows, cols], out [cols]. */
  columnSums(rows: number, cols: number, x: Address, ldx: number, out: Address, accumulate: 0 | 1): void;

  /**
   * Bias and activation in one pass over `z` [rows, cols] (contiguous): with `a = z + bias`, writes `y = phi(a)`,
   * `slope = phi'(a)` and `curvature = phi''(a)`. `bias` [cols], `slope`, `curvature` may be 0 (absent); `y` and
   * `slope` may be `z` itself (not both). At a kink relu and leaky_relu take the derivative from the left.
   */
  biasActivation(
    activation: number,
    rows: number,
    cols: number,
    bias: Address,
    z: Address,
    y: Address,
    slope: Address,
    curvature: Address,
  ): void;

  /**
   * A scalar loss over `n` predictions `p` and targets `y`: returns the sum of the values; writes `scale * l'` to
   * `slope` and `scale * l''` to `curvature` (each may be 0, absent; `slope` may be `p`). `parameter` is the loss's own (delta of the hubers).
   * At a kink l'' is the larger of its two values. No loss is NaN at finite operands; a sum may overflow.
   */
  loss(
    loss: number,
    parameter: number,
    n: number,
    scale: number,
    p: Address,
    y: Address,
    slope: Address,
    curvature: Address,
  ): number;

  /**
   * Softmax cross-entropy of rows of predictions `p` [rows, m] and targets `y`, `l = log sum_j exp(p_j) - y'p`: returns the sum of the
   * values, and writes `scale * l'` to `slope` (which may be `p`). A confident right answer keeps all its digits.
   */
  softmax(rows: number, m: number, scale: number, p: Address, y: Address, slope: Address): number;
  /** `q = exp(p) / sum_j exp(p_j)` row by row: p and q [rows, m]; `q` may be `p`. */
  chances(rows: number, m: number, p: Address, q: Address): void;

  /**
   * `sums = cᵀ [x f]` with `c` from the predictions `p = [x f] headᵀ`: `c = q (p - q·p)` row by row with chances q in `weights` where
   * `categorical` is 1, else `c = weights p`. x [rows, d], f [rows, k] (k may be 0), head and sums [m, d + k], weights [rows, m], all contiguous.
   * The rows are read once. `work`: {@linkcode SOLVE_WORK} numbers of 8 bytes.
   */
  bendRows(
    categorical: 0 | 1,
    rows: number,
    m: number,
    x: Address,
    d: number,
    f: Address,
    k: number,
    head: Address,
    weights: Address,
    sums: Address,
    work: Address,
  ): void;
  /**
   * A loss of the predictions `p = [x f] headᵀ` and targets `y` [rows, m], by its code or {@linkcode SOFTMAX_CODE}: writes p and `slopes = l'` [rows, m], the sum of
   * the values to `value` [1], and `sums = slopesᵀ [x f]` [m, d + k]. Operands and `work` as for {@linkcode KernelSet.bendRows}.
   */
  lossRows(
    loss: number,
    parameter: number,
    rows: number,
    m: number,
    x: Address,
    d: number,
    f: Address,
    k: number,
    head: Address,
    y: Address,
    p: Address,
    slopes: Address,
    sums: Address,
    value: Address,
    work: Address,
  ): void;

  /** `out[i, :] = source[indices[i], :]`: indices u32 [count], source [., cols] with leading dimension `lds`, out [count, cols] contiguous. */
  gatherRows(count: number, cols: number, indices: Address, source: Address, lds: number, out: Address): void;
  /** {@linkcode KernelSet.gatherRows} of a source in f64, whatever the precision of the set: each number is rounded to it. */
  gatherDouble(count: number, cols: number, indices: Address, source: Address, lds: number, out: Address): void;
  /** `sums[indices[i], :] += weights[i] x[i, :]`, i after i: indices u32 [count], weights [count], x [count, cols], sums [., cols]. */
  scatterRows(
    count: number,
    cols: number,
    indices: Address,
    weights: Address,
    x: Address,
    ldx: number,
    sums: Address,
    lds: number,
  ): void;
  /** `out = x` for x [rows, cols] in f32, whatever the precision of the set: exact. */
  readSingle(rows: number, cols: number, x: Address, ldx: number, out: Address, ldo: number): void;

  /** `y = exp(x)`, entry by entry (`y` may be `x`); likewise below. */
  exp(n: number, x: Address, y: Address): void;
  /** `y = log(1 + x)`. */
  log1p(n: number, x: Address, y: Address): void;
  /** `y = tanh(x)`. */
  tanh(n: number, x: Address, y: Address): void;
  /** `y = erf(x)`. */
  erf(n: number, x: Address, y: Address): void;

  /**
   * Factors the symmetric A [n, n] (lower triangle read) as `L Lᵀ` in place; the strict upper triangle is left alone. Returns 0, or
   * the 1-based index of the first pivot that is not above 0 (A is then partly overwritten). `work`: {@linkcode SOLVE_WORK}
   * elements, with which large matrices go by blocks, two to three times as fast; absent, they go row by row.
   */
  cholesky(n: number, a: Address, lda: number, work?: Address): number;
  /** Solves `L Lᵀ x = b` in place in `x`, with L from {@linkcode KernelSet.cholesky}. */
  choleskySolve(n: number, l: Address, ldl: number, x: Address): void;

  /**
   * Takes the rows of A [n, d] into the upper-triangular R [d, d], so that `R'R` becomes `R'R + A'A`, by Householder
   * reflections of `[R; A]`: start from zeros, and after all rows R is the triangle of a QR factorisation, its diagonal of
   * either sign. A is destroyed; nothing below the diagonal of R is touched. The last rows of A cost nothing in the columns before
   * their first entry that is not 0, so another R is taken in for a third of the price. A NaN or infinite entry makes entries of R NaN.
   * `work`: {@linkcode qrWork} elements. Cost: `2 n d²` flops.
   */
  qrUpdate(n: number, d: number, r: Address, ldr: number, a: Address, lda: number, work: Address): void;
  /**
   * `X = X T⁻¹` in place: X [n, d], T [d, d] upper triangular (nothing below its diagonal is read), by substitution, so that every row
   * is exact for a T that differs by rounding. `work`: {@linkcode SOLVE_WORK} elements. Cost: `n d²` flops.
   */
  solveRight(n: number, d: number, t: Address, ldt: number, x: Address, ldx: number, work: Address): void;

  /**
   * Every eigenvalue of the symmetric A [n, n] (contiguous, lower triangle read), ascending in `values` [n]; with
   * `vectors` 1 also the orthonormal eigenvectors, vector j in row j of A (else A is destroyed). Householder
   * tridiagonalisation, then implicit QL. `work`: {@linkcode eighWork} elements. Returns 0, or the 1-based index of an eigenvalue that did
   * not converge within 30 sweeps each.
   */
  eigh(n: number, a: Address, values: Address, vectors: 0 | 1, work: Address): number;
}

/** The kernels that calls of several threads may name. */
export type SharedKernel =
  | "gemmNN"
  | "gemmTN"
  | "gemmNT"
  | "gemvN"
  | "gemvT"
  | "bendSingle"
  | "biasActivation"
  | "loss"
  | "fill"
  | "copy"
  | "axpy"
  | "axpby"
  | "mul"
  | "columnSums"
  | "gatherRows"
  | "gatherDouble"
  | "qrUpdate"
  | "solveRight"
  | "scatterRows"
  | "readSingle"
  | "bendRows"
  | "lossRows";

/** A call of a kernel: its name, its precision and its arguments. Matrix products, passes over rows and {@linkcode KernelSet.solveRight} end with their scratch, which a thread replaces by its own. */
export interface KernelCall {
  /** Which kernel. */
  readonly kernel: SharedKernel;
  /** In which precision (default f64). */
  readonly dtype?: Dtype;
  /** Its arguments, in its order. */
  readonly args: readonly number[];
}

/** Calls of which each may read what those before it wrote: one thread makes them in turn. */
export type KernelTask = readonly KernelCall[];

/** Work in the same few pieces again and again, such as a training step: shared, or done alone, whichever is measured to be faster. */
export interface Repeated extends Disposable {
  /** Before a piece, with its number; 0 begins anew. Whether threads are to share it, by `run`. */
  isShared(piece: number): boolean;
  /** Makes tasks of the piece as {@linkcode Kernels.runAll} does, on all threads. */
  run(tasks: readonly KernelTask[]): void;
  /** Tasks to be run often, as a function that does that: until this is disposed, other threads know them already. */
  keep(tasks: readonly KernelTask[]): () => void;
  /** After the piece. */
  done(): void;
}

/** A kernel set in both precisions, with the memory that it calculates in. */
export interface Kernels {
  /** Which implementation this is. */
  readonly name: KernelsName;
  /** The linear memory that addresses point into. */
  readonly memory: Memory;
  /** Single precision. */
  readonly f32: KernelSet;
  /** Double precision. */
  readonly f64: KernelSet;
  /** Scratch of {@linkcode WORK_BYTES} bytes for one call at a time. */
  readonly work: Address;
  /** How many threads share large calls: 1, unless `shareKernels` made these kernels. No bit of a result depends on it. */
  readonly threads: number;
  /** The same kernels on this thread alone: for steps of many small calls, which asking whether to share would slow down. */
  readonly alone: Kernels;
  /** Sharing of work that is repeated many times. */
  repeat(): Repeated;
  /** Makes calls, or tasks, of which none reads or writes what another one writes, on as many threads as there are; returns when all are done. */
  runAll(tasks: readonly (KernelCall | KernelTask)[]): void;
}

/** Linear memory with a small allocator; blocks are 64-byte aligned and freed in any order. */
export interface Memory {
  /** Reserves `bytes` bytes (not cleared), growing the memory when it must. */
  allocate(bytes: number): Address;
  /** Gives a block back. */
  free(address: Address): void;
  /** The numbers at `address`, as a live view: use it at once, since growth detaches it. */
  view(dtype: "f32", address: Address, length: number): Float32Array<ArrayBufferLike>;
  /** The numbers at `address`, in double precision. */
  view(dtype: "f64", address: Address, length: number): Float64Array<ArrayBufferLike>;
  /** The numbers at `address`, in the given precision. */
  view(dtype: Dtype, address: Address, length: number): FloatArray;
  /** Unsigned 32-bit integers at `address`, as a live view. */
  indices(address: Address, length: number): Uint32Array<ArrayBufferLike>;
  /** The whole memory as f32; a new array after growth. */
  readonly heapF32: Float32Array<ArrayBufferLike>;
  /** The whole memory as f64; a new array after growth. */
  readonly heapF64: Float64Array<ArrayBufferLike>;
  /** The whole memory as u32; a new array after growth. */
  readonly heapU32: Uint32Array<ArrayBufferLike>;
  /** Bytes reserved by blocks that are not freed. */
  readonly used: number;
  /** The underlying memory object, for instances and workers to share. */
  readonly wasm: WebAssembly.Memory;
}
