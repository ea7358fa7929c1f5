/** What a generator returns, all its steps taken; each is shown to `onStep`. */
export function finish<Step, Result>(steps: Generator<Step, Result>, onStep?: (step: Step) => void): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    onStep?.(value);
  }
}

/** A generator whose steps are reported in other words: of each what `say` makes of it, nothing for null. */
export function* relay<Step, Result, Said>(
  steps: Generator<Step, Result>,
  say: (step: Step) => Said | null,
): Generator<Said, Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    const said = say(value);
    if (said !== null) yield said;
  }
}
