/** What is wrong with a target that should be any number. */
export const numberProblem = (y: number): string | null => Number.isFinite(y) ? null : "must be a finite number";

/** What is wrong with a target that should be one of two classes. */
export const classProblem = (y: number): string | null => y === 1 || y === -1 ? null : "must be -1 or 1";

/** What is wrong with a target that should be a count (a mean of counts is one too). */
export const countProblem = (y: number): string | null =>
  y >= 0 && Number.isFinite(y) ? null : "must be a finite number, 0 or more";
