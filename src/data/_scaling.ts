/** The scaling of one column. */
export interface ColumnScaling {
  /** The mean, the value itself for a constant column; 0 where nothing is centred. */
  readonly mean: number;
  /** The population standard deviation, or the root mean square where nothing is centred; 1 where that is 0 or only noise. */
  readonly scale: number;
  /** The value for missing values; the mean if absent. */
  readonly fill?: number;
  /** Whether the column was centred and held one number only, but for rounding. */
  readonly constant?: true;
}

/** How the scaling of a column is measured; with the weight of each value its mean and deviation are weighted ones. */
export type Measure = (values: Float64Array, weights?: Float64Array | null) => ColumnScaling;

/**
 * Numbers this close together, relative to their size, are the same number: a handful of units in the last place, which is what
 * the arithmetic that made them leaves behind.
 */
const NOISE = 4 * Number.EPSILON;

/** Sizes whose squares neither overflow nor vanish: no unit is needed. */
const [SMALL, LARGE] = [1e-100, 1e100];

/** The unit in which numbers up to `size` are summed: 1, or where that would not do the power of two below; dividing by it is exact. */
function unitOf(size: number): number {
  if (size > SMALL && size < LARGE) return 1;
  return 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(size))));
}

/** Means of the first and second powers of `value - shift`; what each addition rounds away is summed apart (Knuth's TwoSum). Equal weights. */
function plainMoments(values: Float64Array, shift: number): readonly [first: number, second: number] {
  let [sum, lost, squares, lostSquares] = [0, 0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] - shift;
    const next = sum + value;
    const back = next - sum;
    lost += (sum - (next - back)) + (value - back);
    sum = next;
    const square = value * value;
    const nextSquares = squares + square;
    const backSquare = nextSquares - squares;
    lostSquares += (squares - (nextSquares - backSquare)) + (square - backSquare);
    squares = nextSquares;
  }
  return [(sum + lost) / values.length, (squares + lostSquares) / values.length];
}

/** Means of the first and second powers of `value / unit - shift`, summed so too; without unit and weights by the loops above, which give the same. */
function momentsOf(
  values: Float64Array,
  unit: number,
  shift: number,
  weights: Float64Array | null,
): readonly [first: number, second: number] {
  if (unit === 1 && weights === null) return plainMoments(values, shift);
  let [sum, lost, squares, lostSquares, total] = [0, 0, 0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const weight = weights === null ? 1 : weights[at];
    const raw = values[at] / unit - shift;
    const value = weight * raw;
    total += weight;
    const next = sum + value;
    const back = next - sum;
    lost += (sum - (next - back)) + (value - back);
    sum = next;
    const square = value * raw;
    const nextSquares = squares + square;
    const backSquare = nextSquares - squares;
    lostSquares += (squares - (nextSquares - backSquare)) + (square - backSquare);
    squares = nextSquares;
  }
  return [(sum + lost) / total, (squares + lostSquares) / total];
}

/** The smallest, the largest and the mean, which is summed so too. Equal weights. */
function surveyOf(values: Float64Array): { readonly low: number; readonly high: number; readonly mean: number } {
  let [low, high, sum, lost] = [Infinity, -Infinity, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value < low) low = value;
    if (value > high) high = value;
    const next = sum + value;
    const back = next - sum;
    lost += (sum - (next - back)) + (value - back);
    sum = next;
  }
  return { low, high, mean: (sum + lost) / values.length };
}

/**
 * Mean and population standard deviation of a column, in two passes: the second one takes deviations from the mean of the first,
 * and takes back what that mean was off by, so that an offset of 1e15 costs no digits. In a unit in which no finite numbers
 * overflow or vanish. A column that differs by rounding only is constant: its scale is 1.
 */
export function centredScalingOf(values: Float64Array, weights: Float64Array | null = null): ColumnScaling {
  const { low, high, mean: plain } = surveyOf(values);
  // Not left to rounding: the mean of 0.1, 0.1, 0.1 would not be 0.1, nor its deviation 0.
  if (low === high) return { mean: values[0], scale: 1, constant: true };
  const size = Math.max(-low, high);
  const unit = unitOf(size);
  const within = (mean: number) => Math.min(high / unit, Math.max(low / unit, mean));
  const rough = unit === 1 && weights === null ? plain : momentsOf(values, unit, 0, weights)[0];
  const shift = within(rough);
  const [rest, square] = momentsOf(values, unit, shift, weights);
  const mean = within(shift + rest) * unit;
  // Halved, since the difference of the extremes alone may overflow.
  if (high / 2 - low / 2 <= NOISE * size / 2) return { mean, scale: 1, constant: true };
  const scale = Math.sqrt(Math.max(0, square - rest * rest)) * unit;
  // Numbers next to 0 may be so close together that their deviation rounds to 0.
  return { mean, scale: scale > 0 ? scale : 1 };
}

/** The root mean square of a column and a mean of 0: nothing is centred, for a predictor without an intercept. A missing value counts as the mean. */
export function uncentredScalingOf(values: Float64Array, weights: Float64Array | null = null): ColumnScaling {
  const { low, high } = surveyOf(values);
  const unit = unitOf(Math.max(-low, high));
  const [mean, square] = momentsOf(values, unit, 0, weights);
  const scale = Math.sqrt(square) * unit;
  const fill = Math.min(high, Math.max(low, mean * unit));
  return { mean: 0, scale: scale > 0 ? scale : 1, fill };
}

/**
 * `(value - mean) / scale`, halved on the way where the difference alone would overflow. With scale 1, which is that of a constant
 * column, a difference of rounding is 0.
 */
export function standardise(value: number, { mean, scale }: ColumnScaling): number {
  const difference = value - mean;
  if (scale === 1 && Math.abs(difference) <= NOISE * Math.abs(mean)) return 0;
  return Number.isFinite(difference) ? difference / scale : (value / 2 - mean / 2) / scale * 2;
}
