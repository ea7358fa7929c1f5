import { denoCommand } from "../support/deno_command.ts";
import { ENTRY, RUN } from "../support/program.ts";

/** How a process ended that was told to. */
export interface InterruptedRun {
  /** Its exit code; null where it had ended before the signal. */
  readonly code: number | null;
  /** Whether the runtime was still starting, so that the signal ended it with no code of the program's. */
  readonly early: boolean;
  /** Milliseconds from the signal to the end; 0 where there was none. */
  readonly took: number;
  /** What it said on stderr. */
  readonly stderr: string;
}

/** Nothing is waited for longer than this [ms] after the signal. */
const GIVEN_UP = 20_000;

/**
 * Starts a command line as its own process and sends it SIGINT so many milliseconds after its start, and its echo a moment
 * later, as a terminal and `deno task` do.
 */
export async function interruptAfter(args: readonly string[], after: number): Promise<InterruptedRun> {
  const child = denoCommand({
    args: [...RUN, "--no-check", "--no-prompt", "--allow-read", "--allow-write", ENTRY, ...args],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text();
  let over = false;
  const status = child.status.finally(() => over = true);
  await Promise.race([status, pause(after)]);
  if (over) return { code: null, early: false, took: 0, stderr: await said };
  const from = performance.now();
  tell(child, "SIGINT");
  const echo = later(50, () => !over && tell(child, "SIGINT"));
  const end = later(GIVEN_UP, () => !over && tell(child, "SIGKILL"));
  const { code, signal } = await status;
  const took = performance.now() - from;
  for (const timer of [echo, end]) clearTimeout(timer);
  return { code, early: signal === "SIGINT", took, stderr: await said };
}

/** Sends a signal to a process that may have ended before anyone knows. */
export function tell(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => later(milliseconds, resolve));

/** A timer that keeps no process alive. */
function later(milliseconds: number, act: () => void): number {
  const timer = setTimeout(act, milliseconds) as unknown as number;
  Deno.unrefTimer(timer);
  return timer;
}
