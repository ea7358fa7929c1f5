/**
 * Mean losses that differ by this share of the larger one are equal: more than the rounding of their sums leaves, less than anyone can see.
 * It is relative: a loss may be 1e-13 altogether, or below 0.
 */
export const GAP_TOLERANCE = 1e-9;
