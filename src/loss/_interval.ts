/** `low <= p <= high`, or the distances of its points from a centre. */
export interface Interval {
  /** The least point; may be -Infinity. */
  readonly low: number;
  /** The greatest point; may be Infinity. */
  readonly high: number;
}

/** Checks the bounds of an interval of predictions. */
export function checkedInterval(low: number, high: number): Interval {
  if (!(low <= high && low < Infinity && high > -Infinity)) {
    throw new RangeError(`Cannot bound the derivatives of a loss: low must not be above high, got ${low} and ${high}`);
  }
  return { low, high };
}

/** The least and greatest `|p - centre|` over the interval. */
export function distances(centre: number, { low, high }: Interval): Interval {
  const [left, right] = [low - centre, high - centre];
  return { low: Math.max(left, -right, 0), high: Math.max(-left, right) };
}

/** The point of the interval nearest to `x`: where a function that rises up to `x` and then falls is largest. */
export const nearest = (x: number, { low, high }: Interval): number => Math.min(Math.max(x, low), high);

/** `sup |l'|` of a convex loss: l' is monotone, so its size is largest at an end. */
export const largestD1 = (d1: (p: number) => number, { low, high }: Interval): number =>
  Math.max(Math.abs(d1(low)), Math.abs(d1(high)));
