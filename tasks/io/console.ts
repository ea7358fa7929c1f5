import { messageLine, plainText, UsageError } from "../../src/cli/mod.ts";
import { clearBar } from "./progress.ts";

/** The program that read what is printed wants no more of it, as `| head` does. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

/** What becomes of an error while something is printed: a closed pipe is the reader's will, anything else is said. */
export function refuseOutput(error: unknown): never {
  if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosed("The output is closed");
  throw new UsageError(
    `the output cannot be written: ${(error as Error).message}; free some space, or write to another disk`,
  );
}

/**
 * Makes the console safe until it is disposed: nothing that a file holds is obeyed by a terminal, a message on stderr is one line of at
 * most 300 characters, a bar of progress is removed before anything is printed, and a full disk is reported as an error.
 */
export function safeConsole(): Disposable {
  const [log, error] = [console.log, console.error];
  console.log = (...parts: readonly unknown[]) => {
    clearBar();
    try {
      log(plainText(parts.join(" ")));
    } catch (problem) {
      refuseOutput(problem);
    }
  };
  console.error = (...parts: readonly unknown[]) => {
    clearBar();
    try {
      error(messageLine(parts.join(" ")));
    } catch {
      // There is nowhere left to say it.
    }
  };
  return {
    [Symbol.dispose]() {
      clearBar();
      [console.log, console.error] = [log, error];
    },
  };
}
