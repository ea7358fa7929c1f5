import type { Address, Kernels } from "../kernels/mod.ts";
import { transpose } from "./algebra.ts";
import { type Factor, factorRows } from "./factor.ts";
import type { Matrix, Vector } from "./matrix.ts";
import { type PlacedTriangle, placeTriangle } from "./placed_triangle.ts";
import type { RowSource } from "./row_source.ts";
import { conditionOfColumns } from "./triangle.ts";

/** Condition of the first columns, and of all together, up to which products with them determine what is left of the others. */
const SAFE = 1e5;

/** The share of a column that a projection in single precision may leave for the rest to be orthogonal to nearly as much. */
const MUCH = 1e-2;

/** Bytes of a piece of rows. */
const PIECE = 1 << 21;

/**
 * The factor of `[X F]` from that of X: `B = Q'F / n`, then the factor of what is left, `F - Q B`, projected twice, since once is not
 * enough where little is left; once where it is not, and the factor is only near that of X. Where columns of F nearly depend on others this would lose digits, and is not done.
 * Cost: `8 n d k + 2 n k²` flops in products, in place of `2 n (d + k)²`.
 *
 * @param kernels The kernels to compute with.
 * @param factor The factor of X [n, d].
 * @param x The rows of X [n, d].
 * @param more The rows of F [n, k].
 * @returns A generator that yields after each piece of rows, and returns the factor of `[X F]`; null where the columns are not clearly independent.
 * @example One column beside another
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { factorOf, matrix, matrixRows } from "@resland/resland/tensor";
 * const kernels = await loadKernels("simd");
 * const [x, f] = [[1, 1, 1], [1, 3, 2]].map((column) => matrixRows(kernels.memory, matrix(3, 1, column)));
 * const steps = extendFactor(kernels, factorOf(kernels, x), x, f);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * [1, 2, 0, Math.sqrt(2 / 3)].forEach((entry, at) => assertAlmostEquals(step.value!.T.data[at], entry, 1e-14));
 * ```
 */
export function* extendFactor(
  kernels: Kernels,
  factor: Factor,
  x: RowSource,
  more: RowSource,
): Generator<number, Factor | null> {
  const { rank: r, kept, rows: n, columns: d } = factor;
  const k = more.cols;
  if (!(factor.condition <= SAFE) || n <= r + k) return null;
  using triangle = placeTriangle(kernels, factor.T);
  // B [r, k], first from F, then from what is left of it.
  let B = yield* projected(kernels, factor, triangle, x, more);
  let rest = factor.near ? yield* factorRows(kernels, leftOf(kernels, factor, triangle, x, more, B)) : null;
  // Columns that are to be nearly orthogonal only are so at once where enough of them is left.
  if (rest === null || !isMuch(B, rest)) {
    const again = yield* projected(kernels, factor, triangle, x, leftOf(kernels, factor, triangle, x, more, B));
    B = B.map((value, at) => value + again[at]) as Vector;
    rest = yield* factorRows(kernels, leftOf(kernels, factor, triangle, x, more, B));
  }
  if (rest.rank < k || rest.kept.some((column, j) => column !== j)) return null;
  const size = r + k;
  const data = new Float64Array(size * size);
  for (let i = 0; i < r; i++) {
    data.set(factor.T.data.subarray(i * r, (i + 1) * r), i * size);
    data.set(B.subarray(i * k, (i + 1) * k), i * size + r);
  }
  for (let i = 0; i < k; i++) data.set(rest.T.data.subarray(i * k, (i + 1) * k), (r + i) * size + r);
  const T: Matrix = Object.freeze({ rows: size, cols: size, data });
  const condition = conditionOfColumns(kernels, T);
  if (!(condition <= SAFE)) return null;
  return Object.freeze({
    rows: n,
    columns: d + k,
    rank: size,
    kept: Object.freeze([...kept, ...Array.from({ length: k }, (_, j) => d + j)]),
    T,
    dependent: factor.dependent,
    condition,
    ...factor.near && { near: factor.near },
  });
}

/** Whether more than a hundredth of each column of F is left by its projections B [r, k]. */
function isMuch(B: Vector, { rank: k, columns, T }: Factor): boolean {
  if (k < columns) return false;
  const [taken, left] = [new Float64Array(k), new Float64Array(k)];
  for (let at = 0; at < B.length; at++) taken[at % k] += B[at] * B[at];
  for (let at = 0; at < k * k; at++) left[at % k] += T.data[at] * T.data[at];
  return left.every((square, c) => square > MUCH * MUCH * taken[c]);
}

/** `Q'F / n = T^-T X'F / n` [r, k]. */
function* projected(
  { memory, f64: set, work }: Kernels,
  { kept, rank: r }: Factor,
  triangle: PlacedTriangle,
  x: RowSource,
  f: RowSource,
): Generator<number, Vector> {
  const { rows: n, cols: d } = x;
  const k = f.cols;
  const piece = piecesOf(x, n);
  const at = memory.allocate((piece * (k + d) + d * k) * 8);
  const [inX, sums] = [at + piece * k * 8, at + piece * (k + d) * 8];
  try {
    for (let from = 0; from < n; from += piece) {
      const count = Math.min(piece, n - from);
      f.write(from, count, at, k);
      set.gemmTN(d, k, count, rowsAt(x, from, count, inX), d, at, k, sums, k, from > 0 ? 1 : 0, work);
      yield (from + count) / n;
    }
    const found = memory.view("f64", sums, d * k);
    // Row c of the right sides is column c of X'F.
    const sides = new Float64Array(k * r);
    for (let c = 0; c < k; c++) for (let i = 0; i < r; i++) sides[c * r + i] = found[kept[i] * k + c] / n;
    return turned(triangle.solveTransposed(sides), k, r);
  } finally {
    memory.free(at);
  }
}

/** The rows of `F - Q B = F - X (T^-1 B)`. */
function leftOf(
  { memory, f64: set, work }: Kernels,
  { kept, rank: r, columns: d }: Factor,
  triangle: PlacedTriangle,
  x: RowSource,
  more: RowSource,
  B: Vector,
): RowSource {
  const k = more.cols;
  const solved = triangle.solve(turned(B, r, k));
  // Minus the weights [k, d]: 0 for columns that were cut.
  const weights = new Float64Array(k * d);
  for (let c = 0; c < k; c++) for (let i = 0; i < r; i++) weights[c * d + kept[i]] = -solved[c * r + i];
  return Object.freeze({
    rows: more.rows,
    cols: k,
    write(from: number, count: number, to: Address, ld: number) {
      const piece = piecesOf(x, count);
      const at = memory.allocate((piece * d + k * d) * 8);
      const W = at + piece * d * 8;
      try {
        memory.view("f64", W, k * d).set(weights);
        more.write(from, count, to, ld);
        for (let done = 0; done < count; done += piece) {
          const part = Math.min(piece, count - done);
          const rows = rowsAt(x, from + done, part, at);
          set.gemmNT(part, k, d, rows, d, W, d, to + 8 * done * ld, ld, 1, work);
        }
      } finally {
        memory.free(at);
      }
    },
  });
}

/** Rows of a piece, of `count`. */
const piecesOf = ({ cols }: RowSource, count: number): number =>
  Math.max(1, Math.min(count, Math.floor(PIECE / (8 * cols))));

/** Where some rows lie: where they are, or written to `to`. */
function rowsAt(source: RowSource, from: number, count: number, to: Address): Address {
  if (source.at) return source.at(from);
  source.write(from, count, to, source.cols);
  return to;
}

/** The transpose of numbers [rows, cols]. */
const turned = (data: Vector, rows: number, cols: number): Vector => transpose({ rows, cols, data }).data;
