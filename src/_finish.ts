/** What a generator returns; each step is shown to `onStep`. */
export function finish<Step, Result>(steps: Generator<Step, Result>, onStep?: (step: Step) => void): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    onStep?.(value);
  }
}
