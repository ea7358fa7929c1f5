/**
 * Round numbers over an interval: multiples of 1, 2 or 5 times a power of ten, about as many as asked for.
 *
 * @param low The lower end.
 * @param high The upper end, above the lower one.
 * @param count About how many.
 */
export function linearTicks(low: number, high: number, count: number): readonly number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/**
 * Powers of ten between two positive numbers; over less than a power, 1, 2 and 5 times each too; over many, not every one.
 *
 * @param low The lower end, above 0.
 * @param high The upper end.
 * @param count About how many.
 */
export function logTicks(low: number, high: number, count: number): readonly number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const inside = (value: number) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first) / count));
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const wide = powers.filter((power) => power % stride === 0).map((power) => 10 ** power).filter(inside);
  if (wide.length >= Math.min(3, count)) return wide;
  const finer = powers.flatMap((power) => [1, 2, 5].map((factor) => factor * 10 ** power)).filter(inside);
  return finer.length >= 2 ? finer : linearTicks(low, high, count);
}

/** A number beside an axis. */
export function tickText(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    return value.toExponential(Number(value.toPrecision(2)) === Number(value.toPrecision(1)) ? 0 : 1);
  }
  return String(Number(value.toPrecision(4)));
}
