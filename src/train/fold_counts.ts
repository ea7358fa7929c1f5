/** Folds of the cross-validation that chooses a ridge, and partitions of the rows into folds. */
export const [FOLDS, PARTITIONS] = [5, 3];
