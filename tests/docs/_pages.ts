/** A command of a page, as it is typed. */
interface ShownCommand {
  /** Its words; Deno by way of npx is Deno. */
  readonly words: readonly string[];
  /** The exit code that its comment names, else 0. */
  readonly expected: number;
}

/** Commands that stand together, and the output of the first that is shown right after them. */
interface CommandBlock {
  readonly commands: readonly ShownCommand[];
  /** The lines shown, without blank ones; null where nothing is. */
  readonly shown: readonly string[] | null;
}

/** The blocks of commands in a page of Markdown. */
export function commandBlocks(page: string): readonly CommandBlock[] {
  return Array.from(page.matchAll(/^```sh\n([^]*?)^```\n(?:\s*```text\n([^]*?)^```)?/gm), ([, commands, shown]) => ({
    commands: commands.split("\n").filter((line) => line.trim() !== "").map((line) => {
      const [command, comment = ""] = line.split(/\s+# /);
      const words = command.trim().replace(/^npx -y deno@\S+/, "deno").split(/\s+/);
      return { words, expected: Number(comment.match(/exit code (\d)/)?.[1] ?? 0) };
    }),
    shown: shown?.split("\n").filter((line) => line.trim() !== "") ?? null,
  }));
}

/** A number as the program writes it. */
const NUMBER = /[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?/gi;

/** Numbers below this are rounding noise, which differs from machine to machine. */
const NOISE = 1e-8;

/** How far a number may be from the one that is shown, which has few digits: relative. */
const SHOWN = 0.01;

/** The first of the lines shown that an output does not have, after those before it; null when it has them all. */
export function firstMissing(shown: readonly string[], said: string): string | null {
  const lines = said.split("\n");
  let at = 0;
  for (const line of shown) {
    const found = lines.findIndex((other, index) => index >= at && isAlike(line, other));
    if (found < 0) return line;
    at = found + 1;
  }
  return null;
}

/** Whether two lines are the same but for spaces and last digits. */
function isAlike(line: string, other: string): boolean {
  const words = (text: string) => text.replaceAll(NUMBER, "#").replaceAll(/\s+/g, " ").trim();
  if (words(line) !== words(other)) return false;
  const numbers = (text: string) => (text.match(NUMBER) ?? []).map((number) => Number(number.replaceAll(",", "")));
  const found = numbers(other);
  return numbers(line).every((number, at) => {
    if (Math.abs(number) < NOISE && Math.abs(found[at]) < NOISE) return true;
    return Math.abs(number - found[at]) <= SHOWN * Math.abs(found[at]);
  });
}
