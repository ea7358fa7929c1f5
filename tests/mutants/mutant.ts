/** One fault, put into one file on purpose. The tests must notice. */
export interface Mutant {
  /** The file, from the root of the project. */
  readonly file: string;
  /** Text that the file has exactly once. */
  readonly find: string;
  /** What stands there instead: it must still run, and compute something else. */
  readonly replace: string;
  /** Folders or files of tests, from the root of the project, one of which has to fail. */
  readonly tests: readonly string[];
}

/**
 * The mutants of one file.
 *
 * @param file The file, from the root of the project.
 * @param tests The folders or files of tests that must notice.
 * @param changes Pairs of a text that the file has exactly once, and what takes its place.
 * @returns One mutant per pair.
 */
export function mutantsOf(
  file: string,
  tests: readonly string[],
  changes: readonly (readonly [find: string, replace: string])[],
): readonly Mutant[] {
  return changes.map(([find, replace]) => ({ file, find, replace, tests }));
}

/**
 * A mutant in one line, such as `src/loss/huber.ts: "delta / 2" becomes "delta"`.
 *
 * @param mutant The mutant.
 * @returns The line.
 */
export function nameOf({ file, find, replace }: Mutant): string {
  const short = (text: string) => JSON.stringify(text.replace(/\s+/g, " "));
  return `${file}: ${short(find)} becomes ${short(replace)}`;
}

/**
 * The text of a file with the fault in it.
 *
 * @param mutant The mutant.
 * @param text The file as it is.
 * @returns The file with the fault.
 * @throws {RangeError} If the text to replace is not there exactly once, or would stay the same.
 */
export function mutate(mutant: Mutant, text: string): string {
  const times = text.split(mutant.find).length - 1;
  if (times !== 1) throw new RangeError(`Cannot apply ${nameOf(mutant)}: the text occurs ${times} times`);
  if (mutant.find === mutant.replace) throw new RangeError(`Cannot apply ${nameOf(mutant)}: nothing changes`);
  return text.replace(mutant.find, () => mutant.replace);
}
