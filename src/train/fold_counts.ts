/** Folds of the cross-validation that chooses a ridge, and most partitions of the rows into folds. */
export const [FOLDS, PARTITIONS] = [5, 3];

/** Predictions of rows left out, over all partitions, that make a choice sure enough: averaging over partitions helps where rows are few. */
const PREDICTIONS = 1500;

/** How many partitions of so many rows are averaged over: three up to 600 rows, two up to 1,000, else one. */
export const partitionsFor = (rows: number): number =>
  Math.max(1, Math.min(PARTITIONS, Math.round(PREDICTIONS / rows)));
