import { configOptions } from "./config.ts";
import type { HelpParts } from "./help_parts.ts";

/** Columns of a line of help. */
const WIDTH = 100;

/**
 * The help of a command.
 *
 * @param parts What it says.
 * @param program How the program is called (default `resland`).
 * @returns The text, without a final line end.
 * @example What is said above the options
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const text = helpText({ name: "check", summary: "Checks.", options: {}, examples: [["", "all of it"]] });
 * assertStringIncludes(text, "Usage: resland check [options]");
 * ```
 */
export function helpText(
  { name, summary, options: own, examples, notes = [] }: HelpParts,
  program = "resland",
): string {
  // A command that reads a file of its own kind says so itself.
  const options = "config" in own ? own : { ...own, ...configOptions };
  const left = Object.entries(options).map(([option, { placeholder }]) => `  --${option} ${placeholder}`.trimEnd());
  const column = Math.min(28, Math.max(...left.map((cell) => cell.length)) + 2);
  const lines = Object.values(options).flatMap(({ help }, i) => {
    const wrapped = wrap(help, WIDTH - column);
    const first = left[i].length + 2 <= column
      ? [left[i].padEnd(column) + wrapped[0]]
      : [left[i], " ".repeat(column) + wrapped[0]];
    return [...first, ...wrapped.slice(1).map((line) => " ".repeat(column) + line)];
  });
  return [
    ...wrap(summary, WIDTH),
    "",
    `Usage: ${program} ${name} [options]`,
    "",
    "Options:",
    ...lines,
    "",
    ...notes.flatMap((note) => [...wrap(note, WIDTH), ""]),
    "Examples:",
    ...examples.flatMap(([args, does]) => [`  ${program} ${name} ${args}`.trimEnd(), `      ${does}`]),
  ].join("\n");
}

/** Breaks a text between words into lines of at most `width`; its own line ends stay. */
function wrap(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((paragraph) =>
    paragraph.split(" ").reduce<string[]>((lines, word) => {
      const last = lines.at(-1);
      if (last === undefined) return [word];
      return `${last} ${word}`.length <= width ? [...lines.slice(0, -1), `${last} ${word}`] : [...lines, word];
    }, [])
  );
}
