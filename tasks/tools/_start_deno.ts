/** How Deno is started: its output is kept, or goes where this program's does. */
export interface DenoStart {
  /** The folder that it works in (default: this program's). */
  readonly cwd?: string | URL;
  /** Where its output goes (default piped). */
  readonly output?: "piped" | "inherit";
}

/** Starts Deno, without colours and without a look for updates, and waits for its end. */
export async function startDeno(
  args: readonly string[],
  { cwd, output = "piped" }: DenoStart = {},
): Promise<Deno.CommandOutput> {
  return await new Deno.Command("deno", {
    args: [...args],
    ...cwd === undefined ? {} : { cwd },
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    ...{ stdout: output, stderr: output },
  }).output();
}
