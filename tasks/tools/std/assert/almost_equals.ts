import { failure } from "./_message.ts";

/**
 * Fails unless `|actual - expected| <= tolerance`, or both are the same value (NaN and the infinities included).
 *
 * @param actual The number found.
 * @param expected The number wanted.
 * @param tolerance The largest difference allowed; 1e-7 of `expected` by default.
 * @param msg What to add to the failure.
 * @throws {AssertionError} If the two are further apart.
 * @example Rounding
 * ```ts
 * assertAlmostEquals(0.1 + 0.2, 0.3, 1e-15);
 * ```
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ??
    (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  const show = (n: number) => Number.isInteger(n) ? `${n}` : n.toExponential();
  const claim = `Expected actual: "${show(actual)}" to be close to "${show(expected)}"`;
  throw failure(
    `${claim}: delta "${show(delta)}" is greater than "${show(allowed)}"`,
    msg,
  );
}
