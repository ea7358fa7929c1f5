/** A command was interrupted; thrown once everything worth keeping is saved. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("The command was interrupted");
  }
}

/** The exit code of a command that was interrupted. */
export const INTERRUPTED = 3;

/** A signal so soon after the first [ms] is the same one: a terminal and `deno task` both deliver it. */
const ECHO = 1000;

/** What is not finished so long after the first signal [ms] is given up. */
const DEADLINE = 2000;

/** Long-running work handles signals at least this often [ms]. */
const BREATH = 50;

/** The signals that end a command. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/** How many commands handle signals themselves at the moment, and what their messages begin with. */
let [handled, program] = [0, "resland"];

/** Ends the process, in a sentence. */
function end(): never {
  console.error(`${program}: interrupted`);
  Deno.exit(INTERRUPTED);
}

/**
 * From now on a signal ends the process with exit code 3 where no command handles it with {@linkcode onInterrupt}: while the program
 * loads, while a table is read, and in commands that have nothing to keep. Files are written under temporary names, so that what
 * was being written is not there.
 *
 * @param name What the message on stderr begins with, such as `resland fit`.
 */
export function endAtSignals(name: string): void {
  program = name;
  for (const signal of SIGNALS) Deno.addSignalListener(signal, () => handled === 0 && end());
}

/**
 * Ends a command early but in order, at SIGINT or SIGTERM. The first signal aborts, and from then on the command has two seconds to
 * keep what was finished; then the process ends with exit code 3, at the latest when the work at hand next lets the event
 * loop turn. A second signal within a second of the first is its echo; a later one ends the process at once.
 *
 * @param deadline Milliseconds from the first signal to the end (default 2000).
 * @returns The signal that is aborted; disposed, it no longer is, and signals do what they did before.
 */
export function onInterrupt(deadline = DEADLINE): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  let first = 0;
  const abort = () => {
    const now = performance.now();
    if (controller.signal.aborted) {
      if (now - first > ECHO) end();
      return;
    }
    first = now;
    // Unlike listeners, timers keep a process alive, and one that has ended in time is not to wait for its deadline.
    Deno.unrefTimer(setTimeout(end, deadline) as unknown as number);
    controller.abort(new Interrupted());
  };
  for (const name of SIGNALS) Deno.addSignalListener(name, abort);
  handled++;
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      // The echo may come while the process ends, and would kill it before its exit code is known.
      if (controller.signal.aborted) return;
      for (const name of SIGNALS) Deno.removeSignalListener(name, abort);
      handled--;
    },
  };
}

/** Lets the event loop turn once: signals, messages and timers that are due come in. Cost: 35 microseconds. */
export const turn = (): Promise<void> =>
  // A timer would wait a millisecond and more; after an immediate, signals that have come are often heard only some turns later.
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/**
 * Lets the event loop turn once.
 * @throws {Interrupted} If the signal is aborted by then.
 */
export async function breathe(signal: AbortSignal): Promise<void> {
  await turn();
  if (signal.aborted) throw new Interrupted();
}

/**
 * Runs work that comes in steps to its end, and lets the event loop turn after every step that ends 50 ms or more after
 * the last turn. The longest step is how long a signal has to wait. Cost: some tens of microseconds per turn.
 *
 * @param steps The work; it is closed, so that what it holds is freed, however the run ends.
 * @param signal What ends it early.
 * @param onStep Called with what each step gives; what it returns is awaited.
 * @returns What the work returns.
 * @throws {Interrupted} If the signal is aborted, between two steps.
 * @throws What the work or `onStep` throws.
 */
export async function drive<Step, Result>(
  steps: Generator<Step, Result, void>,
  signal: AbortSignal,
  onStep?: (step: Step) => void | Promise<void>,
): Promise<Result> {
  try {
    for (let turned = performance.now();;) {
      if (signal.aborted) throw new Interrupted();
      const { done, value } = steps.next();
      if (done) return value;
      await onStep?.(value);
      if (performance.now() - turned < BREATH) continue;
      await breathe(signal);
      turned = performance.now();
    }
  } finally {
    steps.return(undefined as Result);
  }
}

/**
 * Waits for something that knows of no signal, such as a file that is read; at an interrupt it is left to itself.
 * @throws {Interrupted} If the signal is aborted first.
 */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    leave = () => reject(new Interrupted());
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
  try {
    return await Promise.race([interrupted, work]);
  } finally {
    signal.removeEventListener("abort", leave);
    // Nothing waits for the abandoned work any more.
    work.catch(() => {});
  }
}
