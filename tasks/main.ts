/**
 * The entry point of every command: `deno task <command>` and `resland <command>`; of their workers too.
 *
 * @module
 */
import { endAtSignals } from "./io/interrupt.ts";
import { serveAs, workerScope } from "./workers/roles.ts";

if (import.meta.main) {
  const scope = workerScope();
  if (scope) serveAs(scope);
  else {
    // First of all: what is imported here imports nothing itself, so that no signal comes before it.
    endAtSignals(["resland", ...Deno.args.slice(0, 1).filter((name) => /^[a-z]+$/.test(name))].join(" "));
    const { runProgram } = await import("./commands/command_line.ts");
    await runProgram(Deno.args);
  }
}
