/** How full a gauge is, and whether it is green. */
export interface Gauge {
  /** From 0 to 1. */
  readonly share: number;
  readonly good: boolean;
}

/** Powers of ten above the limit at which a gauge is empty. */
const DECADES = 8;

/**
 * A gauge of a number that has to become small: full at the limit, emptier by an eighth for each power of ten above it.
 *
 * @param size The number, 0 or more.
 * @param limit What it has to be at most.
 */
export function gauge(size: number, limit: number): Gauge {
  const good = size <= limit;
  const above = good ? 0 : Math.log10(size / limit) / DECADES;
  return { good, share: Number.isFinite(above) ? Math.min(1, Math.max(0.02, 1 - above)) : 0.02 };
}
