/** Throws unless a number is an integer within bounds. */
export function checkWhole(task: string, what: string, value: number, least: number, most: number = Infinity): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const bounds = most === Infinity ? `${least} or more` : `from ${least} to ${most}`;
  throw new RangeError(`Cannot ${task}: ${what} must be a whole number, ${bounds}, got ${value}`);
}
