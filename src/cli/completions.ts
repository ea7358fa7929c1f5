import type { HelpParts } from "./help_parts.ts";
import type { Option } from "./option.ts";
import { configOptions } from "./config.ts";

/** The shells that completions can be written for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** A shell. */
export type Shell = typeof SHELLS[number];

/** A command, as much of it as completions need. */
export type CompletedCommand = Pick<HelpParts, "name" | "options"> & {
  /** What it does, in half a line. */
  readonly short: string;
};

/**
 * A script that completes the program's commands, options, choices and file names in a shell.
 *
 * @param shell For which shell.
 * @param program The name of the program, as it is typed.
 * @param commands What it has.
 * @returns The script, with its final line end.
 * @example Bash completes a choice
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { choice } from "./option.ts";
 * const commands = [{ name: "fit", short: "Train", options: { dtype: choice(["f64", "f32"], "f64", "Precision") } }];
 * assertStringIncludes(completionScript("bash", "resland", commands), 'compgen -W "f64 f32"');
 * ```
 */
export function completionScript(shell: Shell, program: string, commands: readonly CompletedCommand[]): string {
  const all = commands.map((command) => ({ ...command, options: { ...command.options, ...configOptions } }));
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](program, all);
}

// deno-lint-ignore no-explicit-any
type AnyOption = Option<any>;

/** The words that a value can be; empty where it is free. */
const wordsFor = ({ schema }: AnyOption): readonly string[] =>
  schema.enum ?? schema.items?.enum ?? schema.anyOf?.flatMap((one) => one.enum ?? []) ?? [];

const isPath = ({ placeholder }: AnyOption): boolean => /FILE|FOLDER/.test(placeholder);

function bashScript(program: string, commands: readonly CompletedCommand[]): string {
  const values = commands.flatMap(({ name, options }) =>
    Object.entries(options).flatMap(([option, one]) => {
      if (one.kind === "flag") return [];
      const words = wordsFor(one);
      const reply = words.length > 0
        ? `compgen -W "${words.join(" ")}" -- "$word"`
        : isPath(one)
        ? 'compgen -f -- "$word"'
        : "";
      return [`    "${name} --${option}") ${reply === "" ? "COMPREPLY=()" : `COMPREPLY=($(${reply}))`}; return ;;`];
    })
  );
  const lists = commands.map(({ name, options }) =>
    `    ${name}) COMPREPLY=($(compgen -W "${
      Object.keys(options).map((option) => `--${option}`).join(" ")
    }" -- "$word")) ;;`
  );
  return `# Completions of ${program} for bash: source this file, or keep it in a folder that bash-completion reads.
_${program}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${
    [...commands.map(({ name }) => name), "help", "--help", "--version"].join(" ")
  }" -- "$word"))
    return
  fi
  case "$command $before" in
${values.join("\n")}
  esac
  case "$command" in
    help) COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "$word")) ;;
${lists.join("\n")}
  esac
}
complete -o filenames -F _${program} ${program}
# The same after "deno task"; anything else of deno is completed as before.
if ! declare -F _${program}_task >/dev/null; then
  _${program}_before=$(complete -p deno 2>/dev/null | sed -n 's/.* -F \\([^ ]*\\) .*/\\1/p')
fi
_${program}_task() {
  if [ "$COMP_CWORD" -ge 2 ] && [ "\${COMP_WORDS[1]}" = task ]; then
    COMP_WORDS=("\${COMP_WORDS[@]:1}")
    COMP_CWORD=$((COMP_CWORD - 1))
    _${program}
  elif [ -n "$_${program}_before" ]; then
    "$_${program}_before" "$@"
  fi
}
complete -o default -o filenames -F _${program}_task deno
`;
}

function zshScript(program: string, commands: readonly CompletedCommand[]): string {
  // Inside single quotes, with the characters that _arguments reads itself taken away.
  const plain = (text: string) => text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, " ");
  const names = commands.map(({ name, short }) => `      '${name}:${plain(short)}'`);
  const cases = commands.map(({ name, options }) => {
    const specs = Object.entries(options).map(([option, one]) => {
      const words = wordsFor(one);
      const action = words.length > 0 ? `(${words.join(" ")})` : isPath(one) ? "_files" : "";
      const value = one.kind === "flag" ? "" : `:${plain(one.placeholder)}:${action}`;
      return `'--${option}[${plain(one.help)}]${value}'`;
    });
    return `    ${name}) _arguments ${specs.join(" ")} ;;`;
  });
  return `#compdef ${program}
# Completions of ${program} for zsh: keep this file as _${program} in a folder of $fpath, or source it after compinit.
_${program}() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${names.join("\n")}
      'help:Show the help of a command'
    )
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help) compadd ${commands.map(({ name }) => name).join(" ")} ;;
${cases.join("\n")}
  esac
}
# The same after "deno task"; anything else of deno is completed as before.
_${program}_task() {
  if (( CURRENT >= 3 )) && [[ $words[2] == task ]]; then
    shift words
    (( CURRENT-- ))
    _${program} "$@"
  elif (( $+functions[_deno] )); then _deno "$@"
  fi
}
compdef _${program}_task deno
if [ "$funcstack[1]" = "_${program}" ]; then _${program} "$@"; else compdef _${program} ${program}; fi
`;
}

function fishScript(program: string, commands: readonly CompletedCommand[]): string {
  const plain = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  const none = `not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(" ")} help`;
  // The program itself, and the same after "deno task".
  const places = [[program, ""], ["deno", "__fish_seen_subcommand_from task; and "]] as const;
  const options = commands.flatMap(({ name, options }) =>
    Object.entries(options).flatMap(([option, one]) => {
      const words = wordsFor(one);
      const value = one.kind === "flag"
        ? ""
        : words.length > 0
        ? ` -xa '${words.join(" ")}'`
        : isPath(one)
        ? " -rF"
        : " -x";
      return places.map(([typed, before]) =>
        `complete -c ${typed} -n '${before}__fish_seen_subcommand_from ${name}' -l ${option}${value} -d '${
          plain(one.help)
        }'`
      );
    })
  );
  const names = [...commands, { name: "help", short: "Show the help of a command" }];
  return [
    `# Completions of ${program} for fish: keep this file as ${program}.fish in fish's folder of completions, or source it.`,
    `complete -c ${program} -f`,
    ...names.flatMap(({ name, short }) =>
      places.map(([typed, before]) => `complete -c ${typed} -n '${before}${none}' -a ${name} -d '${plain(short)}'`)
    ),
    ...options,
    "",
  ].join("\n");
}
