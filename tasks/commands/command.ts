import type { HelpParts } from "../../src/cli/mod.ts";
import { toJson } from "../io/files.ts";

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
  /** Whether `--config` names a file of the command's own kind, which it reads itself (default false). */
  readonly ownConfig?: boolean;
}

/** The exit code of a verdict: 1 where a claim fails, or is undecided although a decision was required. */
export function exitCode(verdict: "holds" | "fails" | "undecided" | "outside", require: string | null): number {
  return verdict === "fails" || verdict === "undecided" && require === "holds" ? 1 : 0;
}

/** Prints what a command found: as JSON and nothing else, or as text, with the place where it is saved. */
export function printReport(
  report: unknown,
  text: (report: never) => string,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
  saved: string | null = null,
): void {
  console.log(json ? toJson(report).trimEnd() : text(report as never));
  if (saved !== null && !quiet && !json) console.log(`\nSaved in ${saved}`);
}
