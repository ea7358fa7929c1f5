/** Draws per test: sampling errors are then near 1e-3. */
export const MANY = 1_000_000;

/** Deviations that a statistic may be off by; by chance one good generator in 2 million is, and the keys are fixed. */
export const DEVIATIONS = 5;

/** The mean of `f` over the numbers. */
export function meanOf(numbers: Float64Array, f: (x: number) => number): number {
  let sum = 0;
  for (const x of numbers) sum += f(x);
  return sum / numbers.length;
}

/** The sample correlation of two equally long samples. */
export function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [meanOf(a, (x) => x), meanOf(b, (x) => x)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Pearson's statistic of counts that should all be equal: mean `cells - 1`, variance twice that. */
export function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
