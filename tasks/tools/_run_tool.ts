import { type HelpParts, helpText, UsageError } from "../../src/cli/mod.ts";

/** Runs a tool of the project, which is no command of the program: its help, its exit code, bad usage as one sentence. */
export async function runTool(about: HelpParts, run: (args: readonly string[]) => Promise<number>): Promise<void> {
  try {
    if (Deno.args.includes("--help")) console.log(helpText(about, "deno task"));
    else Deno.exitCode = await run(Deno.args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`resland ${about.name}: ${error.message}`);
    Deno.exitCode = 2;
  }
}
