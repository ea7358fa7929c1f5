import { combine, type Matrix, ShapeError, times, transpose, type Vector } from "../tensor/mod.ts";

/** A least-squares solution. */
export interface LeastSquares {
  /** The minimum-norm minimiser of `||X w - y||` [d]. */
  readonly weights: Vector;
  /** The numerical rank of X. */
  readonly rank: number;
}

/**
 * The minimum-norm least-squares solution, by Householder QR with column pivoting and, when columns are collinear, a
 * second factorisation of the leading rows of R (a complete orthogonal decomposition), with two steps of refinement.
 * A column counts as dependent when what is left of it is below `max(n, d)` units of the largest column.
 * Cost: about `2 n d²` flops, in plain TypeScript.
 *
 * Source: P. Businger, G. H. Golub, "Linear least squares solutions by Householder transformations" (1965).
 *
 * @param x Inputs [n, d].
 * @param y Targets [n].
 * @returns The weights and the rank.
 * @throws {ShapeError} If the number of targets is not the number of rows.
 * @example Two equal columns share the weight
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { matrix } from "@resland/resland/tensor";
 * const { weights, rank } = leastSquares(matrix(2, 2, [1, 1, 2, 2]), Float64Array.of(2, 4));
 * assertAlmostEquals(weights[0], 1, 1e-15);
 * assertAlmostEquals(weights[1], 1, 1e-15);
 * assertAlmostEquals(rank, 1);
 * ```
 */
export function leastSquares(x: Matrix, y: Vector): LeastSquares {
  const [n, d] = [x.rows, x.cols];
  if (y.length !== n) throw new ShapeError("solve for least squares", `[${n}]`, `[${y.length}]`);
  const { columns, pivots, rank, reflect } = pivotedQr(x);

  // The leading rows of R, transposed: column j of `leading` is row j of R, length d.
  const leading = Array.from(
    { length: rank },
    (_, row) => Float64Array.from(columns, (column, j) => j < row ? 0 : column[row]),
  );
  const inner = householder(leading);
  const solve = (target: Vector): Vector => {
    const c = reflect(target).slice(0, rank);
    // R w = c with Rᵀ = Z T: first Tᵀ t = c, then w = Z [t; 0].
    const t = new Float64Array(d);
    for (let i = 0; i < rank; i++) {
      let sum = c[i];
      for (let j = 0; j < i; j++) sum -= leading[i][j] * t[j];
      t[i] = sum / leading[i][i];
    }
    inner.reflectBack(t);
    const weights = new Float64Array(d);
    pivots.forEach((column, j) => weights[column] = t[j]);
    return weights;
  };

  let weights = solve(y);
  for (let refinement = 0; refinement < 2; refinement++) {
    const correction = solve(residualOf(x, y, weights));
    weights = weights.map((value, i) => value + correction[i]);
  }
  return { weights, rank };
}

function residualOf(x: Matrix, y: Vector, w: Vector): Vector {
  return combine(1, y, -1, times(x, w));
}

/** QR with column pivoting: `columns[j]` holds R above the diagonal of the pivoted column j. */
function pivotedQr(x: Matrix) {
  const [n, d] = [x.rows, x.cols];
  const turned = transpose(x).data;
  const columns = Array.from({ length: d }, (_, j) => turned.slice(j * n, (j + 1) * n));
  const pivots = columns.map((_, j) => j);
  const reflectors: Float64Array[] = [];
  const most = Math.min(n, d);
  const largest = Math.max(0, ...columns.map((column) => lengthFrom(column, 0)));
  const floor = Math.max(n, d) * Number.EPSILON * largest;
  let rank = 0;
  for (; rank < most; rank++) {
    const lengths = columns.map((column, j) => j < rank ? -1 : lengthFrom(column, rank));
    const best = lengths.indexOf(Math.max(...lengths));
    if (!(lengths[best] > floor)) break;
    [columns[rank], columns[best]] = [columns[best], columns[rank]];
    [pivots[rank], pivots[best]] = [pivots[best], pivots[rank]];
    const v = reflectorOf(columns[rank], rank, lengths[best]);
    reflectors.push(v);
    for (let j = rank; j < d; j++) apply(v, rank, columns[j]);
  }
  const reflect = (target: Vector): Vector => {
    const out = target.slice();
    reflectors.forEach((v, row) => apply(v, row, out));
    return out;
  };
  return { columns, pivots, rank, reflect };
}

/** QR without pivoting, in place: `columns[j]` ends with T above its diagonal. */
function householder(columns: Float64Array[]): { readonly reflectBack: (target: Float64Array) => void } {
  const reflectors = columns.map((column, row) => {
    const v = reflectorOf(column, row, lengthFrom(column, row));
    for (let j = row; j < columns.length; j++) apply(v, row, columns[j]);
    return v;
  });
  return {
    reflectBack(target) {
      for (let row = reflectors.length - 1; row >= 0; row--) apply(reflectors[row], row, target);
    },
  };
}

function lengthFrom(column: Float64Array, start: number): number {
  let squares = 0;
  for (let i = start; i < column.length; i++) squares += column[i] * column[i];
  if (squares > 1e-280 && squares < Infinity) return Math.sqrt(squares);
  let largest = 0;
  for (let i = start; i < column.length; i++) largest = Math.max(largest, Math.abs(column[i]));
  if (largest === 0) return 0;
  let sum = 0;
  for (let i = start; i < column.length; i++) sum += (column[i] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** The unit vector v, zero before `start`, for which `(I - 2 v v')` takes the column's tail to a multiple of its first entry. */
function reflectorOf(column: Float64Array, start: number, length: number): Float64Array {
  const v = column.slice();
  v.fill(0, 0, start);
  v[start] += v[start] < 0 ? -length : length;
  const size = lengthFrom(v, start);
  return v.map((value) => value / size);
}

function apply(v: Float64Array, start: number, column: Float64Array): void {
  let sum = 0;
  for (let i = start; i < v.length; i++) sum += v[i] * column[i];
  for (let i = start; i < v.length; i++) column[i] -= 2 * sum * v[i];
}
