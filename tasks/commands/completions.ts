/**
 * The command `completions`: the program's commands and options, for a shell.
 *
 * @module
 */
import {
  choice,
  type CompletedCommand,
  completionScript,
  flag,
  type HelpParts,
  parseOptions,
  SHELLS,
  UsageError,
} from "../../src/cli/mod.ts";
import type { Command } from "./command.ts";

const completionsOptions = {
  shell: choice(SHELLS, null, "The shell; may be given without --shell"),
  help: flag("Show this help"),
};

const about: HelpParts = {
  name: "completions",
  summary: "Prints a script that completes the commands, options, choices and file names of resland in a shell.",
  options: completionsOptions,
  examples: [
    ["bash > ~/.local/share/bash-completion/completions/resland", "for bash"],
    ["zsh > ~/.zfunc/_resland", "for zsh, where ~/.zfunc is in $fpath"],
    ["fish > ~/.config/fish/completions/resland.fish", "for fish"],
  ],
};

/** Loads every command of the program: passed in, since this command is one of them. */
type LoadCommands = () => Promise<readonly CompletedCommand[]>;

/** The command. */
export const completions = (load: LoadCommands): Command => ({ about, run: (args) => run(args, load) });

async function run(args: readonly string[], load: LoadCommands): Promise<number> {
  const [first, ...rest] = args;
  const { shell } = parseOptions(
    first === undefined || first.startsWith("-") ? args : ["--shell", first, ...rest],
    completionsOptions,
  );
  if (shell === null) throw new UsageError(`completions needs the name of a shell: ${SHELLS.join(", ")}`);
  console.log(completionScript(shell, "resland", await load()).trimEnd());
  return 0;
}
