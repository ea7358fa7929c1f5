import type { HelpParts } from "../src/cli/mod.ts";

/** One command of the program. */
export interface Command {
  /** What its help says; its options are there. */
  readonly about: HelpParts;
  /**
   * Runs it.
   * @param args The arguments after the command's name.
   * @returns The exit code: 0 every claim holds, 1 one does not, 3 interrupted. Bad usage and bad input are thrown.
   */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** Ends a command early but in order: the first interrupt aborts, the second one kills. */
export function onInterrupt(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const abort = () => {
    if (controller.signal.aborted) Deno.exit(3);
    controller.abort();
  };
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const name of signals) Deno.addSignalListener(name, abort);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of signals) Deno.removeSignalListener(name, abort);
    },
  };
}
