/** Multiples of 1, 2 or 5 times a power of ten from `low` to `high`, at most about `count`. */
function linearTicks(low: number, high: number, count: number): readonly number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  // Adding 0 makes 0 of -0.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => (first + at) * step + 0);
}

/** Powers of ten from `low` to `high`, both above 0; every second or third of many, and 1, 2 and 5 times each where they are few. */
function logTicks(low: number, high: number, count: number): readonly number[] {
  const inside = (value: number) => value >= low && value <= high;
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  const stride = Math.max(1, Math.ceil((last - first + 1) / count));
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  if (powers.length > 2) return powers.filter((power) => power % stride === 0).map((power) => Number(`1e${power}`));
  const finer = [first - 1, ...powers].flatMap((power) => [1, 2, 5].map((factor) => Number(`${factor}e${power}`)));
  const found = finer.filter(inside);
  return found.length > 2 ? found : linearTicks(low, high, count);
}

/** Places for a label on an axis from `low` to `high`. */
export const ticksOf = (low: number, high: number, isLog: boolean, count: number): readonly number[] =>
  isLog ? logTicks(low, high, count) : linearTicks(low, high, count);

/** A number beside an axis. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value.toExponential().replace(/(\.\d{2})\d+/, "$1").replace("e+", "e");
  }
  return String(Number(value.toPrecision(6)));
}

/** The least and the largest of some numbers; by hand, since some 100,000 of them are too many arguments of one call. */
export function extentOf(values: readonly number[]): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

/** Losses above 0 that differ by more than this factor are drawn on a logarithmic axis. */
const WIDE = 8;

/** Whether a logarithmic axis shows values better. */
export function isWide(values: readonly number[]): boolean {
  const known = values.filter(Number.isFinite);
  const [low, high] = extentOf(known);
  return known.every((value) => value > 0) && high > WIDE * low;
}
