import type { Kernels } from "../kernels/mod.ts";
import { dot, norm, scaled } from "./algebra.ts";
import { eigen } from "./eigen.ts";
import type { Vector } from "./matrix.ts";
import { ShapeError } from "./shape_error.ts";

/** Options of {@linkcode lowestEigenpair}. */
export interface LowestEigenpairOptions {
  /** The most products to build the basis with (default 300); more than the order are never made. */
  readonly steps?: number;
  /** What the residual may keep, as a share of the largest eigenvalue found, by its absolute value (default 1e-10). */
  readonly tolerance?: number;
}

/** The lowest eigenpair that was found. */
export interface LowestEigenpair {
  /** The Rayleigh quotient `v'Av` of the vector: the smallest eigenvalue is not above it. */
  readonly value: number;
  /** The unit vector v [size]. */
  readonly vector: Vector;
  /** `||A v - value v||`, measured with one more product: some eigenvalue of A is at most this far from the value. */
  readonly residual: number;
  /** Products that built the basis. */
  readonly iterations: number;
  /** Whether the estimate of the residual came below the tolerance. */
  readonly converged: boolean;
}

/** How much of a product may remain outside a space that contains it, relative to the largest product so far: some tens of roundings. */
const NOTHING = 2 ** -46;

/**
 * The lowest eigenpair of a symmetric matrix that is known only by its products: the Lanczos method from a given start, each
 * vector orthogonalised twice against all before. It sees only eigenvectors of which the start has a part.
 * Sources: C. Lanczos, Journal of Research of the National Bureau of Standards 45 (1950); B. N. Parlett, "The Symmetric Eigenvalue
 * Problem" (1998), chapter 13. Cost: `steps + 1` products, `4 steps² size` flops and a memory of `steps` vectors.
 *
 * @param kernels The kernels that solve the small eigenproblem.
 * @param apply The product with A.
 * @param start Where the search starts [size]; not 0.
 * @param options To what tolerance, in how many steps.
 * @returns The Rayleigh quotient, an upper bound on the smallest eigenvalue, with its vector and residual; null where a product has NaN or infinite
 * entries.
 * @throws {ShapeError} If a product has another length.
 * @throws {RangeError} If the start is 0 or not finite, or an option is out of range.
 * @example The swap of two coordinates
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * const swap = ([a, b]: Float64Array) => Float64Array.of(b, a);
 * const found = lowestEigenpair(await loadKernels("simd"), swap, Float64Array.of(1, 0));
 * assertAlmostEquals(found?.value ?? NaN, -1, 1e-15);
 * assertAlmostEquals(found?.residual ?? NaN, 0, 1e-15);
 * ```
 */
export function lowestEigenpair(
  kernels: Kernels,
  apply: (v: Vector) => Vector,
  start: Vector,
  options: LowestEigenpairOptions = {},
): LowestEigenpair | null {
  const { steps = 300, tolerance = 1e-10 } = options;
  const task = "find the lowest eigenvalue";
  if (!(steps >= 1)) throw new RangeError(`Cannot ${task}: the number of steps must be 1 or more, got ${steps}`);
  if (!(tolerance >= 0)) throw new RangeError(`Cannot ${task}: the tolerance must be 0 or more, got ${tolerance}`);
  const length = norm(start);
  if (!(length > 0 && length < Infinity)) {
    throw new RangeError(`Cannot ${task}: the start must be finite and not 0, its norm is ${length}`);
  }
  const most = Math.min(steps, start.length);
  const basis = [scaled(1 / length, start)];
  const [diagonal, off]: [number[], number[]] = [[], []];
  let [largest, checkedAt] = [0, 0];
  for (;;) {
    const last = basis[basis.length - 1];
    const product = productOf(apply, last);
    if (!product.every(Number.isFinite)) return null;
    largest = Math.max(largest, norm(product));
    diagonal.push(dot(last, product));
    // Twice is enough: what the first pass leaves is rounding of what it took away.
    for (let pass = 0; pass < 2; pass++) for (const q of basis) subtract(product, dot(q, product), q);
    const beyond = norm(product);
    const iterations = basis.length;
    const ends = iterations >= most || !(beyond > NOTHING * largest);
    // Some steps apart, so that the small problems cost less than the products.
    if (ends || iterations >= checkedAt + Math.max(4, checkedAt / 8)) {
      checkedAt = iterations;
      const { shares, estimate } = ritz(kernels, diagonal, off, beyond);
      const converged = estimate <= tolerance || !(beyond > NOTHING * largest);
      if (ends || converged) {
        const pair = measured(apply, basis, shares);
        return Number.isFinite(pair.residual) ? Object.freeze({ ...pair, iterations, converged }) : null;
      }
    }
    off.push(beyond);
    basis.push(scaled(1 / beyond, product));
  }
}

/** The lowest Ritz pair of the tridiagonal matrix. */
interface Ritz {
  readonly shares: Vector;
  /** The estimate of the residual, as a share of the largest Ritz value. */
  readonly estimate: number;
}

function ritz(
  kernels: Kernels,
  diagonal: readonly number[],
  off: readonly number[],
  beyond: number,
): Ritz {
  const order = diagonal.length;
  const data = new Float64Array(order * order);
  diagonal.forEach((value, i) => data[i * (order + 1)] = value);
  off.forEach((value, i) => data[(i + 1) * order + i] = value);
  const { values, vectors } = eigen(kernels, { rows: order, cols: order, data });
  const shares = vectors.data.slice(0, order);
  const most = Math.max(Math.abs(values[0]), Math.abs(values[order - 1]));
  // Source: B. N. Parlett, "The Symmetric Eigenvalue Problem" (1998), section 13.2.
  return { shares, estimate: most === 0 ? beyond : beyond * Math.abs(shares[order - 1]) / most };
}

/** The unit vector of these shares of the basis, its Rayleigh quotient and its residual. */
function measured(
  apply: (v: Vector) => Vector,
  basis: readonly Vector[],
  shares: Vector,
): Pick<LowestEigenpair, "value" | "vector" | "residual"> {
  const sum = new Float64Array(basis[0].length);
  shares.forEach((share, j) => subtract(sum, -share, basis[j]));
  const vector = scaled(1 / norm(sum), sum);
  const product = productOf(apply, vector);
  const value = dot(vector, product);
  subtract(product, value, vector);
  return { value, vector, residual: norm(product) };
}

/** `A v` as a vector of its own. */
function productOf(apply: (v: Vector) => Vector, v: Vector): Vector {
  const product = apply(v);
  if (product.length !== v.length) {
    throw new ShapeError("multiply a vector by an operator", `[${v.length}]`, `[${product.length}]`);
  }
  return product.slice();
}

/** `y -= share x`, in place. */
function subtract(y: Vector, share: number, x: Vector): void {
  for (let i = 0; i < y.length; i++) y[i] -= share * x[i];
}
