import { type ColumnSums, type ColumnSurvey, sumColumns, sumMoments, surveyColumn } from "../kernels/internal.ts";

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

/**
 * Means of the first and second powers of `value / unit - shift`; what each addition rounds away is summed apart
 * (Knuth's TwoSum). Without unit and weights by another loop, which gives the same, unless that has been done.
 */
function momentsOf(
  values: Float64Array,
  unit: number,
  shift: number,
  weights: Float64Array | null,
  known: ColumnSums | null,
): readonly [first: number, second: number] {
  if (unit === 1 && weights === null) {
    const [first, second] = known?.shift === shift ? known.moments : sumMoments(values, shift);
    return [first / values.length, second / values.length];
  }
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

/** A number that is not below the smallest of a column, nor above the largest, in a unit. */
const within = ({ low, high }: ColumnSurvey, unit: number, mean: number): number =>
  Math.min(high / unit, Math.max(low / unit, mean));

/** Sums of columns of numbers without weights, by column, where there are many; what scales them takes them as known. */
export function sumsByColumn(
  columns: readonly Float64Array[],
  isCentred: boolean,
): ReadonlyMap<Float64Array, ColumnSums> {
  const rows = columns[0]?.length ?? 0;
  const sums = sumColumns(columns, (survey) => isCentred ? within(survey, 1, survey.sum / rows) : 0);
  return new Map(sums?.map((one, at) => [columns[at], one]));
}

/**
 * Mean and population standard deviation of a column, in two passes: the second one takes deviations from the mean of the first,
 * and takes back what that mean was off by, so that an offset of 1e15 costs no digits. In a unit in which no finite numbers
 * overflow or vanish. A column that differs by rounding only is constant: its scale is 1.
 */
export function centredScalingOf(
  values: Float64Array,
  weights: Float64Array | null = null,
  known: ColumnSums | null = null,
): ColumnScaling {
  const survey = known?.survey ?? surveyColumn(values);
  const { low, high, sum } = survey;
  // Not left to rounding: the mean of 0.1, 0.1, 0.1 would not be 0.1, nor its deviation 0.
  if (low === high) return { mean: values[0], scale: 1, constant: true };
  const size = Math.max(-low, high);
  const unit = unitOf(size);
  const rough = unit === 1 && weights === null ? sum / values.length : momentsOf(values, unit, 0, weights, known)[0];
  const shift = within(survey, unit, rough);
  const [rest, square] = momentsOf(values, unit, shift, weights, known);
  const mean = within(survey, unit, shift + rest) * unit;
  // Halved, since the difference of the extremes alone may overflow.
  if (high / 2 - low / 2 <= NOISE * size / 2) return { mean, scale: 1, constant: true };
  const scale = Math.sqrt(Math.max(0, square - rest * rest)) * unit;
  // Numbers next to 0 may be so close together that their deviation rounds to 0.
  return { mean, scale: scale > 0 ? scale : 1 };
}

/** The root mean square of a column and a mean of 0: nothing is centred, for a predictor without an intercept. A missing value counts as the mean. */
export function uncentredScalingOf(
  values: Float64Array,
  weights: Float64Array | null = null,
  known: ColumnSums | null = null,
): ColumnScaling {
  const { low, high } = known?.survey ?? surveyColumn(values);
  const unit = unitOf(Math.max(-low, high));
  const [mean, square] = momentsOf(values, unit, 0, weights, known);
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
