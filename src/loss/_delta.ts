/** Checks and returns the width parameter of a huber-like loss. */
export function checkedDelta(loss: string, delta: number): number {
  if (!(delta > 0 && delta < Infinity)) {
    throw new RangeError(`Cannot make the loss ${loss}: delta must be a finite number above 0, got ${delta}`);
  }
  return delta;
}
