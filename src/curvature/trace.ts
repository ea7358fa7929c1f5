import { fold, type Key, split } from "../random/mod.ts";
import { dot, norm, type Vector } from "../tensor/mod.ts";
import { checkWhole } from "./_check.ts";
import { finish } from "../tensor/internal.ts";
import { productOf, removeParts, unit } from "./_krylov.ts";
import { meanOf, randomSigns } from "./_sample.ts";
import type { SymmetricOperator } from "./operator.ts";

/** What a column may keep outside the ones before it, beside its own length, and still count as rounding. */
const NOTHING = 2 ** -40;

/** An estimate of a trace. */
export interface TraceEstimate {
  /** The estimate; its mean over keys is the trace. */
  readonly value: number;
  /** Its standard error, estimated from the last third of the products; 0 when the value is exact. */
  readonly standardError: number;
}

/** How much {@linkcode traceEstimate} may spend. */
export interface TraceOptions {
  /** The most products, 6 or more (default 90). */
  readonly products?: number;
}

/**
 * The trace of a symmetric matrix that is known only by its products: Hutch++. A third of the products sketch the range,
 * `A S` with random signs S; Q is an orthonormal basis of it. A third give the trace there, exactly; the rest estimate
 * that of the complement from further random signs g:
 * `tr(Q'AQ) + mean of g'(I - QQ')A(I - QQ')g`.
 * Exact but for rounding when the rank of A is at most a third of the products; when `size` is, it takes the diagonal.
 * For a positive semidefinite A the relative error falls as 1/products, where Hutchinson's estimate alone falls as
 * `1/sqrt(products)`; for others the error is relative to the sum of the absolute eigenvalues.
 * Source: R. A. Meyer, C. Musco, C. Musco, D. P. Woodruff, "Hutch++: Optimal Stochastic Trace Estimation", SOSA 2021.
 * Cost: the products, about `4/3 products² size` flops and a memory of `products / 3` vectors.
 *
 * @param apply The symmetric matrix A.
 * @param size Its order.
 * @param key Where the random signs come from; same key, same bits.
 * @param options How many products.
 * @returns The estimate and its standard error.
 * @throws {RangeError} If a product has NaN or infinite entries, or there are fewer than 6 products.
 * @throws {ShapeError} If a product has another length.
 * @example A matrix of rank one, `x x'`, has the trace `x'x`
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { dot, key, normal, scaled } from "@resland/resland";
 * const x = normal(key(1), 1000);
 * const { value, standardError } = traceEstimate((v) => scaled(dot(x, v), x), 1000, key(2), { products: 9 });
 * assertAlmostEquals(value / dot(x, x), 1, 1e-12);
 * assertAlmostEquals(standardError, 0, 1e-9);
 * ```
 */
export function traceEstimate(
  apply: SymmetricOperator,
  size: number,
  key: Key,
  options: TraceOptions = {},
): TraceEstimate {
  return finish(findTrace(apply, size, key, options));
}

/**
 * {@linkcode traceEstimate} product by product, so that a caller can stop it.
 *
 * @param apply The symmetric matrix A.
 * @param size Its order.
 * @param key Where the random signs come from; same key, same bits.
 * @param options How many products.
 * @returns A generator that yields the number of products so far, and returns the estimate.
 * @throws {RangeError} If a product has NaN or infinite entries, or there are fewer than 6 products.
 * @throws {ShapeError} If a product has another length.
 * @example To the end
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { key } from "@resland/resland";
 * const steps = findTrace((v) => v.map((value, i) => i * value), 4, key(1));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals(step.value, { value: 6, standardError: 0 });
 * ```
 */
export function* findTrace(
  apply: SymmetricOperator,
  size: number,
  key: Key,
  options: TraceOptions = {},
): Generator<number, TraceEstimate> {
  const { products = 90 } = options;
  checkWhole("estimate a trace", "the size", size, 1);
  checkWhole("estimate a trace", "the number of products", products, 6);
  const third = Math.floor(products / 3);
  let made = 0;
  if (third >= size) {
    let value = 0;
    for (let i = 0; i < size; i++) {
      value += productOf(apply, new Float64Array(size).fill(1, i, i + 1))[i];
      yield ++made;
    }
    return Object.freeze({ value, standardError: 0 });
  }
  const basis: Vector[] = [];
  for (const own of split(fold(key, "sketch"), third)) {
    const column = productOf(apply, randomSigns(own, size));
    yield ++made;
    const length = norm(column);
    removeParts(column, basis);
    if (norm(column) > NOTHING * length) basis.push(unit(column));
  }
  let inside = 0;
  for (const q of basis) {
    inside += dot(q, productOf(apply, q));
    yield ++made;
  }
  const outside: number[] = [];
  for (const own of split(fold(key, "complement"), products - 2 * third)) {
    const g = randomSigns(own, size);
    removeParts(g, basis);
    outside.push(dot(g, productOf(apply, g)));
    yield ++made;
  }
  const { mean, error } = meanOf(outside);
  return Object.freeze({ value: inside + mean, standardError: error });
}
